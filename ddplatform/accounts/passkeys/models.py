"""Passkeys of people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base


class Passkey(Base):
    """A passkey of a person (WebAuthn): what checks its signatures, nothing secret."""

    __tablename__ = "passkey"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(comment="What the person calls it")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary, comment="COSE_Key, RFC 9052")
    sign_count: Mapped[int] = mapped_column(
        comment="Signature counter last reported by the authenticator; 0: it keeps none"
    )
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(
        comment="Challenges issued before this moment are refused"
    )
