"""Cards of later packages on the page of a node: their queries, content and position."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.together import Question
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode


class Place(StrEnum):
    """The position of a part on the page."""

    NOTICE = "notice"  # above everything
    MAIN = "main"  # below the links, above the history
    HEADLINE = "headline"  # first in the summary, instead of the index of the map
    SIDE = "side"  # below the summary, above the facts


@dataclass(frozen=True)
class ShownNode:
    """The node whose page is read, and on which day."""

    node: ValueChainNode
    chain: ValueChain
    today: date


@dataclass(frozen=True)
class CardPart:
    """A part of a card."""

    place: Place
    template: str
    """Drawn with `node` and with `shown`."""
    shown: Mapping[str, Any]
    style: str | None = None
    """Sheet of `static` that it needs."""


@dataclass(frozen=True)
class NodeCard:
    """A card on the page of a node; without the permission, it is neither queried nor shown.

    Parts of the same place stand in the order in which their cards were registered.
    """

    permission: Permission
    ask: Callable[[ShownNode], Mapping[str, Question[Any]]]
    """Questions by name; those of all cards are read by one statement."""
    show: Callable[[ShownNode, Mapping[str, Any]], Iterable[CardPart]]
    """The parts, from the answers by the names of their questions."""


CARDS: Registry[NodeCard] = Registry("cards on the page of a node")


def parts_by_place(parts: Iterable[CardPart]) -> dict[str, list[CardPart]]:
    """Each place with its parts, also those without any."""
    found: dict[str, list[CardPart]] = {place.value: [] for place in Place}
    for part in parts:
        found[part.place.value].append(part)
    return found


def styles_of(parts: Iterable[CardPart]) -> list[str]:
    """The sheets that these parts need, each once."""
    return list(dict.fromkeys(part.style for part in parts if part.style is not None))
