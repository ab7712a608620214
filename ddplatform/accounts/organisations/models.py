"""Organisations, people, memberships and invitations."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import Base, WordList
from ddplatform.infrastructure.tenancy import TenantScoped


class OrganisationKind(StrEnum):
    """A company that uses the platform, or the installation's own log keeper."""

    COMPANY = "company"
    INSTALLATION = "installation"


class Organisation(Base):
    """A tenant: everything else hangs on one of these."""

    __tablename__ = "organisation"

    kind: Mapped[OrganisationKind] = mapped_column(default=OrganisationKind.COMPANY)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True, comment="Part of the address, lower case")
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    is_sample: Mapped[bool] = mapped_column(default=False)
    help_name: Mapped[str | None] = mapped_column(comment="A function, as suppliers read it")
    help_email: Mapped[str | None]
    help_phone: Mapped[str | None]
    second_factor_roles: Mapped[list[str]] = mapped_column(
        WordList(), nullable=True, default=list, comment="Roles that need a second factor here"
    )
    created_at: Mapped[datetime]


class User(Base):
    """A person who signs in. Belongs to organisations by memberships."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None] = mapped_column(comment="Argon2id; none until joined")
    is_active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="")  # empty until the person chooses
    theme: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]


class Membership(TenantScoped, Base):
    """The role of a person in an organisation, with its end date."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "user_id"),
        CheckConstraint("role <> 'auditor' OR access_until IS NOT NULL", name="auditor_dated"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[RoleId]
    access_until: Mapped[date | None] = mapped_column(comment="Last day of access")
    created_at: Mapped[datetime]


class InvitationPurpose(StrEnum):
    """The purpose of a single-use link."""

    JOIN = "join"
    RESET = "reset"
    RESPOND = "respond"
    FOUND = "found"


class Invitation(TenantScoped, Base):
    """A single-use link. Only the hash of its token is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_token", "token_hash"),
        Index("ix_invitation_assignment", "organisation_id", "assignment_id"),
    )

    purpose: Mapped[InvitationPurpose]
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[RoleId | None]
    access_until: Mapped[date | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    assignment_id: Mapped[UUID | None]
    token_hash: Mapped[str | None] = mapped_column(comment="SHA-256; set when the mail is made")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class UserSession(Base):
    """A signed-in (or not yet signed-in) browser. Only the hash of its id is kept."""

    __tablename__ = "user_session"

    id_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    browser: Mapped[str] = mapped_column(default="", comment="A name of devices.py, never raw")
    system: Mapped[str] = mapped_column(default="", comment="The same")
    created_at: Mapped[datetime] = mapped_column(comment="Sign-in; stays under a new id")
    confirmed_at: Mapped[datetime] = mapped_column(comment="The person last proved who they are")
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RateCount(Base):
    """The number of tries in a window, shared by all web processes."""

    __tablename__ = "rate_count"
    __table_args__ = (UniqueConstraint("key", "window_starts_at"),)

    key: Mapped[str] = mapped_column(comment="Limit, and HMAC of who is counted")
    window_starts_at: Mapped[datetime]
    count: Mapped[int]
    last_at: Mapped[datetime | None] = mapped_column(comment="Last failure, where the next waits")
