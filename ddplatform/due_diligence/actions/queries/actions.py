"""Queries of mitigation actions: board, lists, one action, by supplier, counts, effects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, func, select, tuple_

from ddplatform.accounts.organisations.models import Organisation, User
from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.finding_judgements.queries import with_newest_scores
from ddplatform.due_diligence.findings.models import ActionNote, Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import UNDONE_ACTIONS, is_put_off_until
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.infrastructure.text_search import Found, Part, Searched, Words, search_question
from ddplatform.infrastructure.together import Question
from ddplatform.risk.runs.models import RiskAssessment
from ddplatform.risk.runs.queries.scores import residual_band_of
from supply_chain.vocabulary import Issue, RiskBand

PAGE_SIZE = 50
BOARD_COLUMN = 50
BOARD_STATES = (
    ActionState.PLANNED,
    ActionState.DOING,
    ActionState.WAITING,
    ActionState.TO_VERIFY,
    ActionState.VERIFIED,
)


@dataclass(frozen=True)
class ActionFilter:
    """Filters of the actions."""

    status: ActionState | None = None
    owner_id: UUID | None = None
    finding_id: UUID | None = None
    own_practice: bool = False
    overdue_on: date | None = None
    """Only those that are late on this day."""
    due_before: date | None = None


@dataclass(frozen=True)
class ActionRow:
    """One action in a list of the company."""

    id: UUID
    finding_id: UUID
    finding_title: str
    issue: Issue
    node_id: UUID
    node_name: str
    title: str
    control: str | None
    indicator: str | None
    is_own_practice: bool
    owner_id: UUID | None
    owner_name: str | None
    supplier_name: str | None
    status: ActionState
    due_on: date
    budget_amount: int | None
    budget_currency: str | None
    reported_at: datetime | None
    verified_at: datetime | None
    coverage: float | None
    evidence_level: float | None
    success_measure: str
    residual_band: RiskBand | None
    row_version: int

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and nobody has reported it done."""
        return self.status in UNDONE_ACTIONS and self.due_on < today


def _rows() -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            MitigationAction.id,
            MitigationAction.finding_id,
            Finding.title.label("finding_title"),
            Finding.issue,
            MitigationAction.node_id,
            MitigationAction.node_name,
            MitigationAction.title,
            MitigationAction.control,
            MitigationAction.indicator,
            MitigationAction.is_own_practice,
            MitigationAction.owner_id,
            User.name.label("owner_name"),
            Organisation.name.label("supplier_name"),
            MitigationAction.status,
            MitigationAction.due_on,
            MitigationAction.budget_amount,
            MitigationAction.budget_currency,
            MitigationAction.reported_at,
            MitigationAction.verified_at,
            MitigationAction.coverage,
            MitigationAction.evidence_level,
            MitigationAction.success_measure,
            RiskAssessment.scores,
            MitigationAction.row_version,
        )
        .join(Finding, Finding.id == MitigationAction.finding_id)
        .outerjoin(User, User.id == MitigationAction.owner_id)
        .outerjoin(Organisation, Organisation.id == MitigationAction.respondent_organisation_id)
    )
    return with_newest_scores(statement, MitigationAction.node_id)


def _action_row(row: Row[*tuple[Any, ...]]) -> ActionRow:
    values = dict(row._mapping)
    band = residual_band_of(values.pop("scores"), row.issue)
    return ActionRow(**values, residual_band=band)


def _is_closed() -> ColumnElement[int]:
    return case(
        (MitigationAction.status.in_((ActionState.VERIFIED, ActionState.DROPPED)), 1), else_=0
    )


