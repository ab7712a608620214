"""Sessions: a new id at sign-in, ends by time and by sign-out, and an ended one stays ended."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import User, UserSession
from ddplatform.accounts.sessions import services as sessions
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work, write_lock
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_on_page


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def is_signed_in(client: FlaskClient, tenant: Tenant) -> bool:
    return client.get(f"/o/{tenant.slug}/").status_code == 200


def age(app: Flask, client: FlaskClient, **columns: timedelta) -> None:
    """Move moments of this browser's session into the past."""
    now = datetime.now(UTC)
    with app.app_context(), unit_of_work():
        db.session.execute(
            update(UserSession)
            .where(UserSession.id_hash == sessions.hash_of(cookie_of(client)))
            .values({name: now - by for name, by in columns.items()})
        )


def test_session_id_given_before_signing_in_is_worthless_after_it(app: Flask, tenant: Tenant):
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    before = cookie_of(client)
    client.post(
        "/sign-in",
        data={"email": tenant.email(RoleId.ADMIN), "password": PASSWORD, "csrf_token": token},
    )
    attacker = app.test_client()
    attacker.set_cookie("session", before)

    assert cookie_of(client) != before
    assert is_signed_in(client, tenant)
    assert not is_signed_in(attacker, tenant)


def test_made_up_session_id_is_never_taken_over(app: Flask, tenant: Tenant):
    client = app.test_client()
    client.set_cookie("session", "chosen-by-somebody-else")
    csrf_token(client, "/sign-in")

    assert cookie_of(client) != "chosen-by-somebody-else"


