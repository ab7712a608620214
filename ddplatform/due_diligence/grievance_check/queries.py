"""Checks of the grievance mechanism: the newest of each criterion, all of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from ddplatform.accounts.organisations.models import User
from ddplatform.core.due_diligence.grievance_checklist import Criterion, grievance_checklist
from ddplatform.due_diligence.grievance_check.models import GrievanceCheck
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound

CHECKS_SHOWN = 100
NEWEST_FIRST = (
    GrievanceCheck.checked_on.desc(),
    GrievanceCheck.created_at.desc(),
    GrievanceCheck.id.desc(),
)


@dataclass(frozen=True)
class CheckRow:
    """One check as its page shows it; `by` is the name of who recorded it."""

    item: str
    score: int
    reason: str
    consulted: str
    checked_on: date
    created_at: datetime
    by: str


def get_criterion(ref: str) -> Criterion:
    """A criterion of the checklist, or NotFound."""
    try:
        return grievance_checklist().criteria[ref]
    except KeyError:
        raise NotFound() from None


def load_newest(as_of: date) -> dict[str, CheckRow]:
    """GRV-x -> its newest check by a day; criteria that were never checked are missing."""
    place = func.row_number().over(partition_by=GrievanceCheck.item, order_by=NEWEST_FIRST)
    placed = (
        select(GrievanceCheck.id, place.label("place"))
        .where(GrievanceCheck.checked_on <= as_of)
        .subquery()
    )
    newest = select(placed.c.id).where(placed.c.place == 1)
    return {row.item: row for row in _list_rows(GrievanceCheck.id.in_(newest))}


def list_checks(item: str) -> Sequence[CheckRow]:
    """All checks of one criterion, the newest first; at most 100."""
    return _list_rows(GrievanceCheck.item == item)


def _list_rows(wanted: ColumnElement[bool]) -> Sequence[CheckRow]:
    columns = (
        GrievanceCheck.item,
        GrievanceCheck.score,
        GrievanceCheck.reason,
        GrievanceCheck.consulted,
        GrievanceCheck.checked_on,
        GrievanceCheck.created_at,
    )
    rows = db.session.execute(
        select(*columns, User.name.label("by"))
        .join(User, User.id == GrievanceCheck.created_by_id)
        .where(wanted)
        .order_by(*NEWEST_FIRST)
        .limit(CHECKS_SHOWN)
    ).all()
    return [CheckRow(**row._mapping) for row in rows]
