"""How often something may be tried. Counters stand in the shared database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.errors import TooMany
from ddplatform.models.organisations import RateCount


@dataclass(frozen=True)
class Limit:
    """At most `times` in each window of `window_s` seconds."""

    name: str
    times: int
    window_s: int


SIGN_IN_ACCOUNT = Limit("sign-in account", 10, 3600)
SIGN_IN_ADDRESS = Limit("sign-in address", 30, 3600)
LINK_REQUEST = Limit("link request", 5, 3600)
UPLOAD = Limit("upload", 60, 3600)
EXPORT = Limit("export", 20, 3600)


def count_try(limit: Limit, who: str, *, at: datetime) -> None:
    """Count one try.

    Raises:
        TooMany: the limit of this window is reached; says when the next one begins.
    """
    starts = datetime.fromtimestamp(at.timestamp() // limit.window_s * limit.window_s, UTC)
    key = f"{limit.name}:{who}"
    row = db.session.scalar(
        select(RateCount)
        .where(RateCount.key == key, RateCount.window_starts_at == starts)
        .with_for_update()
    )
    if row is None:
        row = RateCount(key=key, window_starts_at=starts, count=0)
        db.session.add(row)
    if row.count >= limit.times:
        ends = starts + timedelta(seconds=limit.window_s)
        raise TooMany(int((ends - at).total_seconds()) + 1)
    row.count += 1
