"""The people behind events: ids from the log, names from accounts."""

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
        """The name of the person."""


@dataclass(frozen=True)
class Actors:
    """The source of people's names for the log: their table and two of its columns."""

    table: type[Base]
    id: InstrumentedAttribute[UUID]
    name: InstrumentedAttribute[str]
    list_members: Callable[[], Sequence[Member]]
    """The members of the acting organisation, by name."""


_GIVEN: Registry[Actors] = Registry("people behind events")


def give_actors(people: Actors) -> None:
    """Register where the log finds people."""
    _GIVEN.add("accounts", people)


def actors() -> Actors:
    """The source of people's names. Raises NothingRegistered before the application is made."""
    return _GIVEN.get("accounts")
