"""Events around nodes for filters and pictures of a map, read by a registered reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from ddplatform.infrastructure.registry import Registry

SURROUNDINGS: Final = "surroundings"


@dataclass(frozen=True)
class EventReader:
    """The reader of events around nodes; the caller runs the statement of selects."""

    is_inside: Callable[[UUID | None], ColumnElement[bool]]
    """Whether a node is in the area of a current event; of this one, where a key is given."""
    select_inside: Callable[[UUID], Select[str]]
    """The keys, as text, of the nodes of a map that are in the area of a current event."""
    select_going_on: Callable[[], Select[str, str]]
    """Events that go on: keys as text, titles."""
    list_titles: Callable[[Sequence[UUID]], Sequence[tuple[UUID, str]]]
    """Events by key with their titles, whether or not they go on; one statement."""


EVENTS: Registry[EventReader] = Registry("events around nodes")
"""Under `SURROUNDINGS`."""


def events() -> EventReader:
    """The registered reader of events."""
    return EVENTS.get(SURROUNDINGS)
