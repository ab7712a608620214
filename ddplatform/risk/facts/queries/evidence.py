"""Evidence on the nodes of a map on a day, as the columns that the risk method reads.

All of it is read in one statement, of a few nodes or of the whole map; later evidence is left out.
Rows are those of the graph that `load_with_keys` returned.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, and_, or_, select

from ddplatform.infrastructure.together import Question, Rows, ask
from ddplatform.risk.context_events.queries.observations import context_observations
from ddplatform.risk.context_events.queries.points import EventsAround, events_around, select_events
from ddplatform.risk.facts.queries.sources import ASSESSED_FINDINGS, IN_REMEDY
from ddplatform.risk.judgement.queries.judgements import (
    adjustments_from,
    controls_from,
    judgements_from,
    priorities_from,
    select_judged,
)
from ddplatform.risk.observations.queries.evidence import (
    place_observations,
    select_place_observations,
)
from ddplatform.risk.response.queries.silence import select_requests, select_shares, silence_from
from ddplatform.risk.runs.models import FactKind, RiskFact
from ddplatform.supplier_engagement.library.models import Assignment, QuestionnaireVersion
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.approvals.queries.approvals import not_applicable, select_not_applicable
from ddplatform.value_chain.history.queries.on_day import MapOnDay, Nodes
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
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.vocabulary import Issue

FINDINGS_FACTOR = "WRK-22"
# Findings that somebody assessed are our own checked records: as reliable as an audit.
FINDING_SOURCE = "audit"


def load_evidence(chain_id: UUID, nodes: Nodes, as_of: date) -> Evidence:
    """Everything known of the nodes of a map on a day, besides the map and reference data."""
    return load_with_events(chain_id, nodes, as_of)[0]


def load_with_events(chain_id: UUID, nodes: Nodes, as_of: date) -> tuple[Evidence, EventsAround]:
    """The same, and what the events around them are called."""
    known = MapOnDay.of(chain_id, nodes, as_of)
    found = known.ask(_questions(known))
    around = events_around(known, found["events"])
    return _evidence(known, found, around.rows), around


def _questions(known: MapOnDay) -> Mapping[str, Question[Rows]]:
    return {
        "signals": _select_signals(known),
        "requests": select_requests(known),
        "shares": select_shares(known),
        **{name: select_open(known) for name, select_open in ASSESSED_FINDINGS.items()},
        "events": select_events(known),
        **select_place_observations(known),
        "not_applicable": select_not_applicable(known),
        "facts": _select_facts(known),
        **select_judged(known),
    }


def _evidence(known: MapOnDay, found: Mapping[str, Rows], events: EventRows) -> Evidence:
    signals = found["signals"]
    silence = silence_from(known, found["requests"], found["shares"])
    blanks = sorted({*_blanks(known, signals), *silence.blanks})
    observations = _observations(known, found)
    silent = Silent(np.array(silence.silent, dtype=np.int64))
    return Evidence(
        observations=observations,
        blank=_asked(blanks),
        silent=silent,
        not_applicable=not_applicable(known, found["not_applicable"], observations, blanks, silent),
        states=_states(known, found["facts"]),
        controls=controls_from(known, found["controls"], _design_credits(signals)),
        judgements=judgements_from(known, found["judgements"]),
        priorities=priorities_from(known, found["notes"]),
        adjustments=adjustments_from(known, found["changes"]),
        events=events,
    )


def load_self_disclosed(
    chain_id: UUID, keys: Sequence[UUID], as_of: date
) -> set[tuple[int, Issue]]:
    """(row, issue) with an open confirmed impact that the site disclosed and that is in remedy."""
    known = MapOnDay.of(chain_id, keys, as_of)
    facts = ask(
        known.about(
            select(RiskFact.node_id, RiskFact.issue).where(
                RiskFact.kind == FactKind.CONFIRMED,
                RiskFact.self_disclosed.is_(True),
                _in_force(known.end),
                or_(
                    *(
                        and_(RiskFact.cause_type == kind, is_in_remedy(RiskFact.cause_id))
                        for kind, is_in_remedy in IN_REMEDY.items()
                    )
                ),
            ),
            RiskFact.node_id,
        )
    )
    return {(known.rows[fact.node_id], fact.issue) for fact in facts}


# ---- observations ----------------------------------------------------------------------------


def _select_signals(known: MapOnDay) -> Question[Rows]:
    return known.about(
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
        .where(RiskSignal.observed_at < known.end),
        RiskSignal.node_id,
        *(RiskSignal.observed_at, RiskSignal.id),
    )


def _observations(known: MapOnDay, found: Mapping[str, Rows]) -> Observations:
    """The newest of each node, factor and source, what the findings say (DER-4), what events in
    the surroundings show, and what people entered.

    A source is a kind of it, who told it and in which questionnaire (RM-1.0 3.3): answers about
    farms leave those of the self-assessment in force, and one supplier's word on its buyer
    leaves that of another.
    """
    newest = {
        (signal.node_id, signal.factor, signal.source_type, *_told(signal)): signal
        for signal in found["signals"]
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
    open_ = _open_findings(found)
    rows += [
        (known.rows[node_id], FINDINGS_FACTOR, value, FINDING_SOURCE, 0.0, None, None)
        for node_id, value in open_.items()
    ]
    last = {signal.node_id: signal for signal in newest.values()}
    rows += [
        (
            known.rows[node_id],
            FINDINGS_FACTOR,
            0.0,
            signal.source_type,
            known.months_since(signal.observed_at),
            signal.quality,
            None,
        )
        for node_id, signal in last.items()
        if node_id not in open_
    ]
    rows += context_observations(known, found["events"])
    rows += place_observations(known, found)
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


def _open_findings(found: Mapping[str, Rows]) -> dict[UUID, float]:
    """Node -> s of its open verified findings (DER-4): 1 where a step is overdue, else .4."""
    worst: dict[UUID, float] = {}
    for name, _ in ASSESSED_FINDINGS.items():
        for row in found[name]:
            worst[row.node_id] = max(worst.get(row.node_id, 0.0), 1.0 if row.is_late else 0.4)
    return worst


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


def _select_facts(known: MapOnDay) -> Question[Rows]:
    columns = (RiskFact.issue, RiskFact.kind, RiskFact.found_by, RiskFact.since)
    return known.about(
        select(RiskFact.node_id, *columns).where(_in_force(known.end)),
        RiskFact.node_id,
        *(RiskFact.since, RiskFact.id),
    )


def _states(known: MapOnDay, facts: Rows) -> States:
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
