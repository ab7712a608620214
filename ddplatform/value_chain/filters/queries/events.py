"""Events around nodes, as filters and pictures of a map read them: who keeps them registers how."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from ddplatform.infrastructure.registry import Registry

SURROUNDINGS: Final = "surroundings"


@dataclass(frozen=True)
class EventReader:
    """How events around nodes are read; of selects the statement that asks runs them."""

    is_inside: Callable[[UUID | None], ColumnElement[bool]]
    """Whether a node stands in an event that goes on; of this one, where a key is given."""
    select_inside: Callable[[UUID], Select[str]]
    """The keys, as text, of the nodes of a map that stand in an event that goes on."""
    select_going_on: Callable[[], Select[str, str]]
    """Events that go on: keys as text, titles."""
    list_titles: Callable[[Sequence[UUID]], Sequence[tuple[UUID, str]]]
    """Events by key with their titles, whether or not they go on; one statement."""


EVENTS: Registry[EventReader] = Registry("events around nodes")
"""Under `SURROUNDINGS`."""


def events() -> EventReader:
    """How events are read."""
    return EVENTS.get(SURROUNDINGS)
