"""Documents: taken in, attached, released, read, withdrawn, and their pages."""

import hashlib
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.models import Organisation
from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.actions.queries.suppliers import get_asked_action
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.models import Confidentiality, Evidence
from ddplatform.evidence.uploads.queries.documents import (
    count_documents_of,
    get_evidence,
    list_documents,
    list_evidence_of,
    list_uses,
)
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from supply_chain.errors import FileRefused
from tests.busy_turns import all_turns_taken
from tests.conftest import NOW
from tests.due_diligence.actions.test_actions import report
from tests.due_diligence.findings.test_findings_pages import send, statements
from tests.factories import csrf_token, signed_in_client
from tests.finding_worlds import World, acting, days, planned, recorded
from tests.leak_checks import plain

TEXT = b"Three visits, no child seen."


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


def kept(world: World, *, name: str = "visit.txt", by: Identity | None = None, **more) -> UUID:
    with acting(world.tenant):
        taken = evidence.take_in(
            filename=name, content=TEXT, act=Act(by or world.tenant.analyst, NOW), **more
        )
        return taken.id


def at(world: World, path: str = "") -> str:
    return f"/o/{world.tenant.slug}/evidence/{path}"


# ---- services and queries --------------------------------------------------------------------


def test_document_is_kept_by_its_fingerprint_and_each_reading_is_an_event(
    context: Flask, world: World
):
    evidence_id = kept(world)
    with acting(world.tenant):
        document = get_evidence(evidence_id, with_restricted=False)
        assert document.sha256 == hashlib.sha256(TEXT).hexdigest()
        assert evidence.read(document, act=Act(world.tenant.manager, NOW)) == TEXT
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)).all()
        assert actions[-2:] == ["evidence:add", "evidence:read"]


def test_document_that_ends_before_it_begins_and_a_hostile_one_are_refused(
    context: Flask, world: World
):
    with pytest.raises(Invalid) as refused:
        kept(world, issued_on=NOW.date(), valid_until=NOW.date() - days(1))
    with pytest.raises(FileRefused):
        kept(world, name="tool.exe")

    assert set(refused.value.fields) == {"valid_until"}
    with acting(world.tenant):
        assert list_documents(with_restricted=True) == []


def test_more_than_sixty_uploads_in_an_hour_are_too_many(context: Flask, world: World):
    for _ in range(60):
        kept(world)
    with pytest.raises(TooMany):
        kept(world)


def test_documents_are_found_by_words_use_and_expiry(context: Flask, world: World):
    finding_id = recorded(world)
    used = kept(world, name="used.txt", valid_until=NOW.date() + days(10))
    kept(world, name="free.txt", description="Age register")
    with acting(world.tenant):
        document = get_evidence(used, with_restricted=False)
        evidence.attach(document, get_finding(finding_id), at=NOW)
    with acting(world.tenant):

        def found(**wanted: object) -> set[str]:
            rows = list_documents(with_restricted=False, **wanted)  # type: ignore[arg-type]
            return {row.filename for row in rows}

        assert found() == {"used.txt", "free.txt"}
        assert found(search="age reg") == {"free.txt"}
        assert found(unused=True) == {"free.txt"}
        assert found(used_for="finding") == {"used.txt"}
        assert found(used_for="response") == set()
        assert found(expires_before=NOW.date() + days(30)) == {"used.txt"}
        first = list_documents(with_restricted=False, limit=1)[0]
        rest = list_documents(with_restricted=False, before=(first.created_at, first.id))
        assert {first.filename, *(row.filename for row in rest)} == {"used.txt", "free.txt"}
        assert [use.title for use in list_uses(used)] == ["Heavy loads"]
        assert [
            one.filename
            for one, _ in list_evidence_of(Finding.__tablename__, finding_id, with_restricted=True)
        ] == ["used.txt"]
        assert count_documents_of([finding_id]) == 1


def test_restricted_document_is_absent_for_who_may_not_read_it(context: Flask, world: World):
    evidence_id = kept(world, confidentiality=Confidentiality.RESTRICTED)
    with acting(world.tenant):
        assert list_documents(with_restricted=False) == []
        assert len(list_documents(with_restricted=True)) == 1
        with pytest.raises(NotFound):
            get_evidence(evidence_id, with_restricted=False)
        assert get_evidence(evidence_id, with_restricted=True).id == evidence_id


def test_document_is_withdrawn_once_with_a_reason_by_who_added_it_or_keeps_documents(
    context: Flask, world: World
):
    evidence_id = kept(world, by=world.tenant.manager)

    def withdraw(by: Identity, reason: str) -> None:
        with acting(world.tenant):
            document = get_evidence(evidence_id, with_restricted=True)
            evidence.withdraw(document, act=Act(by, NOW), reason=reason)

    with pytest.raises(NotAllowed):
        withdraw(world.tenant.analyst, "Not mine.")
    with pytest.raises(Invalid):
        withdraw(world.tenant.manager, " ")
    withdraw(world.officer, "Wrong site.")
    with pytest.raises(Conflict):
        withdraw(world.tenant.manager, "Again.")

    with acting(world.tenant):
        assert list_documents(with_restricted=True) == []
        assert get_evidence(evidence_id, with_restricted=True).withdrawn_at == NOW


