"""Layout of a bounded view of a value chain: one lane a tier, flow left to right.

The page (SVG) and the report (PDF) draw from the same `Placed`, so both show the same picture.
Units are points of the drawing (1 CSS pixel on the page), y grows downwards, origin top left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import sqrt

from supply_chain.errors import SupplyChainError
from supply_chain.graph.crossings import count_crossings
from supply_chain.graph.drawing import (
    Box,
    LaneTitle,
    Link,
    Measures,
    Placed,
    PlacedBox,
    PlacedLane,
    PlacedLink,
    View,
)

__all__ = [
    "MAX_BOXES",
    "Box",
    "LaneTitle",
    "Link",
    "Measures",
    "Placed",
    "PlacedBox",
    "PlacedLane",
    "PlacedLink",
    "View",
    "ViewRefused",
    "mirrored",
    "place",
]

MAX_BOXES = 250
SWEEPS = 6


class ViewRefused(SupplyChainError):
    """A view cannot be drawn; the message names the box or link and the way out."""


Order = dict[int, list[str]]


def place(view: View, *, measures: Measures | None = None) -> Placed:
    """Place a view: same view, same drawing, whatever the order its parts are given in.

    Lanes have the highest tier on the left. In a lane, boxes are ordered by the mean
    place of their neighbours (barycentre), ties by id, the rest and ghosts last; of six sweeps
    the one with the fewest crossings is kept. Boxes opened from a group take its place.

    Raises:
        ViewRefused: more than `MAX_BOXES` boxes, an id used twice, or a link to no box.

    Source:
        Sugiyama, Tagawa, Toda (1981), layered drawing, barycentre step.
    """
    sizes = measures or Measures()
    boxes = _checked(view)
    tiers = sorted({box.tier for box in boxes.values()}, reverse=True)
    order = _opened(boxes, view.links, _closed_order(boxes, view.links))
    height = _height(boxes, order, sizes)
    placed = {
        box.box.id: box
        for column, tier in enumerate(tiers)
        for box in _column([boxes[ref] for ref in order[tier]], column, height, sizes)
    }
    links = sorted(view.links, key=lambda link: (link.supplier, link.buyer))
    return Placed(
        width=2 * sizes.margin + len(tiers) * (sizes.box_width + sizes.lane_gap) - sizes.lane_gap,
        height=height,
        lanes=_lanes(view.lanes, tiers, height, sizes),
        boxes=tuple(placed.values()),
        links=tuple(
            _link(link, placed[link.supplier], placed[link.buyer], sizes) for link in links
        ),
    )


def mirrored(placed: Placed) -> Placed:
    """The same drawing for right-to-left pages: the flow runs from right to left.

    `text_x` of a lane becomes the right edge of its words; anchor text at its end.
    """
    across = placed.width
    return replace(
        placed,
        lanes=tuple(
            replace(lane, x=across - lane.x - lane.w, text_x=across - lane.text_x)
            for lane in placed.lanes
        ),
        boxes=tuple(replace(box, x=across - box.x - box.w) for box in placed.boxes),
        links=tuple(replace(link, curve=_flipped(link.curve, across)) for link in placed.links),
    )


def _flipped(
    curve: tuple[
        tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]
    ],
    across: float,
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    return (across - x0, y0), (across - x1, y1), (across - x2, y2), (across - x3, y3)


def _checked(view: View) -> dict[str, Box]:
    """Boxes by id, in the order of ids."""
    if len(view.boxes) > MAX_BOXES:
        raise ViewRefused(
            f"The view has {len(view.boxes)} boxes, more than {MAX_BOXES}. "
            "Put nodes of the same country or band into a group box."
        )
    boxes = {box.id: box for box in sorted(view.boxes, key=lambda box: box.id)}
    if len(boxes) < len(view.boxes):
        ids = sorted(box.id for box in view.boxes)
        twice = next(first for first, second in pairwise(ids) if first == second)
        raise ViewRefused(f"Box '{twice}' stands twice in the view. Give each box its own id.")
    for link in view.links:
        for end in (link.supplier, link.buyer):
            if end not in boxes:
                raise ViewRefused(
                    f"The link {link.supplier} -> {link.buyer} names '{end}', which is no box "
                    "of the view. Add the box or leave the link out."
                )
    return boxes


def _slot(box: Box) -> str:
    return box.opened_from or box.id


def _closed_order(boxes: Mapping[str, Box], links: Iterable[Link]) -> Order:
    """Order of slots by tier, with every opened group still closed."""
    tier_of: dict[str, int] = {}
    foot = {_slot(box): 0 for box in boxes.values()}
    foot |= {box.id: 2 if box.ghost else 1 for box in boxes.values() if box.ghost or box.rest}
    for box in boxes.values():
        tier_of.setdefault(_slot(box), box.tier)
    order: Order = {}
    for slot in sorted(tier_of, key=lambda ref: (foot[ref], ref)):
        order.setdefault(tier_of[slot], []).append(slot)
    pairs = sorted({(_slot(boxes[link.supplier]), _slot(boxes[link.buyer])) for link in links})
    return _fewest_crossings(order, pairs, tier_of, foot)


def _fewest_crossings(
    order: Order,
    pairs: Sequence[tuple[str, str]],
    tier_of: Mapping[str, int],
    foot: Mapping[str, int],
) -> Order:
    neighbours: dict[str, list[str]] = {slot: [] for slot in tier_of}
    for supplier, buyer in pairs:
        neighbours[supplier].append(buyer)
        neighbours[buyer].append(supplier)
    best, fewest = order, count_crossings(order, pairs, tier_of)
    passed = [order]
    for sweep in range(SWEEPS):
        order = _swept(order, neighbours, tier_of, foot, upstream=sweep % 2 == 0)
        if sweep > 1 and order == passed[-2]:
            break  # as the last pass this way left it: all that follow come again
        passed.append(order)
        crossings = count_crossings(order, pairs, tier_of)
        if crossings < fewest or sweep == 0:
            best, fewest = order, crossings
        if not fewest:
            break
    return best


def _swept(
    order: Order,
    neighbours: Mapping[str, Sequence[str]],
    tier_of: Mapping[str, int],
    foot: Mapping[str, int],
    *,
    upstream: bool,
) -> Order:
    """One pass over the tiers; each lane is ordered by the lanes already passed."""
    done: Order = {}
    place_of: dict[str, float] = {}
    for tier in sorted(order, reverse=not upstream):
        before = {slot: (i + 0.5) / len(order[tier]) for i, slot in enumerate(order[tier])}
        means = {}
        for slot in order[tier]:
            seen = [place_of[n] for n in neighbours[slot] if n in place_of and tier_of[n] != tier]
            means[slot] = sum(seen) / len(seen) if seen else before[slot]
        keyed = [(foot[slot], round(means[slot], 9), slot) for slot in order[tier]]
        done[tier] = [slot for _, _, slot in sorted(keyed)]
        place_of |= {slot: (i + 0.5) / len(done[tier]) for i, slot in enumerate(done[tier])}
    return done


def _opened(boxes: Mapping[str, Box], links: Iterable[Link], closed: Order) -> Order:
    """Put the boxes of each opened group into its slot, by barycentre, the group itself last."""
    rank = {slot: i for slots in closed.values() for i, slot in enumerate(slots)}
    ends: dict[str, list[int]] = {ref: [] for ref in boxes}
    for link in links:
        ends[link.supplier].append(rank[_slot(boxes[link.buyer])])
        ends[link.buyer].append(rank[_slot(boxes[link.supplier])])

    def key(box: Box) -> tuple[int, bool, float, str]:
        seen = ends[box.id]
        mean = sum(seen) / len(seen) if seen else 0.0
        return rank[_slot(box)], box.opened_from is None, round(mean, 9), box.id

    order: Order = {}
    for box in sorted(boxes.values(), key=key):
        order.setdefault(box.tier, []).append(box.id)
    return order


def _box_height(box: Box, sizes: Measures) -> float:
    return sizes.group_height if box.group else sizes.box_height


def _height(boxes: Mapping[str, Box], order: Order, sizes: Measures) -> float:
    """Height of the drawing: the fullest lane with the narrow gap between its boxes."""
    fullest = max(
        (
            sum(_box_height(boxes[ref], sizes) for ref in refs) + sizes.box_gap * (len(refs) - 1)
            for refs in order.values()
        ),
        default=0.0,
    )
    return sizes.head + fullest + 2 * sizes.lane_padding + sizes.margin


def _column(column: Sequence[Box], number: int, height: float, sizes: Measures) -> list[PlacedBox]:
    """Boxes of one lane, centred in what is under its head."""
    total = sum(_box_height(box, sizes) for box in column)
    room = height - sizes.head - 2 * sizes.lane_padding - sizes.margin
    gap = min(sizes.widest_box_gap, (room - total) / max(len(column) - 1, 1))
    y = sizes.head + (room - total - gap * (len(column) - 1)) / 2
    x = sizes.margin + number * (sizes.box_width + sizes.lane_gap)
    placed = []
    for box in column:
        tall = _box_height(box, sizes)
        placed.append(PlacedBox(box, round(x, 2), round(y, 2), sizes.box_width, tall))
        y += tall + gap
    return placed


def _lanes(
    titles: Sequence[LaneTitle], tiers: Sequence[int], height: float, sizes: Measures
) -> tuple[PlacedLane, ...]:
    named = {lane.tier: lane for lane in titles}
    return tuple(
        PlacedLane(
            lane=named.get(tier, LaneTitle(tier, f"Tier {tier}" if tier else "Own business")),
            x=sizes.margin + number * (sizes.box_width + sizes.lane_gap) - sizes.lane_padding,
            y=sizes.lane_padding,
            w=sizes.box_width + 2 * sizes.lane_padding,
            h=height - 2 * sizes.lane_padding,
            text_x=sizes.margin + number * (sizes.box_width + sizes.lane_gap),
        )
        for number, tier in enumerate(tiers)
    )


def _link(link: Link, start: PlacedBox, end: PlacedBox, sizes: Measures) -> PlacedLink:
    """Right edge to left edge; within a tier it bows out to the right, upstream it runs back."""
    y1, y2 = start.y + start.h / 2, end.y + end.h / 2
    x1, x2 = start.x + start.w, end.x
    middle_1 = middle_2 = (x1 + x2) / 2
    if start.box.tier == end.box.tier:
        x2 = end.x + end.w
        middle_1 = middle_2 = x1 + sizes.lane_gap * 0.6
    elif start.box.tier < end.box.tier:
        x1, x2 = start.x, end.x + end.w
        middle_1 = middle_2 = (x1 + x2) / 2
    width = 1.5 + 5.5 * sqrt(link.share) if link.share else 1.5
    curve = ((x1, y1), (middle_1, y1), (middle_2, y2), (x2, y2))
    return PlacedLink(link=link, curve=curve, width=round(width, 2))
