"""Indicators that are tracked, and their values by period.

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TENANT_TABLES = {
    "tracked_indicator": ("organisation_id",),
    "tracked_value": ("organisation_id",),
}
APPEND_ONLY = {"tracked_value": None}
FIGURE = sa.Numeric(precision=18, scale=4, asdecimal=False)
ISSUES = (
    *("CL", "HZ", "FL", "CT", "SE", "OS", "IL", "AC"),
    *("YW", "FF", "SG", "SC", "LE", "EM", "MK", "DP"),
)


def upgrade() -> None:
    _add_indicator()
    _add_value()
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, APPEND_ONLY, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def _add_indicator() -> None:
    op.create_table(
        "tracked_indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "indicator",
            sa.String(),
            nullable=False,
            comment="IND-nn of core/due_diligence/indicators",
        ),
        sa.Column(
            "issue",
            sa.Enum(
                *(f"ISS-{one}" for one in ISSUES),
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "scope", sa.String(), nullable=False, comment="Sites, goods or groups that it covers"
        ),
        sa.Column(
            "unit",
            sa.String(),
            nullable=False,
            comment="Key of a unit in core/due_diligence/indicators",
        ),
        sa.Column("baseline_value", FIGURE, nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("target_value", FIGURE, nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(baseline_value IS NULL) = (baseline_on IS NULL)",
            name=op.f("ck_tracked_indicator_baseline_whole"),
        ),
        sa.CheckConstraint(
            "(target_value IS NULL) = (target_on IS NULL)",
            name=op.f("ck_tracked_indicator_target_whole"),
        ),
        *_keys("tracked_indicator"),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_tracked_indicator_organisation_id_id")
        ),
    )
    _index_organisation("tracked_indicator")


def _add_value() -> None:
    op.create_table(
        "tracked_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("tracked_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column(
            "of_group", sa.String(), nullable=True, comment="Key of a group; None: everybody"
        ),
        sa.Column("value", FIGURE, nullable=False),
        sa.Column("source", sa.String(), nullable=False, comment="Who measured it, and how"),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "period_start <= period_end", name=op.f("ck_tracked_value_period_order")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "tracked_id"],
            ["tracked_indicator.organisation_id", "tracked_indicator.id"],
            name=op.f("fk_tracked_value_organisation_id_tracked_id"),
        ),
        *_keys("tracked_value"),
    )
    _index_organisation("tracked_value")
    op.create_index(
        "ix_tracked_value_period",
        "tracked_value",
        ["organisation_id", "tracked_id", "period_end"],
        unique=False,
    )


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f(f"fk_{table}_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _index_organisation(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
