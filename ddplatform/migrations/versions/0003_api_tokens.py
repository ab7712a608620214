"""Access tokens for programs, and answers to requests that they may send again.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TENANT_TABLES = {"answered_request": ("organisation_id",), "api_token": ("organisation_id",)}


def upgrade() -> None:
    _add_tokens()
    _add_answers()
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, {}, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, ()):
        op.execute(statement)


def _add_tokens() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False, comment="What it is used for"),
        sa.Column(
            "secret_hash", sa.String(), nullable=False, comment="SHA-256; the secret is not kept"
        ),
        sa.Column(
            "beginning", sa.String(), nullable=False, comment="First characters, to recognise it by"
        ),
        sa.Column("scopes", sa.Text(), nullable=False, comment="Permissions, rising"),
        sa.Column(
            "expires_on", sa.Date(), nullable=False, comment="Last day on which it works"
        ),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)",
            name=op.f("ck_api_token_revoked_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_api_token_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_api_token_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["user.id"], name=op.f("fk_api_token_revoked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_api_token_organisation_id_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_token_secret_hash")),
    )
    op.create_index(
        op.f("ix_api_token_organisation_id"), "api_token", ["organisation_id"], unique=False
    )


def _add_answers() -> None:
    op.create_table(
        "answered_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "user_id", sa.Uuid(), nullable=False, comment="In whose name the program asked"
        ),
        sa.Column("key", sa.String(), nullable=False, comment="As the program sent it"),
        sa.Column(
            "request_sha256", sa.String(), nullable=False, comment="Of method, address and body"
        ),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_answered_request_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_request")),
        sa.UniqueConstraint(
            "organisation_id",
            "user_id",
            "key",
            name=op.f("uq_answered_request_organisation_id_user_id_key"),
        ),
    )
    op.create_index(
        op.f("ix_answered_request_organisation_id"),
        "answered_request",
        ["organisation_id"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
