"""The people behind events: the log keeps their ids, accounts knows their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.registry import Registry


class Member(Protocol):
    """Somebody who belongs to the acting organisation."""

    @property
    def user_id(self) -> UUID:
        """The id that events keep."""

    @property
    def name(self) -> str:
        """What the person is called."""


@dataclass(frozen=True)
class Actors:
    """Where the log finds people: their table and two of its columns."""

    table: type[Base]
    id: InstrumentedAttribute[UUID]
    name: InstrumentedAttribute[str]
    list_members: Callable[[], Sequence[Member]]
    """Who belongs to the acting organisation, by name."""


_GIVEN: Registry[Actors] = Registry("people behind events")


def give_actors(people: Actors) -> None:
    """Register where the log finds people."""
    _GIVEN.add("accounts", people)


def actors() -> Actors:
    """Where the log finds people. Raises NothingRegistered before the application is made."""
    return _GIVEN.get("accounts")
