"""Access tokens for programs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base, WordList
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import tenant_key


class ApiToken(TenantScoped, Base):
    """A token by which a program acts for its maker, within scopes and until a day."""

    __tablename__ = "api_token"
    __table_args__ = (
        tenant_key(),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_pair"),
    )

    name: Mapped[str] = mapped_column(comment="What it is used for")
    secret_hash: Mapped[str] = mapped_column(unique=True, comment="SHA-256; the secret is not kept")
    beginning: Mapped[str] = mapped_column(comment="First characters, to recognise it by")
    scopes: Mapped[list[str]] = mapped_column(WordList(), comment="Permissions, rising")
    expires_on: Mapped[date] = mapped_column(comment="Last day on which it works")
    last_used_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
