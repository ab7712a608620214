"""Server-side sessions: only a hash of the id is stored, ended sessions are deleted."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.sessions.devices import UNKNOWN, Device
from ddplatform.accounts.sessions.queries import find_session
from ddplatform.infrastructure.db import db

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SHARED = "shared_phone"
"""Set in a session on a phone that others use too: it ends sooner."""
WAITING = "waits_for_code"
"""In a session that has passed the first step alone: whose, and since when. It gives no right."""
FIRST_STEP = "first_step"
"""Beside it: what the first step was, where it was not the password."""
PASSWORD, PROVIDER = "password", "single sign-on"
"""First steps of a sign-in, as the log names them."""
SHARED_IDLE = timedelta(minutes=10)
SHARED_ABSOLUTE = timedelta(hours=1)
TOUCH_EVERY = timedelta(minutes=1)
FRESH = timedelta(minutes=15)
"""How long a proof of identity counts for acts that ask for a fresh sign-in."""


@dataclass(frozen=True)
class Continued:
    """What a session keeps of the one that it goes on for under a new id."""

    started_at: datetime
    confirmed_at: datetime
    ends_at: datetime


def hash_of(secret: str) -> str:
    """The stored form of a session id or a link token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits as text for a cookie or a link."""
    return secrets.token_urlsafe(32)


def read_session(session_id: str, *, at: datetime) -> UserSession | None:
    """The live session behind a cookie, or None."""
    row = find_session(hash_of(session_id))
    return row if row is not None and is_live(row, at=at) else None


def is_live(row: UserSession, *, at: datetime) -> bool:
    """Whether a session can still be used."""
    idle = SHARED_IDLE if SHARED in row.data else IDLE
    return row.expires_at >= at and row.last_seen_at >= at - idle


def was_signed_in(session_id: str) -> bool:
    """Whether somebody is signed in by this id, or was until at most an hour ago.

    Ended sessions are removed each hour (`end_expired_sessions`); nobody can make such an id up.
    """
    row = find_session(hash_of(session_id))
    return row is not None and row.user_id is not None


def start_session(
    session_id: str,
    *,
    user_id: UUID | None,
    data: dict[str, Any],
    at: datetime,
    device: Device = UNKNOWN,
    goes_on: Continued | None = None,
) -> None:
    """Begin a session under an id that nobody has used.

    Args:
        goes_on: of the session that goes on under this id; its end is never moved away.
    """
    lasts = SHARED_ABSOLUTE if SHARED in data else ABSOLUTE
    goes_on = goes_on or Continued(at, at, at + lasts)
    db.session.add(
        UserSession(
            id_hash=hash_of(session_id),
            user_id=user_id,
            data=data,
            browser=device.browser,
            system=device.system,
            created_at=goes_on.started_at,
            confirmed_at=goes_on.confirmed_at,
            last_seen_at=at,
            expires_at=min(at + lasts, goes_on.ends_at),
        )
    )


def save_session(
    session_id: str, *, user_id: UUID | None, data: dict[str, Any], at: datetime
) -> None:
    """Store the content of the session. One that was ended meanwhile stays ended."""
    row = find_session(hash_of(session_id))
    if row is not None:
        row.user_id, row.data, row.last_seen_at = user_id, data, at


def end_session(session_id: str) -> None:
    """Forget one session."""
    db.session.execute(delete(UserSession).where(UserSession.id_hash == hash_of(session_id)))


def end_all_sessions(user_id: UUID) -> int:
    """Sign a person out everywhere; returns how many sessions ended."""
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def end_every_session() -> int:
    """Sign everybody out everywhere; returns how many sessions ended."""
    return int(db.session.execute(delete(UserSession)).rowcount)  # type: ignore[attr-defined]


def end_expired_sessions(*, at: datetime) -> int:
    """Remove unusable rows; returns their number."""
    statement = delete(UserSession).where(
        (UserSession.expires_at < at) | (UserSession.last_seen_at < at - IDLE)
    )
    return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]
