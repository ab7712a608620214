"""Indicators that are tracked: list with the two newest values of each, one with all values."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from ddplatform.core.due_diligence.tracking import outcome_refs
from ddplatform.due_diligence.indicators.models import TrackedIndicator, TrackedValue
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one

TRACKED_SHOWN = 200
VALUES_SHOWN = 500


def list_tracked(refs: Collection[str] | None = None) -> Sequence[TrackedIndicator]:
    """What is tracked, by indicator, oldest first; at most 200.

    Args:
        refs: only these indicators IND-nn; None: all.
    """
    wanted = select(TrackedIndicator)
    if refs is not None:
        wanted = wanted.where(TrackedIndicator.indicator.in_(refs))
    order = (TrackedIndicator.indicator, TrackedIndicator.created_at, TrackedIndicator.id)
    return db.session.scalars(wanted.order_by(*order).limit(TRACKED_SHOWN)).all()


def get_tracked(tracked_id: UUID, *, for_change: bool = False) -> TrackedIndicator:
    """One indicator that is tracked, or NotFound."""
    wanted = select(TrackedIndicator).where(TrackedIndicator.id == tracked_id)
    return get_one(wanted, for_change=for_change)


def list_values(tracked_id: UUID) -> Sequence[TrackedValue]:
    """The values of one, at most 500.

    The newest period first, in it everybody before the groups, what was recorded last first.
    """
    return db.session.scalars(
        select(TrackedValue)
        .where(TrackedValue.tracked_id == tracked_id)
        .order_by(
            TrackedValue.period_end.desc(),
            TrackedValue.period_start.desc(),
            TrackedValue.of_group.is_not(None),
            TrackedValue.of_group,
            TrackedValue.created_at.desc(),
            TrackedValue.id.desc(),
        )
        .limit(VALUES_SHOWN)
    ).all()


def find_overlap(
    tracked_id: UUID, of_group: str | None, start: date, end: date
) -> tuple[date, date] | None:
    """Another period of the same group that shares a day with this one."""
    row = db.session.execute(
        select(TrackedValue.period_start, TrackedValue.period_end)
        .where(
            TrackedValue.tracked_id == tracked_id,
            TrackedValue.of_group.is_not_distinct_from(of_group),
            TrackedValue.period_start <= end,
            TrackedValue.period_end >= start,
            or_(TrackedValue.period_start != start, TrackedValue.period_end != end),
        )
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def list_newest(tracked_ids: Collection[UUID]) -> dict[UUID, list[TrackedValue]]:
    """The values of everybody in the two newest periods of each, the newest first.

    Of one period only the value that was recorded last stands.
    """
    found: dict[UUID, list[TrackedValue]] = {key: [] for key in tracked_ids}
    row = TrackedValue
    period = (row.tracked_id, row.period_end, row.period_start)
    recorded = (row.created_at.desc(), row.id.desc())
    standing = (
        select(
            row.id,
            row.tracked_id,
            row.period_end,
            row.period_start,
            func.row_number().over(partition_by=period, order_by=recorded).label("again"),
        )
        .where(row.tracked_id.in_(tracked_ids), row.of_group.is_(None))
        .subquery()
    )
    order = (standing.c.period_end.desc(), standing.c.period_start.desc())
    placed = (
        select(
            standing.c.id,
            func.row_number()
            .over(partition_by=standing.c.tracked_id, order_by=order)
            .label("place"),
        )
        .where(standing.c.again == 1)
        .subquery()
    )
    for one in db.session.scalars(
        select(row)
        .join(placed, placed.c.id == row.id)
        .where(placed.c.place <= 2)
        .order_by(placed.c.place)
    ):
        found[one.tracked_id].append(one)
    return found


def select_outcome_day(as_of: date) -> Select[date | None]:
    """The end of the newest period by a day in which an outcome was measured: one row.

    A value of one group says nothing about the others: those of everybody count.
    """
    ended = TrackedValue.period_end
    return (
        select(func.max(ended).label("outcome_measured"))
        .select_from(TrackedValue)
        .join(TrackedIndicator, TrackedIndicator.id == TrackedValue.tracked_id)
        .where(
            TrackedIndicator.indicator.in_(outcome_refs()),
            TrackedValue.of_group.is_(None),
            ended <= as_of,
        )
    )
