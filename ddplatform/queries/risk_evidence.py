"""What is known of the nodes of a map on a day, as the columns that the risk method reads.

Every table is read in one statement for the whole map; what came to be known after that day is
left out. Rows are those of the graph that `load_with_keys` gave.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, or_, select

from ddplatform.duediligence.vocabulary import ActionState, RiskState
from ddplatform.models.findings import Finding, MitigationAction
from ddplatform.models.questionnaires import Assignment, QuestionnaireVersion
from ddplatform.models.responses import Response as ResponseRow
from ddplatform.models.responses import RiskSignal
from ddplatform.models.risk import FactKind, RiskFact
from ddplatform.queries.approvals import load_not_applicable
from ddplatform.queries.context_observations import load_context_observations
from ddplatform.queries.context_points import load_events_around
from ddplatform.queries.map_on_day import MapOnDay, Nodes
from ddplatform.queries.risk_judgements import (
    load_adjustments,
    load_controls,
    load_judgements,
    load_priorities,
)
from ddplatform.queries.risk_observations import load_place_observations
from ddplatform.queries.silence import load_silence
from supply_chain.risk.evidence import (
    STATES,
    Asked,
    Evidence,
    Silent,
    State,
    States,
    observations_from,
)
from supply_chain.risk.factors import Observations
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

OPEN_FINDINGS = "WRK-22"
LATE = timedelta(days=30)
"""After its day a step counts as overdue."""
# Findings that somebody assessed are our own checked records: as reliable as an audit.
FINDING_SOURCE = "audit"
IN_REMEDY = (
    RiskState.ACTION_PLANNED,
    RiskState.IN_PROGRESS,
    RiskState.IMPLEMENTED,
    RiskState.EFFECTIVENESS_REVIEW,
    RiskState.MATERIALISED,
)


def load_evidence(chain_id: UUID, nodes: Nodes, as_of: date) -> Evidence:
    """Everything known of the nodes of a map on a day, besides the map and reference data."""
    known = MapOnDay.of(chain_id, nodes, as_of)
    signals, silence = _signals(known), load_silence(known)
    blanks = sorted({*_blanks(known, signals), *silence.blanks})
    observations = _observations(known, signals)
    silent = Silent(np.array(silence.silent, dtype=np.int64))
    return Evidence(
        observations=observations,
        blank=_asked(blanks),
        silent=silent,
        not_applicable=load_not_applicable(known, observations, blanks, silent),
        states=_states(known),
        controls=load_controls(known, _design_credits(signals)),
        judgements=load_judgements(known),
        priorities=load_priorities(known),
        adjustments=load_adjustments(known),
        events=load_events_around(chain_id, nodes, as_of).rows,
    )


def load_self_disclosed(
    chain_id: UUID, keys: Sequence[UUID], as_of: date
) -> set[tuple[int, Issue]]:
    """(row, issue) with an open confirmed impact that the site told of and that is in remedy."""
    known = MapOnDay.of(chain_id, keys, as_of)
    facts = known.select(
        select(RiskFact.node_id, RiskFact.issue)
        .outerjoin(Finding, Finding.id == RiskFact.cause_id)
        .where(
            RiskFact.kind == FactKind.CONFIRMED,
            RiskFact.self_disclosed.is_(True),
            _in_force(known.end),
            or_(RiskFact.cause_type == "case", Finding.status.in_(IN_REMEDY)),
        ),
        RiskFact.node_id,
    )
    return {(known.rows[fact.node_id], fact.issue) for fact in facts}


# ---- observations ----------------------------------------------------------------------------


def _signals(known: MapOnDay) -> Sequence[Any]:
    return known.select(
        select(
            RiskSignal.node_id,
            RiskSignal.factor,
            RiskSignal.value,
            RiskSignal.quality,
            RiskSignal.source_type,
            RiskSignal.is_control,
            RiskSignal.observed_at,
            Assignment.node_id.label("told_by"),
            QuestionnaireVersion.questionnaire_id.label("told_in"),
        )
        .outerjoin(ResponseRow, ResponseRow.id == RiskSignal.response_id)
        .outerjoin(Assignment, Assignment.id == ResponseRow.assignment_id)
        .outerjoin(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .where(RiskSignal.observed_at < known.end)
        .order_by(RiskSignal.observed_at, RiskSignal.id),
        RiskSignal.node_id,
    )


def _observations(known: MapOnDay, signals: Iterable[Any]) -> Observations:
    """The newest of each node, factor and source, what the findings say (DER-4), what events in
    the surroundings show, and what people entered.

    A source is a kind of it, who told it and in which questionnaire (RM-1.0 3.3): answers about
    farms leave those of the self-assessment in force, and one supplier's word on its buyer
    leaves that of another.
    """
    newest = {
        (signal.node_id, signal.factor, signal.source_type, *_told(signal)): signal
        for signal in signals
        if not signal.is_control
        and signal.value is not None
        and signal.factor in METHOD.factor_index
        and signal.source_type in METHOD.source_index
    }
    rows: list[tuple[int, str, float | None, str, float, float | None, int | None]] = [
        (
            known.rows[signal.node_id],
            signal.factor,
            signal.value,
            signal.source_type,
            known.months_since(signal.observed_at),
            signal.quality,
            None,
        )
        for signal in newest.values()
    ]
    open_ = _open_findings(known)
    rows += [
        (known.rows[node_id], OPEN_FINDINGS, value, FINDING_SOURCE, 0.0, None, None)
        for node_id, value in open_.items()
    ]
    last = {signal.node_id: signal for signal in newest.values()}
    rows += [
        (
            known.rows[node_id],
            OPEN_FINDINGS,
            0.0,
            signal.source_type,
            known.months_since(signal.observed_at),
            signal.quality,
            None,
        )
        for node_id, signal in last.items()
        if node_id not in open_
    ]
    rows += load_context_observations(known)
    rows += load_place_observations(known)
    return observations_from(rows)


def _blanks(known: MapOnDay, signals: Iterable[Any]) -> Iterable[tuple[int, str]]:
    """(row, factor) of which the newest answers of a respondent leave everything blank."""
    newest = {
        (signal.node_id, signal.factor, *_told(signal)): signal
        for signal in signals
        if not signal.is_control and signal.factor in METHOD.factor_index
    }
    return (
        (known.rows[signal.node_id], signal.factor)
        for signal in newest.values()
        if signal.value is None
    )


def _asked(pairs: Sequence[tuple[int, str]]) -> Asked:
    return Asked(
        node=np.array([row for row, _ in pairs], dtype=np.int64),
        factor=np.array([METHOD.factor_index[factor] for _, factor in pairs], dtype=np.int64),
    )


def _open_findings(known: MapOnDay) -> dict[UUID, float]:
    """Node -> s of its open verified findings (DER-4): 1 where a step is overdue, else .4.

    Verified: somebody assessed it.
    """
    is_late = (
        select(MitigationAction.id)
        .where(
            MitigationAction.finding_id == Finding.id,
            MitigationAction.status != ActionState.DROPPED,
            MitigationAction.created_at < known.end,
            MitigationAction.due_on < known.as_of - LATE,
            or_(MitigationAction.reported_at.is_(None), MitigationAction.reported_at >= known.end),
        )
        .exists()
    )
    findings = known.select(
        select(Finding.node_id, is_late.label("is_late")).where(
            Finding.created_at < known.end,
            Finding.status.not_in((RiskState.IDENTIFIED, RiskState.CONTROLLED)),
            or_(Finding.closed_at.is_(None), Finding.closed_at >= known.end),
        ),
        Finding.node_id,
    )
    found: dict[UUID, float] = {}
    for row in findings:
        found[row.node_id] = max(found.get(row.node_id, 0.0), 1.0 if row.is_late else 0.4)
    return found


def _design_credits(signals: Iterable[Any]) -> dict[tuple[UUID, str], float]:
    """The newest credit of each control; of several questionnaires the lowest counts."""
    newest = {
        (signal.node_id, signal.factor, *_told(signal)): signal.value
        for signal in signals
        if signal.is_control
    }
    lowest: dict[tuple[UUID, str], float] = {}
    for (node_id, control, *_), credit in newest.items():
        lowest[node_id, control] = min(credit, lowest.get((node_id, control), credit))
    return lowest


def _told(signal: Any) -> tuple[UUID | None, UUID | None]:
    """The node that answered and the questionnaire; none where no answer is behind it."""
    return signal.told_by, signal.told_in


# ---- facts -----------------------------------------------------------------------------------


def _in_force(end: datetime) -> ColumnElement[bool]:
    return (RiskFact.since < end) & or_(RiskFact.ended_at.is_(None), RiskFact.ended_at >= end)


def _states(known: MapOnDay) -> States:
    facts = known.select(
        select(RiskFact.node_id, RiskFact.issue, RiskFact.kind, RiskFact.found_by, RiskFact.since)
        .where(_in_force(known.end))
        .order_by(RiskFact.since, RiskFact.id),
        RiskFact.node_id,
    )
    issues = list(Issue)
    return States(
        node=np.array([known.rows[fact.node_id] for fact in facts], dtype=np.int64),
        issue=np.array([issues.index(fact.issue) for fact in facts], dtype=np.int64),
        state=np.array([STATES.index(State(fact.kind.value)) for fact in facts], dtype=np.int64),
        found_by=np.array(
            [METHOD.control_index.get(fact.found_by or "", -1) for fact in facts], dtype=np.int64
        ),
        months=np.array(
            [
                known.months_since(fact.since) if fact.kind is FactKind.CLOSED else np.nan
                for fact in facts
            ],
            dtype=np.float64,
        ),
    )
