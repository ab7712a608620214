"""Webhooks: where events of an organisation go, and how far they were delivered.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TENANT_TABLES = {"webhook": ("organisation_id",)}
FAULTS = ("host", "connection", "certificate", "time", "redirect", "status", "size", "secret")


def upgrade() -> None:
    _add_webhooks()
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, {}, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def _add_webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="What it is used for"),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False, comment="What it tells of"),
        sa.Column(
            "sealed_secret",
            sa.LargeBinary(),
            nullable=False,
            comment="AES-256-GCM, bound to the webhook; key outside the database",
        ),
        sa.Column(
            "acts_for_id", sa.Uuid(), nullable=False, comment="Who made it, or resumed it last"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=False,
            comment="Of the log; what came up to it is delivered",
        ),
        sa.Column("delivered", sa.Integer(), nullable=False, comment="Events that were taken"),
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Later while a worker sends",
        ),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, comment="In a row"),
        sa.Column("last_fault", _choice("last_fault", *FAULTS), nullable=True),
        sa.Column(
            "last_status", sa.Integer(), nullable=True, comment="HTTP status of the last failure"
        ),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_because", _choice("pause", "failing", "rights"), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_fault", _choice("test_fault", *FAULTS), nullable=True),
        sa.Column("test_status", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_because IS NULL)", name=op.f("ck_webhook_paused_pair")
        ),
        sa.ForeignKeyConstraint(
            ["acts_for_id"], ["user.id"], name=op.f("fk_webhook_acts_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_webhook_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_webhook_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_webhook_organisation_id"), "webhook", ["organisation_id"], unique=False
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
