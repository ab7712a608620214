"""Judgements of people on one risk, for its page and for the rules of judging."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question, ask
from ddplatform.risk.runs.models import (
    ControlRecord,
    FactKind,
    RiskAssessment,
    RiskFact,
    SalienceNote,
    ScoreChange,
    SeverityJudgement,
)
from ddplatform.risk.runs.queries.rows import newest_row
from ddplatform.risk.runs.queries.scores import Known, RiskScore, RunMark, risk_of, select_history
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.vocabulary import Issue, RiskBand

HISTORY = 20


@dataclass(frozen=True)
class Judged:
    """The newest severity judgement of a risk; traits 1-5 or None."""

    scale: int | None
    scope: int | None
    irremediability: int | None
    vulnerable: bool
    reasons: dict[str, Any]
    created_at: datetime
    author: str


@dataclass(frozen=True)
class Noted:
    """The newest note for the order of risks."""

    is_emergency: bool
    delay_harms: bool | None
    involvement: str | None
    reason: str
    created_at: datetime
    author: str


Found = TypeVar("Found", Judged, Noted)


@dataclass(frozen=True)
class Change:
    """A person's change of a score, in force, waiting, refused or over."""

    id: UUID
    is_raise: bool
    points: float
    note: str
    expires_on: date | None
    created_at: datetime
    created_by_id: UUID
    author: str
    decided_at: datetime | None
    decider: str | None
    is_approved: bool | None
    ended_at: datetime | None

    def state(self, on: date) -> str:
        """`in_force`, `waiting`, `refused`, `ended` or `expired`, on a day."""
        if self.ended_at is not None:
            return "ended"
        if self.expires_on is not None and self.expires_on < on:
            return "expired"
        if self.is_raise or self.is_approved:
            return "in_force"
        return "waiting" if self.is_approved is None else "refused"


@dataclass(frozen=True)
class Fact:
    """A fact that overrides the model; of a restricted case only its existence is shown."""

    kind: FactKind
    found_by: str | None
    self_disclosed: bool
    cause_type: str
    cause_id: UUID
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Control:
    """The newest record of a control at a node."""

    control: str
    coverage: float
    evidence: float
    verified_on: date | None
    reason: str
    created_at: datetime
    author: str | None


@dataclass(frozen=True)
class PastScore:
    """The score of a risk in one run."""

    run_id: UUID
    as_of: date
    created_at: datetime
    cause: str
    method_version: str
    likelihood: float
    severity: float
    residual_likelihood: float
    residual_index: float
    residual_band: RiskBand
    salience_rank: int
    known: Known | None = None  # range and grade, under RM-2.0


def find_current_points(node_id: UUID, issue: Issue) -> float | None:
    """P of a risk in the current run of its map; None where RM-2.0 has not scored it."""
    row = db.session.execute(
        select(RiskAssessment, ValueChain.current_run_id)
        .select_from(ValueChainNode)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .join(RiskAssessment, RiskAssessment.id == newest_row())
        .where(ValueChainNode.id == node_id)
    ).one_or_none()
    risk = risk_of(row[0], issue, row[1]) if row and row[1] else None
    return risk.known.points if risk and risk.known else None


def find_pending_change(node_id: UUID, issue: Issue) -> UUID | None:
    """A lowering of the risk that waits for a second person."""
    return db.session.scalar(
        select(ScoreChange.id)
        .where(
            ScoreChange.node_id == node_id,
            ScoreChange.issue == issue,
            ScoreChange.is_raise.is_(False),
            ScoreChange.decided_at.is_(None),
            ScoreChange.ended_at.is_(None),
        )
        .limit(1)
    )


def get_change(change_id: UUID) -> ScoreChange:
    """A change of a score, or NotFound."""
    return get_one(select(ScoreChange).where(ScoreChange.id == change_id))


def find_judgement(node_id: UUID, issue: Issue) -> Judged | None:
    """The newest severity judgement of a risk."""
    return ask(select_judgement(node_id, issue))


def find_note(node_id: UUID, issue: Issue) -> Noted | None:
    """The newest note of a risk for the salience order."""
    return ask(select_note(node_id, issue))


def select_judgement(node_id: UUID, issue: Issue) -> Question[Judged | None]:
    """Asks for the newest severity judgement of a risk."""
    return _select_newest(SeverityJudgement, Judged, node_id, issue)


