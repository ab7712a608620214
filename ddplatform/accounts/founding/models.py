"""The first steps of an organisation: its founder's input and the progress made."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to


class FirstRun(TenantScoped, Base):
    """One row an organisation, made when it is founded or when somebody begins the first steps."""

    __tablename__ = "first_run"
    __table_args__ = (
        UniqueConstraint("organisation_id"),
        belongs_to("value_chain", "chain_id"),
        belongs_to("map_import", "import_id"),
    )

    sector_ref: Mapped[str | None] = mapped_column(comment="Sector of the own business")
    chain_id: Mapped[UUID | None] = mapped_column(comment="The first map")
    import_id: Mapped[UUID | None] = mapped_column(comment="The first list, or the made-up one")
    is_trial: Mapped[bool] = mapped_column(default=False, comment="The list is made up")
    created_at: Mapped[datetime]
