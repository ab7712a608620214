"""Preview of an import before it is applied: its rows in pages, its problems, missing places.

It is renewed each time the list is read, except for the answers of people.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ImportPage(TenantScoped, Base):
    """One page of one part of a preview: 100,000 rows are shown as quickly as ten."""

    __tablename__ = "import_page"
    __table_args__ = (
        belongs_to("map_import", "import_id"),
        UniqueConstraint("organisation_id", "import_id", "part", "number"),
    )

    import_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(comment="new, changed, moved, links_new ...")
    number: Mapped[int] = mapped_column(comment="First page 1")
    entries: Mapped[list[Any]]


class ImportFault(TenantScoped, Base):
    """A problem or remark, once for all rows that have the same value and the same fault."""

    __tablename__ = "import_fault"
    __table_args__ = (
        tenant_key(),
        belongs_to("map_import", "import_id"),
        Index("ix_fault_place", "organisation_id", "import_id", "is_problem", "place"),
        Index("ix_fault_kind", "organisation_id", "import_id", "is_problem", "kind", "place"),
    )

    import_id: Mapped[UUID]
    is_problem: Mapped[bool] = mapped_column(comment="Its rows are left out; else a remark")
    place: Mapped[int] = mapped_column(comment="Order shown: most rows first")
    kind: Mapped[str] = mapped_column(comment="Our field, row or other")
    table_key: Mapped[str | None] = mapped_column(comment="Table of the mapping; none: JSON")
    file: Mapped[str]
    sheet: Mapped[str | None]
    column: Mapped[str | None]
    value: Mapped[str | None]
    problem: Mapped[str]
    advice: Mapped[str]
    suggestion: Mapped[str | None] = mapped_column(comment="What may have been meant")
    row_count: Mapped[int]
    first_rows: Mapped[list[Any]] = mapped_column(comment="Numbers of up to 20 rows")


class ImportFaultRow(TenantScoped, Base):
    """A row of the list that a problem keeps out, with its cells as they were read."""

    __tablename__ = "import_fault_row"
    __table_args__ = (
        belongs_to("map_import", "import_id"),
        belongs_to("import_fault", "fault_id"),
        Index("ix_fault_row", "organisation_id", "fault_id", "row"),
        Index("ix_fault_row_import", "organisation_id", "import_id", "table_key", "row"),
    )

    import_id: Mapped[UUID]
    fault_id: Mapped[UUID]
    table_key: Mapped[str]
    row: Mapped[int] = mapped_column(comment="First row of the list 1")
    cells: Mapped[list[str]]


class ActivityAnswer(TenantScoped, Base):
    """The activity that a person assigned to words of a list, for the next lists."""

    __tablename__ = "activity_answer"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    key: Mapped[str] = mapped_column(comment="The words without case, blanks and punctuation")
    says: Mapped[str] = mapped_column(comment="The words as the list writes them")
    sector: Mapped[str] = mapped_column(comment="Ref of the sector")
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class GoneAnswer(StrEnum):
    """The answer on a node that the next list no longer names. Nothing is ever deleted."""

    ASK = "ask"
    KEEP = "keep"
    ARCHIVE = "archive"


class ImportGone(TenantScoped, Base):
    """A question: a node that the earlier list named and this one does not."""

    __tablename__ = "import_gone"
    __table_args__ = (
        tenant_key(),
        belongs_to("map_import", "import_id"),
        belongs_to("value_chain_node", "node_id"),
        UniqueConstraint("organisation_id", "import_id", "node_id"),
        Index("ix_gone_place", "organisation_id", "import_id", "place"),
        Index("ix_gone_choice", "organisation_id", "import_id", "choice", "place"),
        CheckConstraint("answered_by_id IS NULL OR answered_at IS NOT NULL", name="answered_pair"),
    )

    import_id: Mapped[UUID]
    node_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(comment="Order shown: by name")
    choice: Mapped[GoneAnswer] = mapped_column(default=GoneAnswer.ASK)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
