"""Bounded view of a map: its boxes, their nodes, the links between them (UI 10)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from uuid import UUID

import numpy as np

from ddplatform.value_chain.graph.queries.memory import Memory
from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot
from ddplatform.value_chain.pictures.queries.boxes import (
    STEP,
    Draft,
    MapBox,
    add_groups,
    add_singles,
    node_box,
)
from ddplatform.value_chain.pictures.queries.groups import GroupBy, groups_of, lanes_in, tiers_of
from supply_chain.graph.columns import FLOWS
from supply_chain.graph.graph import Adjacency
from supply_chain.graph.layout import Link
from supply_chain.vocabulary import FlowEvidence

SINGLE = 8
"""A lane with at most this many nodes shows them one by one; fewer where there are many lanes."""
FIRST_SINGLES, FIRST_GROUPS, FIRST_OF_FOCUS = 40, 30, 200
"""Boxes that all lanes share before anything is opened: about what a desk screen shows at once."""
FOLDS = ((5, 3, SINGLE), (5, 3, 1), (4, 2, 1))
"""From which tier and which customer on all stand in one lane, each as a group, where they are
more than so many nodes. The second and third are for a map that has more than `MOST_LANES` lanes
by the one before.
"""
MOST_LANES = 8
"""As many as stand side by side on a desk screen."""
MORE_LINKS = 60
"""Lines beyond one for each box; the strongest of each box is always among them."""
FEW = 4
"""Nodes that take less than one link in so many are drawn without going through all links."""
ALL = slice(None)
KEPT = 8
"""Views of a map that are kept with it."""
FAR = 99
"""A lane beyond every neighbourhood."""
_SURE = (FLOWS.index(FlowEvidence.CONFIRMED), FLOWS.index(FlowEvidence.PROBABLE))


@dataclass(frozen=True)
class MapView:
    """The parts to draw: boxes, links between them, the path from the focus to the own business."""

    boxes: tuple[MapBox, ...]
    links: tuple[Link, ...]
    selected: str | None
    path: frozenset[tuple[str, str]]
    lanes: Mapping[int, tuple[int, int]]
    """Lane -> nodes in it, nodes shown one by one."""
    links_left_out: int = 0
    far: frozenset[int] = frozenset()
    """Lanes that hold all tiers from theirs on."""
    mixes: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False)
    """Of each box, once it was asked for: how many nodes in each band of the map."""


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
    if among is None and focus is None:
        key = (upstream_only, group_by, tuple(sorted((opened or {}).items())))
        views = snapshot.made.of("views", lambda: Memory(KEPT))
        return views.of(key, lambda: _whole(snapshot, opened or {}, group_by))
    row = snapshot.row_of.get(focus) if focus else None
    if row is None:
        return _whole(snapshot, opened or {}, group_by, among)
    scope = _around(snapshot, row, depth, upstream_only=upstream_only)
    scope = _only(scope, among, row)
    return _drawn(snapshot, scope, way=_way(snapshot, row), row=row, opened=opened or {})


def _whole(
    snapshot: MapSnapshot, opened: Mapping[str, int], group_by: GroupBy, among: Ints | None = None
) -> MapView:
    """All of a map, or all that a filter leaves of it."""
    scope = np.arange(len(snapshot.keys)) if among is None else among
    folded, far = _folded(snapshot, scope)

    def groups(lane: int, rows: Ints) -> list[tuple[str, Ints]]:
        if lane in far:
            return tiers_of(snapshot, rows)
        return groups_of(snapshot, rows, group_by)

    view = _drawn(folded, scope, opened=opened, groups=groups)
    return replace(view, far=far)


def _folded(snapshot: MapSnapshot, scope: Ints) -> tuple[MapSnapshot, frozenset[int]]:
    """The map with its farthest tiers in one lane on each side, where they are many."""
    for tiers, customers, few in FOLDS:
        found, far = _folded_from(snapshot, scope, tiers, customers, few)
        if _lanes_of(found, scope) <= MOST_LANES:
            break
    return found, far


def _lanes_of(snapshot: MapSnapshot, scope: Ints) -> int:
    """The number of lanes of these nodes, with that of the origins behind the last tier."""
    lane = snapshot.lane[scope]
    last = lane[lane < snapshot.unlinked].max(initial=-1)
    is_blind = not np.isnan(snapshot.missing[scope[lane == last]]).all()
    return len(lanes_in(lane)) + int(last >= 0 and is_blind)


def _folded_from(
    snapshot: MapSnapshot, scope: Ints, tiers: int, customers: int, few: int
) -> tuple[MapSnapshot, frozenset[int]]:
    lane, far = snapshot.lane[scope], set()
    folded = snapshot.lane
    sides = (
        (tiers, (lane >= tiers) & (lane < snapshot.unlinked), np.minimum),
        (-customers, lane <= -customers, np.maximum),
    )
    for edge, beyond, nearer in sides:
        if beyond.sum() > few and len(lanes_in(lane[beyond])) > 1:
            of_tiers = folded < snapshot.unlinked
            folded = np.where(of_tiers, nearer(folded, edge), folded)
            far.add(edge)
    return (replace(snapshot, lane=folded) if far else snapshot), frozenset(far)


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
    return _drawn(near, scope, way=(row,), row=row, opened=opened or {})


def _steps_from(snapshot: MapSnapshot, row: int, neighbours: Adjacency, depth: int) -> Ints:
    """The distance of each node in steps on one side; in a cycle it is reached on both."""
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
    opened: Mapping[str, int],
    way: Sequence[int] = (),
    row: int | None = None,
    groups: Callable[[int, Ints], Sequence[tuple[str, Ints]]] | None = None,
) -> MapView:
    lanes = lanes_in(snapshot.lane[scope])
    first = FIRST_GROUPS if groups else FIRST_OF_FOCUS
    widest = max(3, min(STEP, first // max(1, len(lanes))))
    single = max(widest, min(SINGLE, FIRST_SINGLES // max(1, len(lanes))))
    draft = Draft()
    for lane in lanes[::-1].tolist():
        rows = _ordered(snapshot, scope[snapshot.lane[scope] == lane], first=way)
        if groups and len(rows) > single:
            add_groups(draft, lane, groups(lane, rows), opened, widest)
        else:
            add_singles(draft, lane, rows, opened, widest=max(widest, single))
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
    near = _near(snapshot, box_of)
    supplier, buyer = box_of[columns.supplier[near]], box_of[columns.buyer[near]]
    inside = np.flatnonzero((supplier >= 0) & (buyer >= 0) & (supplier != buyer))
    # Boxes are few, so that pairs of them are counted in a table: no sorting of all links.
    code, table = supplier[inside] * len(boxes) + buyer[inside], len(boxes) ** 2
    seen = inside if isinstance(near, slice) else near[inside]
    counted = np.bincount(code, minlength=table)
    pair = np.flatnonzero(counted)
    weight = counted[pair]
    # A share that is not known leaves its whole pair not known: NaN goes through the sum.
    total = np.bincount(code, columns.share[seen], minlength=table)[pair]
    sure = np.bincount(code, np.isin(columns.flow[seen], _SURE), minlength=table)[pair] > 0
    kept = _strongest(pair, weight, len(boxes))
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


def _near(snapshot: MapSnapshot, box_of: Ints) -> Ints | slice:
    """Rows of the links that may lead between boxes, rising: of few nodes their own, else all."""
    rows, suppliers = np.flatnonzero(box_of >= 0), snapshot.graph.suppliers
    if suppliers.count_of(rows) * FEW > len(snapshot.graph.links):
        return ALL
    return suppliers.links_of(rows)


def _strongest(pair: Ints, weight: Ints, boxes: int) -> Ints:
    """The lines to draw: the strongest of each box on both sides, then the strongest of all."""
    order = np.argsort(-weight, kind="stable")
    ends = np.divmod(pair[order], boxes)
    firsts = [np.unique(end, return_index=True)[1] for end in ends]
    wanted = np.unique(np.concatenate([*firsts, np.arange(min(len(pair), MORE_LINKS + boxes))]))
    first = np.zeros(len(pair), dtype=np.bool_)
    first[np.concatenate(firsts)] = True
    most = max(int(first.sum()), min(len(wanted), MORE_LINKS + boxes))
    kept = wanted[np.argsort(~first[wanted], kind="stable")[:most]]
    found: Ints = np.sort(order[kept])
    return found


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
