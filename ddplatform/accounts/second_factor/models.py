"""Second factors of people, and their recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base


class SecondFactor(Base):
    """The authenticator app of a person (RFC 6238); a row stands once a code confirmed it."""

    __tablename__ = "second_factor"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), unique=True)
    sealed_secret: Mapped[bytes] = mapped_column(
        LargeBinary, comment="AES-256-GCM, bound to the person; key outside the database"
    )
    last_step: Mapped[int] = mapped_column(
        comment="Time step of the newest code that was used; no code up to it works again"
    )
    clock_behind: Mapped[int] = mapped_column(
        default=0,
        comment="Seconds by which the clock of the phone is behind ours, as its codes showed",
    )
    confirmed_at: Mapped[datetime]


class RecoveryCode(Base):
    """One recovery code; beyond its first signs only a hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "begins"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    begins: Mapped[str] = mapped_column(comment="The first signs, by which the row is found")
    code_hash: Mapped[str] = mapped_column(comment="Argon2id of the rest")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
