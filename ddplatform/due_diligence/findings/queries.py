"""Queries of findings: lists, one finding with its place and scores, counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.core.due_diligence.vocabulary import ActionState, RiskState
from ddplatform.due_diligence.finding_judgements.queries import (
    Scores,
    scores_of,
    severity_band_of,
    severity_of_finding,
    with_newest_scores,
)
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.text_search import Found, Part, Searched, Words, search_question
from ddplatform.infrastructure.together import Question
from ddplatform.risk.runs.models import FactKind, RiskAssessment, RiskFact
from ddplatform.risk.runs.queries.scores import residual_band_of
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

PAGE_SIZE = 50
COUNT_CAP = 1000
LIVE_ACTIONS = (
    ActionState.PLANNED,
    ActionState.DOING,
    ActionState.WAITING,
    ActionState.TO_VERIFY,
)
UNDONE_ACTIONS = LIVE_ACTIONS[:3]
"""States in which an action is late once its day has passed."""


@dataclass(frozen=True)
class FindingFilter:
    """Filters of the findings."""

    status: RiskState | None = None
    issue: Issue | None = None
    node_id: UUID | None = None
    owner_id: UUID | None = None
    is_actual: bool | None = None
    search: str = ""
    only_open: bool = False
    overdue_on: date | None = None
    """Only findings deferred until a day before this one."""


@dataclass(frozen=True)
class FindingRow:
    """One finding in a list."""

    id: UUID
    title: str
    issue: Issue
    node_id: UUID
    node_name: str
    country: str | None
    status: RiskState
    is_actual: bool
    severity_band: SeverityBand | None
    residual_band: RiskBand | None
    owner_name: str | None
    open_actions: int
    overdue_actions: int
    created_at: datetime
    review_on: date | None = None
    """The day until which it is deferred; None where it is not."""

    def is_late(self, today: date) -> bool:
        """Whether it was put off until a day that has passed."""
        return self.review_on is not None and self.review_on < today


@dataclass(frozen=True)
class FindingPlace:
    """A finding with where it is, who owns it and how it scores."""

    finding: Finding
    node_name: str
    country: str | None
    chain_id: UUID
    supplier_organisation_id: UUID | None
    owner_name: str | None
    recorded_by: str | None
    scores: Scores | None
    """None while the map has not been assessed."""

    @property
    def severity(self) -> float | None:
        """S by the grade of this finding; None until it is graded."""
        return severity_of_finding(self.finding)


def list_findings(
    wanted: FindingFilter,
    *,
    today: date,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[FindingRow]:
    """Findings, newest first; `before` is the last row of the page before."""
    statement = (
        _placed(
            select(
                Finding,
                ValueChainNode.name.label("node_name"),
                ValueChainNode.country.label("country"),
                RiskAssessment.scores.label("scores"),
                User.name.label("owner_name"),
                _actions_in(LIVE_ACTIONS).label("open_actions"),
                _actions_in(UNDONE_ACTIONS, MitigationAction.due_on < today).label("overdue"),
            )
        )
        .where(*_conditions(wanted))
        .order_by(Finding.created_at.desc(), Finding.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(tuple_(Finding.created_at, Finding.id) < tuple_(*before))
    return [_finding_row(row) for row in db.session.execute(statement)]


def _placed(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Joined with the node, its map, the newest scores of the node and the owner."""
    return with_newest_scores(statement, Finding.node_id).outerjoin(
        User, User.id == Finding.owner_id
    )


def _actions_in(states: Sequence[ActionState], *more: ColumnElement[bool]) -> Any:
    return (
        select(func.count())
        .select_from(MitigationAction)
        .where(
            MitigationAction.finding_id == Finding.id, MitigationAction.status.in_(states), *more
        )
        .correlate(Finding)
        .scalar_subquery()
    )


def _finding_row(row: Any) -> FindingRow:
    finding: Finding = row.Finding
    return FindingRow(
        id=finding.id,
        title=finding.title,
        issue=finding.issue,
        node_id=finding.node_id,
        node_name=row.node_name,
        country=row.country,
        status=finding.status,
        is_actual=finding.is_actual,
        severity_band=severity_band_of(severity_of_finding(finding)),
        residual_band=residual_band_of(row.scores, finding.issue),
        owner_name=row.owner_name,
        open_actions=row.open_actions,
        overdue_actions=row.overdue,
        created_at=finding.created_at,
        review_on=review_day_of(finding),
    )


def review_day_of(finding: Finding) -> date | None:
    """The day until which a finding is deferred, or None in any other state."""
    if finding.status is not RiskState.DEFERRED:
        return None
    day = finding.step_data.get("deferral", {}).get("review_on")
    return date.fromisoformat(day) if day else None


REVIEW_DAY = Finding.step_data["deferral"]["review_on"].as_string()
"""The same in a statement, as text: days written this way sort in order."""


def is_put_off_until(*days: date, before: date) -> ColumnElement[bool]:
    """Whether a finding is deferred until one of these days, or until one before a day."""
    day_comes = REVIEW_DAY.in_([day.isoformat() for day in days])
    has_passed = before.isoformat() > REVIEW_DAY
    return and_(Finding.status == RiskState.DEFERRED, or_(has_passed, day_comes))


