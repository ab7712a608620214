"""Observations from events in the surroundings, as input of the risk method."""

from datetime import date, timedelta
from typing import Any

from ddplatform.core.due_diligence.context_kinds import PRESENT, context_kinds
from ddplatform.infrastructure.together import Rows
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from supply_chain.risk.factors import MONTH_DAYS


def context_observations(
    known: MapOnDay, rows: Rows
) -> list[tuple[int, str, float | None, str, float, float | None, int | None]]:
    """Observations from events on the nodes of a map on a day, as rows of `observations_from`.

    An observation is as old as the end of its event; while the event goes on it is fresh. It
    counts until somebody looked at the site after the end, and for as long as the words of the
    factor still speak of it (`counts_months_after`). Its score is the worst, so it never lowers.

    Args:
        rows: the events that have reached them (`points.select_events`).
    """
    return [
        (
            known.rows[row.node_id],
            factor,
            PRESENT,
            row.source_type,
            _months_after(row.ends_on, known.as_of),
            None,
            None,
        )
        for row in rows
        if _counts(row, known)
        for factor in context_kinds()[row.kind].factors
    ]


def _counts(row: Any, known: MapOnDay) -> bool:
    if row.released_at is None or row.released_at >= known.end:
        return True
    if row.is_mistaken or row.ends_on is None:
        return False
    months = context_kinds()[row.kind].counts_months_after
    return bool(row.ends_on + timedelta(days=months * MONTH_DAYS) > known.as_of and months)


def _months_after(ends_on: date | None, as_of: date) -> float:
    return 0.0 if ends_on is None else max(0.0, (as_of - ends_on).days / MONTH_DAYS)
