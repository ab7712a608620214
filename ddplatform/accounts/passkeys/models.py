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
        comment="As the authenticator last told; 0 where it does not count"
    )
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(
        comment="No challenge that was made before is answered again"
    )
