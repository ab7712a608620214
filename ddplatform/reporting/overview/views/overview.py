"""View models of the overview, made from counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from flask import url_for
from markupsafe import Markup

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.reporting.overview.queries.overview import ChainState, Overview
from ddplatform.reporting.overview.queries.places import PlaceCount
from ddplatform.risk.detail.views.risks import SEVERITY_NOTES
from ddplatform.risk.register.queries.basis import ALL_MAPS
from ddplatform.risk.register.queries.first import FirstRow
from ddplatform.risk.register.queries.moves import Move, Moves
from ddplatform.risk.register.queries.register import Asked, View
from ddplatform.risk.register.views.lines import Row, TieLinks, row_of_tie
from ddplatform.risk.words.figures import GRADES, whole_points
from ddplatform.risk.words.ranges import RangeRow, row_of
from ddplatform.risk.words.stair import Stair, stair_of
from ddplatform.value_chain.drawings.shades import shade_of
from ddplatform.value_chain.drawings.world import Bubble, world_map_svg
from supply_chain.reference.release import load_reference
from supply_chain.risk.register import RiskFilter
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2
from supply_chain.risk.scoring import RISK_BANDS, risk_band, risk_index
from supply_chain.search.node_filter import NOT_KNOWN
from supply_chain.vocabulary import Issue, RiskBand

COLUMNS = (_("Rare"), _("Unlikely"), _("Possible"), _("Likely"), _("Almost certain"))
SEVERITIES = dict(zip(range(5, 0, -1), SEVERITY_NOTES, strict=True))
WORST_FIRST = tuple(reversed(RiskBand))
TIERS_SHOWN = 8
NEVER_ASKED = "f-none"
REASONS = {
    "evidence": _("answers, visits and events"),
    "judged": _("a score changed by people"),
    "fact": _("a case or an allegation"),
    "context": _("facts of the place, or public data"),
    "controls": _("controls"),
    "severity": _("severity"),
}
"""The largest changes in a score, in words."""
ASKED = (
    ("f-accent", _("Answers accepted"), (State.ACCEPTED,)),
    ("f-low", _("Answers to check"), (State.SUBMITTED, State.UNDER_REVIEW)),
    (
        "f-medium",
        _("Asked, no answer yet"),
        (State.SENT, State.OPENED, State.RETURNED, State.ESCALATED, State.EXPIRED),
    ),
)
ASKED_LEGEND = (*((css, words) for css, words, _states in ASKED), (NEVER_ASKED, _("Never asked")))

Address = Callable[..., str]
"""Makes the address of a list: of the register, or of the table of nodes."""


@dataclass(frozen=True)
class ChainRow:
    """A map in the table of blind spots."""

    id: UUID
    name: str
    nodes: int
    assessed_share: float | None
    unknown_origins: int | None
    poorly_known: int | None
    never_asked: int
    band: RiskBand | None
    is_stale: bool


def chain_rows(overview: Overview) -> list[ChainRow]:
    """Every map with its unknowns."""
    by_chain = _by_chain(overview.places)
    return [_chain_row(chain, by_chain[chain.id]) for chain in overview.chains]


def _by_chain(places: Iterable[PlaceCount]) -> Mapping[UUID, list[PlaceCount]]:
    found: dict[UUID, list[PlaceCount]] = defaultdict(list)
    for place in places:
        found[place.chain_id].append(place)
    return found


def _chain_row(chain: ChainState, places: Sequence[PlaceCount]) -> ChainRow:
    nodes = sum(place.nodes for place in places)
    assessed = sum(place.nodes for place in places if place.band)
    bands = {place.band for place in places}
    return ChainRow(
        id=chain.id,
        name=chain.name,
        nodes=nodes,
        assessed_share=assessed / nodes if nodes else None,
        unknown_origins=chain.summary.get("unknown_origins"),
        poorly_known=_poorly_known(chain),
        never_asked=sum(
            place.nodes for place in places if _asked_class(place.questionnaire) == NEVER_ASKED
        ),
        band=next((band for band in WORST_FIRST if band in bands), None),
        is_stale=chain.is_stale,
    )


def _poorly_known(chain: ChainState) -> int | None:
    """Places with poor data under RM-1.0, or of grade D and E under RM-2.0."""
    known: Mapping[str, int] = chain.summary.get("coverage", {})
    return known["D"] + known["E"] if "E" in known else known.get("poor")


@dataclass(frozen=True)
class Totals:
    """Totals over all maps."""

    nodes: int
    assessed: int
    places: Mapping[str, int]  # band -> places whose highest risk is in it
    risks: Mapping[str, int]  # band -> risks
    unknown_origins: int | None  # None: no map is assessed yet
    newest: date | None  # day of the newest assessment

    @property
    def assessed_share(self) -> float | None:
        """Of all sites; None without any."""
        return self.assessed / self.nodes if self.nodes else None


def totals_of(overview: Overview) -> Totals:
    """The sums over all maps of an organisation."""
    of_places: Counter[str] = Counter()
    for place in overview.places:
        if place.band:
            of_places[place.band.value] += place.nodes
    of_risks: Counter[str] = Counter()
    for chain in overview.chains:
        of_risks.update(chain.summary.get("residual_bands", {}))
    days = [chain.as_of for chain in overview.chains if chain.as_of]
    origins = [chain.summary.get("unknown_origins") for chain in overview.chains]
    known = [count for count in origins if count is not None]
    return Totals(
        nodes=sum(place.nodes for place in overview.places),
        assessed=of_places.total(),
        places=of_places,
        risks=of_risks,
        unknown_origins=sum(known) if known else None,
        newest=max(days, default=None),
    )


@dataclass(frozen=True)
class FirstLine:
    """A row of "Act first" or "Find out first"."""

    row: Row
    map_name: str


@dataclass(frozen=True)
class FirstList:
    """One of the two lists, with the address of the full list."""

    rows: Sequence[FirstLine]
    href: str


def first_list(rows: Sequence[FirstRow], view: View, register: Address) -> FirstList:
    """The rows of a list over all maps, which leads on to the register of their maps."""
    ties = TieLinks(Asked(view, RiskFilter()))
    lines = [FirstLine(row_of_tie(one.row, one.of.chain_id, ties), one.of.name) for one in rows]
    maps = {one.of.chain_id for one in rows}
    chain = ALL_MAPS if len(maps) > 1 else next(iter(maps), None)
    return FirstList(lines, register(chain=chain, view=view.value) if rows else "")


@dataclass(frozen=True)
class MoveLine:
    """A risk that moved: from and to, and its main cause."""

    points: str  # "+8", "−24"
    was: float
    from_: str
    row: RangeRow
    name: str
    href: str
    why: str
    map_name: str


def move_lines(moves: Moves) -> Sequence[MoveLine]:
    """Rises, then falls, the largest first."""
    return [_move_line(move) for move in (*moves.rose, *moves.fell)]


def _move_line(move: Move) -> MoveLine:
    risk, size = move.now, whole_points(abs(move.points))
    return MoveLine(
        points=f"+{size}" if move.points > 0 else f"−{size}",
        was=move.before.residual_index,
        from_=whole_points(move.before.residual_index),
        row=row_of(risk),
        name=risk.node_name,
        href=url_for("risk_explanation.show", node_id=risk.node_id, issue=risk.issue.value),
        why=str(REASONS[move.reason]),
        map_name=move.of.name,
    )


@dataclass(frozen=True)
class Evidence:
    """Confidence in the highest risk of each place, over the maps scored by RM-2.0."""

    grades: Sequence[tuple[str, str, int]]  # letter, word, places
    places: int

    @property
    def of_the_place(self) -> int:
        """Places of which something of their own is known: grades A to C."""
        return sum(count for letter, _word, count in self.grades if letter in "ABC")


def evidence_of(overview: Overview) -> Evidence | None:
    """Places by grade; None: no map is scored by RM-2.0."""
    known = [chain.summary["coverage"] for chain in overview.chains if chain.method_version == RM2]
    if not known:
        return None
    return Evidence(
        grades=[
            (grade, words[0], sum(coverage[grade] for coverage in known))
            for grade, words in GRADES.items()
        ],
        places=sum(coverage["nodes"] for coverage in known),
    )


def choose_chain(overview: Overview, wanted: str | None) -> ChainState | None:
    """The map of the address, otherwise the one with the most nodes."""
    named = next((chain for chain in overview.chains if str(chain.id) == wanted), None)
    by_chain = _by_chain(overview.places)
    return named or max(
        overview.chains,
        key=lambda chain: sum(place.nodes for place in by_chain[chain.id]),
        default=None,
    )


def places_of(overview: Overview, chain: ChainState) -> Sequence[PlaceCount]:
    """The counts of one map."""
    return [place for place in overview.places if place.chain_id == chain.id]


def stair(chain: ChainState, register: Address) -> Stair | None:
    """The heat map of a map that is scored by RM-2.0; each count leads to those risks."""
    if chain.method_version != RM2:
        return None
    counts: Mapping[str, int] = chain.summary["cells"]["all"]
    return stair_of(counts, lambda cell: register(cell=cell))


def heat_rows(chain: ChainState, register: Address) -> list[dict[str, Any]]:
    """Rows of the heat map, the gravest first; each count leads to those risks."""
    counts = chain.summary.get("cells", {}).get("all", {})
    return [
        {
            "label": str(severity),
            "note": note,
            "cells": [
                {
                    "count": counts.get(str(severity * 10 + step), 0),
                    "band": _band_of(severity, step),
                    "href": register(cell=severity * 10 + step),
                }
                for step in range(1, len(COLUMNS) + 1)
            ],
        }
        for severity, note in SEVERITIES.items()
    ]


def _band_of(severity: int, step: int) -> RiskBand:
    """The band that the middle of a cell has (RM-1.0 7.3)."""
    at = np.array([float(severity)]), np.array([(step - 0.5) / len(COLUMNS)])
    return RISK_BANDS[int(risk_band(risk_index(*at), np.zeros(1, dtype=np.bool_))[0])]


def tier_rows(places: Sequence[PlaceCount], table: Address) -> list[dict[str, Any]]:
    """One bar a tier, leading to its nodes: how far their questionnaire is, never asked last."""
    by_tier: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place in places:
        by_tier[place.tier][_asked_class(place.questionnaire)] += place.nodes
    known = sorted(tier for tier in by_tier if tier is not None)[:TIERS_SHOWN]
    shown: list[int | None] = [*known, *((None,) if None in by_tier else ())]
    return [
        _tier_row(tier, by_tier[tier])
        | {"href": table(tier=NOT_KNOWN if tier is None else str(tier))}
        for tier in shown
    ]


def _asked_class(state: str | None) -> str:
    """The colour of a node by its questionnaire; what is not known to be answered is not."""
    return next((css for css, _words, states in ASKED if state in states), NEVER_ASKED)


def _tier_row(tier: int | None, counts: Mapping[str, int]) -> dict[str, Any]:
    accepted = counts.get(ASKED[0][0], 0)
    return {
        "label": _tier_title(tier),
        "parts": [(css, counts.get(css, 0)) for css, _words in ASKED_LEGEND],
        "text": gettext(
            "%(part)s of %(all)s", part=number(accepted), all=number(sum(counts.values()))
        ),
    }


def _tier_title(tier: int | None) -> str:
    if tier is None:
        return gettext("No path to the own business")
    return gettext("Tier %(number)s", number=tier) if tier else gettext("Own business")


def world_map(
    places: Sequence[PlaceCount],
    table: Address,
    *,
    bands: Mapping[str, RiskBand | None],
    outline: Mapping[str, str],
    land_href: str | None,
) -> Markup:
    """The nodes of a map by country, each bubble leading to them."""
    counts: dict[str, int] = defaultdict(int)
    for place in places:
        if place.country:
            counts[place.country] += place.nodes
    countries = load_reference().countries
    bubbles = []
    for code, count in counts.items():
        at = countries.get(code)
        if at is not None and at.longitude is not None and at.latitude is not None:
            band = bands.get(code)
            bubbles.append(
                Bubble(
                    longitude=at.longitude,
                    latitude=at.latitude,
                    count=count,
                    shade=shade_of(band),
                    label=country_name(code),
                    href=table(country=code),
                )
            )
    hits = {code: shade_of(bands.get(code)) for code in counts}
    return world_map_svg(hits, bubbles, outline=outline, land_href=land_href)


def bands_of(
    chain: ChainState, places: Sequence[PlaceCount], issue: Issue | None
) -> dict[str, RiskBand | None]:
    """Country -> its highest band on one issue; None: the highest over all issues."""
    if issue is not None:
        found = chain.summary.get("country_bands", {}).get(issue.value, {})
        return {code: RiskBand(band) for code, band in found.items()}
    bands: dict[str, RiskBand | None] = {}
    for place in places:
        if place.country:
            bands[place.country] = _worse(bands.get(place.country), place.band)
    return bands


def _worse(one: RiskBand | None, other: RiskBand | None) -> RiskBand | None:
    return next((band for band in WORST_FIRST if band in (one, other)), None)


def count_countries(places: Sequence[PlaceCount]) -> tuple[int, int]:
    """The number of countries of the nodes, and the number of nodes without one."""
    known = {place.country for place in places if place.country}
    return len(known), sum(place.nodes for place in places if not place.country)
