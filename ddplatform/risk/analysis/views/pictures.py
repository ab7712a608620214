"""Drawings of answers: bars of shares, and the paths of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from ddplatform.documents.content import Column, Kind
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number, percent
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.risk.analysis_answers.views.content import Answer, Sheet, Value
from ddplatform.value_chain.drawings.chain import BoxDetail, value_chain_svg
from ddplatform.value_chain.graph.queries.study import Spot
from supply_chain.graph.layout import Box, LaneTitle, Link, Measures, View, place
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import RiskBand

BARS_SHOWN = 10
WAYS_DRAWN = 12
BOXES_DRAWN = 60
REST = "f-sunken"
TIER_LEGEND: tuple[tuple[str, str], ...] = (
    ("f-high", lazy_gettext("Origin not known")),
    ("f-accent", lazy_gettext("Begins here")),
    ("f-low", lazy_gettext("From suppliers further upstream")),
)


@dataclass(frozen=True)
class Bar:
    """One bar: its label, the parts of its length, and what it says in a word."""

    label: str
    parts: tuple[tuple[str, float], ...]
    text: str


def bars_of(sheet: Sheet) -> tuple[Bar, ...]:
    """The largest lines of a table as bars; lines that sum up are no bars."""
    if sheet.ref == "tiers":
        return tuple(_tier(row) for row in sheet.rows)
    keys = [column.key for column in sheet.columns]
    if sheet.bar not in keys or not sheet.rows:
        return ()
    at = keys.index(sheet.bar)
    kind = sheet.columns[at].kind
    rows = [row for row in sheet.rows if not _sums_up(row[0])][:BARS_SHOWN]
    top = 1.0 if kind is Kind.SHARE else max((_size(row[at]) for row in rows), default=1.0)
    return tuple(
        Bar(_label(row[0], sheet.columns[0]), _parts(_size(row[at]), top), _told(row[at], kind))
        for row in rows
    )


def _tier(row: Sequence[Value]) -> Bar:
    step, unknown, begins, onward = (_size(value) for value in row[:4])
    label = gettext("Inside") if step == 0 else _steps_up(int(step))
    shares = zip((css for css, _ in TIER_LEGEND), (unknown, begins, onward), strict=True)
    rest = max(0.0, 1 - unknown - begins - onward)
    return Bar(
        label, (*shares, (REST, rest)), gettext("%(share)s not known", share=percent(unknown))
    )


def _size(value: Value) -> float:
    return round(float(value), METHOD.policy.decimals) if isinstance(value, int | float) else 0.0


def _parts(value: float, top: float) -> tuple[tuple[str, float], ...]:
    share = min(value / top, 1.0) if top else 0.0
    return ("f-accent", share), (REST, 1 - share)


def _told(value: Value, kind: Kind) -> str:
    return percent(_size(value)) if kind is Kind.SHARE else number(_size(value))


def _sums_up(value: Value) -> bool:
    first = value[0] if isinstance(value, tuple) and value else value
    return isinstance(first, Spot) and not first.ref


def _label(value: Value, column: Column) -> str:
    if isinstance(value, tuple):
        if value[0].ref == value[-1].ref and len(value) > 1:
            return " ← ".join(spot.name for spot in value[:-1])  # a way round
        between = [spot.name for spot in value[1:-1]]
        return gettext("by %(names)s", names=", ".join(between)) if between else gettext("directly")
    if isinstance(value, Spot):
        return value.name
    return country_name(str(value)) if column.kind is Kind.COUNTRY else str(value)


@dataclass(frozen=True)
class Ways:
    """The best ways of an answer, joined: every node once, in the lane furthest from the start."""

    spots: dict[str, Spot]
    lanes: dict[str, int]
    links: frozenset[tuple[str, str]]  # (supplier, buyer)

    @property
    def keys(self) -> list[UUID]:
        """The nodes that have a page of their own."""
        return [spot.key for spot in self.spots.values() if spot.key is not None]


def ways_of(answer: Answer) -> Ways:
    """The ways that are drawn; none where an answer has none, or only the node itself."""
    lanes: dict[str, int] = {}
    spots: dict[str, Spot] = {}
    links: set[tuple[str, str]] = set()
    for way in [way for way in _ways(answer) if len(way) > 1][:WAYS_DRAWN]:
        if len({*spots, *(spot.ref for spot in way)}) > BOXES_DRAWN:
            break
        for step, spot in enumerate(way):
            spots[spot.ref] = spot
            lanes[spot.ref] = max(step, lanes.get(spot.ref, 0))
        links |= {(b.ref, a.ref) for a, b in pairwise(way)}
    return Ways(spots, lanes, frozenset(links))


def _ways(answer: Answer) -> list[tuple[Spot, ...]]:
    return [
        value
        for sheet in answer.sheets
        if sheet.ref in ("paths", "ways", "own")
        for row in sheet.rows
        for value in row
        if isinstance(value, tuple) and not _sums_up(value)
    ]


def drawing(
    answer: Answer, ways: Ways, bands: Mapping[UUID, RiskBand | None], *, rtl: bool
) -> Markup:
    """Ways as a drawing, coloured by band; each box leads to its node."""
    boxes = tuple(
        Box(
            id=ref,
            tier=ways.lanes[ref],
            title=spot.name,
            sub=country_name(spot.country) if spot.country else gettext("Country not known"),
            band=bands.get(spot.key) if spot.key else None,
            ghost=spot.key is None,
        )
        for ref, spot in ways.spots.items()
    )
    titles = tuple(LaneTitle(step, _lane(step)) for step in sorted(set(ways.lanes.values())))
    links = tuple(Link(supplier, buyer) for supplier, buyer in sorted(ways.links))
    return value_chain_svg(
        place(View(boxes, links, titles), measures=Measures(box_width=150.0, lane_gap=26.0)),
        details={ref: BoxDetail(href=href_of(spot) or "") for ref, spot in ways.spots.items()},
        label=answer.sentence,
        selected=answer.about[0].ref if answer.about else None,
        rtl=rtl,
    )


def _lane(step: int) -> str:
    return gettext("Start") if step == 0 else _steps_up(step)


def _steps_up(count: int) -> str:
    return ngettext("%(num)s step up", "%(num)s steps up", count)


def href_of(spot: Spot) -> str | None:
    """The page of a node; of an unknown origin the node in front of it, where it is mapped."""
    key = spot.key or spot.buyer
    return url_for("value_chain.node", node_id=key) if key else None
