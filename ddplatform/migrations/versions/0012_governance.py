"""Governance: board notes, trainings and responsible persons.

Revision: 0012
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TENANT_TABLES = {"governance_record": ("organisation_id",)}
BOARD_NOTE_WHOLE = (
    "(kind = 'board_note') = (body IS NOT NULL)"
    " AND (body IS NULL) = (decision IS NULL)"
    " AND (body IS NULL) = (review_on IS NULL)"
)
TRAINING_WHOLE = (
    "(kind = 'training') = (group_ref IS NOT NULL)"
    " AND (group_ref IS NULL) = (people_in_group IS NULL)"
    " AND (group_ref IS NULL) = (people_trained IS NULL)"
)
TRAINED_IN_GROUP = (
    "people_in_group > 0 AND people_trained >= 0 AND people_trained <= people_in_group"
)
RESPONSIBILITY_WHOLE = (
    "(kind = 'responsibility') = (area_ref IS NOT NULL)"
    " AND (area_ref IS NULL) = (function_title IS NULL)"
    " AND (area_ref IS NOT NULL OR person_id IS NULL)"
)
WITHDRAWAL_WHOLE = (
    "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
    " AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)"
)


def upgrade() -> None:
    op.create_table("governance_record", *_columns(), *_rules(), *_keys("governance_record"))
    _index_organisation("governance_record")
    op.create_index(
        "ix_governance_record_held",
        "governance_record",
        ["organisation_id", "kind", "held_on"],
        unique=False,
    )
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, {}, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def _columns() -> tuple[sa.Column[Any], ...]:
    of_core = "Of core/due_diligence/governance"
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            _choice("recordkind", "board_note", "training", "responsibility"),
            nullable=False,
        ),
        sa.Column(
            "held_on",
            sa.Date(),
            nullable=False,
            comment="Day of the meeting or training; first day of the responsibility",
        ),
        sa.Column(
            "text",
            sa.String(),
            nullable=False,
            comment="What was discussed; subject of the training; what the function answers for",
        ),
        sa.Column("body", _choice("body", "board", "executive"), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column(
            "review_on",
            sa.Date(),
            nullable=True,
            comment="At most 12 months after the meeting",
        ),
        sa.Column("group_ref", sa.String(), nullable=True, comment=of_core),
        sa.Column("people_in_group", sa.Integer(), nullable=True),
        sa.Column("people_trained", sa.Integer(), nullable=True),
        sa.Column("area_ref", sa.String(), nullable=True, comment=of_core),
        sa.Column("function_title", sa.String(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
    )


def _rules() -> tuple[sa.Constraint, ...]:
    named = {
        "board_note_whole": BOARD_NOTE_WHOLE,
        "training_whole": TRAINING_WHOLE,
        "trained_in_group": TRAINED_IN_GROUP,
        "responsibility_whole": RESPONSIBILITY_WHOLE,
        "withdrawal_whole": WITHDRAWAL_WHOLE,
    }
    return (
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_governance_record_{name}"))
            for name, rule in named.items()
        ),
        _of_person("governance_record", "person_id"),
        _of_person("governance_record", "created_by_id"),
        _of_person("governance_record", "withdrawn_by_id"),
    )


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
