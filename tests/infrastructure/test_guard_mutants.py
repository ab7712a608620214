"""Each control is switched off alone, and a check that passes with it then finds something.

A check that finds nothing without its control proves nothing, so the same functions serve both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert, inspect, select, true, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import with_loader_criteria

from ddplatform.accounts.organisations import queries as accounts
from ddplatform.accounts.organisations.models import Membership, Organisation
from ddplatform.accounts.sessions import services as sessions
from ddplatform.accounts.sign_in import start
from ddplatform.accounts.sign_in.routes import sign_in as auth_routes
from ddplatform.accounts.sign_in.services import sign_in as sign_in_service
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure import gate, isolation_check, tenancy
from ddplatform.infrastructure.access.accounts import MembershipFacts
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import PlatformSession, db, unit_of_work
from ddplatform.infrastructure.isolation_check import IsolationError
from ddplatform.infrastructure.jobs import routes as job_routes
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import (
    Shared,
    SharedOnRelease,
    TenancyError,
    TenantScoped,
    across_tenants,
    acting_in,
    tenant_tables,
)
from ddplatform.infrastructure.web import headers
from ddplatform.migrations.row_security import HOLD_BACK
from ddplatform.value_chain.mapping.models import ValueChain
from tests.conftest import NOW
from tests.factories import PASSWORD, csrf_token
from tests.leak_checks import Caller, Sweep, Sweeper, all_endpoints, browser
from tests.postgres import APPLICATION, superuser
from tests.second_factors import ask_factor_of, let_minutes_pass, with_phone
from tests.worlds import World

Worlds = dict[str, World]
Patch = pytest.MonkeyPatch


# ---- checks: each gives the faults it found, none while the walls stand ----------------------


def _swept(app: Flask, worlds: Worlds, caller: Caller, *endpoints: str) -> list[str]:
    sweep = Sweep()
    chosen = [(r, m) for r, m in all_endpoints(app) if r.endpoint in endpoints and m == "GET"]
    assert len({rule.endpoint for rule, _ in chosen}) == len(endpoints)
    try:
        Sweeper(app, worlds, sweep).run(caller, chosen)
    except IsolationError as error:  # what records a refusal met the next wall
        sweep.faults.append(str(error))
    return sweep.faults


def pages_of_a_manager(app: Flask, worlds: Worlds) -> list[str]:
    caller = Caller(worlds["acmeco"], RoleId.SUSTAINABILITY_MANAGER)
    return _swept(app, worlds, caller, "value_chain.show", "value_chain.node", "findings.show")


def documents_of_a_manager(app: Flask, worlds: Worlds) -> list[str]:
    caller = Caller(worlds["acmeco"], RoleId.SUSTAINABILITY_MANAGER)
    return _swept(app, worlds, caller, "evidence.index", "evidence.show")


def requests_of_a_supplier(app: Flask, worlds: Worlds) -> list[str]:
    caller = Caller(worlds["supplyco"], RoleId.SUPPLIER)
    return _swept(app, worlds, caller, "responses.index", "responses.show")


def pages_beyond_a_role(app: Flask, worlds: Worlds) -> list[str]:
    caller = Caller(worlds["acmeco"], RoleId.SUPPLIER)
    return _swept(app, worlds, caller, "value_chain.show", "audit.index")


def pages_for_nobody(app: Flask, worlds: Worlds) -> list[str]:
    return _swept(app, worlds, Caller(None), "value_chain.show", "auth.home")


def progress_of_jobs(app: Flask, worlds: Worlds) -> list[str]:
    return _swept(app, worlds, Caller(worlds["acmeco"], RoleId.ADMIN), "jobs.show")


def raw_sql(app: Flask, worlds: Worlds) -> list[str]:
    with app.app_context(), acting_in(worlds["acmeco"].tenant.id):
        try:
            db.session.execute(select(ValueChain.__table__.c.name))
        except IsolationError:
            return []
        finally:
            db.session.rollback()
    return ["a table was read past the ORM"]


def row_held_already(app: Flask, worlds: Worlds) -> list[str]:
    with app.app_context():
        with across_tenants():
            held = list(db.session.scalars(select(ValueChain)))
        with acting_in(worlds["acmeco"].tenant.id):
            for row in held:
                try:
                    if (
                        db.session.get(ValueChain, row.id).organisation_id
                        != worlds["acmeco"].tenant.id
                    ):
                        return ["a foreign row was handed out"]
                except TenancyError:
                    continue
        return []


def foreign_row_at_the_flush(app: Flask, worlds: Worlds) -> list[str]:
    other = worlds["borisco"].tenant.id
    with app.app_context():
        try:
            with acting_in(worlds["acmeco"].tenant.id), unit_of_work():
                db.session.add(
                    ValueChain(organisation_id=other, name="x", slug="x", created_at=NOW)
                )
        except TenancyError:
            return []
        except DBAPIError:
            return ["only the database stopped it"]
    return ["a row was added for another organisation"]


def foreign_row_in_the_database(app: Flask, worlds: Worlds) -> list[str]:
    row = {"id": UUID(int=1), "name": "x", "slug": "x", "description": "", "version": 1}
    row |= {"organisation_id": worlds["borisco"].tenant.id, "created_at": NOW}
    with app.app_context(), acting_in(worlds["acmeco"].tenant.id):
        try:
            db.session.execute(
                insert(ValueChain),
                [row],
                execution_options={"unscoped": "rows stamped by insert_rows"},
            )
        except DBAPIError:
            return []
        finally:
            db.session.rollback()
    return ["the database took a foreign row"]


def events_of_the_log(app: Flask, worlds: Worlds) -> list[str]:
    with app.app_context(), acting_in(worlds["acmeco"].tenant.id):
        try:
            db.session.execute(update(AuditEvent).values(action="nothing:happened"))
        except DBAPIError:
            return []
        finally:
            db.session.rollback()
    return ["an event of the log was changed"]


def form_without_token(app: Flask, worlds: Worlds) -> list[str]:
    client = browser(app, Caller(worlds["acmeco"], RoleId.ADMIN))
    status = client.post("/account/theme", data={"theme": "dark"}).status_code
    return [] if 400 <= status < 500 else [f"a form without a token got {status}"]


def ended_access(app: Flask, worlds: Worlds) -> list[str]:
    world = worlds["acmeco"]
    auditor = world.tenant[RoleId.AUDITOR]
    with app.app_context(), unit_of_work(), acting_in(world.tenant.id):
        db.session.execute(
            update(Membership)
            .where(Membership.user_id == auditor.user_id)
            .values(access_until=datetime.now(UTC).date() - timedelta(days=1))
        )
    client = browser(app, Caller(world, RoleId.AUDITOR))
    status = client.get(f"/o/{world.slug}/audit/").status_code
    return [] if status == 404 else [f"an auditor whose time is over got {status}"]


def session_after_signing_out(app: Flask, worlds: Worlds) -> list[str]:
    world = worlds["acmeco"]
    client = browser(app, Caller(world, RoleId.ADMIN))
    kept = client.get_cookie("session").value
    page = f"/o/{world.slug}/"
    client.post("/sign-out", data={"csrf_token": csrf_token(client, page)})
    client.set_cookie("session", kept)
    return [] if client.get(page).status_code == 302 else ["a signed-out session still works"]


def session_of_an_idle_browser(app: Flask, worlds: Worlds) -> list[str]:
    world = worlds["acmeco"]
    client = browser(app, Caller(world, RoleId.ADMIN))
    past = datetime.now(UTC) - timedelta(minutes=31)
    with app.app_context(), unit_of_work():
        db.session.execute(update(sessions.UserSession).values(last_seen_at=past))
    return [] if client.get(f"/o/{world.slug}/").status_code == 302 else ["an idle session lives"]


def session_id_before_signing_in(app: Flask, worlds: Worlds) -> list[str]:
    client = app.test_client()
    client.get("/sign-in")
    before = client.get_cookie("session").value
    _sign_in(client, worlds, "/sign-in")
    return ["the session id was kept"] if client.get_cookie("session").value == before else []


def address_after_signing_in(app: Flask, worlds: Worlds) -> list[str]:
    answer = _sign_in(app.test_client(), worlds, "/sign-in?next=https://evil.example/")
    return [answer.location] if "evil" in answer.location else []


def _sign_in(client, worlds: Worlds, page: str):
    return client.post(
        page,
        data={
            "email": worlds["acmeco"].tenant.email(RoleId.ADMIN),
            "password": PASSWORD,
            "csrf_token": csrf_token(client, "/sign-in"),
        },
    )


def guessing_a_password(app: Flask, worlds: Worlds) -> list[str]:
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    data = {"email": worlds["acmeco"].tenant.email(RoleId.ADMIN), "csrf_token": token}
    for _ in range(10):
        client.post("/sign-in", data={**data, "password": "x" * 20})
    status = client.post("/sign-in", data={**data, "password": PASSWORD}).status_code
    return [] if status == 429 else [f"the eleventh try got {status}"]


def password_without_a_code(app: Flask, worlds: Worlds) -> list[str]:
    world = worlds["acmeco"]
    with_phone(app, world.tenant, RoleId.ADMIN)
    client = app.test_client()
    _sign_in(client, worlds, "/sign-in")
    status = client.get(f"/o/{world.slug}/").status_code
    return [] if status == 302 else [f"the password alone got {status}"]


def pages_before_a_factor(app: Flask, worlds: Worlds) -> list[str]:
    world = worlds["acmeco"]
    ask_factor_of(app, world.tenant, RoleId.ADMIN)
    client = browser(app, Caller(world, RoleId.ADMIN))
    status = client.get(f"/o/{world.slug}/people/").status_code
    return [] if status == 302 else [f"who has to set up a factor first got {status}"]


def dangerous_act_of_an_old_session(app: Flask, worlds: Worlds) -> list[str]:
    world = worlds["acmeco"]
    client = browser(app, Caller(world, RoleId.ADMIN))
    let_minutes_pass(app, 16)
    status = client.get(f"/o/{world.slug}/people/invite").status_code
    return [] if status == 302 else [f"an old session got {status}"]


def policy_of_a_page(app: Flask, worlds: Worlds) -> list[str]:
    policy = app.test_client().get("/sign-in").headers.get("Content-Security-Policy", "")
    return [] if "default-src 'none'" in policy and "unsafe-" not in policy else [policy or "none"]


def is_on_postgresql(app: Flask) -> bool:
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql")


# ---- mutants: how each control is switched off -----------------------------------------------


def no_criterion(app: Flask, patch: Patch) -> None:
    every = with_loader_criteria(TenantScoped, lambda cls: true(), include_aliases=True)
    patch.setattr(tenancy, "_criterion", lambda _organisation: every)


def no_cursor_check(app: Flask, patch: Patch) -> None:
    patch.setattr(isolation_check, "require_criteria", lambda *_, **__: None)


def no_reading_walls(app: Flask, patch: Patch) -> None:
    no_criterion(app, patch)
    no_cursor_check(app, patch)


def no_look_at_held_rows(app: Flask, patch: Patch) -> None:
    patch.setattr(PlatformSession, "check_found", staticmethod(lambda _row: None))


def no_flush_check(app: Flask, patch: Patch) -> None:
    patch.setattr(tenancy, "_check_row", lambda _row: None)


def no_policies(app: Flask, patch: Patch) -> None:
    """Nothing on SQLite, which has none."""
    if is_on_postgresql(app):
        with superuser(app.config["SQLALCHEMY_DATABASE_URI"]) as connection:
            for table in db.metadata.tables:
                connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def no_walls_for_reading(app: Flask, patch: Patch) -> None:
    no_reading_walls(app, patch)
    no_policies(app, patch)


def no_triggers(app: Flask, patch: Patch) -> None:
    """On PostgreSQL neither policies nor privileges in front of them."""
    if is_on_postgresql(app):
        no_policies(app, patch)
        with superuser(app.config["SQLALCHEMY_DATABASE_URI"]) as connection:
            connection.exec_driver_sql(
                f"GRANT UPDATE ON ALL TABLES IN SCHEMA public TO {APPLICATION}"
            )
            for table in db.metadata.tables:
                connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        return
    with app.app_context(), across_tenants(), db.engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in found.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def no_permission_check(app: Flask, patch: Patch) -> None:
    patch.setattr(gate, "allows", lambda *_, **__: True)


def no_membership_check(app: Flask, patch: Patch) -> None:
    def standing(_user: UUID, slug: str) -> MembershipFacts | None:
        row = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
        mine = accounts.get_account(_user)
        if row is None or mine is None:
            return None
        found = db.session.scalars(select(Membership).where(Membership.user_id == _user)).one()
        real = get_membership_facts(_user, _slug_of(found.organisation_id))
        return type(real)(**{**_fields(real), "organisation": _brief(real, row)})

    get_membership_facts = accounts.get_membership_facts
    patch.setattr(accounts, "get_membership_facts", standing)


def _slug_of(organisation_id: UUID) -> str:
    return db.session.get(Organisation, organisation_id).slug


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _brief(real: MembershipFacts, row: Organisation) -> object:
    known = _fields(real.organisation)
    columns = {attribute.key for attribute in inspect(Organisation).column_attrs}
    return type(real.organisation)(
        **{n: getattr(row, n) if n in columns else v for n, v in known.items()}
    )


def no_sign_in_asked(app: Flask, patch: Patch) -> None:
    patch.setattr(gate, "_ask_to_sign_in", lambda: None)


def no_end_of_access(app: Flask, patch: Patch) -> None:
    patch.setattr(gate, "_is_over", lambda _standing: False)


def no_release_asked(app: Flask, patch: Patch) -> None:
    patch.setattr(SharedOnRelease, "visible_to", Shared.__dict__["visible_to"])
    no_cursor_check(app, patch)


def shared_with_all(app: Flask, patch: Patch) -> None:
    patch.setattr(SharedOnRelease, "visible_to", classmethod(lambda cls, _organisation: true()))
    patch.setattr(Shared, "visible_to", classmethod(lambda cls, _organisation: true()))
    no_cursor_check(app, patch)


def no_filter_of_jobs(app: Flask, patch: Patch) -> None:
    patch.setattr(job_routes, "get_job", lambda job_id: db.session.get(Job, job_id))


def no_csrf(app: Flask, patch: Patch) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def no_end_of_session(app: Flask, patch: Patch) -> None:
    patch.setattr(sessions, "end_session", lambda _id: None)


def no_idle_limit(app: Flask, patch: Patch) -> None:
    patch.setattr(sessions, "IDLE", timedelta(days=1))


def no_new_session_id(app: Flask, patch: Patch) -> None:
    patch.setattr(start, "RENEW", "_kept")


def no_check_of_next(app: Flask, patch: Patch) -> None:
    patch.setattr(auth_routes, "safe_next", lambda target: target)


def no_counting(app: Flask, patch: Patch) -> None:
    patch.setattr(sign_in_service, "count_failure", lambda *_, **__: None)


def no_code_asked(app: Flask, patch: Patch) -> None:
    patch.setattr(start, "has_factor", lambda _user_id: False)


def no_factor_asked(app: Flask, patch: Patch) -> None:
    patch.setattr(app.extensions["gate"], "ask_factor", lambda: None)


def no_fresh_sign_in(app: Flask, patch: Patch) -> None:
    patch.setattr(app.extensions["gate"], "is_fresh", lambda *, at: True)


def no_policy(app: Flask, patch: Patch) -> None:
    patch.setattr(headers, "policy", lambda _nonce: "script-src 'unsafe-inline'")


@dataclass(frozen=True)
class Mutant:
    off: Callable[[Flask, Patch], None]
    check: Callable[[Flask, Worlds], list[str]]
    is_held_by_policies: bool = False
    """On PostgreSQL the check finds nothing all the same: there is a second wall."""

    @property
    def marks(self) -> list[pytest.MarkDecorator]:
        """What stands in the database itself is tried on both."""
        is_of_both = self.is_held_by_policies or self.off in (no_triggers, no_walls_for_reading)
        return [pytest.mark.both_databases] if is_of_both else []


MUTANTS = [
    Mutant(no_criterion, pages_of_a_manager),
    Mutant(no_criterion, requests_of_a_supplier),
    Mutant(no_cursor_check, raw_sql),
    Mutant(no_reading_walls, pages_of_a_manager, is_held_by_policies=True),
    Mutant(no_reading_walls, documents_of_a_manager, is_held_by_policies=True),
    Mutant(no_walls_for_reading, pages_of_a_manager),
    Mutant(no_walls_for_reading, documents_of_a_manager),
    Mutant(no_look_at_held_rows, row_held_already),
    Mutant(no_flush_check, foreign_row_at_the_flush),
    Mutant(no_triggers, foreign_row_in_the_database),
    Mutant(no_triggers, events_of_the_log),
    Mutant(no_permission_check, pages_beyond_a_role),
    Mutant(no_membership_check, pages_of_a_manager),
    Mutant(no_sign_in_asked, pages_for_nobody),
    Mutant(no_end_of_access, ended_access),
    Mutant(no_release_asked, documents_of_a_manager, is_held_by_policies=True),
    Mutant(shared_with_all, documents_of_a_manager, is_held_by_policies=True),
    Mutant(no_filter_of_jobs, progress_of_jobs),
    Mutant(no_csrf, form_without_token),
    Mutant(no_end_of_session, session_after_signing_out),
    Mutant(no_idle_limit, session_of_an_idle_browser),
    Mutant(no_new_session_id, session_id_before_signing_in),
    Mutant(no_check_of_next, address_after_signing_in),
    Mutant(no_counting, guessing_a_password),
    Mutant(no_code_asked, password_without_a_code),
    Mutant(no_factor_asked, pages_before_a_factor),
    Mutant(no_fresh_sign_in, dangerous_act_of_an_old_session),
    Mutant(no_policy, policy_of_a_page),
]
CHECKS = list(dict.fromkeys(mutant.check for mutant in MUTANTS))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_check_finds_nothing_while_every_control_is_on(
    app: Flask, worlds: Worlds, check: Callable[[Flask, Worlds], list[str]]
):
    assert check(app, worlds) == []


@pytest.fixture
def nothing_compiled(app: Flask) -> Iterator[None]:
    """Statements that stood behind a wall, or behind none, are compiled anew."""

    def forget() -> None:
        with app.app_context():
            db.engine.clear_compiled_cache()
        tenancy._criterion.cache_clear()

    forget()
    yield
    forget()


@pytest.mark.usefixtures("nothing_compiled")
@pytest.mark.parametrize(
    "mutant",
    [pytest.param(mutant, marks=mutant.marks) for mutant in MUTANTS],
    ids=lambda m: f"{m.off.__name__}-{m.check.__name__}",
)
def test_check_finds_something_once_its_control_is_off(
    app: Flask, worlds: Worlds, monkeypatch: Patch, mutant: Mutant
):
    mutant.off(app, monkeypatch)

    try:
        found = mutant.check(app, worlds)
    finally:
        _raise_walls_again(app)
    assert bool(found) is not (mutant.is_held_by_policies and is_on_postgresql(app)), found


def _raise_walls_again(app: Flask) -> None:
    if not is_on_postgresql(app):
        return
    with superuser(app.config["SQLALCHEMY_DATABASE_URI"]) as connection:
        for table in (*tenant_tables(), "job"):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        for table in db.metadata.tables:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        connection.exec_driver_sql(HOLD_BACK)
