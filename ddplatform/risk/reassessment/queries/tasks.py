"""Tasks of reassessment: lists, one task, possible owners."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.risk.context_events.models import ContextEventNode
from ddplatform.risk.reassessment.models import ReviewCause, ReviewTask
from ddplatform.risk.reassessment.queries.sources import OWNERS
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.vocabulary import RiskBand

PAGE_SIZE = 50
COUNT_CAP = 1000
KEYS_AT_ONCE = 400  # names in one statement
SOON_SHOWN = 5
_WHY = (ReviewCause.reason, ReviewCause.event_id, ReviewCause.created_at)


@dataclass(frozen=True)
class TaskFilter:
    """The tasks to list; empty means all open ones."""

    trigger: str = ""
    owner_id: UUID | None = None
    node_id: UUID | None = None
    late_on: date | None = None
    event_id: UUID | None = None
    closed: bool = False


@dataclass(frozen=True)
class Reason:
    """A reason for a reassessment of a site; `event_id` of a context event behind it, if any."""

    text: str
    event_id: UUID | None
    created_at: datetime


@dataclass(frozen=True)
class TaskRow:
    """A task as a list shows it."""

    id: UUID
    node_id: UUID
    node_name: str
    country: str | None
    chain_name: str
    band: RiskBand | None
    trigger: str
    due_on: date
    owner_name: str | None
    created_at: datetime
    closed_at: datetime | None
    reasons: Sequence[Reason] = ()

    @property
    def more_reasons(self) -> int:
        """The number of reasons besides the newest."""
        return len(self.reasons) - 1


@dataclass(frozen=True)
class TaskPage:
    """A page of tasks; `after` is None where there is no further one.

    `total` is counted up to `COUNT_CAP` + 1, which means "more".
    """

    rows: Sequence[TaskRow]
    after: tuple[date, UUID] | None
    total: int


@dataclass(frozen=True)
class OpenTasks:
    """Counts of open tasks and those due first, for the first page of an organisation."""

    open: int
    late: int
    soonest: Sequence[TaskRow]


def get_task(task_id: UUID, *, for_change: bool = False) -> ReviewTask:
    """A task, or NotFound."""
    statement = select(ReviewTask).where(ReviewTask.id == task_id)
    return get_one(statement, for_change=for_change)


def list_tasks(
    wanted: TaskFilter, *, after: tuple[date, UUID] | None = None, limit: int = PAGE_SIZE
) -> TaskPage:
    """A page of tasks, the first due first, in three statements."""
    conditions = _conditions(wanted)
    place = tuple_(ReviewTask.due_on, ReviewTask.id)
    further = () if after is None else (place > after,)
    rows = _rows([*conditions, *further], limit=limit + 1)
    page = rows[:limit]
    last = (page[-1].due_on, page[-1].id) if len(rows) > limit else None
    return TaskPage(page, last, _count(conditions))


def select_tasks_of(node_id: UUID) -> dict[str, Question[Rows]]:
    """Asks for the open tasks of a node, the first due first; `tasks_from` makes them."""
    conditions = _conditions(TaskFilter(node_id=node_id))
    why = select(ReviewCause.task_id, *_WHY).join(ReviewTask, ReviewTask.id == ReviewCause.task_id)
    order = (ReviewTask.due_on, ReviewTask.id)
    return {
        "tasks": Question((_columns(conditions),), list, order, PAGE_SIZE),
        "reasons": Question(
            (why.where(*conditions),), list, (ReviewCause.created_at, ReviewCause.id)
        ),
    }


def tasks_from(rows: Rows, reasons: Rows) -> Sequence[TaskRow]:
    """Tasks with their reasons."""
    why = _reasons(reasons)
    return [TaskRow(**row._mapping, reasons=why.get(row.id, ())) for row in rows]


def load_open_tasks(today: date) -> OpenTasks:
    """The open tasks of reassessment, in one statement; reasons are left out."""
    conditions = _conditions(TaskFilter())
    # Counted from the index alone, before anything is joined.
    counted = select(func.count()).select_from(ReviewTask).where(*conditions)
    late = counted.where(ReviewTask.due_on < today)
    rows = db.session.execute(
        _columns(conditions)
        .add_columns(counted.scalar_subquery().label("open"), late.scalar_subquery().label("late"))
        .order_by(ReviewTask.due_on, ReviewTask.id)
        .limit(SOON_SHOWN)
    ).all()
    names = [field.name for field in fields(TaskRow) if field.name != "reasons"]
    soonest = [TaskRow(**{name: getattr(row, name) for name in names}) for row in rows]
    return OpenTasks(rows[0].open, rows[0].late, soonest) if rows else OpenTasks(0, 0, ())


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    is_open = ReviewTask.closed_at.is_(None)
    found: list[ColumnElement[bool]] = [~is_open if wanted.closed else is_open]
    if wanted.trigger:
        found.append(ReviewTask.trigger == wanted.trigger)
    if wanted.owner_id:
        found.append(ReviewTask.owner_id == wanted.owner_id)
    if wanted.node_id:
        found.append(ReviewTask.node_id == wanted.node_id)
    if wanted.late_on:
        found.append(ReviewTask.due_on < wanted.late_on)
    if wanted.event_id:
        of_event = select(ReviewCause.task_id).where(ReviewCause.event_id == wanted.event_id)
        found.append(ReviewTask.id.in_(of_event))
    return found


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    some = select(ReviewTask.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _rows(conditions: Sequence[ColumnElement[bool]], *, limit: int) -> list[TaskRow]:
    statement = _columns(conditions).order_by(ReviewTask.due_on, ReviewTask.id).limit(limit)
    rows = db.session.execute(statement).all()
    reasons = list_reasons([row.id for row in rows])
    return [TaskRow(**row._mapping, reasons=reasons.get(row.id, ())) for row in rows]


def _columns(conditions: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ReviewTask.id,
            ReviewTask.node_id,
            ValueChainNode.name.label("node_name"),
            ValueChainNode.country,
            ValueChain.name.label("chain_name"),
            NodeSummary.band,
            ReviewTask.trigger,
            ReviewTask.due_on,
            User.name.label("owner_name"),
            ReviewTask.created_at,
            ReviewTask.closed_at,
        )
        .select_from(ReviewTask)
        .join(ValueChainNode, ValueChainNode.id == ReviewTask.node_id)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .outerjoin(User, User.id == ReviewTask.owner_id)
        .where(*conditions)
    )


def list_reasons(task_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Reason]]:
    """The reasons for each of these tasks, the first one first."""
    return _reasons(
        db.session.execute(
            select(ReviewCause.task_id, *_WHY)
            .where(ReviewCause.task_id.in_(task_ids))
            .order_by(ReviewCause.created_at, ReviewCause.id)
        ).all()
    )


def _reasons(rows: Rows) -> Mapping[UUID, Sequence[Reason]]:
    found: dict[UUID, list[Reason]] = defaultdict(list)
    for row in rows:
        found[row.task_id].append(Reason(row.reason, row.event_id, row.created_at))
    return found


def find_open_tasks(triggers: Collection[str]) -> Mapping[tuple[UUID, str], UUID]:
    """(node, trigger) -> the open task of both, for these triggers."""
    rows = db.session.execute(
        select(ReviewTask.node_id, ReviewTask.trigger, ReviewTask.id).where(
            ReviewTask.closed_at.is_(None), ReviewTask.trigger.in_(triggers)
        )
    )
    return {(node_id, trigger): task_id for node_id, trigger, task_id in rows}


def find_known_causes(keys: Collection[str]) -> set[tuple[UUID, str, str]]:
    """(node, trigger, cause key) that have asked for a task before."""
    named, found = sorted(keys), set()
    for start in range(0, len(named), KEYS_AT_ONCE):
        rows = db.session.execute(
            select(ReviewCause.node_id, ReviewCause.trigger, ReviewCause.cause_key).where(
                ReviewCause.cause_key.in_(named[start : start + KEYS_AT_ONCE])
            )
        )
        found |= {(node_id, trigger, key) for node_id, trigger, key in rows}
    return found


def find_owners() -> Mapping[UUID, UUID]:
    """Node -> who is asked to look at it: who answers for it; where nobody does, the owner of its
    newest finding that is open, else who sent the newest questionnaire to it; only people of the
    organisation."""
    senders = db.session.execute(
        select(Assignment.node_id, Assignment.sent_by_id)
        .join(Membership, Membership.user_id == Assignment.sent_by_id)
        .order_by(Assignment.sent_at, Assignment.id)
    )
    owners = (row for select_owners in OWNERS for row in db.session.execute(select_owners()))
    answering = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.owner_id).join(
            Membership, Membership.user_id == ValueChainNode.owner_id
        )
    )
    found: dict[UUID, UUID] = {}
    for node_id, user_id in (*senders, *owners, *answering):
        if user_id is not None:
            found[node_id] = user_id
    return found


def get_task_of_cause(node_id: UUID, trigger: str, cause_key: str) -> ReviewTask:
    """The task that a reason asked for, or NotFound."""
    return get_one(
        select(ReviewTask)
        .join(ReviewCause, ReviewCause.task_id == ReviewTask.id)
        .where(
            ReviewCause.node_id == node_id,
            ReviewCause.trigger == trigger,
            ReviewCause.cause_key == cause_key,
        )
    )


def list_open_tasks_only_of(event_id: UUID) -> Sequence[ReviewTask]:
    """The open tasks that have no other reason than one event."""
    others = select(ReviewCause.task_id).where(
        (ReviewCause.event_id != event_id) | ReviewCause.event_id.is_(None)
    )
    mine = select(ReviewCause.task_id).where(ReviewCause.event_id == event_id)
    return db.session.scalars(
        select(ReviewTask).where(
            ReviewTask.closed_at.is_(None),
            ReviewTask.id.in_(mine),
            ReviewTask.id.not_in(others),
        )
    ).all()


def list_shown_by_ended(task: ReviewTask) -> Sequence[ContextEventNode]:
    """The observations of the site from ended events behind a task that still count."""
    events = select(ReviewCause.event_id).where(
        ReviewCause.task_id == task.id, ReviewCause.event_id.is_not(None)
    )
    return db.session.scalars(
        select(ContextEventNode).where(
            ContextEventNode.node_id == task.node_id,
            ContextEventNode.event_id.in_(events),
            ContextEventNode.left_at.is_not(None),
            ContextEventNode.released_at.is_(None),
        )
    ).all()
