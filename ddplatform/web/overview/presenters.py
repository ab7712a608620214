"""From counts to what the overview shows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from markupsafe import Markup

from ddplatform.duediligence.vocabulary import QuestionnaireState as State
from ddplatform.queries.overview import ChainState, Overview
from ddplatform.queries.overview_places import PlaceCount
from ddplatform.web.countries import country_name
from ddplatform.web.filters import number
from ddplatform.web.maps import Bubble, world_map_svg
from ddplatform.web.risk.presenters import SEVERITY_NOTES
from ddplatform.web.risk.stair import Stair, stair_of
from ddplatform.web.shades import shade_of
from supply_chain.node_filter import NOT_KNOWN
from supply_chain.reference import load_reference
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2
from supply_chain.risk.scoring import RISK_BANDS, risk_band, risk_index
from supply_chain.vocabulary import Issue, RiskBand

COLUMNS = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain")
SEVERITIES = dict(zip(range(5, 0, -1), SEVERITY_NOTES, strict=True))
WORST_FIRST = tuple(reversed(RiskBand))
TIERS_SHOWN = 8
NEVER_ASKED = "f-none"
ASKED = (
    ("f-accent", "Answers accepted", (State.ACCEPTED,)),
    ("f-low", "Answers to check", (State.SUBMITTED, State.UNDER_REVIEW)),
    (
        "f-medium",
        "Asked, no answer yet",
        (State.SENT, State.OPENED, State.RETURNED, State.ESCALATED, State.EXPIRED),
    ),
)
ASKED_LEGEND = (*((css, words) for css, words, _ in ASKED), (NEVER_ASKED, "Never asked"))

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
    """Every map with what is not known about it."""
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
    return next((css for css, _, states in ASKED if state in states), NEVER_ASKED)


def _tier_row(tier: int | None, counts: Mapping[str, int]) -> dict[str, Any]:
    accepted = counts.get(ASKED[0][0], 0)
    return {
        "label": _tier_title(tier),
        "parts": [(css, counts.get(css, 0)) for css, _ in ASKED_LEGEND],
        "text": f"{number(accepted)} of {number(sum(counts.values()))}",
    }


def _tier_title(tier: int | None) -> str:
    if tier is None:
        return "No path to us"
    return f"Tier {tier}" if tier else "Own business"


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
    """In how many countries the nodes stand, and how many nodes have none."""
    known = {place.country for place in places if place.country}
    return len(known), sum(place.nodes for place in places if not place.country)
