"""Risks with their ranges under RM-2.0: how figures read, and what a row of them shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor

from ddplatform.queries.risk_scores import RiskScore
from supply_chain.risk.rm2.method import ISSUE_INDEX, METHOD
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import Issue, RiskBand

GRADES = {
    "A": ("Verified on site", "independent site work, audits or workers’ voices cover most of it"),
    "B": ("Well documented", "with sources that can be relied on"),
    "C": ("Partly known", "something is known of the place, most is not"),
    "D": ("Context only", "country and activity are known, the place is not"),
    "E": ("Mostly estimated", "country or activity is not known, or mostly estimated"),
}
"""Grade -> its word, and what it means."""


def issue_title(issue: Issue) -> str:
    """What an issue is called, beginning with a capital."""
    name = METHOD.issue_names[ISSUE_INDEX[issue.value]]
    return name[:1].upper() + name[1:]


def whole_points(index: float) -> str:
    """An index as a whole number, halves up; with a decimal where rounding would cross a band."""
    whole = floor(index + 0.5)
    return str(whole) if band_at(whole) is band_at(index) else f"{floor(index * 10) / 10:.1f}"


def band_at(index: float) -> RiskBand:
    """The band that an index has by itself (section 7.3)."""
    shown = round(index, METHOD.policy.decimals)
    return RISK_BANDS[sum(shown >= threshold for threshold in METHOD.policy.index_bands)]


@dataclass(frozen=True)
class Plot:
    """What the drawing of a range needs; all on the axis from 0 to 100."""

    residual_index: float
    low: float
    high: float
    band: RiskBand
    grade: str


@dataclass(frozen=True)
class RangeRow:
    """A risk in a list."""

    issue: Issue
    title: str
    index: str
    low: str
    high: str
    plot: Plot
    grade_word: str
    is_marked: bool  # not enough evidence
    is_in_remedy: bool
    position: int


def row_of(risk: RiskScore) -> RangeRow:
    """A score of a run under RM-2.0 as a row."""
    known = risk.known
    assert known is not None, "a run under RM-2.0 keeps ranges"
    low, high = known.residual_low, known.residual_high
    return RangeRow(
        issue=risk.issue,
        title=issue_title(risk.issue),
        index=whole_points(risk.residual_index),
        low=whole_points(low),
        high=whole_points(high),
        plot=Plot(risk.residual_index, low, high, risk.residual_band, known.grade),
        grade_word=GRADES[known.grade][0],
        is_marked=risk.insufficient_evidence,
        is_in_remedy=risk.status is not None,
        position=risk.salience_rank,
    )


def rows_of(risks: Iterable[RiskScore]) -> list[RangeRow]:
    """The scores of a run under RM-2.0 as rows; none of one under RM-1.0."""
    return [row_of(risk) for risk in risks if risk.known is not None]
