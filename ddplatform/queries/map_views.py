"""A bounded view of a map: which boxes to draw, what they stand for, what links them (UI 10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal
from uuid import UUID

import numpy as np

from ddplatform.queries.map_columns import BANDS
from ddplatform.queries.map_snapshots import Ints, MapSnapshot
from supply_chain.chain_columns import FLOWS
from supply_chain.layout import Link
from supply_chain.vocabulary import FlowEvidence, RiskBand

SINGLE = 8
"""A lane with at most this many nodes shows them one by one."""
STEP = 10
MOST_OPEN = 60
MOST_BOXES = 240
MOST_LINKS = 400
NO_COUNTRY = "--"
BoxKind = Literal["node", "group", "rest", "ghost"]
_SURE = (FLOWS.index(FlowEvidence.CONFIRMED), FLOWS.index(FlowEvidence.PROBABLE))


@dataclass(frozen=True)
class MapBox:
    """A box of the view. `ref` opens a group or a rest; `rows` are rows of the snapshot."""

    id: str
    kind: BoxKind
    lane: int
    rows: Ints
    ref: str = ""
    country: str | None = None
    opened_from: str | None = None
    shown: int = 0
    """How many nodes this group or rest has let out already."""
    share: float | None = None
    """Of a ghost with one buyer: the part of that buyer's input that is not known."""
    countries: int = 0
    """Of a rest of countries: how many."""

    def mix(self, snapshot: MapSnapshot) -> tuple[int, int, int, int, int]:
        """How many nodes in each band, worst first, not assessed last."""
        critical, high, medium, low, none = np.bincount(snapshot.band[self.rows], minlength=5)
        return int(critical), int(high), int(medium), int(low), int(none)

    def worst(self, snapshot: MapSnapshot) -> RiskBand | None:
        """The worst band in it; None where nothing is assessed."""
        return BANDS[int(snapshot.band[self.rows].min(initial=4))]


@dataclass(frozen=True)
class MapView:
    """What to draw: boxes, links between them, the way from the focus to the own business."""

    boxes: tuple[MapBox, ...]
    links: tuple[Link, ...]
    selected: str | None
    path: frozenset[tuple[str, str]]
    lanes: Mapping[int, tuple[int, int]]
    """Lane -> nodes in it, nodes shown one by one."""
    links_left_out: int = 0


@dataclass
class _Draft:
    boxes: list[MapBox] = field(default_factory=list)

    def room(self) -> int:
        return max(0, MOST_BOXES - len(self.boxes))


