"""Rate limits, with counters in the shared database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from ddplatform.accounts.limits.queries import find_counter, find_counter_for_change
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import TooMany


@dataclass(frozen=True)
class Limit:
    """At most `times` in each window of `window_s` seconds."""

    name: str
    times: int
    window_s: int


SIGN_IN_ACCOUNT = Limit("sign-in account", 10, 3600)
SIGN_IN_ADDRESS = Limit("sign-in address", 30, 3600)
LINK_REQUEST = Limit("link request", 5, 3600)
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
    row = _window(limit, who, at)
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


def _too_many(row: RateCount, limit: Limit, at: datetime) -> TooMany:
    ends = row.window_starts_at + timedelta(seconds=limit.window_s)
    return TooMany(int((ends - at).total_seconds()) + 1)


def settle_tries(*, kept: bool) -> None:
    """At the end of a request: what was refused and rolled back is counted all the same."""
    tries = db.session.info.pop(TRIES, [])
    if kept or not tries:
        return
    with unit_of_work():
        for limit, who, at in tries:
            _window(limit, who, at).count += 1


def _window(limit: Limit, who: str, at: datetime) -> RateCount:
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
    return f"{limit.name}:{who}"


def _start_of(limit: Limit, at: datetime) -> datetime:
    passed = (at.timestamp() - FIRST_WINDOW_S) // limit.window_s * limit.window_s
    return datetime.fromtimestamp(FIRST_WINDOW_S + passed, UTC)
