"""Rate-limit counters."""

from datetime import datetime

from sqlalchemy import Select, select

from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.db import db, held


def find_counter(key: str, window_starts_at: datetime) -> RateCount | None:
    """The counter of a window; None before the first try in it."""
    return db.session.scalar(_select_counter(key, window_starts_at))


def find_counter_for_change(key: str, window_starts_at: datetime) -> RateCount | None:
    """The same, held until the end of the unit of work and read anew."""
    return db.session.scalar(held(_select_counter(key, window_starts_at)))


def _select_counter(key: str, window_starts_at: datetime) -> Select[RateCount]:
    return select(RateCount).where(
        RateCount.key == key, RateCount.window_starts_at == window_starts_at
    )