def test_only_the_hash_of_a_session_id_is_kept(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    with app.app_context():
        rows = db.session.execute(select(UserSession.id_hash, UserSession.data)).all()

    assert sessions.hash_of(cookie_of(client)) in {row.id_hash for row in rows}
    assert cookie_of(client) not in str(rows)


def test_session_ends_after_half_an_hour_without_use(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    age(app, client, last_seen_at=timedelta(minutes=29))
    assert is_signed_in(client, tenant)
    age(app, client, last_seen_at=timedelta(minutes=31))

    assert not is_signed_in(client, tenant)


def test_session_ends_after_twelve_hours_however_much_it_is_used(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    with app.app_context():
        row = db.session.scalar(
            select(UserSession).where(UserSession.id_hash == sessions.hash_of(cookie_of(client)))
        )
        assert row.expires_at - row.created_at == timedelta(hours=12)
    age(app, client, expires_at=timedelta(seconds=1))

    assert not is_signed_in(client, tenant)


def test_use_does_not_move_the_absolute_end(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    age(app, client, last_seen_at=timedelta(minutes=10), expires_at=-timedelta(minutes=5))
    with app.app_context():
        before = db.session.scalars(select(UserSession.expires_at)).all()

    assert is_signed_in(client, tenant)

    with app.app_context():
        assert db.session.scalars(select(UserSession.expires_at)).all() == before


def test_signed_out_session_is_refused_when_it_is_sent_again(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    kept = cookie_of(client)
    answer = client.post("/sign-out", data={"csrf_token": csrf_token(client, f"/o/{tenant.slug}/")})
    thief = app.test_client()
    thief.set_cookie("session", kept)

    assert "storage" in answer.headers["Clear-Site-Data"]
    assert client.get_cookie("session") is None
    assert not is_signed_in(thief, tenant)


def test_page_knows_when_its_session_ends(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    age(app, client, expires_at=-timedelta(minutes=20))

    page = client.get(f"/o/{tenant.slug}/").text

    told = re.search(r'<meta name="session" data-idle="(\d+)" data-most="(\d+)"[^>]*>', page)
    assert told is not None
    assert int(told[1]) == 29 * 60, "a minute before the server ends it"
    assert 19 * 60 < int(told[2]) <= 20 * 60
    assert 'data-again="/sign-in"' in told[0]
    assert "data-shared" not in told[0]
    assert 'name="session"' not in app.test_client().get("/sign-in").text


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("is_gone", [False, True])
def test_answers_to_a_session_that_is_over_clear_the_browser(
    app: Flask, tenant: Tenant, is_shared: bool, is_gone: bool
):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    assert "Clear-Site-Data" not in client.get(f"/o/{tenant.slug}/").headers
    with app.app_context(), unit_of_work():
        row = db.session.scalar(
            select(UserSession).where(UserSession.id_hash == sessions.hash_of(cookie_of(client)))
        )
        row.data = {**row.data, **({sessions.SHARED: True} if is_shared else {})}
    age(app, client, last_seen_at=timedelta(minutes=31))
    if is_gone:
        with app.app_context(), unit_of_work():
            sessions.end_expired_sessions(at=datetime.now(UTC))

    answer = client.get(f"/o/{tenant.slug}/")

    assert answer.status_code == 302
    all_of_it = is_shared and not is_gone
    assert answer.headers["Clear-Site-Data"] == ('"cache", "storage"' if all_of_it else '"cache"')
    client.get("/sign-in")
    assert "Clear-Site-Data" not in client.get("/sign-in").headers
    assert "Clear-Site-Data" not in app.test_client().get("/sign-in").headers


def test_request_under_way_does_not_bring_an_ended_session_back(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    sid = cookie_of(client)
    user_id = tenant[RoleId.ADMIN].user_id
    with app.app_context(), unit_of_work():
        sessions.end_all_sessions(user_id)

    with app.app_context(), unit_of_work():
        sessions.save_session(sid, user_id=user_id, data={}, at=datetime.now(UTC))

    assert not is_signed_in(client, tenant)


@pytest.mark.parametrize("what", ["role", "remove"])
def test_change_of_role_and_removal_end_the_sessions_at_once(app: Flask, tenant: Tenant, what: str):
    analyst = signed_in_on_page(app, tenant, RoleId.ANALYST)
    admin = signed_in_on_page(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/people/{tenant.analyst.user_id}/{what}"
    answer = admin.post(
        page,
        data={"role": RoleId.SUPPLIER.value, "csrf_token": csrf_token(admin, page)},
    )

    assert answer.status_code == 302, answer.text
    assert not is_signed_in(analyst, tenant)


def test_deactivated_account_is_out_at_the_next_request(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ANALYST)
    with app.app_context(), unit_of_work():
        db.session.execute(
            update(User).where(User.id == tenant.analyst.user_id).values(is_active=False)
        )

    assert not is_signed_in(client, tenant)


def test_expired_sessions_are_swept_away(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ANALYST)
    age(app, client, expires_at=timedelta(seconds=1))
    with app.app_context(), unit_of_work():
        assert sessions.end_expired_sessions(at=datetime.now(UTC)) == 1


def last_seen(app: Flask, client: FlaskClient) -> datetime:
    with app.app_context():
        row = db.session.scalars(
            select(UserSession).where(UserSession.id_hash == sessions.hash_of(cookie_of(client)))
        ).one()
        return row.last_seen_at


def test_a_page_opens_at_once_while_another_process_writes(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    assert is_signed_in(client, tenant)  # the first page puts the token of its forms there
    age(app, client, last_seen_at=timedelta(minutes=5))
    seen = last_seen(app, client)
    with app.app_context():
        with write_lock():
            writer = db.engine.connect()
            writer.begin()
        started = datetime.now(UTC)
        assert is_signed_in(client, tenant)
        assert datetime.now(UTC) - started < timedelta(seconds=10)  # others wait 15 for the lock
        writer.close()

    assert is_signed_in(client, tenant)
    assert last_seen(app, client) > seen


def test_the_sign_in_page_opens_at_once_while_another_process_writes_and_its_form_holds(
    app: Flask, tenant: Tenant
):
    client = app.test_client()
    with app.app_context():
        with write_lock():
            writer = db.engine.connect()
            writer.begin()
        started = datetime.now(UTC)
        token = csrf_token(client, "/sign-in")
        assert datetime.now(UTC) - started < timedelta(seconds=10)  # others wait 15 for the lock
        writer.close()

    form = {"email": tenant.email(RoleId.ADMIN), "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 302
    assert is_signed_in(client, tenant)
    assert not cookie_of(client).startswith("~")


def test_a_cookie_that_carries_a_session_gives_no_right_and_is_not_believed_unsigned(
    app: Flask, tenant: Tenant
):
    user = tenant.analyst.user_id
    sign = URLSafeTimedSerializer(app.secret_key or "", salt="session of a first page")
    mine = sign.dumps({"_user_id": str(user), "csrf_token": "x"})
    for cookie in (f"~{mine}", f"~{mine[:-2]}", "~", "~.."):
        client = app.test_client()
        client.set_cookie("session", cookie)
        assert not is_signed_in(client, tenant)
        assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize("door", ["/shared-phone", "/account/sign-out-everywhere"])
def test_session_that_goes_on_under_a_new_id_ends_when_it_would_have_ended(
    app: Flask, tenant: Tenant, door: str
):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    ends = datetime.now(UTC) + timedelta(minutes=5)
    with app.app_context(), unit_of_work():
        db.session.execute(update(UserSession).values(expires_at=ends))
    before = cookie_of(client)
    for _ in range(2):
        assert client.post(door, data={"csrf_token": csrf_token(client, "/account")}).status_code
    after = cookie_of(client)

    assert before != after
    with app.app_context():
        row = sessions.read_session(after, at=datetime.now(UTC))
        assert row is not None
        assert row.expires_at == ends


def test_shared_phone_ends_after_its_hour_however_often_it_is_said(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    token = csrf_token(client, "/account")
    client.post("/shared-phone", data={"csrf_token": token})
    with app.app_context():
        first = sessions.read_session(cookie_of(client), at=datetime.now(UTC))
        assert first is not None
        ends = first.expires_at
    assert ends <= datetime.now(UTC) + sessions.SHARED_ABSOLUTE

    client.post("/shared-phone", data={"csrf_token": csrf_token(client, "/account")})

    with app.app_context():
        again = sessions.read_session(cookie_of(client), at=datetime.now(UTC))
        assert again is not None
        assert again.expires_at == ends


def test_new_password_begins_a_session_of_twelve_hours(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    with app.app_context(), unit_of_work():
        soon = datetime.now(UTC) + timedelta(minutes=5)
        db.session.execute(update(UserSession).values(expires_at=soon))
    new = "four random words here now"
    data = {"current": PASSWORD, "password": new, "again": new}
    client.post("/account/password", data={"csrf_token": csrf_token(client, "/account"), **data})

    with app.app_context():
        row = sessions.read_session(cookie_of(client), at=datetime.now(UTC))
        assert row is not None
        assert row.expires_at > datetime.now(UTC) + timedelta(hours=11)


def test_what_a_first_page_carries_is_believed_signed_for_half_an_hour_and_for_this_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    def carried(salt: str, key: str) -> object:
        made = URLSafeTimedSerializer(key, salt=salt).dumps({"csrf_token": "x"})
        client = app.test_client()
        client.set_cookie("session", f"~{made}")
        with client.session_transaction() as held:
            return held.get("csrf_token")

    own, first_page = app.secret_key or "", "session of a first page"
    assert carried(first_page, own) == "x"
    assert carried(first_page, own[::-1]) is None
    assert carried("wtf-csrf-token", own) is None
    half_an_hour = int(sessions.IDLE.total_seconds())
    real = TimestampSigner.get_timestamp
    monkeypatch.setattr(
        TimestampSigner, "get_timestamp", lambda self: real(self) - half_an_hour - 60
    )
    made = URLSafeTimedSerializer(own, salt=first_page).dumps({"csrf_token": "x"})
    monkeypatch.undo()
    client = app.test_client()
    client.set_cookie("session", f"~{made}")
    with client.session_transaction() as held:
        assert "csrf_token" not in held
