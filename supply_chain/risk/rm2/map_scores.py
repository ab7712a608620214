"""Scores of all nodes of a map (RM-2.0 sections 3 to 9), stored once for identical nodes.

A node with no evidence beside its country, sector and goods has the scores of every
other such node, so most of a large map is a few thousand rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.map_context import MapContext, context_of
from supply_chain.risk.rm2.map_events import events_of
from supply_chain.risk.rm2.map_evidence import MapEvidence, evidence_of, touched
from supply_chain.risk.rm2.method import ISSUES, Bools, Floats, Ints
from supply_chain.risk.rm2.origins import UnknownOrigin
from supply_chain.risk.rm2.points import clipped, likelihood
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.reference import PublicData
from supply_chain.risk.rm2.scoring import Inputs, PairScores, score_pairs
from supply_chain.risk.rm2.severity import (
    judge,
    risk_index,
    severities,
    severity_points,
    shown_band,
)

RUN = 8_192  # rows scored at a time


@dataclass(frozen=True)
class ScoreRows:
    """Scores as they are ranked, shown and passed on; arrays (rows, issues)."""

    base: Floats  # the lines of P, in points, see LINES
    country: Floats
    activity: Floats
    listing: Floats
    evidence: Floats
    limit: Floats
    judged: Floats
    fact: Floats
    points: Floats  # P, 0-100
    points_low: Floats  # its range
    points_high: Floats
    residual_points: Floats  # P_res
    likelihood: Floats  # L, 0-1
    residual_likelihood: Floats  # L_res, 0-1
    scale: Floats  # a, b, c as used, 1-5
    scope: Floats
    irremediability: Floats
    severity: Floats  # S, 1-5
    residual_severity: Floats  # S_res, 1-5
    severity_points: Floats  # what S_res adds to the residual index
    index: Floats  # RI, 0-100
    index_low: Floats
    index_high: Floats
    band: Ints  # position in RISK_BANDS, after section 7.4
    not_enough: Bools
    residual_index: Floats
    residual_low: Floats
    residual_high: Floats
    residual_band: Ints
    completeness: Floats  # C, 0-1
    grade: Ints  # position in GRADES

    def __len__(self) -> int:
        return len(self.points)


LINES = ("base", "country", "activity", "listing", "evidence", "limit", "judged", "fact")
"""Columns of `ScoreRows` that add up to P."""


@dataclass(frozen=True)
class MapScores:
    """Scores of a map: `rows.index[row_of[node]]` are those of a node."""

    rows: ScoreRows
    row_of: Ints  # (nodes,)

    def of_nodes(self, column: str) -> Floats:
        """(nodes, issues) one column of all nodes."""
        values: Floats = getattr(self.rows, column)[self.row_of]
        return values


def score_nodes(
    nodes: NodeColumns,
    evidence: Evidence,
    *,
    data: PublicData,
    primary_sectors: frozenset[str],
    online: Bools,
) -> MapScores:
    """Score all issues of all nodes.

    Args:
        online: (nodes,) the kind or sector of a node makes ONL factors apply.
    """
    context = context_of(nodes, data, primary_sectors)
    known = touched(evidence, len(nodes))
    alike = context.which * 2 + online
    plain = np.flatnonzero(~known)
    _, first, inverse = np.unique(alike[plain], return_index=True, return_inverse=True)
    asked = np.union1d(np.flatnonzero(known), plain[first])
    row_of = np.searchsorted(asked, np.arange(len(nodes)))
    row_of[plain] = np.searchsorted(asked, plain[first])[inverse]
    found = evidence_of(evidence.of_nodes(asked), asked, online[asked])
    parts = [
        _rows_of(score_pairs(inputs_of(context, found, data, asked, start)))
        for start in range(0, max(len(asked), 1), RUN)
    ]
    return MapScores(join_rows(parts), row_of)


def inputs_of(
    context: MapContext,
    found: MapEvidence,
    data: PublicData,
    asked: Ints,
    start: int,
) -> Inputs:
    """Method inputs of the next `RUN` of `asked`, rows of the map, from `start` on.

    Args:
        found: the evidence on `asked`, in its order.
    """
    nodes = asked[start : start + RUN]
    stop = start + len(nodes)
    known = found.rows(start, stop)
    return Inputs(
        place=context.places(data, nodes),
        activities=context.activities(data, nodes),
        listing=context.listings(nodes),
        factors=found.factors.rows(start, stop),
        events=events_of(known.events, len(nodes)),
        judgement=known.judgement,
        facts=known.facts,
        controls=known.controls,
        bounds=known.bounds,
    )


def _rows_of(scores: PairScores) -> ScoreRows:
    lines = scores.estimate.lines
    return ScoreRows(
        base=np.broadcast_to(lines.prior.base, scores.index.shape).copy(),
        country=lines.prior.country,
        activity=lines.prior.activity,
        listing=lines.listing,
        evidence=lines.evidence,
        limit=lines.limit,
        judged=lines.judged,
        fact=lines.fact,
        points=scores.estimate.points,
        points_low=scores.estimate.low,
        points_high=scores.estimate.high,
        residual_points=scores.estimate.residual,
        likelihood=scores.likelihood,
        residual_likelihood=scores.residual_likelihood,
        scale=scores.judgement.scale,
        scope=scores.judgement.scope,
        irremediability=scores.judgement.irremediability,
        severity=scores.severity.value,
        residual_severity=scores.severity.residual,
        severity_points=severity_points(scores.severity.residual),
        index=scores.index,
        index_low=scores.index_low,
        index_high=scores.index_high,
        band=scores.band.band,
        not_enough=scores.band.not_enough_evidence,
        residual_index=scores.residual_index,
        residual_low=scores.residual_low,
        residual_high=scores.residual_high,
        residual_band=scores.residual_band.band,
        completeness=scores.estimate.completeness,
        grade=scores.estimate.grade,
    )


def origin_rows(origins: Sequence[UnknownOrigin]) -> ScoreRows:
    """Scores of unknown origins: the likelihood of section 5.4, severity by the issue, grade E."""
    shape = (len(origins), ISSUES)
    unknown, none = np.full(shape, np.nan), np.zeros(shape)

    def column(name: str) -> Floats:
        return np.array([getattr(one, name) for one in origins], np.float64).reshape(shape)

    points = column("points")
    judged = judge(unknown, unknown, unknown, unknown)
    severity = severities(judged, np.zeros(len(origins)))
    index = risk_index(points, severity.value)
    low = risk_index(column("low"), severity.low)
    high = clipped(column("high") + severity_points(severity.high))
    band = shown_band(index, high)
    return ScoreRows(
        base=points,
        country=none,
        activity=none,
        listing=none,
        evidence=none,
        limit=none,
        judged=none,
        fact=none,
        points=points,
        points_low=column("low"),
        points_high=column("high"),
        residual_points=points,
        likelihood=likelihood(points),
        residual_likelihood=likelihood(points),
        scale=judged.scale,
        scope=judged.scope,
        irremediability=judged.irremediability,
        severity=severity.value,
        residual_severity=severity.residual,
        severity_points=severity_points(severity.residual),
        index=index,
        index_low=low,
        index_high=high,
        band=band.band,
        not_enough=band.not_enough_evidence,
        residual_index=index,
        residual_low=low,
        residual_high=high,
        residual_band=band.band,
        completeness=none,
        grade=np.full(shape, GRADES.index("E"), dtype=np.int64),
    )


def join_rows(parts: Sequence[ScoreRows]) -> ScoreRows:
    """All rows of the parts, one after the other; at least one part."""
    return ScoreRows(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(ScoreRows)
        }
    )