def view_map(
    snapshot: MapSnapshot,
    *,
    focus: UUID | None = None,
    depth: int = 2,
    opened: Mapping[str, int] | None = None,
    upstream_only: bool = False,
) -> MapView:
    """The view of a map, or the surroundings of one node.

    Args:
        focus: the node in the middle: its suppliers up to `depth`, and all the way down.
        opened: ref of a group -> how many of its nodes to show.
        upstream_only: of the focus, only what feeds it.
    """
    row = snapshot.row_of.get(focus) if focus else None
    way = () if row is None else _way(snapshot, row)
    scope = (
        np.arange(len(snapshot.keys))
        if row is None
        else _around(snapshot, row, depth, upstream_only=upstream_only)
    )
    lanes = np.unique(snapshot.lane[scope])
    widest = max(3, min(STEP, 200 // max(1, len(lanes))))
    draft = _Draft()
    for lane in lanes[::-1].tolist():
        rows = _ordered(snapshot, scope[snapshot.lane[scope] == lane], first=way)
        if row is None and len(rows) > SINGLE:
            _add_countries(draft, snapshot, lane, rows, opened or {}, widest)
        else:
            _add_singles(draft, lane, rows, opened or {}, widest=widest)
    boxes = (*draft.boxes, *_ghosts(snapshot, draft.boxes))
    links, left_out, box_of = _links(snapshot, boxes)
    return MapView(
        boxes=boxes,
        links=links,
        selected=None if row is None else _node(0, row).id,
        path=_path(boxes, box_of, way),
        lanes={
            int(lane): (
                int((snapshot.lane[scope] == lane).sum()),
                sum(1 for box in boxes if box.lane == lane and box.kind == "node"),
            )
            for lane in lanes
        },
        links_left_out=left_out,
    )


def _way(snapshot: MapSnapshot, row: int) -> tuple[int, ...]:
    return snapshot.graph.path_to_own_business(row) or (row,)


def _around(snapshot: MapSnapshot, row: int, depth: int, *, upstream_only: bool) -> Ints:
    graph = snapshot.graph
    kept = frontier = np.array([row])
    for _ in range(depth):
        frontier = np.setdiff1d(graph.suppliers.of_many(frontier), kept)
        kept = np.concatenate([kept, frontier])
    if not upstream_only:
        kept = np.union1d(kept, graph.downstream(row))
    return np.sort(kept)


def _ordered(snapshot: MapSnapshot, rows: Ints, *, first: Sequence[int]) -> Ints:
    """Nodes on the way first, then by band, salience rank and id: the same data, same order."""
    off_way = ~np.isin(rows, first)
    order = np.lexsort((rows, snapshot.rank[rows], snapshot.band[rows], off_way))
    found: Ints = rows[order]
    return found


def _add_singles(
    draft: _Draft, lane: int, rows: Ints, opened: Mapping[str, int], *, widest: int
) -> None:
    ref = f"{lane}.more"
    count = min(opened.get(ref, widest), MOST_OPEN, draft.room())
    if len(rows) <= max(count, 1) + 1:
        count = len(rows)  # a rest of one is no shorter than the node itself
    draft.boxes += [_node(lane, row) for row in rows[:count].tolist()]
    if len(rows) > count:
        draft.boxes.append(
            MapBox(f"rest {ref}", "rest", lane, np.sort(rows[count:]), ref=ref, shown=count)
        )


def _node(lane: int, row: int, opened_from: str | None = None) -> MapBox:
    return MapBox(f"row {row}", "node", lane, np.array([row]), opened_from=opened_from)


def _add_countries(
    draft: _Draft,
    snapshot: MapSnapshot,
    lane: int,
    rows: Ints,
    opened: Mapping[str, int],
    widest: int,
) -> None:
    groups = _by_country(snapshot, rows)
    ref = f"{lane}.more"
    count = min(opened.get(ref, widest), MOST_OPEN, max(1, draft.room() - 1))
    if len(groups) <= count + 1:
        count = len(groups)
    asked = [group for group in groups[count:] if f"{lane}.{group[0]}" in opened]
    for country, members in (*groups[:count], *asked):
        _add_group(draft, lane, country, members, opened)
    if rest := [group for group in groups[count:] if f"{lane}.{group[0]}" not in opened]:
        draft.boxes.append(
            MapBox(
                f"rest {ref}",
                "rest",
                lane,
                np.sort(np.concatenate([members for _, members in rest])),
                ref=ref,
                shown=count,
                countries=len(rest),
            )
        )


def _by_country(snapshot: MapSnapshot, rows: Ints) -> list[tuple[str, Ints]]:
    """Countries of a lane, the worst band first, then the largest, then by code."""
    codes = snapshot.country[rows]
    groups = [
        (snapshot.countries[code] or NO_COUNTRY, rows[codes == code])
        for code in np.unique(codes).tolist()
    ]
    return sorted(groups, key=lambda g: (int(snapshot.band[g[1]].min()), -len(g[1]), g[0]))


def _add_group(
    draft: _Draft, lane: int, country: str, members: Ints, opened: Mapping[str, int]
) -> None:
    if len(members) == 1:
        draft.boxes.append(_node(lane, int(members[0])))
        return
    ref = f"{lane}.{country}"
    name = f"group {ref}"
    count = min(opened.get(ref, 0), MOST_OPEN, max(0, draft.room() - STEP))
    if len(members) <= count + 1 and count:
        count = len(members)
    draft.boxes += [_node(lane, row, name) for row in members[:count].tolist()]
    if len(members) > count:
        code = None if country == NO_COUNTRY else country
        rest = np.sort(members[count:])
        draft.boxes.append(MapBox(name, "group", lane, rest, ref=ref, country=code, shown=count))


def _ghosts(snapshot: MapSnapshot, boxes: Sequence[MapBox]) -> Iterable[MapBox]:
    """One box a lane for what its buyers take from an unknown origin."""
    for lane in sorted({box.lane for box in boxes if 0 <= box.lane < snapshot.unlinked}):
        rows = np.concatenate([box.rows for box in boxes if box.lane == lane])
        blind = np.sort(rows[~np.isnan(snapshot.missing[rows])])
        if len(blind):
            share = float(snapshot.missing[blind[0]]) if len(blind) == 1 else np.inf
            known = None if np.isinf(share) else share
            yield MapBox(f"unknown {lane}", "ghost", lane + 1, blind, share=known)


def _links(snapshot: MapSnapshot, boxes: Sequence[MapBox]) -> tuple[tuple[Link, ...], int, Ints]:
    box_of = np.full(len(snapshot.keys), -1, dtype=np.int64)
    for place, box in enumerate(boxes):
        if box.kind != "ghost":
            box_of[box.rows] = place
    columns = snapshot.graph.links
    supplier, buyer = box_of[columns.supplier], box_of[columns.buyer]
    seen = np.flatnonzero((supplier >= 0) & (buyer >= 0) & (supplier != buyer))
    pair, place = np.unique(supplier[seen] * len(boxes) + buyer[seen], return_inverse=True)
    share = columns.share[seen]
    total = np.bincount(place, np.nan_to_num(share), minlength=len(pair))
    sure = np.bincount(place, np.isin(columns.flow[seen], _SURE), minlength=len(pair)) > 0
    weight = np.bincount(place, minlength=len(pair))
    kept = np.sort(np.argsort(-weight, kind="stable")[:MOST_LINKS])
    links = [
        Link(
            boxes[int(pair[at]) // len(boxes)].id,
            boxes[int(pair[at]) % len(boxes)].id,
            _share(float(total[at]), boxes[int(pair[at]) % len(boxes)]),
            bool(sure[at]),
        )
        for at in kept.tolist()
    ]
    links += _ghost_links(snapshot, boxes, box_of)
    return tuple(links), len(pair) - len(kept), box_of


def _share(total: float, buyer: MapBox) -> float | None:
    """Shares are parts of one buyer's input; of a group they mean nothing."""
    return min(1.0, total) if total > 0 and buyer.kind == "node" else None


def _ghost_links(snapshot: MapSnapshot, boxes: Sequence[MapBox], box_of: Ints) -> Iterable[Link]:
    for ghost in boxes:
        if ghost.kind == "ghost":
            for place in np.unique(box_of[ghost.rows]).tolist():
                buyer = boxes[place]
                share = float(snapshot.missing[buyer.rows[0]]) if buyer.kind == "node" else np.inf
                yield Link(ghost.id, buyer.id, None if np.isinf(share) else share, False)


def _path(boxes: Sequence[MapBox], box_of: Ints, way: Sequence[int]) -> frozenset[tuple[str, str]]:
    steps = [boxes[int(box_of[row])].id for row in way if box_of[row] >= 0]
    return frozenset((a, b) for a, b in pairwise(steps) if a != b)
