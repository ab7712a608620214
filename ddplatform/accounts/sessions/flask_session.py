"""Flask's session on the server; the cookie holds only a random id.

One exception: while another process holds SQLite's write lock, the first page of somebody who is
not signed in does not wait for a row. Its cookie carries the token of its forms, signed, until
the next page that writes makes a session of it.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response, request, session, url_for
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.sessions import services as sessions
from ddplatform.accounts.sessions.devices import device_of
from ddplatform.accounts.sessions.queries import find_session
from ddplatform.accounts.sign_in.services.account import choose_language
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.db import finish, hurried, unit_of_work
from ddplatform.infrastructure.tenancy import nobody
from ddplatform.infrastructure.web.languages import ASKED, KEEP

RENEW = "_renew"
"""Set in a session to get a new id: at sign-in and at every rise of rights."""
GOES_ON = "_goes_on"
"""Set beside RENEW where the session goes on: it ends when it would have ended."""
CONFIRMED = "_confirmed"
"""Set beside GOES_ON where the person has just proved again who they are."""
CARRIED = frozenset({"csrf_token", ASKED})
"""The permitted content of a cookie: nothing that belongs to a person or gives a right."""
_CARRIES = "~"
"""Begins a cookie that carries a session; an id never does."""


class Ended(StrEnum):
    """What the cookie of a request says of a session that is over."""

    NO = "none"
    OWN = "own device"
    SHARED = "device of several people"


@dataclass(frozen=True)
class Ends:
    """When the session of a page ends: seconds without use, and at most; where to sign in."""

    idle_s: int
    most_s: int
    again: str
    is_shared: bool


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """The content of one browser's session."""

    def __init__(
        self,
        sid: str | None,
        initial: dict[str, Any],
        last_seen: datetime | None,
        before: sessions.Continued | None = None,
        ended: Ended = Ended.NO,
    ):
        super().__init__(initial, self._changed)
        self.sid, self.last_seen, self.before, self.modified = sid, last_seen, before, False
        self.accessed, self.ended = False, ended

    @staticmethod
    def _changed(changed: "ServerSession") -> None:
        changed.modified = True


