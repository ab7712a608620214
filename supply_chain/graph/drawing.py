"""Elements of a drawing of a value chain: a bounded view, and the same view with positions.

Units are points of the drawing (1 CSS pixel on the page), y grows downwards, origin top left.
"""

from dataclasses import dataclass

from supply_chain.vocabulary import RiskBand


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the view: a node, a group of nodes, or a ghost (origin not known).

    Args:
        tier: 0 own business, 1 its suppliers, and so on upstream; negative downstream.
        band: risk band, None for "not assessed".
        group: represents many nodes; taller, drawn as a pile.
        rest: represents the nodes of its tier that are not shown; below those that are.
        ghost: represents the unmapped part; dashed, last in its lane.
        opened_from: id of the group this box was let out of. Such boxes take the place of
            that group, so opening it leaves the order of all other boxes as it was.
    """

    id: str
    tier: int
    title: str
    sub: str = ""
    band: RiskBand | None = None
    group: bool = False
    rest: bool = False
    ghost: bool = False
    opened_from: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Flow from a supplier's box to a buyer's box; `share` of the buyer's input, 0..1."""

    supplier: str
    buyer: str
    share: float | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class LaneTitle:
    """The words over the lane of one tier."""

    tier: int
    title: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A bounded part of a value chain, ready to be placed: at most `layout.MAX_BOXES` boxes."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...] = ()
    lanes: tuple[LaneTitle, ...] = ()


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes of the drawing, in points."""

    box_width: float = 164.0
    box_height: float = 58.0
    group_height: float = 82.0
    lane_gap: float = 28.0
    lane_padding: float = 8.0
    box_gap: float = 16.0
    widest_box_gap: float = 22.0
    head: float = 62.0
    margin: float = 14.0


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box and its rectangle."""

    box: Box
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link and its cubic curve: start, two control points, end; `width` of the stroke."""

    link: Link
    curve: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    width: float


@dataclass(frozen=True, slots=True)
class PlacedLane:
    """The ground of one tier; `text_x` is where its words and boxes begin."""

    lane: LaneTitle
    x: float
    y: float
    w: float
    h: float
    text_x: float


@dataclass(frozen=True, slots=True)
class Placed:
    """The whole drawing: draw lanes first, then links, then boxes."""

    width: float
    height: float
    lanes: tuple[PlacedLane, ...]
    boxes: tuple[PlacedBox, ...]
    links: tuple[PlacedLink, ...]
