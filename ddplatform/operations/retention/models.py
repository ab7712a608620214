"""Legal holds: they stop the clock of a retention class."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped


class LegalHold(TenantScoped, Base):
    """Nothing of a class is removed in an organisation while a hold is in force."""

    __tablename__ = "legal_hold"

    class_ref: Mapped[str] = mapped_column(comment="A class of retention/data/classes.yaml")
    reason: Mapped[str]
    ends_on: Mapped[date] = mapped_column(comment="Last day of the hold")
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
