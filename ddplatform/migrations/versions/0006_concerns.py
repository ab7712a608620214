"""Concerns and complaints: the public address, concerns, their messages and steps.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TENANT_TABLES = {
    "concern_door": ("organisation_id",),
    "concern": ("organisation_id",),
    "concern_message": ("organisation_id",),
    "concern_step": ("organisation_id",),
}
APPEND_ONLY = {"concern_message": None, "concern_step": None}
STATES = (
    "received",
    "acknowledged",
    "screened",
    "urgent_referral",
    "in_dialogue",
    "investigation",
    "remedy_proposed",
    "agreed",
    "not_agreed",
    "implemented",
    "closed_satisfied",
    "closed_unsatisfied",
    "appeal",
    "withdrawn",
)
CHANNELS = ("door", "phone", "message", "paper", "in_person", "union", "hotline")


def upgrade() -> None:
    _add_door()
    _add_concern()
    _add_messages()
    _add_steps()
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, APPEND_ONLY, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def _add_door() -> None:
    op.create_table(
        "concern_door",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "address_part",
            sa.String(),
            nullable=False,
            comment="Random end of the address; on posters",
        ),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_concern_door_changed_by_id")
        ),
        _of_organisation("concern_door"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_door")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_concern_door_organisation_id")),
    )
    _index_organisation("concern_door")


def _add_concern() -> None:
    op.create_table(
        "concern",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reference", sa.String(), nullable=False, comment="Random; among officers alone"
        ),
        sa.Column("locator", sa.String(), nullable=False, comment="First 8 digits of the code"),
        sa.Column(
            "proof_hash",
            sa.String(),
            nullable=False,
            comment="Argon2id of the last 12 digits",
        ),
        sa.Column("status", _choice("grievancestate", *STATES), nullable=False),
        sa.Column("channel", _choice("channel", *CHANNELS), nullable=False),
        sa.Column(
            "language",
            sa.String(),
            nullable=False,
            comment="In which the complainant reads the thread",
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False, comment="Day of the present state"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "is_safety_open",
            sa.Boolean(),
            nullable=True,
            comment="Whether somebody may still be unsafe; none: nobody has said, counts as yes",
        ),
        sa.Column("withdrawal_asked_on", sa.Date(), nullable=True),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column(
            "finding_id", sa.Uuid(), nullable=True, comment="The matter it belongs to"
        ),
        sa.Column(
            "key_wrapped",
            sa.LargeBinary(),
            nullable=True,
            comment="Data key of the concern; destroyed to erase",
        ),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column(
            "sealed_facts",
            sa.LargeBinary(),
            nullable=False,
            comment="Subject, part of the sender, place, danger, fear of reprisal",
        ),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("step_count", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handler_id"], ["user.id"], name=op.f("fk_concern_handler_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "finding_id"],
            ["finding.organisation_id", "finding.id"],
            name=op.f("fk_concern_organisation_id_finding_id"),
        ),
        _of_organisation("concern"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_concern_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id", "locator", name=op.f("uq_concern_organisation_id_locator")
        ),
        sa.UniqueConstraint(
            "organisation_id", "reference", name=op.f("uq_concern_organisation_id_reference")
        ),
    )
    _index_organisation("concern")
    op.create_index(
        "ix_concern_status", "concern", ["organisation_id", "status", "entered_on"], unique=False
    )


def _add_messages() -> None:
    op.create_table(
        "concern_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Counts from 1 in each concern"
        ),
        sa.Column("is_from_complainant", sa.Boolean(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True, comment="None: the complainant"),
        sa.CheckConstraint("number > 0", name=op.f("ck_concern_message_number")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user.id"], name=op.f("fk_concern_message_written_by_id")
        ),
        *_of_concern("concern_message"),
    )
    _index_organisation("concern_message")


def _add_steps() -> None:
    op.create_table(
        "concern_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="Counts from 1 in each concern"
        ),
        sa.Column(
            "step",
            sa.String(),
            nullable=False,
            comment="State entered, handed_over, linked or withdrawal_asked",
        ),
        sa.Column(
            "sealed_note",
            sa.LargeBinary(),
            nullable=False,
            comment="Statements, answer about reprisals, reason",
        ),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True, comment="None: the complainant"),
        sa.CheckConstraint("number > 0", name=op.f("ck_concern_step_number")),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["user.id"], name=op.f("fk_concern_step_taken_by_id")
        ),
        *_of_concern("concern_step"),
    )
    _index_organisation("concern_step")


def _of_concern(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id", "concern_id"],
            ["concern.organisation_id", "concern.id"],
            name=op.f(f"fk_{table}_organisation_id_concern_id"),
        ),
        _of_organisation(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "organisation_id",
            "concern_id",
            "number",
            name=op.f(f"uq_{table}_organisation_id_concern_id_number"),
        ),
    )


def _of_organisation(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id")
    )


def _index_organisation(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"], unique=False)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
