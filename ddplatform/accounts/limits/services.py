"""Rate limits, with counters in the shared database.

A counter's key is keyed with the secret of the installation: who tried from where is not to be
read off the table. Counters are deleted once no window of theirs can go on.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ddplatform.accounts.limits.queries import find_counter, find_counter_for_change
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import TooMany


@dataclass(frozen=True)
class Limit:
    """At most `times` in each window of `window_s` seconds, `LONGEST_WINDOW` at most."""

    name: str
    times: int
    window_s: int


LONGEST_WINDOW = timedelta(days=1)
LINK_REQUEST = Limit("link request", 5, 3600)
LINK_ADDRESS = Limit("link request from an address", 60, 3600)
INVITATION = Limit("invitation", 60, 3600)
SIGN_UP_ADDRESS = Limit("sign-up address", 10, 3600)
SIGN_UP_EMAIL = Limit("sign-up e-mail", 3, 86_400)
FIRST_WINDOW_S = 0.0
"""Windows follow one another from this moment on, in seconds since 1970."""
TRIES = "tries"
"""The key of a session's counts until the request ends."""
UPLOAD = Limit("upload", 60, 3600)
ATTACHMENT = Limit("attachment of a submission", 120, 3600)
APP_LINK = Limit("app link", 30, 3600)
EXPORT = Limit("export", 20, 3600)


def count_try(limit: Limit, who: str, *, at: datetime) -> None:
    """Count one try.

    Raises:
        TooMany: the limit of this window is reached; says when the next one begins.
    """
    row = hold_window(limit, who, at=at)
    if row.count >= limit.times:
        raise _too_many(row, limit, at)
    row.count += 1
    db.session.info.setdefault(TRIES, []).append((limit, who, at))


def require_left(limit: Limit, who: str, *, at: datetime) -> None:
    """Refuse long work before it is done where `count_try` would refuse it after; only looks.

    Raises:
        TooMany: the limit of this window is reached.
    """
    row = find_counter(_key_of(limit, who), _start_of(limit, at))
    if row is not None and row.count >= limit.times:
        raise _too_many(row, limit, at)


def window_ends_at(limit: Limit, row: RateCount) -> datetime:
    """When the window of a counter ends, and the next one begins."""
    return row.window_starts_at + timedelta(seconds=limit.window_s)


def _too_many(row: RateCount, limit: Limit, at: datetime) -> TooMany:
    return TooMany(int((window_ends_at(limit, row) - at).total_seconds()) + 1)


def settle_tries(*, kept: bool) -> None:
    """At the end of a request: what was refused and rolled back is counted all the same."""
    tries = db.session.info.pop(TRIES, [])
    if kept or not tries:
        return
    with unit_of_work():
        for limit, who, at in tries:
            hold_window(limit, who, at=at).count += 1


def forget_old_counters(*, at: datetime) -> int:
    """Delete counters whose window is over, whatever their limit; returns how many."""
    statement = delete(RateCount).where(RateCount.window_starts_at < at - LONGEST_WINDOW)
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def hold_window(limit: Limit, who: str, *, at: datetime) -> RateCount:
    """The counter of this window, held until the end of the unit of work."""
    key, starts = _key_of(limit, who), _start_of(limit, at)
    db.session.flush()  # a second try of this unit of work counts on from the first
    row = find_counter_for_change(key, starts)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            db.session.add(RateCount(key=key, window_starts_at=starts, count=0))
    except IntegrityError:
        pass  # another request began this window in the same moment
    row = find_counter_for_change(key, starts)
    assert row is not None, "this request began it, or the other one did"
    return row


def _key_of(limit: Limit, who: str) -> str:
    secret = adapters().secret_key.encode()
    return f"{limit.name}:{hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()}"


def _start_of(limit: Limit, at: datetime) -> datetime:
    passed = (at.timestamp() - FIRST_WINDOW_S) // limit.window_s * limit.window_s
    return datetime.fromtimestamp(FIRST_WINDOW_S + passed, UTC)
