"""Score of one issue at one node, from the evidence on that node alone (RM-2.0)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.risk.context import online_nodes, primary_sectors
from supply_chain.risk.evidence import STATES, Evidence, State
from supply_chain.risk.rm2.map_context import context_of
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.map_evidence import evidence_of, observations_of
from supply_chain.risk.rm2.map_scores import inputs_of
from supply_chain.risk.rm2.method import ISSUE_INDEX
from supply_chain.risk.rm2.observations import Observations
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.reference import public_data
from supply_chain.risk.rm2.scoring import Inputs, PairScores, score_pairs
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import Issue, RiskBand


@dataclass(frozen=True)
class Subject:
    """One issue at one node, scored alone."""

    nodes: NodeColumns  # that node
    issue: int  # position in Issue
    inputs: Inputs
    scores: PairScores
    observations: Observations  # of that node, row 0
    states: tuple[State, ...]  # what is known of an impact on that issue
    events: EventRows  # of that node, row 0


@dataclass(frozen=True)
class Figures:
    """Score, range and grade of the pair."""

    points: float  # P, 0-100
    residual_points: float
    severity: float  # S, 1-5
    residual_severity: float
    index: float  # RI before controls, 0-100
    residual_index: float
    low: float  # range of the residual index
    high: float
    band: RiskBand  # residual
    not_enough: bool
    grade: str
    completeness: float  # C, 0-1


def subject_of(
    nodes: NodeColumns,
    evidence: Evidence,
    row: int,
    issue: Issue,
    *,
    reference: Reference,
) -> Subject:
    """Score one issue at one node of a map; the other nodes do not matter for it (section 3).

    Args:
        nodes, evidence: those of the map, or of some of its nodes.
        row: row of the node in both.

    Raises:
        ValueError: a factor cannot be "not applicable" (section 3.8).
    """
    data, asked = public_data(), np.array([row], dtype=np.int64)
    alone, known = nodes.take(asked), evidence.of_nodes(asked)
    first = np.zeros(1, dtype=np.int64)
    context = context_of(alone, data, primary_sectors(reference))
    found = evidence_of(known, first, online_nodes(alone, reference))
    inputs = inputs_of(context, found, data, first, 0)
    observations = observations_of(known.observations)
    at = ISSUE_INDEX[issue.value]
    states = {STATES[state] for state in known.states.state[known.states.issue == at].tolist()}
    return Subject(
        alone,
        at,
        inputs,
        score_pairs(inputs),
        observations,
        tuple(state for state in STATES if state in states),
        known.events,
    )


def figures_of(scores: PairScores, row: int, issue: int) -> Figures:
    """Score, range and grade of one pair of a run."""
    at, found = (row, issue), scores.estimate
    return Figures(
        points=float(found.points[at]),
        residual_points=float(found.residual[at]),
        severity=float(scores.severity.value[at]),
        residual_severity=float(scores.severity.residual[at]),
        index=float(scores.index[at]),
        residual_index=float(scores.residual_index[at]),
        low=float(scores.residual_low[at]),
        high=float(scores.residual_high[at]),
        band=RISK_BANDS[scores.residual_band.band[at]],
        not_enough=bool(scores.residual_band.not_enough_evidence[at]),
        grade=GRADES[found.grade[at]],
        completeness=float(found.completeness[at]),
    )