def _conditions(wanted: FindingFilter) -> Iterator[ColumnElement[bool]]:
    exact: Mapping[Any, object] = {
        Finding.status: wanted.status,
        Finding.issue: wanted.issue,
        Finding.node_id: wanted.node_id,
        Finding.owner_id: wanted.owner_id,
        Finding.is_actual: wanted.is_actual,
    }
    for column, value in exact.items():
        if value is not None:
            yield column == value
    if wanted.only_open:
        yield Finding.status != RiskState.CONTROLLED
    if wanted.overdue_on is not None:
        yield is_put_off_until(before=wanted.overdue_on)
    if wanted.search:
        yield or_(
            Finding.title.icontains(wanted.search, autoescape=True),
            Finding.node_id.in_(
                select(ValueChainNode.id).where(
                    ValueChainNode.name.icontains(wanted.search, autoescape=True)
                )
            ),
        )


def count_findings(wanted: FindingFilter) -> int:
    """The number of matching findings; COUNT_CAP + 1 means more than COUNT_CAP."""
    matching = select(Finding.id).where(*_conditions(wanted)).limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(matching)) or 0


@dataclass(frozen=True)
class FindingHit:
    """A finding that matches the search in its title, its description or its site."""

    id: UUID
    title: str
    description: str
    status: RiskState
    node_name: str


def select_findings_by_text(words: Words, part: Part) -> Question[Found[FindingHit]]:
    """The open part of findings: nothing of a case, which is sealed, is searched."""
    statement = (
        select(
            Finding.id,
            Finding.title,
            Finding.description,
            Finding.status,
            ValueChainNode.name.label("node_name"),
        )
        .select_from(Finding)
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
    )
    searched = Searched(
        Finding.id,
        Finding.title,
        (Finding.description, ValueChainNode.name),
        (Finding.created_at.desc(),),
    )
    return search_question(statement, searched, words, part, _finding_hit)


def _finding_hit(row: Any) -> FindingHit:
    return FindingHit(row.id, row.title, row.description, row.status, row.node_name)


def get_finding(finding_id: UUID, *, for_change: bool = False) -> Finding:
    """A finding, or NotFound; `for_change` holds it until the end of the unit of work."""
    statement = select(Finding).where(Finding.id == finding_id)
    return get_one(statement, for_change=for_change)


def get_finding_place(finding_id: UUID) -> FindingPlace:
    """A finding with its place and scores, or NotFound."""
    recorder = aliased(User)
    row = get_row(
        _placed(
            select(
                Finding,
                ValueChainNode.name.label("node_name"),
                ValueChainNode.country.label("country"),
                ValueChainNode.chain_id.label("chain_id"),
                ValueChainNode.supplier_organisation_id.label("supplier_organisation_id"),
                User.name.label("owner_name"),
                recorder.name.label("recorded_by"),
                RiskAssessment,
                ValueChain.current_run_id,
            )
        )
        .outerjoin(recorder, recorder.id == Finding.created_by_id)
        .where(Finding.id == finding_id)
    )
    return FindingPlace(
        finding=row.Finding,
        node_name=row.node_name,
        country=row.country,
        chain_id=row.chain_id,
        supplier_organisation_id=row.supplier_organisation_id,
        owner_name=row.owner_name,
        recorded_by=row.recorded_by,
        scores=scores_of(row.RiskAssessment, row.Finding.issue, row.current_run_id),
    )


def find_open_fact(finding_id: UUID) -> RiskFact | None:
    """The fact about harm that a finding states now: credible or confirmed."""
    return db.session.scalar(
        select(RiskFact)
        .where(
            RiskFact.cause_type == Finding.__tablename__,
            RiskFact.cause_id == finding_id,
            RiskFact.kind != FactKind.CLOSED,
            RiskFact.ended_at.is_(None),
        )
        .order_by(RiskFact.since.desc(), RiskFact.id)
        .limit(1)
    )


def find_newest_open(node_id: UUID, issue: Issue) -> UUID | None:
    """The newest open finding on an issue at a node."""
    return db.session.scalar(
        select(Finding.id)
        .where(
            Finding.node_id == node_id,
            Finding.issue == issue,
            Finding.status != RiskState.CONTROLLED,
        )
        .order_by(Finding.created_at.desc(), Finding.id)
        .limit(1)
    )


# ---- counts that lists of sites show ---------------------------------------------------------


def count_open_by_node(node_id: UUID | None = None) -> Mapping[UUID, int]:
    """Node -> how many open findings it has, of one node or of all; those without are left out."""
    statement = (
        select(Finding.node_id, func.count())
        .where(Finding.status != RiskState.CONTROLLED)
        .group_by(Finding.node_id)
    )
    if node_id is not None:
        statement = statement.where(Finding.node_id == node_id)
    return {node: count for node, count in db.session.execute(statement)}


def count_late_by_node(node_id: UUID | None = None, *, today: date) -> Mapping[UUID, int]:
    """The same of actions that are late."""
    statement = (
        select(MitigationAction.node_id, func.count())
        .where(MitigationAction.status.in_(UNDONE_ACTIONS), MitigationAction.due_on < today)
        .group_by(MitigationAction.node_id)
    )
    if node_id is not None:
        statement = statement.where(MitigationAction.node_id == node_id)
    return {node: count for node, count in db.session.execute(statement)}


def list_counting_summaries(counted: Collection[UUID]) -> Sequence[NodeSummary]:
    """The summaries of these nodes, and all others that show a count."""
    shown = or_(NodeSummary.open_findings > 0, NodeSummary.overdue_actions > 0)
    return db.session.scalars(
        select(NodeSummary).where(or_(shown, NodeSummary.node_id.in_(counted)))
    ).all()
