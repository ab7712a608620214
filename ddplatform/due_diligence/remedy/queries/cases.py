"""Remediation cases: in full for assigned people, suppressed counts for all others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.core.due_diligence.suppression import Shown, rounded, suppress_row
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.remedy.models import (
    CaseAccess,
    CaseAssignment,
    CaseCriterion,
    RemediationCase,
    RemediationStep,
    SupportItem,
)
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_row
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.vocabulary import Issue


class CaseStage(StrEnum):
    """Stages of a case, as counted for all readers."""

    MADE_SAFE = "made_safe"
    PLAN = "plan"
    HELP = "help"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"


STAGES: tuple[tuple[CaseStage, frozenset[ImpactState]], ...] = (
    (
        CaseStage.MADE_SAFE,
        frozenset({ImpactState.ALLEGED, ImpactState.TRIAGED, ImpactState.IMMEDIATE_PROTECTION}),
    ),
    (CaseStage.PLAN, frozenset({ImpactState.ASSESSED, ImpactState.PLAN_AGREED})),
    (CaseStage.HELP, frozenset({ImpactState.IN_REMEDIATION, ImpactState.REOPENED})),
    (CaseStage.FOLLOW_UP, frozenset({ImpactState.FOLLOW_UP, ImpactState.CLOSURE_PROPOSED})),
    (CaseStage.CLOSED, frozenset({ImpactState.CLOSED_VERIFIED})),
    (
        CaseStage.ELSEWHERE,
        frozenset(
            {
                ImpactState.REFERRED_TO_AUTHORITY,
                ImpactState.UNSUBSTANTIATED,
                ImpactState.LOST_CONTACT,
            }
        ),
    ),
)


@dataclass(frozen=True)
class CaseRow:
    """One case in the list of those who may open it."""

    id: UUID
    code: str
    status: ImpactState
    opened_at: datetime
    closed_at: datetime | None
    is_verifier: bool


@dataclass(frozen=True)
class CaseOrigin:
    """The origin of a case."""

    finding_id: UUID
    issue: Issue
    node_id: UUID
    chain_id: UUID
    node_name: str
    country: str | None


@dataclass(frozen=True)
class AccessRow:
    """One reading of a case."""

    read_at: datetime
    name: str
    purpose: str


@dataclass(frozen=True)
class AssigneeRow:
    """One person who may open a case."""

    user_id: UUID
    name: str
    is_verifier: bool
    access_until: date | None


@dataclass(frozen=True)
class StageCount:
    """The number of cases at a stage, suppressed."""

    stage: CaseStage
    shown: Shown


def list_cases_of(user_id: UUID, *, today: date) -> Sequence[CaseRow]:
    """The cases this person is assigned to, open ones first, then by date."""
    rows = db.session.execute(
        select(
            RemediationCase.id,
            RemediationCase.code,
            RemediationCase.status,
            RemediationCase.opened_at,
            RemediationCase.closed_at,
            CaseAssignment.is_verifier,
        )
        .join(CaseAssignment, CaseAssignment.case_id == RemediationCase.id)
        .where(CaseAssignment.user_id == user_id, _is_running(today))
        .order_by(
            RemediationCase.closed_at.is_not(None), RemediationCase.opened_at, RemediationCase.id
        )
    ).all()
    return [CaseRow(*row) for row in rows]


def get_case_for(
    code: str, user_id: UUID, *, today: date
) -> tuple[RemediationCase, CaseAssignment]:
    """A case this person is assigned to, or NotFound: nobody else learns that it exists."""
    row = get_row(
        select(RemediationCase, CaseAssignment)
        .join(CaseAssignment, CaseAssignment.case_id == RemediationCase.id)
        .where(RemediationCase.code == code, CaseAssignment.user_id == user_id, _is_running(today))
    )
    return row[0], row[1]


def find_assignment(case: RemediationCase, user_id: UUID) -> CaseAssignment | None:
    """This person's access to the case, active or ended; None: no access."""
    return db.session.scalar(
        select(CaseAssignment).where(
            CaseAssignment.case_id == case.id, CaseAssignment.user_id == user_id
        )
    )


def _is_running(today: date) -> ColumnElement[bool]:
    return or_(CaseAssignment.access_until.is_(None), CaseAssignment.access_until >= today)


