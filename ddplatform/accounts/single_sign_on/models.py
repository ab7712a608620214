"""OpenID Connect providers of organisations, and the identities of people there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base, WordList
from ddplatform.infrastructure.tenancy import TenantScoped


class IdentityProvider(TenantScoped, Base):
    """The provider at which members of an organisation sign in, as the operator set it."""

    __tablename__ = "identity_provider"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    issuer: Mapped[str] = mapped_column(comment="Exactly as the provider states it")
    client_id: Mapped[str]
    sealed_secret: Mapped[bytes] = mapped_column(
        LargeBinary, comment="AES-256-GCM, bound to organisation and issuer; key outside"
    )
    domains: Mapped[list[str]] = mapped_column(
        WordList(), comment="Mail domains of the people who may sign in here, lower case"
    )
    factor_acrs: Mapped[list[str]] = mapped_column(
        WordList(),
        nullable=True,
        default=list,
        comment="Values of acr that state a second factor; amr with mfa always does",
    )
    set_at: Mapped[datetime]


class ProviderIdentity(Base):
    """An identity of a person at a provider, by which they sign in."""

    __tablename__ = "provider_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    issuer: Mapped[str]
    subject: Mapped[str] = mapped_column(comment="Claim sub, which the issuer gives to nobody else")
    connected_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
