"""Self-check of the grievance mechanism.

Revision: 0010
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TENANT_TABLES = {"grievance_check": ("organisation_id",)}
APPEND_ONLY = {"grievance_check": None}


def upgrade() -> None:
    op.create_table(
        "grievance_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "item",
            sa.String(),
            nullable=False,
            comment="GRV-x of core/due_diligence/grievance_checklist",
        ),
        sa.Column(
            "score",
            sa.Integer(),
            nullable=False,
            comment="0 (not in place) to 3 (confirmed by its users)",
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "consulted",
            sa.String(),
            nullable=False,
            comment="Groups that were asked; empty: none were",
        ),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "score BETWEEN 0 AND 3", name=op.f("ck_grievance_check_score_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_grievance_check_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_grievance_check_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grievance_check")),
    )
    op.create_index(
        op.f("ix_grievance_check_organisation_id"),
        "grievance_check",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_grievance_check_item",
        "grievance_check",
        ["organisation_id", "item", "checked_on"],
        unique=False,
    )
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, APPEND_ONLY, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
