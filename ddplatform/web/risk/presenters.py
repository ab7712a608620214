"""From scores to what a page shows: heat map, filters in the address, who can tell more."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flask import url_for
from werkzeug.datastructures import MultiDict

from ddplatform.queries.risk import ChainChoice, RiskPage
from ddplatform.queries.risk_judged import PastScore
from ddplatform.queries.risk_runs import RunHead
from ddplatform.web.address_values import number
from ddplatform.web.countries import country_name
from ddplatform.web.filters import band_word, severity_word
from ddplatform.web.risk import words
from supply_chain.risk.register import RiskFilter
from supply_chain.risk.scoring import RISK_BANDS, risk_band, risk_index
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

SEVERITY_NOTES = ("Gravest", "Grave", "Serious", "Limited", "Minor")


def read_filter(arguments: MultiDict[str, str]) -> RiskFilter:
    """The filter of an address; what it does not know is left out, so old links still open."""
    return RiskFilter(
        issue=_member(Issue, arguments.get("issue")),
        severity=_member(SeverityBand, arguments.get("severity")),
        residual=_member(RiskBand, arguments.get("risk")),
        country=arguments.get("country", ""),
        tier=arguments.get("tier", type=number),
        cell=arguments.get("cell", type=number),
        insufficient=arguments.get("insufficient") == "1",
    )


def address_of(wanted: RiskFilter, chain_id: Any, **more: Any) -> str:
    """The address of the register with a filter."""
    given = {
        "chain": chain_id,
        "issue": wanted.issue.value if wanted.issue else None,
        "severity": wanted.severity.value if wanted.severity else None,
        "risk": wanted.residual.value if wanted.residual else None,
        "country": wanted.country or None,
        "tier": wanted.tier,
        "cell": wanted.cell,
        "insufficient": "1" if wanted.insufficient else None,
    }
    return url_for("risk.index", **{**given, **more})


def heat_rows(head: RunHead, wanted: RiskFilter) -> list[dict[str, Any]]:
    """Rows of the heat map, the gravest first; a cell's link keeps the filter."""
    counts: Mapping[str, int] = head.summary["cells"][wanted.issue.value if wanted.issue else "all"]
    return [
        {
            "label": f"Severity {severity}",
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
    """What the filters offer: only countries and tiers that the run holds."""
    countries = sorted(head.summary["countries"], key=country_name)
    tiers = sorted(int(tier) for tier in head.summary["tiers"] if tier != "none")
    return {
        "chain": [(str(chain.id), chain.name) for chain in chains],
        "issue": [("", "All issues"), *((i.value, words.issue_name(i)) for i in Issue)],
        "severity": [
            ("", "All"),
            *((b.value, severity_word(b.value)) for b in reversed(SeverityBand)),
        ],
        "risk": [("", "All"), *((b.value, band_word(b.value)) for b in reversed(RiskBand))],
        "country": [("", "All"), *((code, country_name(code)) for code in countries)],
        "tier": [
            ("", "All"),
            *((str(t), "Own business" if t == 0 else f"Tier {t}") for t in tiers),
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


def who_can_tell(factor: str) -> str:
    """Who could supply a missing datum."""
    return {
        "CTY": "reference data: no open source yet",
        "SEC": "commodity and sector of the site, or sector research",
        "WRK": "supplier questionnaire, or site work",
        "COM": "site work with local partners",
        "ONL": "platform or finance questionnaire",
    }[factor[:3]]


def _member(kind: Any, value: str | None) -> Any:
    return next((member for member in kind if member.value == value), None)


def turns(past: Sequence[PastScore]) -> tuple[list[PastScore], int]:
    """The scores that differ on the page from the one before, newest first, and how many do not."""
    kept = [
        score
        for score, older in zip(past, (*past[1:], None), strict=False)
        if older is None or _shown(score) != _shown(older)
    ]
    return kept, len(past) - len(kept)


def _shown(score: PastScore) -> tuple[float, float, float, RiskBand]:
    return (
        round(score.likelihood, 2),
        round(score.severity, 1),
        round(score.residual_index),
        score.residual_band,
    )
