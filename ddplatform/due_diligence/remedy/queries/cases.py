"""Remediation cases: in full for assigned people, suppressed counts for all others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.core.due_diligence.case_figures import (
    STAGES,
    CaseCourse,
    CaseStage,
    course_of,
    release_on,
)
from ddplatform.core.due_diligence.suppression import Shown
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


@dataclass(frozen=True)
class CaseRow:
    """One case in the list of those who may open it."""

    id: UUID
    code: str
    status: ImpactState
    opened_at: datetime
    closed_at: datetime | None
    is_verifier: bool
    is_merged: bool


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

    def is_ended(self, today: date) -> bool:
        """Whether the access has ended."""
        return self.access_until is not None and self.access_until < today


@dataclass(frozen=True)
class StageCount:
    """The number of cases at a stage, in a band."""

    stage: CaseStage
    shown: Shown


@dataclass(frozen=True)
class CaseFigures:
    """The figures of cases for everybody outside them, as they stood at the end of a month.

    Attributes:
        as_of: last day of that month; None: no month had five cases yet.
    """

    stages: tuple[StageCount, ...]
    total: Shown
    as_of: date | None


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
            RemediationCase.merged_into_id.is_not(None),
        )
        .join(CaseAssignment, CaseAssignment.case_id == RemediationCase.id)
        .where(CaseAssignment.user_id == user_id, is_running(today))
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
        .where(RemediationCase.code == code, CaseAssignment.user_id == user_id, is_running(today))
    )
    return row[0], row[1]


def find_assignment(case: RemediationCase, user_id: UUID) -> CaseAssignment | None:
    """This person's access to the case, active or ended; None: no access."""
    return db.session.scalar(
        select(CaseAssignment).where(
            CaseAssignment.case_id == case.id, CaseAssignment.user_id == user_id
        )
    )


def is_running(today: date, of: type[CaseAssignment] = CaseAssignment) -> ColumnElement[bool]:
    """Whether an assignment opens its case today."""
    return or_(of.access_until.is_(None), of.access_until >= today)


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


def is_last_manager(user_id: UUID, *, today: date, case_id: UUID | None = None) -> bool:
    """Whether an open case, or this one, would be left without a manager who may open it."""
    mine, other, held = aliased(CaseAssignment), aliased(CaseAssignment), aliased(Membership)
    others = (
        select(other.id)
        .join(held, held.user_id == other.user_id)
        .join(User, User.id == other.user_id)
        .where(
            other.case_id == mine.case_id,
            other.user_id != user_id,
            other.is_verifier.is_(False),
            is_running(today, other),
            held.role == RoleId.SAFEGUARDING_OFFICER,
            User.is_active,
            or_(held.access_until.is_(None), held.access_until >= today),
        )
    )
    found = (
        select(mine.id)
        .join(RemediationCase, RemediationCase.id == mine.case_id)
        .where(
            mine.user_id == user_id,
            mine.is_verifier.is_(False),
            is_running(today, mine),
            RemediationCase.closed_at.is_(None),
            ~others.exists(),
        )
    )
    if case_id is not None:
        found = found.where(mine.case_id == case_id)
    return db.session.scalar(found.limit(1)) is not None


def has_open_case(finding_id: UUID, *, but: UUID | None = None) -> bool:
    """Whether a case of this finding is still open. No page outside may depend on it."""
    statement = select(RemediationCase.id).where(
        RemediationCase.finding_id == finding_id, RemediationCase.closed_at.is_(None)
    )
    if but is not None:
        statement = statement.where(RemediationCase.id != but)
    return db.session.scalar(statement.limit(1)) is not None


def count_cases_by_stage(*, on: date) -> CaseFigures:
    """Cases by stage with their total, guarded before they leave this query (SUPP-1, 2, 7, 9).

    Every reader is given the same figures all month (`core/due_diligence/case_figures.py`). The
    classes of harm are not told apart, and none changes how a figure is shown.

    Args:
        on: the day of reading; figures are those of a month that ended before it.
    """
    release = release_on(on, _list_courses(), stages=len(STAGES))
    stages = tuple(
        StageCount(stage[0], cell) for stage, cell in zip(STAGES, release.stages, strict=True)
    )
    as_of = (release.until - timedelta(days=1)).date() if release.until else None
    return CaseFigures(stages, release.total, as_of)


def _list_courses() -> list[CaseCourse]:
    rows = db.session.execute(
        select(
            RemediationCase.id,
            RemediationStep.step,
            RemediationStep.taken_at,
            RemediationCase.merged_into_id,
            RemediationCase.closed_at,
        )
        .join(RemediationStep, RemediationStep.case_id == RemediationCase.id)
        .where(RemediationStep.step.in_([state.value for state in ImpactState]))
        .order_by(RemediationStep.taken_at, RemediationStep.id)
    ).all()
    states: dict[UUID, list[tuple[datetime, ImpactState]]] = defaultdict(list)
    merged: dict[UUID, datetime] = {}
    for case_id, step, taken_at, merged_into_id, closed_at in rows:
        states[case_id].append((taken_at, ImpactState(step)))
        if merged_into_id is not None and closed_at is not None:
            merged[case_id] = closed_at
    return [course_of(moves, merged_at=merged.get(case_id)) for case_id, moves in states.items()]
