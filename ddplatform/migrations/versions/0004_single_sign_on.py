"""Single sign-on: providers of organisations, and identities of people there.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

from ddplatform.migrations.isolation import isolation_triggers
from ddplatform.migrations.row_security import row_security

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TENANT_TABLES = {"identity_provider": ("organisation_id",)}


def upgrade() -> None:
    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "issuer", sa.String(), nullable=False, comment="Exactly as the provider states it"
        ),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column(
            "sealed_secret",
            sa.LargeBinary(),
            nullable=False,
            comment="AES-256-GCM, bound to organisation and issuer; key outside",
        ),
        sa.Column(
            "domains",
            sa.Text(),
            nullable=False,
            comment="Mail domains of the people who may sign in here, lower case",
        ),
        sa.Column(
            "factor_acrs",
            sa.Text(),
            nullable=True,
            comment="Values of acr that state a second factor; amr with mfa always does",
        ),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_identity_provider_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_provider")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_identity_provider_organisation_id")),
    )
    op.create_index(
        op.f("ix_identity_provider_organisation_id"),
        "identity_provider",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "provider_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column(
            "subject",
            sa.String(),
            nullable=False,
            comment="Claim sub, which the issuer gives to nobody else",
        ),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_provider_identity_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_identity")),
        sa.UniqueConstraint(
            "issuer", "subject", name=op.f("uq_provider_identity_issuer_subject")
        ),
        sa.UniqueConstraint(
            "user_id", "issuer", name=op.f("uq_provider_identity_user_id_issuer")
        ),
    )
    dialect = op.get_bind().dialect.name
    for statement in isolation_triggers(dialect, TENANT_TABLES, {}, {}):
        op.execute(statement)
    for statement in row_security(dialect, TENANT_TABLES, {}, []):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("Restore the backup that was made before the upgrade.")