def test_document_of_a_supplier_is_hidden_from_the_buyer_until_it_is_released(
    context: Flask, world: World
):
    with acting(world.supplier):
        document = evidence.take_in(
            filename="register.txt",
            content=TEXT,
            act=Act(world.seller, NOW),
            owner_organisation_id=world.tenant.id,
            respondent_organisation_id=world.supplier.id,
        )
        evidence_id = document.id
    with acting(world.tenant), pytest.raises(NotFound):
        get_evidence(evidence_id, with_restricted=True)
    with acting(world.supplier):
        evidence.release(get_evidence(evidence_id, with_restricted=False))
    with acting(world.tenant):
        released = get_evidence(evidence_id, with_restricted=False)
        assert evidence.read(released, act=Act(world.tenant.manager, NOW)) == TEXT


# ---- pages -----------------------------------------------------------------------------------


def test_document_is_added_to_a_finding_and_shown_with_fingerprint_and_use(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        finding_id = recorded(world)
    page = at(world, f"add?finding={finding_id}")
    answer = send(
        browser,
        page,
        document=(BytesIO(TEXT), "visit.txt"),
        description="Visit report",
        valid_until="2099-01-31",
        confidentiality="normal",
    )
    assert answer.status_code == 302
    assert "visit.txt" in browser.get(answer.location).text
    index = browser.get(at(world)).text
    href = index.split("visit.txt")[0].rsplit('href="', 1)[1].split('"')[0]
    shown = browser.get(href).text
    for words in ("Visit report", hashlib.sha256(TEXT).hexdigest(), "Heavy loads", "31 January"):
        assert words in shown
    assert f'href="/o/{world.tenant.slug}/findings/{finding_id}"' in shown


def test_document_of_an_action_leads_each_side_to_its_own_page_of_the_action(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        action_id = planned(world, recorded(world), by_supplier=True, owner_id=None)
        with acting(world.supplier):
            asked = get_asked_action(action_id)
            mitigation.start(action_id, version=asked.row_version, act=Act(world.seller, NOW))
        report(world, action_id, by=world.seller)
        with acting(world.tenant):
            (document,) = list_documents(with_restricted=True)
    seller = signed_in_client(app, world.supplier, RoleId.SUPPLIER)
    page = f"evidence/{document.id}"
    bought = browser.get(f"/o/{world.tenant.slug}/{page}").text
    sold = seller.get(f"/o/{world.supplier.slug}/{page}").text

    with app.test_request_context():
        ours, theirs = (
            url_for(f"findings.{one}", organisation=tenant.slug, action_id=action_id)
            for one, tenant in (("action", world.tenant), ("my_action", world.supplier))
        )
    assert f'href="{ours}"' in bought
    assert f'href="{theirs}"' in sold


def test_use_that_no_feature_registered_is_another_record(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        document_id = kept(world)
        with acting(world.tenant):
            document = get_evidence(document_id, with_restricted=True)
            evidence.attach(document, db.session.get_one(Organisation, world.tenant.id), at=NOW)

    assert "Another record" in browser.get(at(world, str(document_id))).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose a file."),
        ({"document": (b"MZ", "a.exe")}, "of a kind that is not taken"),
        ({"document": (b"MZ", "a.jpg")}, "not what its name says"),
        (
            {
                "document": (TEXT, "a.txt"),
                "issued_on": "2026-02-02",
                "valid_until": "2026-02-01",
            },
            "Choose a day after the day of issue.",
        ),
    ],
)
def test_refused_document_comes_back_with_what_was_typed(
    world: World, browser: FlaskClient, typed: dict, words: str
):
    if "document" in typed:
        content, name = typed["document"]
        typed = {**typed, "document": (BytesIO(content), name)}
    answer = send(
        browser, at(world, "add"), description="Visit report", confidentiality="normal", **typed
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert "Visit report" in answer.text


def test_a_document_that_cannot_be_read_now_comes_back_with_what_was_typed_and_is_not_counted(
    app: Flask, world: World, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "UPLOAD", rate_limits.Limit("upload", 1, 3600))

    def add() -> TestResponse:
        document = (BytesIO(TEXT), "visit.txt")
        typed = {"description": "Visit report", "confidentiality": "normal"}
        return send(browser, at(world, "add"), document=document, **typed)

    with all_turns_taken():
        answer = add()

    assert answer.status_code == 503
    assert "Other files are being checked at this moment." in answer.text
    assert "Visit report" in answer.text
    assert add().status_code == 302


def test_file_leaves_only_as_an_attachment_in_a_sandbox_under_its_own_name(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        evidence_id = kept(world, name="Visite d'été.txt")
    page = at(world, str(evidence_id))
    answer = browser.post(f"{page}/download", data={"csrf_token": csrf_token(browser, page)})

    assert answer.status_code == 200
    assert answer.data == TEXT
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''Visite%20d%27%C3%A9t%C3%A9.txt" in disposition
    assert answer.headers["Content-Security-Policy"] == "sandbox; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(f"{page}/download").status_code in (404, 405)


@pytest.mark.parametrize(
    ("name", "coding", "text", "said"),
    [
        ("visit.txt", "utf-8", "Visité, 12 Kinder gesehen: Straße", "text/plain; charset=utf-8"),
        ("visit.txt", "cp1252", "Visité en été", "text/plain; charset=windows-1252"),
        ("list.csv", "gb18030", "供应商名称,国家\n纺织厂,中国\n", "text/csv; charset=gb18030"),
        (
            "list.csv",
            "cp1251",
            "Поставщик;Страна\nЗавод;Турция\n",
            "text/csv; charset=windows-1251",
        ),
        ("words.txt", "cp932", "ひらがなだけのぶんしょう", "application/octet-stream"),
    ],
)
def test_text_leaves_as_it_was_sent_under_the_character_set_that_it_is_written_in(
    app: Flask,
    world: World,
    browser: FlaskClient,
    name: str,
    coding: str,
    text: str,
    said: str,
):
    sent = text.encode(coding)
    with app.app_context(), acting(world.tenant):
        act = Act(world.tenant.analyst, NOW)
        evidence_id = evidence.take_in(filename=name, content=sent, act=act).id
    page = at(world, str(evidence_id))

    answer = browser.post(f"{page}/download", data={"csrf_token": csrf_token(browser, page)})

    assert answer.data == sent
    assert answer.headers["Content-Type"] == said
    if charset := answer.mimetype_params.get("charset"):
        assert answer.data.decode(charset) == text


def test_document_is_withdrawn_in_two_steps_with_a_reason(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        evidence_id = kept(world)
    page = at(world, f"{evidence_id}/withdraw")
    assert send(browser, page, reason="").status_code == 422
    answer = send(browser, page, reason="Wrong site.")

    assert answer.status_code == 302
    assert "Withdrawn" in browser.get(answer.location).text
    assert "visit.txt" not in browser.get(at(world)).text.split("<table")[-1]


def test_list_filters_by_address_and_pages(app: Flask, world: World, browser: FlaskClient):
    assert "No document yet" in browser.get(at(world)).text
    with app.app_context():
        for number in range(52):
            kept(world, name=f"doc {number}.txt", valid_until=NOW.date() + timedelta(days=5))
    with statements(app) as seen:
        first = browser.get(at(world)).text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert len([one for one in seen if "FROM evidence" in one]) == 1
    assert "Newest" in browser.get(older).text
    for query in ("use=none", "use=finding", "expiry=past", "expiry=90&q=doc", "before=x"):
        assert browser.get(at(world, f"?{query}")).status_code == 200
    assert "No document matches" in browser.get(at(world, "?q=zzz")).text


def test_analyst_sees_no_restricted_document_and_cannot_choose_to_restrict(
    app: Flask, world: World
):
    with app.app_context():
        evidence_id = kept(world, confidentiality=Confidentiality.RESTRICTED)
    analyst = signed_in_client(app, world.tenant, RoleId.ANALYST)
    answer = send(analyst, at(world, "add"), document=(BytesIO(TEXT), "free.txt"))

    assert analyst.get(at(world, str(evidence_id))).status_code == 404
    assert "Who may open it" not in analyst.get(at(world, "add")).text
    assert answer.status_code == 302
    with app.app_context(), acting(world.tenant):
        levels = db.session.scalars(select(Evidence.confidentiality)).all()
        assert sorted(levels) == [Confidentiality.NORMAL, Confidentiality.RESTRICTED]


def test_document_of_another_company_answers_like_one_that_does_not_exist(app: Flask, world: World):
    with app.app_context():
        evidence_id = kept(world)
    stranger = signed_in_client(app, world.supplier, RoleId.SUSTAINABILITY_MANAGER)
    home = f"/o/{world.supplier.slug}/evidence/"

    foreign, absent = stranger.get(home + str(evidence_id)), stranger.get(home + str(UUID(int=1)))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert plain(foreign, (str(evidence_id),)) == plain(absent, (str(UUID(int=1)),))


@pytest.mark.parametrize("role", [RoleId.ADMIN, RoleId.ANALYST, RoleId.AUDITOR])
def test_page_of_a_finding_does_not_name_a_restricted_document_to_who_may_not_read_it(
    app: Flask, world: World, role: RoleId
):
    with app.app_context():
        finding_id = recorded(world)
    with app.app_context(), acting(world.tenant):
        document = evidence.take_in(
            filename="interview-with-a-worker.txt",
            content=b"What she said.",
            act=Act(world.tenant.manager, NOW),
            confidentiality=Confidentiality.RESTRICTED,
        )
        evidence.attach(document, get_finding(finding_id), at=NOW)
    page = f"/o/{world.tenant.slug}/findings/{finding_id}"

    keeper = signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert "interview-with-a-worker" in keeper.get(page).text
    seen = signed_in_client(app, world.tenant, role).get(page)
    assert seen.status_code == 200
    assert "interview-with-a-worker" not in seen.text
