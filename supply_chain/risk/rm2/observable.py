"""Observable factors of a place: admissible source types, and scores of reported figures."""

from collections.abc import Mapping
from typing import Final

from supply_chain.risk.method import METHOD as RM1
from supply_chain.risk.rm2.method import ISSUE_INDEX, METHOD
from supply_chain.vocabulary import Issue

OWN_RECORDS: Final = frozenset({"WRK-21", "WRK-22"})
"""Factors from the buyer's own records: its orders, and its findings (DER-4)."""
REGIONAL: Final = ("CTY-01", "CTY-08", "CTY-09", "CTY-12")
"""Country indicators, all in per cent, that statistics give for regions too (RM-2.0 4)."""
TELLERS: Final = ("site_work", "audit", "worker_voice", "media_ngo", "official")
"""Source types that people enter; what suppliers say of themselves comes in by questionnaires."""


def observable(issue: Issue | None = None) -> Mapping[str, str]:
    """Factor -> group, for all that can be observed; of one issue, only what is linked to it."""
    return {
        factor: factor[:3]
        for factor in METHOD.factors
        if _can_be_observed(factor) and (issue is None or _is_linked(factor, issue))
    }


def score_of(factor: str, figure: float) -> float:
    """s of a figure between the anchors of its indicator, 0 to 1 (RM-2.0 3.1)."""
    at = METHOD.factor_index[factor]
    low, high = float(METHOD.lo[at]), float(METHOD.hi[at])
    return min(1.0, max(0.0, (figure - low) / (high - low)))


def takes_figure(factor: str) -> bool:
    """Whether what is observed is a figure of a public statistic."""
    return factor in REGIONAL


def _can_be_observed(factor: str) -> bool:
    if factor.startswith("CTY"):
        return factor in REGIONAL
    # Limited to evidence of a map; the traits that RM-2.0 added are judged for the activity.
    return factor in RM1.factor_index and factor not in OWN_RECORDS


def _is_linked(factor: str, issue: Issue) -> bool:
    at, column = METHOD.factor_index[factor], ISSUE_INDEX[issue.value]
    if factor.startswith("CTY"):
        return bool(METHOD.indicator_weight[at - METHOD.indicators.start, column] > 0)
    if factor.startswith("SEC"):
        return bool(METHOD.trait_weight[at - METHOD.traits.start, column] > 0)
    return bool(METHOD.up[at, column] > 0)
