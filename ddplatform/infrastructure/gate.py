"""Authentication, organisation and permission: one check before any view.

Endpoints declare: `@requires(Permission.X)`, `@signed_in`, `@public`, or for programs that send a
token `@requires_token(Permission.X)`. An endpoint that declares nothing stops the application from
starting. Who has to set up a second factor reaches nothing else before; acts that are declared
`fresh` need a proof of identity of the last minutes. The gate also ends the unit of work.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from ddplatform.infrastructure.access.accounts import Account, MembershipFacts, accounts
from ddplatform.infrastructure.access.body_limits import limit_body
from ddplatform.infrastructure.access.declared import OWN_ENDPOINTS, Access, KnowsSender, access_of
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.odd_input import READING, refuse_unusable
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.access.repeated import refuse_repeated
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.infrastructure.db import db, finish, only_read, release_write_lock, take_write_lock
from ddplatform.infrastructure.errors import NotAllowed, NotFound
from ddplatform.infrastructure.gate_tokens import Programs, Tokens
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from ddplatform.languages import gettext

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
REFUSALS = {403: "role", 429: "limit"}
"""Answers that the log keeps as refused tries, with their reason."""
VOUCHED_FOR = "factor_vouched_for"
"""In a session: the organisation whose provider asked the person for a second factor."""


class UndeclaredAccess(RuntimeError):
    """Endpoints that declare no access; the application does not start with them."""


class SignedInUser(UserMixin):  # type: ignore[misc]
    """The account behind the session, as plain values."""

    def __init__(self, account: Account) -> None:
        self.id, self.name, self.email = account.id, account.name, account.email
        self.theme, self.language = account.theme, account.language
        self.has_second_factor = account.has_second_factor
        self.lacks_second_factor = account.lacks_second_factor


RefusalRecorder = Callable[[Act, str, str], None]
"""(who and when, endpoint, reason)"""


@dataclass
class GateState:
    """Services passed to the gate by the factory, since the gate may not import them."""

    record_refusal: RefusalRecorder
    ask_again: Callable[[], ResponseReturnValue]
    ask_factor: Callable[[], ResponseReturnValue]
    ask_confirmation: Callable[[], ResponseReturnValue]
    is_fresh: Callable[..., bool]
    settle_tries: Callable[..., None]
    was_signed_in: Callable[[str], bool]
    programs: Programs


def public(view: View) -> View:
    """Anybody may call this endpoint."""
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def public_and_noted(view: View) -> View:
    """The same, where a GET leaves an event of the log: a link of a mail was opened."""
    view.access = Access("public", leaves_event=True)  # type: ignore[attr-defined]
    return view


def by_token(view: View) -> View:
    """Programs that hold the secret in the address; the view finds whose it is, or 404.

    Nothing a browser keeps gives access here, so that no other site can use it: these endpoints,
    and no others, are spared the form token (`web.register`).
    """
    view.access = Access("public", by_token=True)  # type: ignore[attr-defined]
    return view


def leaves_no_trace(view: View) -> View:
    """For people by the random part of an address: no session is read or begun, so that there is
    nothing for a form token to guard."""
    view.access = Access("public", leaves_no_trace=True)  # type: ignore[attr-defined]
    return view


def files_by_token(knows_sender: KnowsSender) -> Callable[[View], View]:
    """The same for programs that send files, once `knows_sender` knows the secret.

    A POST looks at the files before it changes anything (`requires`).
    """

    def declare(view: View) -> View:
        view.access = Access(  # type: ignore[attr-defined]
            "public", by_token=True, reads_first=True, takes_files=True, knows_sender=knows_sender
        )
        return view

    return declare


def requires_token(permission: Permission, *, reads_first: bool = False) -> Callable[[View], View]:
    """Only programs whose token includes the permission, which its maker must hold too.

    Sessions give no access here, so no other site can use a browser for it.
    """

    def declare(view: View) -> View:
        view.access = Access(  # type: ignore[attr-defined]
            "token", permission, reads_first=reads_first, by_token=True
        )
        return view

    return declare


def signed_in(view: View) -> View:
    """Anybody with an account may call this endpoint."""
    view.access = Access("signed_in")  # type: ignore[attr-defined]
    return view


def public_and_reading_first(view: View) -> View:
    """The same, where a POST asks another server before it changes anything (`requires`)."""
    view.access = Access("public", reads_first=True)  # type: ignore[attr-defined]
    return view


def signed_in_and(
    *, fresh: bool = False, before_factor: bool = False, reads_first: bool = False
) -> Callable[[View], View]:
    """The same, with more said.

    Args:
        fresh: only after a proof of identity within the last minutes.
        before_factor: also for who has to set up a second factor first.
        reads_first: a POST asks another server before it changes anything (`requires`).
    """

    def declare(view: View) -> View:
        access = Access(
            "signed_in", fresh=fresh, before_factor=before_factor, reads_first=reads_first
        )
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def requires(
    permission: Permission,
    *,
    leaves_event: bool = False,
    reads_first: bool = False,
    takes_files: bool = False,
    fresh: bool = False,
) -> Callable[[View], View]:
    """Only members of the organisation in the address whose role holds the permission.

    Args:
        leaves_event: a GET of this endpoint writes an event of the log (`db.write_lock`).
        reads_first: a POST makes a file, or looks at one, before it changes anything: without
            SQLite's write lock.
        takes_files: the form holds files (`access/body_limits.py`).
        fresh: only after a proof of identity within the last minutes; the page of a form asks
            for it as well as the form itself, so that nothing is typed in vain.
    """

    def declare(view: View) -> View:
        access = Access(
            "permission",
            permission,
            leaves_event,
            reads_first,
            takes_files=takes_files,
            fresh=fresh,
        )
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def open_gate(
    app: Flask,
    *,
    record_refusal: RefusalRecorder,
    ask_again: Callable[[], ResponseReturnValue],
    ask_factor: Callable[[], ResponseReturnValue],
    ask_confirmation: Callable[[], ResponseReturnValue],
    is_fresh: Callable[..., bool],
    settle_tries: Callable[..., None],
    was_signed_in: Callable[[str], bool],
    tokens: Tokens,
) -> None:
    """Put the gate before every request of the application.

    Args:
        record_refusal: writes the event of a refused try.
        ask_again: the answer to a form that came after its session had ended.
        ask_factor: the answer to who has to set up a second factor first.
        ask_confirmation: the answer where a proof of identity of the last minutes is needed.
        is_fresh: whether there is one, `at` a moment.
        settle_tries: counts tries of a refused request, whose changes are not `kept`.
        was_signed_in: whether the id of a session, in a cookie, belongs or lately belonged to a
            person.
        tokens: knows the tokens of programs.
    """
    app.extensions["gate"] = GateState(
        record_refusal,
        ask_again,
        ask_factor,
        ask_confirmation,
        is_fresh,
        settle_tries,
        was_signed_in,
        Programs(tokens),
    )
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load_user)
    app.url_value_preprocessor(_take_organisation)
    app.url_defaults(_give_organisation)
    app.before_request(_admit)
    app.after_request(_end)
    app.teardown_request(_leave)


def close_gate(app: Flask) -> None:
    """Refuse to start while an endpoint declares no access.

    Raises:
        UndeclaredAccess: naming every such endpoint.
    """
    silent = sorted(e for e in app.view_functions if access_of(app, e) is None)
    if silent:
        raise UndeclaredAccess("These endpoints declare no access: " + ", ".join(silent))


def keep_changes() -> None:
    """Commit although the answer is an error: drafts and counters are kept on purpose."""
    g.keep_changes = True


def bind_organisation(organisation_id: UUID) -> None:
    """For public endpoints that found their organisation by a secret link."""
    g.scope.enter_context(acting_in(organisation_id))


def start_over() -> None:
    """Undo what this request did so far, before it is answered anew; the gate is asked again."""
    finish(ok=False)
    db.session.remove()
    _leave(None)
    if g.organisation_slug and request.view_args is not None:
        request.view_args["organisation"] = g.organisation_slug


def _load_user(user_id: str) -> SignedInUser | None:
    vouched = session.get(VOUCHED_FOR)
    with across_tenants():
        account = accounts().get_account_to_admit(
            UUID(user_id),
            today=datetime.now(UTC).date(),
            vouched_for=UUID(vouched) if vouched else None,
        )
    if account is None or not account.is_active:
        return None
    return SignedInUser(account)


def _take_organisation(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.organisation_slug = values.pop("organisation", None) if values else None


def _give_organisation(endpoint: str, values: dict[str, Any]) -> None:
    slug = getattr(g, "organisation_slug", None)
    if slug and current_app.url_map.is_endpoint_expecting(endpoint, "organisation"):
        values.setdefault("organisation", slug)


def _admit() -> ResponseReturnValue | None:
    g.now, g.request_id, g.keep_changes = datetime.now(UTC), uuid4().hex, False
    g.identity, g.organisation, g.told_person = None, None, None
    g.scope = ExitStack()
    g.scope.enter_context(nobody())
    (only_read if request.method in READING else take_write_lock)()
    if request.endpoint is None or request.endpoint in OWN_ENDPOINTS:
        return None
    access = access_of(current_app, request.endpoint)
    assert access is not None
    if access.leaves_event:
        take_write_lock()
    if access.reads_first:
        only_read()
    limit_body(access)
    refuse_unusable(access)
    refuse_repeated(request.endpoint)
    if access.kind == "public":
        return None
    if access.kind == "token":
        _state().programs.admit(access)
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    # Who works on cases and concerns is nobody's to read in the log of a process.
    is_restricted = access.permission in (Permission.CASE_WORK, Permission.CONCERN_WORK)
    g.told_person = "-" if is_restricted else current_user.id
    if current_user.lacks_second_factor and not access.before_factor:
        return _state().ask_factor()
    if access.kind == "permission":
        _enter_organisation(access.permission)
    if access.fresh and not _state().is_fresh(at=g.now):
        return _state().ask_confirmation()
    return None


def _state() -> GateState:
    state: GateState = current_app.extensions["gate"]
    return state


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method in READING:
        return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
    return _state().ask_again()


def _enter_organisation(permission: Permission | None) -> None:
    with across_tenants():
        standing = accounts().get_membership_facts(current_user.id, g.organisation_slug or "")
    if standing is None or _is_over(standing):
        raise NotFound()
    g.organisation = standing.organisation
    g.identity = Identity(
        user_id=current_user.id,
        organisation_id=standing.organisation.id,
        role_id=standing.role_id,
        name=current_user.name,
        session_ref=session.get("ref"),
        access_until=standing.access_until,
        request_ref=g.request_id,
    )
    g.act = Act(g.identity, g.now)
    if permission is None or not allows(g.identity, permission, on=g.now.date()):
        raise NotAllowed(
            gettext(
                "This requires a permission that the role %(role)s does not have.",
                role=ROLES[standing.role_id].label,
            ),
            gettext("An administrator of your organisation can change your role."),
        )
    g.scope.enter_context(acting_in(standing.organisation.id))


def _is_over(standing: MembershipFacts) -> bool:
    return standing.access_until is not None and g.now.date() > standing.access_until


def _end(response: Response) -> Response:
    if not hasattr(g, "scope"):
        return response
    state = _state()
    kept = response.status_code < 400 or g.keep_changes
    finish(ok=kept)
    state.settle_tries(kept=kept)
    if g.identity is not None and (reason := REFUSALS.get(response.status_code)):
        state.record_refusal(g.act, request.endpoint or "", reason)
    if response.status_code == 404 and g.told_person is not None:
        # What belongs to others is answered like what does not exist, so nobody is accused of it
        # by an event; a line tells the operator.
        told = (g.request_id, request.endpoint, g.told_person)
        log.info("request %s at %s: absent for user %s", *told)
    return response


def _leave(error: BaseException | None) -> None:
    if error is not None:
        finish(ok=False)
    if scope := g.pop("scope", None):
        scope.close()
    release_write_lock()
