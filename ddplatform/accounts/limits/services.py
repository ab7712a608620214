"""Rate limits, with counters in the shared database.

A counter's key is keyed with the secret of the installation: who tried from where is not to be
read off the table. Counters are deleted once no window of theirs can go on.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ddplatform.accounts.limits.queries import find_counter, find_counter_for_change
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import ANSWERING
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid, TooMany
from ddplatform.languages import day_in_words, gettext


@dataclass(frozen=True)
class Limit:
    """At most `times` in each window of `window_s` seconds, `LONGEST_WINDOW` at most."""

    name: str
    times: int
    window_s: int


HOUR_S, DAY_S = 3_600, 86_400
LONGEST_WINDOW = timedelta(days=1)
LINK_REQUEST = Limit("link request", 5, 3600)
LINK_ADDRESS = Limit("link request from an address", 60, 3600)
RESET_EMAIL = Limit("password link e-mail", 5, 86_400)
SIGN_UP_ADDRESS = Limit("sign-up address", 10, 3600)
SIGN_UP_EMAIL = Limit("sign-up e-mail", 3, 86_400)
FIRST_WINDOW_S = 0.0
"""Windows follow one another from this moment on, in seconds since 1970."""
TRIES = "tries"
"""The key of a session's counts until the request ends."""
TRIES_OF_USES = "tries of uses"
"""The same for counts that no change of the request holds: they are added once it has ended."""
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


def is_left(limit: Limit, who: str, *, at: datetime) -> bool:
    """Count one try where the limit allows it; False, and nothing counted, where it is reached."""
    row = hold_window(limit, who, at=at)
    if row.count >= limit.times:
        return False
    row.count += 1
    return True


def count_mails(number: int, *, act: Act) -> None:
    """Count mails that a person sends to others: all of them, or none where one is too many.

    Mails of the platform itself, such as links for a new password, are not counted here.

    Raises:
        Invalid: the limit of the organisation and day, or of the sender and hour, is reached.
    """
    allowed, is_few = adapters().mail_limits, act.by.role_id in ANSWERING
    per_hour = allowed.supplier_per_hour if is_few else allowed.per_hour
    hour = Limit("mails of a sender", per_hour, HOUR_S)
    rows = [_room_for_mails(_mails_a_day(act), str(act.by.organisation_id), number, act.at)]
    if act.by.user_id is not None:
        rows.append(_room_for_mails(hour, str(act.by.user_id), number, act.at))
    for row in rows:
        row.count += number


def reserve_mails(waves: Mapping[date, int], *, act: Act) -> None:
    """Count the mails of a campaign on the days on which they go out, all or none.

    Raises:
        Invalid: one of the days has not so many left.
    """
    limit, who = _mails_a_day(act), str(act.by.organisation_id)
    today = act.at.date()
    moments = {act.at + (day - today): number for day, number in waves.items()}
    rows = [_room_for_mails(limit, who, number, at) for at, number in moments.items()]
    for row, number in zip(rows, moments.values(), strict=True):
        row.count += number


def _mails_a_day(act: Act) -> Limit:
    allowed, is_few = adapters().mail_limits, act.by.role_id in ANSWERING
    per_day = allowed.supplier_per_day if is_few else allowed.per_day
    return Limit("mails of an organisation", per_day, DAY_S)


def _room_for_mails(limit: Limit, who: str, number: int, at: datetime) -> RateCount:
    """The counter, where it has room for so many more."""
    row = hold_window(limit, who, at=at)
    left = max(0, limit.times - row.count)
    if number <= left:
        return row
    per_day = limit.window_s == DAY_S
    most, ends = f"{limit.times:,}", window_ends_at(limit, row)
    allowed = (
        gettext("The limit of mails is %(most)s a day for each organisation.", most=most)
        if per_day
        else gettext("The limit of mails is %(most)s an hour for each sender.", most=most)
    )
    rest = gettext(
        "Left until %(time)s UTC on %(day)s: %(left)s; this would send %(number)s. "
        "Nothing was sent.",
        left=f"{left:,}",
        number=f"{number:,}",
        time=ends.strftime("%H:%M"),
        day=day_in_words(ends),
    )
    advice = gettext("Choose fewer, send the others later, or ask whoever runs the platform.")
    raise Invalid(f"{allowed} {rest}", advice)


def window_ends_at(limit: Limit, row: RateCount) -> datetime:
    """When the window of a counter ends, and the next one begins."""
    return row.window_starts_at + timedelta(seconds=limit.window_s)


def _too_many(row: RateCount, limit: Limit, at: datetime) -> TooMany:
    return TooMany(int((window_ends_at(limit, row) - at).total_seconds()) + 1)


def settle_tries(*, kept: bool) -> None:
    """At the end of a request: what was refused and rolled back is counted all the same."""
    tries = db.session.info.pop(TRIES, [])
    if kept:
        tries = []
    tries += db.session.info.pop(TRIES_OF_USES, [])
    if not tries:
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