def list_actions(
    wanted: ActionFilter,
    *,
    after: tuple[int, date, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[ActionRow]:
    """Actions: open ones first, those that are due first at the top, so the late ones lead.

    Args:
        after: `place_of` the last row of the page before.
    """
    statement = (
        _rows()
        .where(*_conditions(wanted))
        .order_by(_is_closed(), MitigationAction.due_on, MitigationAction.id)
        .limit(limit)
    )
    if after is not None:
        place = tuple_(_is_closed(), MitigationAction.due_on, MitigationAction.id)
        statement = statement.where(place > tuple_(*after))
    return [_action_row(row) for row in db.session.execute(statement)]


def place_of(row: ActionRow) -> tuple[int, date, UUID]:
    """The position of a row in the order of `list_actions`."""
    closed = row.status in (ActionState.VERIFIED, ActionState.DROPPED)
    return int(closed), row.due_on, row.id


def _ours() -> ColumnElement[bool]:
    # Both sides may read an action; only who asked for it judges and counts it.
    return MitigationAction.organisation_id == current_organisation()


def _conditions(wanted: ActionFilter) -> Iterator[ColumnElement[bool]]:
    yield _ours()
    if wanted.status is not None:
        yield MitigationAction.status == wanted.status
    if wanted.owner_id is not None:
        yield MitigationAction.owner_id == wanted.owner_id
    if wanted.finding_id is not None:
        yield MitigationAction.finding_id == wanted.finding_id
    if wanted.own_practice:
        yield MitigationAction.is_own_practice.is_(True)
    if wanted.overdue_on is not None:
        yield MitigationAction.status.in_(UNDONE_ACTIONS)
        yield MitigationAction.due_on < wanted.overdue_on
    if wanted.due_before is not None:
        yield MitigationAction.due_on < wanted.due_before


@dataclass(frozen=True)
class BoardColumn:
    """One column of the board: the first cards, and how many there are in all."""

    state: ActionState
    rows: tuple[ActionRow, ...]
    total: int


def load_board(wanted: ActionFilter) -> Sequence[BoardColumn]:
    """The board: a column for each state but dropped, the most urgent cards first."""
    totals = count_actions(wanted)
    place = (
        func.row_number()
        .over(
            partition_by=MitigationAction.status,
            order_by=(MitigationAction.due_on, MitigationAction.id),
        )
        .label("place")
    )
    numbered = select(MitigationAction.id.label("id"), place).where(*_conditions(wanted)).subquery()
    first = select(numbered.c.id).where(numbered.c.place <= BOARD_COLUMN)
    rows = [
        _action_row(row)
        for row in db.session.execute(
            _rows()
            .where(MitigationAction.id.in_(first))
            .order_by(MitigationAction.due_on, MitigationAction.id)
        )
    ]
    return [
        BoardColumn(state, tuple(r for r in rows if r.status is state), totals.get(state, 0))
        for state in BOARD_STATES
    ]


def count_actions(wanted: ActionFilter) -> dict[ActionState, int]:
    """The number of actions in each state; states without any are left out."""
    rows = db.session.execute(
        select(MitigationAction.status, func.count())
        .where(*_conditions(wanted))
        .group_by(MitigationAction.status)
    ).all()
    return {state: count for state, count in rows}


@dataclass(frozen=True)
class ActionCounts:
    """Counts of the work on a day (IND-05). `due`: actions whose day has come."""

    open: int
    overdue: int
    due: int
    on_time: int
    put_off_late: int = 0
    """Findings put off until a day that has passed."""

    @property
    def on_time_share(self) -> float | None:
        """Share reported by the day agreed, 0 to 1; None when nothing was due yet."""
        return self.on_time / self.due if self.due else None


def count_work(today: date) -> ActionCounts:
    """Open, overdue, due and on-time actions, without dropped ones, and findings put off."""
    is_open = MitigationAction.status.in_((*UNDONE_ACTIONS, ActionState.TO_VERIFY))
    late = MitigationAction.status.in_(UNDONE_ACTIONS) & (MitigationAction.due_on < today)
    was_due = MitigationAction.reported_at.is_not(None) | (MitigationAction.due_on < today)
    in_time = func.date(MitigationAction.reported_at) <= MitigationAction.due_on
    put_off = select(func.count()).select_from(Finding).where(is_put_off_until(before=today))
    row = db.session.execute(
        select(
            func.count(case((is_open, 1))),
            func.count(case((late, 1))),
            func.count(case((was_due, 1))),
            func.count(case((was_due & in_time, 1))),
            put_off.scalar_subquery(),
        )
        .select_from(MitigationAction)
        .where(_ours(), MitigationAction.status != ActionState.DROPPED)
    ).one()
    return ActionCounts(*row)


def get_action(
    action_id: UUID, *, for_change: bool = False, either_side: bool = False
) -> MitigationAction:
    """An action that the acting organisation asked for, or NotFound.

    Args:
        for_change: hold it until the end of the unit of work.
        either_side: also one that the acting organisation carries out for a buyer.
    """
    statement = select(MitigationAction).where(MitigationAction.id == action_id)
    if not either_side:
        statement = statement.where(_ours())
    return get_one(statement, for_change=for_change)


def get_action_row(action_id: UUID) -> ActionRow:
    """An action as lists show it, or NotFound."""
    row = get_row(_rows().where(MitigationAction.id == action_id))
    return _action_row(row)


def list_notes(action_id: UUID) -> Sequence[ActionNote]:
    """The history of an action, newest first; both sides read it."""
    return db.session.scalars(
        select(ActionNote)
        .where(ActionNote.action_id == action_id)
        .order_by(ActionNote.created_at.desc(), ActionNote.id)
    ).all()


# ---- by what is written in them ---------------------------------------------------------------


@dataclass(frozen=True)
class ActionHit:
    """An action that matches the search in one of its texts."""

    id: UUID
    title: str
    description: str
    success_measure: str
    node_name: str
    status: ActionState
    due_on: date


def select_actions_by_text(words: Words, part: Part) -> Question[Found[ActionHit]]:
    """Actions that the acting organisation asked for, as in the lists here."""
    action = MitigationAction
    statement = (
        select(
            action.id,
            action.title,
            action.description,
            action.success_measure,
            action.node_name,
            action.status,
            action.due_on,
        )
        .select_from(action)
        .where(_ours())
    )
    searched = Searched(
        action.id,
        action.title,
        (action.description, action.success_measure, action.node_name),
        (action.created_at.desc(),),
    )
    return search_question(statement, searched, words, part, _action_hit)


def _action_hit(row: Any) -> ActionHit:
    return ActionHit(
        row.id,
        row.title,
        row.description,
        row.success_measure,
        row.node_name,
        row.status,
        row.due_on,
    )
