"""Risks with their ranges under RM-2.0: figures in words, and rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from ddplatform.risk.runs.queries.scores import RiskScore
from ddplatform.risk.words.figures import GRADES, whole_points
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue, RiskBand


@dataclass(frozen=True)
class Plot:
    """The values for the drawing of a range; all on the axis from 0 to 100."""

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
    is_emergency: bool
    position: int


def row_of(risk: RiskScore) -> RangeRow:
    """A score of a run under RM-2.0 as a row."""
    known = risk.known
    assert known is not None, "a run under RM-2.0 keeps ranges"
    low, high = known.residual_low, known.residual_high
    return RangeRow(
        issue=risk.issue,
        title=ISSUE_NAMES[risk.issue],
        index=whole_points(risk.residual_index),
        low=whole_points(low),
        high=whole_points(high),
        plot=Plot(risk.residual_index, low, high, risk.residual_band, known.grade),
        grade_word=GRADES[known.grade][0],
        is_marked=risk.insufficient_evidence,
        is_in_remedy=risk.status is not None,
        is_emergency=known.is_emergency,
        position=risk.salience_rank,
    )


def rows_of(risks: Iterable[RiskScore]) -> list[RangeRow]:
    """The scores of a run under RM-2.0 as rows; none of one under RM-1.0."""
    return [row_of(risk) for risk in risks if risk.known is not None]
