"""The live sessions of a person, and sign-out of each from another browser."""

from datetime import datetime
from uuid import UUID

from ddplatform.accounts.organisations.models import User, UserSession
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.accounts.own_sessions.queries import list_sessions
from ddplatform.accounts.sessions import services as sessions
from ddplatform.accounts.sessions.services import WAITING, is_live
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in


def live_sessions(user_id: UUID, *, at: datetime) -> list[UserSession]:
    """The sessions in which a person is signed in now, the one used last first."""
    found = list_sessions(user_id)
    return [row for row in found if is_live(row, at=at) and WAITING not in row.data]


def end_own_session(user: User, session: UserSession, *, at: datetime) -> None:
    """End one session of a person at once."""
    db.session.delete(session)
    log = installation_log(at=at)
    with acting_in(log.id):
        audit.record("session:end", user, act=Act(system_identity(log.id), at))


def end_sessions_by_operator(user: User | None, *, at: datetime) -> int:
    """Sign a person out everywhere, or everybody where none is named; how many sessions ended."""
    ended = sessions.end_all_sessions(user.id) if user else sessions.end_every_session()
    log = installation_log(at=at)
    with acting_in(log.id):
        act = Act(system_identity(log.id), at)
        audit.record("session:end_by_operator", user, act=act, ended=ended)
    return ended
