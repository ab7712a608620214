"""Scores of risk cases in the shape of "Risk JSON version 2" (docs/commands.md)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from supply_chain.risk.rm2.case_inputs import event_order, inputs_of
from supply_chain.risk.rm2.cases import Case
from supply_chain.risk.rm2.controls import capped, relief_lines
from supply_chain.risk.rm2.evidence import columns_of, counted, items, slopes
from supply_chain.risk.rm2.method import METHOD, Floats
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.reference import public_data
from supply_chain.risk.rm2.scoring import Inputs, PairScores, score_pairs
from supply_chain.risk.rm2.severity import (
    RISK_BANDS,
    SEVERITY_BANDS,
    severity_band,
    severity_points,
)

Answer = dict[str, Any]


def score_cases(cases: Sequence[Case]) -> list[Answer]:
    """Scores of cases in their order, in the shape of the answer file."""
    if not cases:
        return []
    inputs = inputs_of(cases, public_data())
    scores = score_pairs(inputs)
    return [_answer(case, row, inputs, scores) for row, case in enumerate(cases)]


def _answer(case: Case, row: int, inputs: Inputs, scores: PairScores) -> Answer:
    at = row, case.issue
    return {
        "id": case.id,
        **score_answer(scores, at),
        "contributions": contributions(scores, at, _evidence_lines(case, row, inputs)),
        "control_contributions": _control_contributions(case, row, inputs),
    }


def score_answer(scores: PairScores, at: tuple[int, int]) -> Answer:
    """The numbers of one pair, without its lines."""
    found, severity = scores.estimate, scores.severity
    return {
        "vulnerability": _number(found.vulnerability[at]),
        "activity_exposure": _number(found.exposure[at]),
        "prior_points": _number(found.lines.prior.points[at]),
        "points": _number(found.points[at]),
        "points_low": _number(found.low[at]),
        "points_high": _number(found.high[at]),
        "likelihood": _number(scores.likelihood[at]),
        "completeness": _number(found.completeness[at]),
        "grade": GRADES[found.grade[at]],
        "severity": _number(severity.value[at]),
        "severity_band": SEVERITY_BANDS[severity_band(severity.value)[at]].value,
        "index": _number(scores.index[at]),
        "index_low": _number(scores.index_low[at]),
        "index_high": _number(scores.index_high[at]),
        "band": RISK_BANDS[scores.band.band[at]].value,
        "not_enough_evidence": bool(scores.band.not_enough_evidence[at]),
        "residual_points": _number(found.residual[at]),
        "residual_likelihood": _number(scores.residual_likelihood[at]),
        "residual_severity": _number(severity.residual[at]),
        "residual_index": _number(scores.residual_index[at]),
        "residual_band": RISK_BANDS[scores.residual_band.band[at]].value,
        "residual_not_enough_evidence": bool(scores.residual_band.not_enough_evidence[at]),
    }


def _number(value: float) -> float:
    return float(value) + 0.0  # -0.0 reads as a mistake


def contributions(
    scores: PairScores, at: tuple[int, int], evidence: Sequence[tuple[str, float]]
) -> list[Answer]:
    """Lines up to `fact` add up to the points, all to the index.

    Args:
        evidence: the lines of factors and events, as they count beside each other.
    """
    found = scores.estimate
    lines = found.lines
    for_severity = severity_points(scores.severity.value)[at]
    parts = [
        ("base", lines.prior.base[at[1]]),
        ("country", lines.prior.country[at]),
        ("activity", lines.prior.activity[at]),
        ("listing", lines.listing[at]),
        *evidence,
        ("limit", lines.limit[at]),
        *([("judged", lines.judged[at])] if lines.judged[at] else []),
        ("fact", lines.fact[at]),
        ("severity", for_severity),
        ("index_limit", scores.index[at] - (found.points[at] + for_severity)),
    ]
    return [{"line": line, "points": _number(points)} for line, points in parts]


def _evidence_lines(case: Case, row: int, inputs: Inputs) -> list[tuple[str, float]]:
    """Factors of the issue with an observation or a blank by the tables, then events that count."""
    rows, columns = inputs.factors, columns_of(case.issue)
    points = items(slopes(rows), inputs.events, case.issue)[[row]]
    counts = counted(points)[0]
    before, slots = len(columns.before), inputs.events.points.shape[2]
    by_factor: Floats = np.delete(counts, slice(before, before + slots))
    known = rows.observed[row] | rows.blank[row]
    order = np.argsort(columns.factors)
    lines = [
        (METHOD.factors[columns.factors[at]], by_factor[at])
        for at in order
        if known[columns.factors[at]]
    ]
    slot_of = {place: before + slot for slot, place in enumerate(event_order(case))}
    for place, line in enumerate(case.events):
        if points[0, slot_of[place]]:
            lines.append((f"{METHOD.events[line.event]}#{line.place}", counts[slot_of[place]]))
    return lines


def _control_contributions(case: Case, row: int, inputs: Inputs) -> list[Answer]:
    points = relief_lines(capped(inputs.controls, inputs.facts), case.issue)[row]
    return [
        {"control": METHOD.controls[line.control], "points": _number(-points[line.control])}
        for line in case.controls
        if METHOD.helps[line.control, case.issue]
    ]
