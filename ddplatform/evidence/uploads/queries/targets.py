"""Records that documents are attached to, as registered by the features that own them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.registry import Registry


@dataclass(frozen=True)
class TargetPage:
    """A page that shows a record with attached documents.

    Attributes:
        argument: of the address, for its key.
        owners_only: the page is for the organisation that it belongs to.
    """

    endpoint: str
    argument: str
    permission: Permission
    owners_only: bool = False


@dataclass(frozen=True)
class TargetRecord:
    """Records with a title and pages of their own, from which documents are added.

    Attributes:
        title: its column; the model has `id` and `organisation_id` too.
        get: the record of a key, or NotFound.
        argument: of the address of "add a document", for its key.
        pages: the first one that a person may open is linked; a document is added from the first.
    """

    title: InstrumentedAttribute[str]
    get: Callable[[UUID], Any]
    argument: str
    pages: tuple[TargetPage, ...]


@dataclass(frozen=True)
class Target:
    """The name of one table's rows, and the way to open them, where there is one."""

    word: str
    record: TargetRecord | None = None


TARGETS: Registry[Target] = Registry("what documents are attached to")
"""By the name of the table."""


def list_records() -> list[TargetRecord]:
    """All kinds of records with a page of their own."""
    return [one.record for one in TARGETS if one.record is not None]
