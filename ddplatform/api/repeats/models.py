"""Answers to requests that a program may send again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped


class AnsweredRequest(TenantScoped, Base):
    """A request with an `Idempotency-Key` that was carried out, and its answer."""

    __tablename__ = "answered_request"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id", "key"),)

    user_id: Mapped[UUID] = mapped_column(comment="In whose name the program asked")
    key: Mapped[str] = mapped_column(comment="As the program sent it")
    request_sha256: Mapped[str] = mapped_column(comment="Of method, address and body")
    status: Mapped[int]
    body: Mapped[str]
    answered_at: Mapped[datetime]
