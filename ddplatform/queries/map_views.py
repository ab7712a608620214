"""A bounded view of a map: which boxes to draw, what they stand for, what links them (UI 10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

import numpy as np

from ddplatform.queries.map_boxes import STEP, Draft, MapBox, add_groups, add_singles, node_box
from ddplatform.queries.map_groups import GroupBy, groups_of
from ddplatform.queries.map_snapshots import Ints, MapSnapshot
from supply_chain.chain_columns import FLOWS
from supply_chain.graph import Adjacency
from supply_chain.layout import Link
from supply_chain.vocabulary import FlowEvidence

SINGLE = 8
"""A lane with at most this many nodes shows them one by one."""
MOST_LINKS = 400
FAR = 99
"""A lane beyond every neighbourhood."""
_SURE = (FLOWS.index(FlowEvidence.CONFIRMED), FLOWS.index(FlowEvidence.PROBABLE))


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


def view_map(
    snapshot: MapSnapshot,
    *,
    focus: UUID | None = None,
    depth: int = 2,
    opened: Mapping[str, int] | None = None,
    upstream_only: bool = False,
    group_by: GroupBy = GroupBy.COUNTRY,
    among: Ints | None = None,
) -> MapView:
    """The view of a map, or the surroundings of one node.

    Args:
        focus: the node in the middle: its suppliers up to `depth`, and all the way down.
        opened: ref of a group -> how many of its nodes to show.
        upstream_only: of the focus, only what feeds it.
        group_by: by what the nodes of a full lane are put together.
        among: only these rows, rising; the focus stays in any case. None: all.
    """
    row = snapshot.row_of.get(focus) if focus else None
    way = () if row is None else _way(snapshot, row)
    scope = (
        np.arange(len(snapshot.keys))
        if row is None
        else _around(snapshot, row, depth, upstream_only=upstream_only)
    )
    return _drawn(
        snapshot,
        _only(scope, among, row),
        way=way,
        row=row,
        opened=opened or {},
        group_by=None if row is not None else group_by,
    )


def view_around(
    snapshot: MapSnapshot,
    row: int,
    *,
    depth: int = 1,
    opened: Mapping[str, int] | None = None,
    among: Ints | None = None,
) -> MapView:
    """One node with its suppliers and its buyers, each up to `depth` steps; lanes are steps.

    A node that is near on both sides stands on the nearer one, that of the suppliers if equal.
    """
    up = _steps_from(snapshot, row, snapshot.graph.suppliers, depth)
    down = _steps_from(snapshot, row, snapshot.graph.buyers, depth)
    lane = np.where(up <= down, up, -down)
    scope = _only(np.flatnonzero(lane != FAR), among, row)
    near = replace(snapshot, lane=lane, unlinked=FAR)
    return _drawn(near, scope, way=(row,), row=row, opened=opened or {}, group_by=None)


def _steps_from(snapshot: MapSnapshot, row: int, neighbours: Adjacency, depth: int) -> Ints:
    """How many steps each node is away on one side; in a circle it is reached on both."""
    steps = np.full(len(snapshot.keys), FAR, dtype=np.int64)
    steps[row], found = 0, np.array([row])
    for step in range(1, depth + 1):
        found = np.unique(neighbours.of_many(found))
        found = found[steps[found] == FAR]
        steps[found] = step
    return steps


def _only(scope: Ints, among: Ints | None, row: int | None) -> Ints:
    if among is None:
        return scope
    kept = among if row is None else np.union1d(among, [row])
    found: Ints = np.intersect1d(scope, kept)
    return found


def _drawn(
    snapshot: MapSnapshot,
    scope: Ints,
    *,
    way: Sequence[int],
    row: int | None,
    opened: Mapping[str, int],
    group_by: GroupBy | None,
) -> MapView:
    lanes = np.unique(snapshot.lane[scope])
    widest = max(3, min(STEP, 200 // max(1, len(lanes))))
    draft = Draft()
    for lane in lanes[::-1].tolist():
        rows = _ordered(snapshot, scope[snapshot.lane[scope] == lane], first=way)
        if group_by is not None and len(rows) > SINGLE:
            groups = groups_of(snapshot, rows, group_by)
            add_groups(draft, lane, groups, opened, widest)
        else:
            add_singles(draft, lane, rows, opened, widest=widest)
    boxes = (*draft.boxes, *_ghosts(snapshot, draft.boxes))
    links, left_out, box_of = _links(snapshot, boxes)
    return MapView(
        boxes=boxes,
        links=links,
        selected=None if row is None else node_box(0, row).id,
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
    # Boxes are few, so that pairs of them are counted in a table: no sorting of all links.
    code, table = supplier[seen] * len(boxes) + buyer[seen], len(boxes) ** 2
    counted = np.bincount(code, minlength=table)
    pair = np.flatnonzero(counted)
    weight = counted[pair]
    # A share that is not known leaves its whole pair not known: NaN goes through the sum.
    total = np.bincount(code, columns.share[seen], minlength=table)[pair]
    sure = np.bincount(code, np.isin(columns.flow[seen], _SURE), minlength=table)[pair] > 0
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
    """Shares are parts of one buyer's input; of a group they mean nothing. NaN is not known."""
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
