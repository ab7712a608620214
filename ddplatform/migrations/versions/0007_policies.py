"""Policy commitments: policies, their versions, the checklist of each.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TENANT_TABLES = {
    "policy": ("organisation_id",),
    "policy_version": ("organisation_id",),
    "policy_check": ("organisation_id",),
}
APPROVAL_WHOLE = (
    "(state = 'draft') = (approved_on IS NULL)"
    " AND (approved_on IS NULL) = (approved_at IS NULL)"
    " AND (approved_on IS NULL) = (approval_level IS NULL)"
    " AND (approved_on IS NULL) = (approved_by_id IS NULL)"
)


def upgrade() -> None:
    _add_policy()
    _add_version()
    _add_check()
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, {}, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def _add_policy() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        _of_person("policy", "created_by_id"),
        *_keys("policy"),
    )
    _index_organisation("policy")


def _add_version() -> None:
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts from 1 in each policy"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", _choice("policystate", "draft", "approved", "replaced"), nullable=False),
        sa.Column(
            "languages",
            sa.JSON(),
            nullable=False,
            comment="ISO 639 codes, in which it is published",
        ),
        sa.Column("public_url", sa.String(), nullable=True, comment="Where it is published"),
        sa.Column(
            "review_on", sa.Date(), nullable=False, comment="At most 24 months after its approval"
        ),
        sa.Column(
            "approval_level",
            _choice("approvallevel", "board", "chief_executive", "owner"),
            nullable=True,
        ),
        sa.Column("approved_on", sa.Date(), nullable=True, comment="Day of the decision"),
        sa.Column(
            "approved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was recorded",
        ),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_policy_version_number_positive")),
        sa.CheckConstraint(APPROVAL_WHOLE, name=op.f("ck_policy_version_approval_whole")),
        _of_person("policy_version", "approved_by_id"),
        _of_person("policy_version", "changed_by_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "policy_id"],
            ["policy.organisation_id", "policy.id"],
            name=op.f("fk_policy_version_organisation_id_policy_id"),
        ),
        *_keys("policy_version"),
        sa.UniqueConstraint(
            "organisation_id",
            "policy_id",
            "number",
            name=op.f("uq_policy_version_organisation_id_policy_id_number"),
        ),
    )
    _index_organisation("policy_version")
    op.create_index(
        "ix_policy_version_review",
        "policy_version",
        ["organisation_id", "state", "review_on"],
        unique=False,
    )


def _add_check() -> None:
    op.create_table(
        "policy_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "item",
            sa.String(),
            nullable=False,
            comment="POL-nn of core/due_diligence/policy_checklist",
        ),
        sa.Column(
            "answer",
            _choice("policyanswer", "yes", "partly", "no"),
            nullable=True,
            comment="None: not answered yet",
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (changed_by_id IS NULL)",
            name=op.f("ck_policy_check_answered_by"),
        ),
        _of_person("policy_check", "changed_by_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["policy_version.organisation_id", "policy_version.id"],
            name=op.f("fk_policy_check_organisation_id_version_id"),
        ),
        *_keys("policy_check"),
        sa.UniqueConstraint(
            "organisation_id",
            "version_id",
            "item",
            name=op.f("uq_policy_check_organisation_id_version_id_item"),
        ),
    )
    _index_organisation("policy_check")


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f(f"uq_{table}_organisation_id_id")),
    )


def _of_person(table: str, column: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{table}_{column}"))


def _index_organisation(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"], unique=False)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