class ServerSessionInterface(SessionInterface):
    """Opens and saves sessions in units of work of their own."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        sid = request.cookies.get(self.get_cookie_name(app))
        now = datetime.now(UTC)
        if sid and sid.startswith(_CARRIES):
            return ServerSession(None, _carried(app, sid), None)
        if sid and request.endpoint != "static":
            with nobody():
                row = find_session(sessions.hash_of(sid))
            is_live = row is not None and sessions.is_live(row, at=now)
            found = _of_row(sid, row) if row is not None and is_live else None
            ended = _how_ended(row)
            # A form takes SQLite's write lock from its first statement; a read that is still
            # open could not be raised to it while a worker writes.
            finish(ok=False)
            return found or ServerSession(None, {}, None, ended=ended)
        return ServerSession(None, {}, None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        if _leaves_no_trace(app):
            return
        now = datetime.now(UTC)
        stale = session.last_seen is not None and now - session.last_seen > sessions.TOUCH_EVERY
        if not session.modified and not stale:
            return
        if RENEW in session and response.status_code >= 400:
            return  # what was to raise the rights was not kept, so they do not rise
        if session.sid is None and session.modified and session.keys() <= CARRIED:
            try:
                with hurried(), unit_of_work(), nobody():
                    self._store(app, session, response, now)
            except OperationalError:
                self._set_cookie(app, response, f"{_CARRIES}{_signer(app).dumps(dict(session))}")
            return
        if session.modified:
            with unit_of_work(), nobody():
                self._store(app, session, response, now)
            return
        # When somebody was last seen is worth no wait: while an import or a worker writes, the
        # page is shown, and the next page tries again.
        with suppress(OperationalError), hurried(), unit_of_work(), nobody():
            self._store(app, session, response, now)

    def _store(self, app: Flask, session: ServerSession, response: Response, now: datetime) -> None:
        renew, keep_language = session.pop(RENEW, False), session.pop(KEEP, False)
        goes_on = session.before if session.pop(GOES_ON, False) else None
        if session.pop(CONFIRMED, False) and goes_on:
            goes_on = replace(goes_on, confirmed_at=now)
        if session.sid and (renew or not session):
            sessions.end_session(session.sid)
        if not session:
            self._set_cookie(app, response, "", max_age=0)  # a browser minds the same marks
            return
        sid = sessions.new_secret() if renew or session.sid is None else session.sid
        user_id = session.get("_user_id")
        if user_id:
            session["ref"] = sessions.hash_of(sid)[:16]
        if user_id and keep_language:
            choose_language(get_user(UUID(user_id)), session[ASKED])
        # Who waits for a code is written down too: what ends their sessions ends this one.
        waits = session[sessions.WAITING][0] if sessions.WAITING in session else None
        known = user_id or waits
        who, data = UUID(known) if known else None, dict(session)
        if sid == session.sid:
            sessions.save_session(sid, user_id=who, data=data, at=now)
            return
        sessions.start_session(
            sid,
            user_id=who,
            data=data,
            at=now,
            device=device_of(request.user_agent.string),
            goes_on=goes_on,
        )
        self._set_cookie(app, response, sid)

    def _set_cookie(
        self, app: Flask, response: Response, value: str, *, max_age: int | None = None
    ) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            max_age=max_age,
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
            path="/",
        )


def register(app: Flask) -> None:
    """Keep sessions on the server, tell pages when theirs ends, and clear what one leaves."""
    app.session_interface = ServerSessionInterface()
    app.context_processor(lambda: {"session_ends": _ends()})
    app.after_request(_clear)


def _ends() -> Ends | None:
    """What a page must know to clear itself; none where nobody is signed in."""
    before = getattr(session, "before", None) if "_user_id" in session else None
    if before is None:
        return None
    is_shared = sessions.SHARED in session
    idle = sessions.SHARED_IDLE if is_shared else sessions.IDLE
    return Ends(
        # The last use is written down only so often, and the page is to be the first to end.
        int((idle - sessions.TOUCH_EVERY).total_seconds()),
        max(0, int((before.ends_at - datetime.now(UTC)).total_seconds())),
        url_for("auth.sign_in"),
        is_shared,
    )


def _clear(response: Response) -> Response:
    """Clear what a browser keeps of a session that is over.

    Unsent answers that a supplier chose to keep on a phone of its own stay until they are saved
    or sent or it signs out, as the form says; on a shared one nothing stays.
    """
    ended = getattr(session, "ended", Ended.NO)
    if ended is not Ended.NO and "Clear-Site-Data" not in response.headers:
        kinds = '"cache", "storage"' if ended is Ended.SHARED else '"cache"'
        response.headers["Clear-Site-Data"] = kinds
    return response


def is_fresh(*, at: datetime) -> bool:
    """Whether the person in front of this browser proved who they are within the last minutes."""
    before = session.before if isinstance(session, ServerSession) else None
    return before is not None and at - before.confirmed_at <= sessions.FRESH


def _leaves_no_trace(app: Flask) -> bool:
    access = access_of(app, request.endpoint) if request.endpoint else None
    return access is not None and access.leaves_no_trace


def _of_row(sid: str, row: UserSession) -> ServerSession:
    before = sessions.Continued(row.created_at, row.confirmed_at, row.expires_at)
    return ServerSession(sid, dict(row.data), row.last_seen_at, before)


def _how_ended(row: UserSession | None) -> Ended:
    """Asked of a row that is not live; one that is gone already ended at most an hour later."""
    if row is None:
        return Ended.OWN
    if row.user_id is None:
        return Ended.NO
    return Ended.SHARED if sessions.SHARED in row.data else Ended.OWN


def _signer(app: Flask) -> URLSafeTimedSerializer:
    assert app.secret_key
    accepted = [*reversed(app.config["SECRET_KEY_FALLBACKS"]), app.secret_key]
    return URLSafeTimedSerializer(accepted, salt="session of a first page")


def _carried(app: Flask, cookie: str) -> dict[str, Any]:
    """The content of a cookie; nothing where it is not ours or too old."""
    try:
        found = _signer(app).loads(
            cookie.removeprefix(_CARRIES), max_age=int(sessions.IDLE.total_seconds())
        )
    except BadSignature:
        return {}
    return {name: value for name, value in found.items() if name in CARRIED}
