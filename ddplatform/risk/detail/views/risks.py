"""Scores on a page: heat map, filters in the address, contacts for missing data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import band_word, severity_word
from ddplatform.languages import gettext as _
from ddplatform.languages import lazy_gettext
from ddplatform.risk.detail.queries.risks import ChainChoice, RiskPage
from ddplatform.risk.judgement.queries.judged import PastScore
from ddplatform.risk.runs.queries.runs import RunHead
from ddplatform.risk.words.register_filter import address_of
from ddplatform.value_chain.filters.views import filter_query
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.register import RiskFilter
from supply_chain.risk.scoring import RISK_BANDS, risk_band, risk_index
from supply_chain.search.node_risks import sites_of
from supply_chain.vocabulary import RiskBand, SeverityBand

SEVERITY_NOTES: Sequence[str] = (
    lazy_gettext("Very severe"),
    lazy_gettext("Severe"),
    lazy_gettext("Moderate"),
    lazy_gettext("Minor"),
    lazy_gettext("Minor"),
)
"""The bands of the rows of the heat map, of severity 5 to 1 (RM-1.0 section 7.2)."""


def sites_query(head: RunHead, wanted: RiskFilter) -> dict[str, Any] | None:
    """The filter of the map that shows the sites of a filter, where both mean the same sites.

    A map that changed since it was scored shows other sites than the register.
    """
    sites = None if head.is_stale else sites_of(wanted)
    return None if sites is None else filter_query(sites)


def heat_rows(head: RunHead, wanted: RiskFilter) -> list[dict[str, Any]]:
    """Rows of the heat map, the gravest first; a cell's link keeps the filter."""
    counts: Mapping[str, int] = head.summary["cells"][wanted.issue.value if wanted.issue else "all"]
    return [
        {
            "label": _("Severity %(step)s", step=severity),
            "note": SEVERITY_NOTES[5 - severity],
            "cells": [_cell(severity * 10 + step, counts, head, wanted) for step in range(1, 6)],
        }
        for severity in range(5, 0, -1)
    ]


def _cell(
    cell: int, counts: Mapping[str, int], head: RunHead, wanted: RiskFilter
) -> dict[str, Any]:
    selected = wanted.cell == cell
    return {
        "count": counts.get(str(cell), 0),
        "band": _band_of(cell),
        # A second click on the chosen cell shows all again.
        "href": address_of(wanted, head.chain_id, cell=None if selected else cell),
        "selected": selected,
    }


def _band_of(cell: int) -> RiskBand:
    """The band that the middle of a cell has (RM-1.0 7.3)."""
    severity, likelihood = np.array([cell // 10.0]), np.array([(cell % 10 - 0.5) / 5])
    position = risk_band(risk_index(severity, likelihood), np.zeros(1, dtype=np.bool_))
    return RISK_BANDS[int(position[0])]


def choices(head: RunHead, chains: list[ChainChoice]) -> dict[str, list[tuple[str, str]]]:
    """The choices of the filters: only countries and tiers of the run."""
    countries = sorted(head.summary["countries"], key=country_name)
    tiers = sorted(int(tier) for tier in head.summary["tiers"] if tier != "none")
    return {
        "chain": [(str(chain.id), chain.name) for chain in chains],
        "issue": [("", _("All issues")), *ISSUE_NAMES.items()],
        "severity": [
            ("", _("All")),
            *((b.value, severity_word(b.value)) for b in reversed(SeverityBand)),
        ],
        "risk": [("", _("All")), *((b.value, band_word(b.value)) for b in reversed(RiskBand))],
        "country": [("", _("All")), *((code, country_name(code)) for code in countries)],
        "tier": [
            ("", _("All")),
            *((str(t), _("Own business") if t == 0 else _("Tier %(tier)s", tier=t)) for t in tiers),
        ],
    }


def paging(page: RiskPage, wanted: RiskFilter, head: RunHead) -> dict[str, str | None]:
    """The addresses of the page before and the page after."""
    return {
        "previous_href": address_of(wanted, head.chain_id, before=page.before)
        if page.before is not None
        else None,
        "next_href": address_of(wanted, head.chain_id, after=page.after)
        if page.after is not None
        else None,
    }


_SOURCES: Mapping[str, str] = {
    "CTY": lazy_gettext("reference data: no open source yet"),
    "SEC": lazy_gettext("commodity and sector of the site, or sector research"),
    "WRK": lazy_gettext("supplier questionnaire, or site work"),
    "COM": lazy_gettext("site work with local partners"),
    "ONL": lazy_gettext("platform or finance questionnaire"),
}


def who_can_tell(factor: str) -> str:
    """The contact for a missing datum."""
    return str(_SOURCES[factor[:3]])


def turns(past: Sequence[PastScore]) -> tuple[list[PastScore], int]:
    """The scores that differ on the page from the one before, newest first, and how many do not."""
    kept = [
        score
        for score, older in zip(past, (*past[1:], None), strict=False)
        if older is None or _shown(score) != _shown(older)
    ]
    return kept, len(past) - len(kept)


def _shown(score: PastScore) -> tuple[object, ...]:
    known = score.known
    return (
        score.method_version,
        (round(known.residual_low), round(known.residual_high), known.grade) if known else None,
        round(score.likelihood, 2),
        round(score.severity, 1),
        round(score.residual_index),
        score.residual_band,
    )
