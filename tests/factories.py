"""Small true worlds for tests, made through the services."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from uuid import UUID
from weakref import WeakKeyDictionary

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from ddplatform.accounts.officers.queries import get_proposal, list_open_proposals
from ddplatform.accounts.officers.services.operator import name_officer
from ddplatform.accounts.officers.services.proposals import begin
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.accounts.sessions.services import hash_of, new_secret, start_session
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import ROLES, Role, RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.passwords import hash_password
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.profiles import is_whole

PASSWORD = "four random words here"
FAR_FUTURE = date(2099, 12, 31)
SECRET_IN_SESSION = "7c3be2f09a41d86e5f0b92c7a1348ed65b90f27c"
_made_sessions: WeakKeyDictionary[FlaskClient, str] = WeakKeyDictionary()
"""Browsers that got their session from here, and its id: the secret of its forms is known."""


@lru_cache(maxsize=1)
def kept_password() -> str:
    """Hashing takes long on purpose: tests hash their one password once."""
    return hash_password(PASSWORD)


@dataclass(frozen=True)
class Tenant:
    """A company with one person of every role."""

    id: UUID
    slug: str
    people: dict[RoleId, Identity]

    def __getitem__(self, role: RoleId) -> Identity:
        return self.people[role]

    @property
    def manager(self) -> Identity:
        return self.people[RoleId.SUSTAINABILITY_MANAGER]

    @property
    def analyst(self) -> Identity:
        return self.people[RoleId.ANALYST]

    def email(self, role: RoleId) -> str:
        return f"{role.value}@{self.slug}.example"


def make_tenant(slug: str, *, at: datetime) -> Tenant:
    """Found an organisation and give it one person of every role."""
    people: dict[RoleId, Identity] = {}
    with unit_of_work():
        organisation = found_organisation(name=slug.title(), slug=slug, at=at)
        with acting_in(organisation.id):
            for role in ROLES.values():
                email = f"{role.id.value}@{slug}.example"
                name = f"{role.title} of {slug}"
                db.session.add(
                    User(email=email, name=name, password_hash=kept_password(), created_at=at)
                )
                db.session.flush()
                user = _join(
                    role, email=email, name=name, act=Act(system_identity(organisation.id), at)
                )
                people[role.id] = Identity(
                    user_id=user.id,
                    organisation_id=organisation.id,
                    role_id=role.id,
                    name=user.name,
                )
        found = organisation.id
    return Tenant(found, slug, people)


def _join(role: Role, *, email: str, name: str, act: Act) -> User:
    if role.id is RoleId.SAFEGUARDING_OFFICER:
        return name_officer(email=email, name=name, password=None, act=act).user
    return add_person(
        email=email,
        name=name,
        role=role.id,
        password=PASSWORD,
        act=act,
        access_until=FAR_FUTURE if role.is_dated else None,
    )


def make_officer(tenant: Tenant, email: str, name: str, *, at: datetime) -> Identity:
    """A further safeguarding officer, named by the operator long enough ago to have begun.

    Call it acting in the tenant.
    """
    before = at - adapters().officer_wait
    db.session.add(User(email=email, name=name, password_hash=kept_password(), created_at=before))
    db.session.flush()
    act = Act(system_identity(tenant.id), before)
    named = name_officer(email=email, name=name, password=None, act=act)
    for row in list_open_proposals():
        if row.user_id == named.user.id:
            assert begin(get_proposal(row.id), at=at)
    return Identity(named.user.id, tenant.id, RoleId.SAFEGUARDING_OFFICER, name)


def signed_in_client(app: Flask, tenant: Tenant, role: RoleId) -> FlaskClient:
    """A browser in which a person of this role is signed in."""
    return client_of(app, tenant[role].user_id)


def signed_in_on_page(app: Flask, tenant: Tenant, role: RoleId) -> FlaskClient:
    """The same through the sign-in page, for tests of signing in and of sessions."""
    client = app.test_client()
    form = {"email": tenant.email(role), "password": PASSWORD}
    form["csrf_token"] = csrf_token(client, "/sign-in")
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 302, answer.text
    return client


def client_of(app: Flask, user_id: UUID | None, **more: object) -> FlaskClient:
    """A browser with a session as signing in leaves one, made without the cost of a password.

    Args:
        user_id: who is signed in; None: nobody is.
        more: what the session holds besides.
    """
    client, sid = app.test_client(), new_secret()
    signed_in = {"_user_id": str(user_id), "_fresh": True, "ref": hash_of(sid)[:16]}
    data = {"csrf_token": SECRET_IN_SESSION, **(signed_in if user_id else {}), **more}
    with app.app_context(), nobody(), unit_of_work():
        start_session(sid, user_id=user_id, data=data, at=datetime.now(UTC))
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], sid)
    _made_sessions[client] = sid
    return client


def csrf_field(app: Flask) -> str:
    """A token that every browser of `client_of` may send with a form."""
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(SECRET_IN_SESSION)


def csrf_token(client: FlaskClient, page: str) -> str:
    """The token of the first form on a page.

    A sampled run does not draw the page where the session is still that of `client_of`.
    """
    app = client.application
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    if cookie and cookie.value == _made_sessions.get(client) and not is_whole():
        return csrf_field(app)
    html = client.get(page).text
    return html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
