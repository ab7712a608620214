"""Scores of a whole map in the shape of "Risk JSON version 2" (docs/commands.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.case_answers import Answer, contributions, score_answer
from supply_chain.risk.rm2.explanation import explain
from supply_chain.risk.rm2.map_assessment import Assessment
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.severity import (
    RISK_BANDS,
    SEVERITY_BANDS,
    severity_band,
    severity_points,
)
from supply_chain.risk.rm2.subject import Subject, subject_of
from supply_chain.vocabulary import Issue, RiskBand

ISSUES = tuple(Issue)
_FACTOR = METHOD.factor_index
_URGENT = [RISK_BANDS.index(RiskBand.HIGH), RISK_BANDS.index(RiskBand.CRITICAL)]


@dataclass(frozen=True)
class ScoredMap:
    """An assessment with all that it was made from."""

    found: Assessment
    nodes: NodeColumns  # of the map, without its unknown origins
    evidence: Evidence
    reference: Reference


def pair_answers(scored: ScoredMap) -> Iterator[Answer]:
    """Every scored pair by node, then issue; unknown origins come last."""
    found, made = scored.found, dict[int, list[Answer]]()
    for row, ref in enumerate(found.chain.nodes.ids):
        of_row = int(found.scores.row_of[row])
        if of_row not in made:
            known = row < len(scored.nodes)
            made[of_row] = _of_node(scored, row) if known else _of_origin(found, of_row)
        for column, issue in enumerate(ISSUES):
            if found.scored[row, column]:
                at = row, column
                yield {
                    "node": ref,
                    "issue": issue.value,
                    **made[of_row][column],
                    "exposure": float(found.exposure[at]),
                    "linkage": float(found.linkage[at]),
                    "severity_chain": float(found.severity_chain[at]),
                    "salience_rank": int(found.salience_rank[at]),
                    "find_out_rank": int(found.find_out_rank[at]) or None,
                }


def headlines(found: Assessment) -> Iterator[Answer]:
    """The first risk of each node in the order of work, and how many more are urgent."""
    last = np.iinfo(np.int64).max
    first = np.where(found.scored, found.salience_rank, last).argmin(axis=1)
    columns: Mapping[str, Any] = {
        name: found.column(name)
        for name in ("residual_index", "residual_low", "residual_high", "residual_band", "grade")
    }
    urgent = np.isin(columns["residual_band"], _URGENT)
    for row, ref in enumerate(found.chain.nodes.ids):
        at = row, int(first[row])
        headline = None
        if found.scored[at]:
            headline = {
                "issue": ISSUES[at[1]].value,
                "index": float(columns["residual_index"][at]),
                "index_low": float(columns["residual_low"][at]),
                "index_high": float(columns["residual_high"][at]),
                "band": RISK_BANDS[columns["residual_band"][at]].value,
                "grade": GRADES[columns["grade"][at]],
                "others_critical_or_high": int(urgent[row].sum() - urgent[at]),
            }
        yield {"id": ref, "headline": headline, "response": None}


def _of_node(scored: ScoredMap, row: int) -> list[Answer]:
    known = scored.nodes, scored.evidence, row, ISSUES[0]
    first = subject_of(*known, reference=scored.reference)
    every = (replace(first, issue=issue) for issue in range(len(ISSUES)))
    return [_of_subject(subject, scored.reference) for subject in every]


def _of_subject(subject: Subject, reference: Reference) -> Answer:
    at, told = (0, subject.issue), explain(subject, reference=reference)
    items = sorted(told.items, key=lambda item: _FACTOR[item.factor])
    events = sorted(told.events, key=lambda item: item.place)
    lines = [(item.factor, item.points) for item in items]
    lines += [(f"{item.event}#{item.place}", item.points) for item in events]
    controls = sorted(told.controls, key=lambda line: METHOD.controls.index(line.control))
    return {
        **score_answer(subject.scores, at),
        "contributions": contributions(subject.scores, at, lines),
        "control_contributions": [
            {"control": line.control, "points": line.points} for line in controls
        ],
    }


def _of_origin(found: Assessment, of_row: int) -> list[Answer]:
    """An unknown origin (section 5.4): its likelihood is no sum of a place and an activity."""
    rows = found.scores.rows

    def answer(column: int) -> Answer:
        at = of_row, column
        severity = float(rows.severity[at])
        points, for_severity = float(rows.points[at]), float(severity_points(rows.severity)[at])
        index = float(rows.index[at])
        return {
            "vulnerability": None,
            "activity_exposure": None,
            "prior_points": points,
            "points": points,
            "points_low": float(rows.points_low[at]),
            "points_high": float(rows.points_high[at]),
            "likelihood": float(rows.likelihood[at]),
            "completeness": 0.0,
            "grade": GRADES[rows.grade[at]],
            "severity": severity,
            "severity_band": SEVERITY_BANDS[severity_band(rows.severity)[at]].value,
            "index": index,
            "index_low": float(rows.index_low[at]),
            "index_high": float(rows.index_high[at]),
            "band": RISK_BANDS[rows.band[at]].value,
            "not_enough_evidence": bool(rows.not_enough[at]),
            "residual_points": points,
            "residual_likelihood": float(rows.residual_likelihood[at]),
            "residual_severity": float(rows.residual_severity[at]),
            "residual_index": float(rows.residual_index[at]),
            "residual_band": RISK_BANDS[rows.residual_band[at]].value,
            "residual_not_enough_evidence": bool(rows.not_enough[at]),
            "contributions": [
                {"line": "origin", "points": points},
                {"line": "severity", "points": for_severity},
                {"line": "index_limit", "points": index - (points + for_severity)},
            ],
            "control_contributions": [],
        }

    return [answer(column) for column in range(len(ISSUES))]