def get_origin(case: RemediationCase) -> CaseOrigin:
    """The finding and the node behind a case."""
    row = db.session.execute(
        select(
            Finding.id,
            Finding.issue,
            ValueChainNode.id,
            ValueChainNode.chain_id,
            ValueChainNode.name,
            ValueChainNode.country,
        )
        .join(ValueChainNode, ValueChainNode.id == Finding.node_id)
        .where(Finding.id == case.finding_id)
    ).one()
    return CaseOrigin(*row)


def list_steps(case_id: UUID) -> Sequence[RemediationStep]:
    """The steps taken in a case, oldest first."""
    return db.session.scalars(
        select(RemediationStep)
        .where(RemediationStep.case_id == case_id)
        .order_by(RemediationStep.taken_at, RemediationStep.id)
    ).all()


def list_support_items(case_id: UUID) -> Sequence[SupportItem]:
    """The help agreed in a case, in the order it was agreed."""
    return db.session.scalars(
        select(SupportItem)
        .where(SupportItem.case_id == case_id)
        .order_by(SupportItem.created_at, SupportItem.id)
    ).all()


def get_support_item(case_id: UUID, item_id: UUID) -> SupportItem:
    """One support item of the case, or NotFound."""
    found = db.session.get(SupportItem, item_id)
    if found is None or found.case_id != case_id:
        raise NotFound()
    return found


def load_criteria(case_id: UUID) -> dict[str, CaseCriterion]:
    """The newest judgement of each closure criterion, by its ref."""
    rows = db.session.scalars(
        select(CaseCriterion)
        .where(CaseCriterion.case_id == case_id)
        .order_by(CaseCriterion.judged_at, CaseCriterion.id)
    )
    return {row.criterion: row for row in rows}


def list_accesses(case_id: UUID, *, limit: int = 50) -> Sequence[AccessRow]:
    """Accesses to a case, newest first."""
    rows = db.session.execute(
        select(CaseAccess.read_at, User.name, CaseAccess.purpose)
        .join(User, User.id == CaseAccess.user_id)
        .where(CaseAccess.case_id == case_id)
        .order_by(CaseAccess.read_at.desc(), CaseAccess.id)
        .limit(limit)
    ).all()
    return [AccessRow(*row) for row in rows]


def list_assignees(case_id: UUID) -> Sequence[AssigneeRow]:
    """The people with access to a case, by name."""
    rows = db.session.execute(
        select(User.id, User.name, CaseAssignment.is_verifier, CaseAssignment.access_until)
        .join(User, User.id == CaseAssignment.user_id)
        .where(CaseAssignment.case_id == case_id)
        .order_by(User.name, User.id)
    ).all()
    return [AssigneeRow(*row) for row in rows]


def list_officers(*, today: date) -> Sequence[tuple[UUID, str]]:
    """The safeguarding officers of the acting organisation whose access runs, by name."""
    rows = db.session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role == RoleId.SAFEGUARDING_OFFICER,
            User.is_active,
            or_(Membership.access_until.is_(None), Membership.access_until >= today),
        )
        .order_by(User.name, User.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def has_open_case(finding_id: UUID, *, but: UUID | None = None) -> bool:
    """Whether a case of this finding is still open."""
    statement = select(RemediationCase.id).where(
        RemediationCase.finding_id == finding_id, RemediationCase.closed_at.is_(None)
    )
    if but is not None:
        statement = statement.where(RemediationCase.id != but)
    return db.session.scalar(statement.limit(1)) is not None


def count_cases_by_stage() -> tuple[list[StageCount], Shown]:
    """Cases by stage with their total, guarded before they leave this query (SUPP-1, 2, 4, 7, 9).

    Sensitive classes are hidden below ten: one such case makes the whole row sensitive, since
    the classes are not distinguished here.
    """
    rows = db.session.execute(
        select(RemediationCase.status, RemediationCase.is_sensitive_class)
    ).all()
    by_state = Counter(row.status for row in rows)
    counts = [sum(by_state[state] for state in states) for _, states in STAGES]
    is_sensitive = any(row.is_sensitive_class for row in rows)
    *cells, total = map(rounded, suppress_row(counts, sensitive=is_sensitive))
    return [StageCount(stage[0], cell) for stage, cell in zip(STAGES, cells, strict=True)], total