def select_note(node_id: UUID, issue: Issue) -> Question[Noted | None]:
    """Asks for the newest note of a risk for the salience order."""
    return _select_newest(SalienceNote, Noted, node_id, issue)


def _select_newest(
    model: type[SeverityJudgement | SalienceNote], kind: type[Found], node_id: UUID, issue: Issue
) -> Question[Found | None]:
    """The newest row about a risk, as a value that names its columns and its author."""
    columns = [getattr(model, one.name) for one in fields(kind) if one.name != "author"]
    statement = (
        select(*columns, User.name.label("author"))
        .join(User, User.id == model.created_by_id)
        .where(model.node_id == node_id, model.issue == issue)
    )
    return Question(
        (statement,),
        lambda rows: kind(**rows[0]._mapping) if rows else None,
        (model.created_at.desc(), model.id.desc()),
        limit=1,
    )


def select_changes(node_id: UUID, issue: Issue) -> Question[Sequence[Change]]:
    """Asks for changes of the score of a risk, newest first."""
    decider = aliased(User)
    statement = (
        select(
            ScoreChange.id,
            ScoreChange.is_raise,
            ScoreChange.points,
            ScoreChange.note,
            ScoreChange.expires_on,
            ScoreChange.created_at,
            ScoreChange.created_by_id,
            User.name.label("author"),
            ScoreChange.decided_at,
            decider.name.label("decider"),
            ScoreChange.is_approved,
            ScoreChange.ended_at,
        )
        .join(User, User.id == ScoreChange.created_by_id)
        .outerjoin(decider, decider.id == ScoreChange.decided_by_id)
        .where(ScoreChange.node_id == node_id, ScoreChange.issue == issue)
    )
    return Question(
        (statement,),
        lambda rows: [Change(**row._mapping) for row in rows],
        (ScoreChange.created_at.desc(), ScoreChange.id),
        HISTORY,
    )


def list_facts(node_id: UUID, issue: Issue) -> Sequence[Fact]:
    """Facts about a risk, open ones first, then newest first."""
    return ask(select_facts(node_id, issue))


def select_facts(node_id: UUID, issue: Issue) -> Question[Sequence[Fact]]:
    """Asks for the same."""
    columns = [getattr(RiskFact, one.name) for one in fields(Fact)]
    return Question(
        (select(*columns).where(RiskFact.node_id == node_id, RiskFact.issue == issue),),
        lambda rows: [Fact(**row._mapping) for row in rows],
        (RiskFact.ended_at.is_not(None), RiskFact.since.desc(), RiskFact.id),
        HISTORY,
    )


def list_controls(node_id: UUID) -> dict[str, Control]:
    """The newest record of each control at a node."""
    rows = db.session.execute(
        select(
            ControlRecord.control,
            ControlRecord.coverage,
            ControlRecord.evidence,
            ControlRecord.verified_on,
            ControlRecord.reason,
            ControlRecord.created_at,
            User.name.label("author"),
        )
        .outerjoin(User, User.id == ControlRecord.created_by_id)
        .where(ControlRecord.node_id == node_id)
        .order_by(ControlRecord.created_at, ControlRecord.id)
    ).all()
    return {row.control: Control(**row._mapping) for row in rows}


def list_past_scores(node_id: UUID, issue: Issue) -> Sequence[PastScore]:
    """The scores of a risk in the newest runs of its map, newest first."""
    return ask(select_past_scores(node_id, issue))


def select_past_scores(node_id: UUID, issue: Issue) -> Question[Sequence[PastScore]]:
    """Asks for the same."""
    return select_history(node_id, issue, _past_scores, limit=HISTORY)


def _past_scores(history: Sequence[tuple[RunMark, RiskScore]]) -> Sequence[PastScore]:
    return [
        PastScore(
            run_id=run.id,
            as_of=run.as_of,
            created_at=run.created_at,
            cause=run.cause,
            method_version=run.method_version,
            likelihood=risk.likelihood,
            severity=risk.severity,
            residual_likelihood=risk.residual_likelihood,
            residual_index=risk.residual_index,
            residual_band=risk.residual_band,
            salience_rank=risk.salience_rank,
            known=risk.known,
        )
        for run, risk in history
    ]
