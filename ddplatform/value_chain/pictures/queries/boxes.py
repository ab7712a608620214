"""Boxes of a view of a map: single nodes, groups, and the rest in one box."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ddplatform.value_chain.graph.queries.snapshots import Ints

STEP = 10
MOST_OPEN = 60
MOST_BOXES = 240
BoxKind = Literal["node", "group", "rest", "ghost"]


@dataclass(frozen=True)
class MapBox:
    """A box of the view. `ref` opens a group or a rest; `rows` are rows of the snapshot."""

    id: str
    kind: BoxKind
    lane: int
    rows: Ints
    ref: str = ""
    group: str = ""
    """Of a group: its key (`groups`)."""
    opened_from: str | None = None
    shown: int = 0
    """The number of nodes already shown from this group or rest."""
    share: float | None = None
    """Of a ghost with one buyer: the part of that buyer's input that is not known."""
    groups: int = 0
    """Of a rest of groups: how many."""


@dataclass
class Draft:
    """The boxes of a view so far."""

    boxes: list[MapBox] = field(default_factory=list)

    def room(self) -> int:
        """The number of boxes that may still be added."""
        return max(0, MOST_BOXES - len(self.boxes))


def add_singles(
    draft: Draft, lane: int, rows: Ints, opened: Mapping[str, int], *, widest: int
) -> None:
    """The nodes of a lane one by one, the rest in one box."""
    ref = f"{lane}.more"
    count = min(opened.get(ref, widest), MOST_OPEN, draft.room())
    if len(rows) <= max(count, 1) + 1:
        count = len(rows)  # a rest of one is no shorter than the node itself
    draft.boxes += [node_box(lane, row) for row in rows[:count].tolist()]
    if len(rows) > count:
        draft.boxes.append(
            MapBox(f"rest {ref}", "rest", lane, np.sort(rows[count:]), ref=ref, shown=count)
        )


def node_box(lane: int, row: int, opened_from: str | None = None) -> MapBox:
    """The box of one node."""
    return MapBox(f"row {row}", "node", lane, np.array([row]), opened_from=opened_from)


def add_groups(
    draft: Draft,
    lane: int,
    groups: Sequence[tuple[str, Ints]],
    opened: Mapping[str, int],
    widest: int,
) -> None:
    """The groups of a lane, those that are open with their nodes, the rest in one box."""
    ref = f"{lane}.more"
    count = min(opened.get(ref, widest), MOST_OPEN, max(1, draft.room() - 1))
    if len(groups) <= count + 1:
        count = len(groups)
    asked = [group for group in groups[count:] if f"{lane}.{group[0]}" in opened]
    for key, members in (*groups[:count], *asked):
        _add_group(draft, lane, key, members, opened)
    if rest := [group for group in groups[count:] if f"{lane}.{group[0]}" not in opened]:
        draft.boxes.append(
            MapBox(
                f"rest {ref}",
                "rest",
                lane,
                np.sort(np.concatenate([members for _, members in rest])),
                ref=ref,
                shown=count,
                groups=len(rest),
            )
        )


def _add_group(draft: Draft, lane: int, key: str, members: Ints, opened: Mapping[str, int]) -> None:
    if len(members) == 1:
        draft.boxes.append(node_box(lane, int(members[0])))
        return
    ref = f"{lane}.{key}"
    name = f"group {ref}"
    count = min(opened.get(ref, 0), MOST_OPEN, max(0, draft.room() - STEP))
    if len(members) <= count + 1 and count:
        count = len(members)
    draft.boxes += [node_box(lane, row, name) for row in members[:count].tolist()]
    if len(members) > count:
        rest = np.sort(members[count:])
        draft.boxes.append(MapBox(name, "group", lane, rest, ref=ref, group=key, shown=count))
