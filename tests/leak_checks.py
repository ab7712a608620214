"""Every door, by everybody, with ids of everybody: what must never happen, as functions.

The tests call them against the application as it is; the guard mutants call them against an
application with one control switched off, and they must then find something.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from unittest.mock import patch
from urllib.parse import quote
from uuid import UUID

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ddplatform.accounts.api_tokens.models import ApiToken
from ddplatform.accounts.api_tokens.services import SCOPES
from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.sessions.services import ABSOLUTE, hash_of, new_secret
from ddplatform.infrastructure import gate
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, tenant_tables
from ddplatform.infrastructure.web import errors
from tests.content_types import fault_of
from tests.factories import client_of, csrf_field
from tests.worlds import DRAFT, OWN, PLAN, SHARED, World

ABSENT = "00000000-0000-4000-8000-000000000000"
ABSENT_ORGANISATION = "nowhereco"
MALFORMED = "not%20an%20id"
KNOWN = "own"
FOREIGN, NONE, BROKEN, ELSEWHERE, NOWHERE = (
    "foreign",
    "absent",
    "malformed",
    "elsewhere",
    "nowhere",
)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SHORT = 4


@dataclass(frozen=True)
class Caller:
    """Who sends the requests: a role of a tenant, or nobody."""

    world: World | None
    role: RoleId | None = None

    @property
    def name(self) -> str:
        return f"{self.role} of {self.world.slug}" if self.world else "nobody"


@dataclass(frozen=True)
class Try:
    """One request: a rule, a method, and whose ids stand in the address."""

    rule: Rule
    method: str
    kind: str
    path: str
    ids: tuple[str, ...]
    twin: str = ""
    """The address of the same request with an absent id: it must answer the same."""


@dataclass
class Sweep:
    """What was sent and what was wrong with the answers."""

    sent: int = 0
    wanted: int = 0
    rules: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def blame(self, caller: Caller, one: Try, words: str) -> None:
        self.faults.append(f"{one.method} {one.rule.rule} ({one.kind}) by {caller.name}: {words}")


# ---- who -------------------------------------------------------------------------------------


def callers(worlds: dict[str, World]) -> list[Caller]:
    """Every role of every tenant, and nobody."""
    return [*(Caller(w, role) for w, role in product(worlds.values(), ROLES)), Caller(None)]


def browser(app: Flask, caller: Caller) -> FlaskClient:
    """A browser with a session of its own, and a token that addresses of programs ask for."""
    user_id = caller.world.tenant[caller.role].user_id if caller.world else None
    client = client_of(app, user_id)
    with app.app_context(), unit_of_work():  # a sweep may outlast what counts as a fresh sign-in
        later = datetime.now(UTC) + ABSOLUTE
        mine = UserSession.user_id == user_id
        db.session.execute(update(UserSession).where(mine).values(confirmed_at=later))
    if caller.world:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {_token(app, caller)}"
    return client


def _token(app: Flask, caller: Caller) -> str:
    """A token with every scope there is: what it opens is for the role of its maker to say."""
    now, secret = datetime.now(UTC), new_secret()
    identity = caller.world.tenant[caller.role]
    with app.app_context(), acting_in(identity.organisation_id), unit_of_work():
        db.session.add(
            ApiToken(
                name="sweep",
                secret_hash=hash_of(secret),
                beginning=secret[:8],
                scopes=sorted(scope.value for scope in SCOPES),
                expires_on=now.date() + timedelta(days=1),
                last_used_on=now.date(),
                created_at=now,
                created_by_id=identity.user_id,
            )
        )
    return secret


# ---- where -----------------------------------------------------------------------------------


def all_endpoints(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule with every method it answers, but static files."""
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint != "static"
    ]


def variables(rule: Rule) -> list[str]:
    """What an address names besides the organisation and fixed words.

    Raises:
        AssertionError: the plan does not know what a variable stands for.
    """
    names = sorted(set(rule.arguments) - {"organisation"} - set(PLAN["words"]))
    unknown = [name for name in names if name not in PLAN["variables"]]
    assert not unknown, f"{rule.rule}: say in tests/data/world_values.yaml what {unknown} name"
    return names


