"""The record of each sealed value that was redacted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to


class CaseRedaction(TenantScoped, Base):
    """One sealed value that was sealed anew without the words; holds none of them.

    Append-only rows of a case change in no other way: the database asks for this record of the
    very value that takes the place of the old one (`migrations/isolation.py`).
    """

    __tablename__ = "case_redaction"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        Index("ix_redaction_row", "organisation_id", "row_id"),
    )
    is_append_only = True

    case_id: Mapped[UUID]
    row_id: Mapped[UUID] = mapped_column(comment="The row of the case that was sealed anew")
    nonce: Mapped[bytes] = mapped_column(LargeBinary, comment="First 12 bytes of the new value")
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
