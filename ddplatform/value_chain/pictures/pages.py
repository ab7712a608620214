"""Tiered map and neighbourhood of a node, as the address requests them.

Pages and exports share this code, so that a file equals its page.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from flask import request

from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.typed_values import find_number, read_number
from ddplatform.value_chain.filters.address import asked_filter
from ddplatform.value_chain.filters.queries.filters import FoundRows, find_rows
from ddplatform.value_chain.filters.queries.lists import load_summaries
from ddplatform.value_chain.graph.queries.snapshots import (
    MapSnapshot,
    coloured_by,
    load_past_snapshot,
    load_snapshot,
)
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.queries.colours import ColourBy, MapColours, load_colours
from ddplatform.value_chain.pictures.queries.groups import GroupBy
from ddplatform.value_chain.pictures.queries.views import MapView, view_around, view_map
from ddplatform.value_chain.pictures.views.boxes import (
    KEPT,
    AroundPage,
    MapPage,
    PastPage,
    Shown,
)
from ddplatform.value_chain.pictures.views.colour import Colouring, colouring_of
from ddplatform.value_chain.pictures.views.issue_colour import issue_of
from ddplatform.value_chain.saved_views.services import MOST_OPEN
from supply_chain.vocabulary import Issue

DEPTHS = (1, 2, 3, 4)
STEPS_AROUND = (1, 2, 3)


@dataclass(frozen=True)
class MapState:
    """The state of a map in the address: the node, the range, the open groups."""

    focus: UUID | None
    depth: int
    upstream: bool
    group_by: GroupBy
    opened: dict[str, int]


def chosen_colouring() -> Colouring:
    """The scale of the address."""
    return colouring_of(request.args.get("colour", ""))


def chosen_issue() -> Issue | None:
    """The issue of the address; None for the highest over all issues."""
    return issue_of(request.args.get("colour", ""))


def asked_state() -> dict[str, list[str]]:
    """The parts of the address that make a picture, unchanged."""
    return {name: values for name, values in request.args.lists() if name in KEPT}


def read_map_state() -> MapState:
    """The state of the tiered map in the address."""
    word = request.args.get("by", "")
    return MapState(
        focus=asked_uuid("focus"),
        depth=_number("depth", DEPTHS, 2),
        upstream=request.args.get("show") == "upstream",
        group_by=GroupBy(word) if word in set(GroupBy) else GroupBy.COUNTRY,
        opened=_opened(),
    )


def map_page(chain: ValueChain) -> MapPage:
    """The tiered map, or the surroundings of the node in focus."""
    state, colouring = read_map_state(), chosen_colouring()
    snapshot = coloured_by(load_snapshot(chain), colouring.issue)
    found = _found(chain, snapshot)
    view = view_map(
        snapshot,
        focus=state.focus,
        depth=state.depth,
        opened=state.opened,
        upstream_only=state.upstream,
        group_by=state.group_by,
        among=found.rows if found else None,
    )
    more = {"group_by": state.group_by, "is_like": bool(found and found.is_like)}
    return MapPage(_shown(chain, snapshot, view, colouring, state.opened, **more))


def past_page(chain: ValueChain, past: Past) -> PastPage:
    """The tiered map of a past day, by the bands of the run of then."""
    state, snapshot = read_map_state(), load_past_snapshot(chain, past)
    view = view_map(
        snapshot,
        focus=state.focus,
        depth=state.depth,
        opened=state.opened,
        group_by=state.group_by,
    )
    marks = np.zeros(len(snapshot.keys), dtype=np.bool_)
    colours = MapColours(ColourBy.BAND, snapshot.band, marks)
    shown = Shown(chain, snapshot, view, colours, {}, state.opened, asked_state(), state.group_by)
    return PastPage(shown, request.args.get("day", ""))


def around_page(chain: ValueChain, row: int) -> AroundPage:
    """One node with its suppliers and buyers.

    Raises:
        NotFound: the node is not on the map.
    """
    colouring, opened = chosen_colouring(), _opened()
    snapshot = coloured_by(load_snapshot(chain), colouring.issue)
    found = _found(chain, snapshot)
    among = found.rows if found else None
    view = view_around(snapshot, row, depth=steps_around(), opened=opened, among=among)
    is_like = bool(found and found.is_like)
    return AroundPage(_shown(chain, snapshot, view, colouring, opened, is_like=is_like), row)


def _found(chain: ValueChain, snapshot: MapSnapshot) -> FoundRows | None:
    """The rows that the filter of the address leaves; None where it asks for nothing."""
    wanted = asked_filter(standing=True)
    return None if wanted.is_empty else find_rows(snapshot, chain, wanted)


def row_in_focus(chain: ValueChain) -> int | None:
    """The row of the node that the address names; None where it names none.

    Raises:
        NotFound: it names one that is not on the map.
    """
    if not request.args.get("focus"):
        return None
    focus = asked_uuid("focus")
    row = load_snapshot(chain).row_of.get(focus) if focus else None
    if row is None:
        raise NotFound()
    return row


def steps_around() -> int:
    """The number of steps of the neighbourhood, in both directions."""
    return _number("depth", STEPS_AROUND, 1)


def _shown(
    chain: ValueChain,
    snapshot: MapSnapshot,
    view: MapView,
    colouring: Colouring,
    opened: dict[str, int],
    **more: Any,
) -> Shown:
    keys = [snapshot.keys[int(box.rows[0])] for box in view.boxes if box.kind == "node"]
    colours = load_colours(chain, snapshot, colouring.by, colouring.issue)
    states, address = load_summaries(keys), asked_state()
    return Shown(chain, snapshot, view, colours, states, opened, address, **more)


def _opened() -> dict[str, int]:
    """The open groups of the address, `2.CI:20`; what is malformed is passed over."""
    found = {}
    for text in request.args.getlist("open")[:MOST_OPEN]:
        ref, _, typed = text.rpartition(":")
        count = find_number(typed, None) if ref else None
        ref, count = (text, 10) if count is None else (ref, count)
        lane, _, group = ref.partition(".")
        if lane.removeprefix("-").isdecimal() and group:
            found[ref] = count
    return found


def asked_uuid(name: str) -> UUID | None:
    """A key in the address; None where there is none or it is malformed."""
    return request.args.get(name, type=UUID)


def _number(name: str, allowed: tuple[int, ...], otherwise: int) -> int:
    asked = request.args.get(name, otherwise, type=read_number)
    return asked if asked in allowed else otherwise