def tries(app: Flask, rule: Rule, method: str, caller: Caller, worlds: dict[str, World]):
    """Every kind of id in the address of this rule, for this caller."""
    names = variables(rule)
    home = caller.world or worlds["acmeco"]
    others = [world for world in worlds.values() if world is not home]
    absent = dict.fromkeys(names, "99999999" if "sequence" in names else ABSENT)
    twin = _path(app, rule, home.slug, absent)
    if names:
        for values in _visible(names, home, worlds):
            yield Try(rule, method, KNOWN, _path(app, rule, home.slug, values), _ids(values))
        yield Try(rule, method, NONE, twin, _ids(absent))
        asked = {twin}
        for values, missing in _hidden(names, home, others, absent):
            lone = _path(app, rule, home.slug, missing)
            if lone not in asked:
                yield Try(rule, method, NONE, lone, _ids(missing))
            asked.add(lone)
            path = _path(app, rule, home.slug, values)
            yield Try(rule, method, FOREIGN, path, _ids(values), lone)
        broken = _path(app, rule, home.slug, dict.fromkeys(names, MALFORMED))
        yield Try(rule, method, BROKEN, broken, (MALFORMED,))
    else:
        yield Try(rule, method, KNOWN, twin, ())
    if "organisation" in rule.arguments:
        for other in others:
            for values in (_own(names, other) or [{}])[:1]:
                nowhere = _path(app, rule, ABSENT_ORGANISATION, values)
                ids = _ids(values)
                yield Try(rule, method, NOWHERE, nowhere, (ABSENT_ORGANISATION, *ids))
                path = _path(app, rule, other.slug, values)
                yield Try(rule, method, ELSEWHERE, path, (other.slug, *ids), nowhere)


def _own(names: list[str], world: World, parts: tuple[str, ...] = (OWN, SHARED)) -> list[dict]:
    """The rows of a world, once for each part that has a row for a variable."""
    found = []
    for part in parts:
        values = {n: world.key(n, part) or world.key(n, OWN) for n in names}
        if None not in values.values() and any(world.key(n, part) for n in names):
            found.append(values)
    return found


def _visible(names: list[str], home: World, worlds: dict[str, World]) -> list[dict]:
    found = _own(names, home)
    if home.slug == "supplyco":
        for other in worlds.values():
            if other is not home:
                found += _all_of(names, other, (SHARED, DRAFT))
    return found


def _hidden(
    names: list[str], home: World, others: list[World], absent: dict
) -> Iterator[tuple[dict, dict]]:
    """Ids that this world must not see, each alone among its own and all together; and beside
    them the same with absent ids."""
    if {"token", "sequence", *PLAN["shipped"]} & set(names):
        return  # a token is what gives access; each log counts from one; what is shipped is all's
    parts = {True: (OWN,), False: (OWN, SHARED, DRAFT)}[home.slug == "supplyco"]
    foreign = [v for other in others for v in _all_of(names, other, parts)]
    foreign += [] if home.slug == "supplyco" else _all_of(names, home, (DRAFT,))
    mine = next(iter(_own(names, home)), None)
    for values in foreign:
        yield values, absent
        if mine is not None and len(names) > 1:
            for name in names:
                yield {**mine, name: values[name]}, {**mine, name: absent[name]}


def _all_of(names: list[str], world: World, parts: tuple[str, ...]) -> list[dict]:
    """Values where every variable names a row of these parts alone."""
    found = [{n: world.key(n, part) for n in names} for part in parts]
    return [values for values in found if None not in values.values()]


def _ids(values: dict) -> tuple[str, ...]:
    return tuple(values.values())


def _path(app: Flask, rule: Rule, slug: str, values: dict) -> str:
    path = rule.rule
    for name in rule.arguments:
        word = slug if name == "organisation" else values.get(name) or _word(rule.rule, name)
        path = re.sub(rf"<(?:[^<>]*:)?{name}>", lambda _m, w=word: w, path)
    return path


def _word(address: str, name: str) -> str:
    word = PLAN["words"][name]
    return next(w for part, w in word.items() if part in address) if name == "to" else word


# ---- what must hold --------------------------------------------------------------------------


def secrets_of_others(caller: Caller, worlds: dict[str, World]) -> set[str]:
    """Texts that this caller must never be sent."""
    if caller.world is None:
        return {t for w in worlds.values() for t in (f"@{w.slug}.", *w.marks(*PARTS))}
    found: set[str] = set()
    for world in worlds.values():
        if caller.world is world:
            found |= world.marks(DRAFT) if world.slug != "supplyco" else set()
        elif caller.world.slug == "supplyco":
            found |= world.marks(OWN, "case")
        else:
            found |= {f"@{world.slug}.example", f"of {world.slug}", *world.marks(*PARTS)}
    if caller.role is not RoleId.SAFEGUARDING_OFFICER:
        found |= caller.world.marks("case")
    return found


PARTS = (OWN, SHARED, DRAFT, "case")


