"""The live sessions of a person, and sign-out of each from another browser."""

from datetime import datetime
from uuid import UUID

from ddplatform.accounts.organisations.models import User, UserSession
from ddplatform.accounts.organisations.services.organisations import record_of_person
from ddplatform.accounts.own_sessions.queries import list_sessions
from ddplatform.accounts.sessions import services as sessions
from ddplatform.accounts.sessions.services import WAITING, is_live
from ddplatform.infrastructure.db import db


def live_sessions(user_id: UUID, *, at: datetime) -> list[UserSession]:
    """The sessions in which a person is signed in now, the one used last first."""
    found = list_sessions(user_id)
    return [row for row in found if is_live(row, at=at) and WAITING not in row.data]


def end_own_session(user: User, session: UserSession, *, at: datetime) -> None:
    """End one session of a person at once."""
    db.session.delete(session)
    record_of_person("session:end", user, at=at)


def end_sessions_by_operator(user: User | None, *, at: datetime) -> int:
    """Sign a person out everywhere, or everybody where none is named; how many sessions ended."""
    ended = sessions.end_all_sessions(user.id) if user else sessions.end_every_session()
    record_of_person("session:end_by_operator", user, at=at, ended=ended)
    return ended
