"""What a member answers for, told and handed over by the packages that keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import LazyText


class Find(Protocol):
    """The titles of all open records of one kind that a person answers for, in order."""

    def __call__(self, user_id: UUID) -> Sequence[str]: ...


class HandOver(Protocol):
    """Give all of them to a colleague: one event where there are any, in this transaction."""

    def __call__(self, user_id: UUID, successor_id: UUID, *, act: Act) -> None: ...


@dataclass(frozen=True)
class Holding:
    """One kind of record that has an owner."""

    label: LazyText
    find: Find
    hand_over: HandOver


HOLDINGS: Registry[Holding] = Registry("records that have an owner")
"""Kind of record -> how it is found and handed over. A child's case is none: it stays with its
officers, and no administrator sees it."""