def leaks(response: TestResponse, one: Try, secrets: set[str]) -> set[str]:
    """Which of the texts stand in the answer, apart from what the request itself said."""
    text = (plain(response, one.ids) + str(sorted(response.headers.items()))).lower()
    for own in (one.path, quote(one.path, safe=""), *one.ids):
        text = text.replace(own.lower(), "")
    return {secret for secret in secrets if secret in text}


def plain(response: TestResponse, ids: tuple[str, ...]) -> str:
    """The body without what differs between any two requests: nonce, form token, time, own ids."""
    text = response.get_data().decode("utf-8", "replace")
    nonce = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    if nonce:
        text = text.replace(nonce.group(1), "NONCE").replace(html.escape(nonce.group(1)), "NONCE")
    text = re.sub(r'(data-most=")\d+', r"\1SECONDS", text)
    text = re.sub(r'("request_id": ")[0-9a-f]{32}', r"\1ID", text)
    text = re.sub(r'(name="csrf[_-]token"[^>]*? (?:value|content)=")[^"]*', r"\1TOKEN", text)
    for own in sorted((own for own in ids if len(own) > SHORT), key=len, reverse=True):
        for form in {own, quote(own), quote(own, safe="")}:
            text = text.replace(form, "ID")
    return text


def same_answer(foreign: TestResponse, absent: TestResponse, one: Try, twin: Try) -> bool:
    """Whether two answers cannot be told apart."""
    ignored = {"Content-Security-Policy", "Content-Length", "Date", "Set-Cookie"}

    def headers(response: TestResponse, ids: tuple[str, ...]) -> list[tuple[str, str]]:
        found = []
        for name, value in sorted(response.headers.items()):
            if name not in ignored:
                for own in ids:
                    value = value.replace(own, "ID").replace(quote(own, safe=""), "ID")
                found.append((name, value))
        return found

    return (
        foreign.status_code == absent.status_code
        and plain(foreign, one.ids) == plain(absent, twin.ids)
        and headers(foreign, one.ids) == headers(absent, twin.ids)
    )


def rows_digest(
    worlds: list[World],
    *,
    spare_shared_with: UUID | None = None,
    without: frozenset[str] = frozenset(),
) -> str:
    """A hash over every row of these tenants, and over the jobs they asked for."""
    digest = hashlib.sha256()
    owners = [world.tenant.id for world in worlds]
    with across_tenants():
        for name, columns in sorted(tenant_tables().items()):
            if name in without:
                continue
            table = db.metadata.tables[name]
            query = select(table).where(table.c.organisation_id.in_(owners)).order_by(table.c.id)
            if spare_shared_with is not None and "respondent_organisation_id" in columns:
                query = query.where(
                    table.c.respondent_organisation_id.is_distinct_from(spare_shared_with)
                )
            for row in db.session.connection().execute(query):
                digest.update(repr(tuple(row)).encode())
        query = select(Job.id).where(Job.organisation_id.in_(owners)).order_by(Job.id)
        digest.update(repr(list(db.session.scalars(query))).encode())
    return digest.hexdigest()


# ---- the sweep -------------------------------------------------------------------------------


class Sweeper:
    """Sends the requests of one caller and judges every answer.

    Who may enter a door tries every kind of id there; who may not is refused before any id is read
    and sends its own alone. The navigation around error pages, which takes most of their time, is
    searched once for each caller and left out of the other ones.
    """

    def __init__(self, app: Flask, worlds: dict[str, World], sweep: Sweep) -> None:
        self.app, self.worlds, self.sweep = app, worlds, sweep
        self.token = csrf_field(app)
        self.browsers: dict[str, FlaskClient] = {}

    def run(self, caller: Caller, chosen: list[tuple[Rule, str]] | None = None) -> None:
        secrets = secrets_of_others(caller, self.worlds)
        others = [world for world in self.worlds.values() if world is not caller.world]
        spare = caller.world.tenant.id if caller.world else None
        with self.app.app_context():
            before = rows_digest(others, spare_shared_with=spare)
            db.session.remove()
        self._see_the_frame(caller, secrets)
        with plain_error_pages():
            self._sweep(caller, chosen or all_endpoints(self.app), secrets)
        with self.app.app_context():
            if rows_digest(others, spare_shared_with=spare) != before:
                self.sweep.faults.append(f"rows of others were changed by {caller.name}")
            db.session.remove()

    def _see_the_frame(self, caller: Caller, secrets: set[str]) -> None:
        """An error page with the navigation, below the own address; and those below others."""
        if caller.world is None:
            return
        for world in self.worlds.values():
            path = f"/o/{world.slug}/value-chain/{ABSENT}/"
            text = self._browser(caller).get(path).text.lower().replace(f"/o/{world.slug}/", "")
            found = {secret for secret in secrets if secret in text}
            if found or (world is caller.world) is not ("sign-out" in text):
                self.sweep.faults.append(f"{path} tells {caller.name} {sorted(found)[:3]}")

    def _sweep(self, caller: Caller, asked: list[tuple[Rule, str]], secrets: set[str]) -> None:
        for rule, method in asked:
            answers: dict[str, tuple[Try, TestResponse]] = {}
            for one in self._tries(caller, rule, method):
                self.sweep.wanted += 1
                # Without ids an address of nowhere is the same for every other tenant.
                asked = answers.get(one.path)
                response = asked[1] if asked else self._send(caller, one)
                answers.setdefault(one.path, (one, response))
                self._judge(caller, one, response, secrets)
                if one.twin:
                    twin, absent = answers[one.twin]
                    if not same_answer(response, absent, one, twin):
                        words = f"{response.status_code} unlike {absent.status_code}: {one.path}"
                        self.sweep.blame(caller, one, words)

    def _tries(self, caller: Caller, rule: Rule, method: str) -> list[Try]:
        """What is sent to one door; who comes before a twin is what it is compared with."""
        found = sorted(
            tries(self.app, rule, method, caller, self.worlds), key=lambda t: bool(t.twin)
        )
        return found if may_enter(self.app, caller, rule) else found[:1]

    def _send(self, caller: Caller, one: Try) -> TestResponse:
        client = self._browser(caller)
        self.sweep.sent += 1
        self.sweep.rules.add(one.rule.rule)
        if one.method not in UNSAFE:
            return client.open(one.path, method=one.method)
        data = {"csrf_token": self.token}
        if one.kind != KNOWN:
            return client.open(one.path, method=one.method, data=data)
        with undone():
            response = client.open(one.path, method=one.method, data=data)
        del self.browsers[caller.name]  # it may be signed out, or hold a message to be shown
        return response

    def _browser(self, caller: Caller) -> FlaskClient:
        if caller.name not in self.browsers:
            self.browsers[caller.name] = browser(self.app, caller)
        return self.browsers[caller.name]

    def _judge(self, caller: Caller, one: Try, response: TestResponse, secrets: set[str]) -> None:
        if found := leaks(response, one, secrets):
            self.sweep.blame(caller, one, f"tells {sorted(found)[:3]} at {one.path}")
        if fault := fault_of(response):
            self.sweep.blame(caller, one, f"{fault} at {one.path}")
        if response.status_code >= 500:
            self.sweep.blame(caller, one, f"{response.status_code} at {one.path}")
        wanted = wanted_status(self.app, caller, one)
        if wanted and response.status_code not in wanted:
            self.sweep.blame(caller, one, f"{response.status_code}, not {wanted} at {one.path}")


def may_enter(app: Flask, caller: Caller, rule: Rule) -> bool:
    """Whether the declared access lets this caller through the door, whatever the ids."""
    access = access_of(app, rule.endpoint)
    assert access is not None
    if access.kind == "public":
        return True
    if caller.world is None:
        return False
    return access.kind == "signed_in" or access.permission in ROLES[caller.role].permissions


def wanted_status(app: Flask, caller: Caller, one: Try) -> tuple[int, ...]:
    """The statuses that the declared access asks for; empty: the page itself decides."""
    access = access_of(app, one.rule.endpoint)
    assert access is not None
    if access.kind == "public" or (one.kind == BROKEN and "uuid:" in one.rule.rule):
        return ()
    if caller.world is None and one.kind == BROKEN:
        return (302, 401, 404)
    if caller.world is None:
        return (302,) if one.method == "GET" and access.kind != "token" else (401,)
    if access.kind == "signed_in":
        return ()
    if one.kind in (ELSEWHERE, NOWHERE):
        return (404,)
    if access.permission not in ROLES[caller.role].permissions:
        return (403, 404) if one.kind == BROKEN else (403,)
    if one.method != "GET" or set(PLAN["shipped"]) & one.rule.arguments:
        return ()
    return (404,) if one.kind in (FOREIGN, NONE, BROKEN) else ()


@contextmanager
def plain_error_pages() -> Iterator[None]:
    """Error pages inside say what they say without the navigation, which takes most of the time."""
    with patch.object(errors, "_frame", lambda _status: "layouts/public.html"):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Requests inside run to their end and are then rolled back: the world stays as it is."""
    real = gate.finish

    def finish(*, ok: bool) -> None:
        if ok and getattr(g, "identity", None) is not None:
            db.session.flush()
        real(ok=False)

    with patch.object(gate, "finish", finish):
        yield
