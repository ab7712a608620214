"""The supplier's pages without scripts, from the link to the receipt; drafts; both versions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from urllib.parse import quote

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.services import invitations
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    get_request,
    list_answers,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.review.services.review import ask_back, return_answers
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    ask,
    come_in,
    fill,
    fill_in,
    good_values,
    mails,
    phone_of,
    receive_now,
    send,
)
from tests.busy_turns import all_turns_taken
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world
from tests.write_lock import watch_searches

C01, C02, C06 = "/data/C/SAQ_C01", "/data/C/SAQ_C02", "/data/C/SAQ_C06"
REAL_NOW = datetime.now(UTC)


@stored_world
def asked(app: Flask, tenant: Tenant) -> Asked:
    with app.app_context():
        return ask(tenant)


@stored_world
def supplier(app: Flask, asked: Asked) -> Supplier:
    with app.app_context():
        return come_in(asked)


@pytest.fixture
def phone(app: Flask, supplier: Supplier) -> FlaskClient:
    return _signed_in(app)


def _signed_in(app: Flask) -> FlaskClient:
    return phone_of(app)


def _link(app: Flask, asked: Asked) -> str:
    """The link of the mail."""
    with app.app_context():
        with acting(asked.tenant.id):
            invitation = db.session.scalar(select(Invitation))
            assert invitation is not None
            invitation.expires_at = REAL_NOW + timedelta(days=14)
            invitations.send(invitation.id, at=REAL_NOW)
        found = re.search(r"/respond/\S+", mails()[-1])
    assert found is not None
    return found[0]


def _base(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"


def _hidden(page: str) -> dict[str, str]:
    """The hidden marks of a section: token, revision, page."""
    found = re.findall(r'<input type="hidden" name="(csrf_token|seen|page)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def _post(client: FlaskClient, address: str, values: dict[str, object]) -> TestResponse:
    return client.post(address, data={**_hidden(client.get(address).text), **values})


@contextmanager
def _statements(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def keep(_c: object, _k: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", keep)
    yield seen
    event.remove(engine, "before_cursor_execute", keep)


# -- the whole way -------------------------------------------------------------------------------


def test_supplier_goes_from_the_link_to_the_receipt_without_scripts(app: Flask, asked: Asked):
    link, client = _link(app, asked), app.test_client()
    shown = client.get(link)
    assert shown.status_code == 200
    assert "Acme asks you about protecting children" in shown.text
    assert "Honest answers bring help, not loss of orders" in shown.text
    assert "Who sees what" in shown.text

    joined = client.post(
        link,
        data={
            "csrf_token": csrf_token(client, link),
            "name": "Amina K.",
            "password": PASSWORD,
            "again": PASSWORD,
        },
    )
    assert joined.status_code == 302
    base = joined.location.rstrip("/")
    assert base.startswith("/o/scoop-espoir/responses/")
    assert "1. About your organisation" in client.get(f"{base}/").text

    address, answers = f"{base}/A", good_values()
    while not address.endswith("/check"):
        name = address.rpartition("/")[2]
        mine = {p: v.split() if " " in v and "_" in v else v for p, v in answers.items()}
        values = {p: v for p, v in mine.items() if p.startswith(f"/data/{name}/")}
        answer = _post(client, address, values)
        assert answer.status_code == 302, answer.text
        address = answer.location
    assert name == "O"

    check = client.get(address)
    assert "Check your answers" in check.text
    assert "Not answered yet" not in check.text
    refused = client.post(
        address, data={"csrf_token": _hidden(check.text)["csrf_token"], "note": "n"}
    )
    assert refused.status_code == 422
    assert "Tick the box" in refused.text
    data = {"csrf_token": _hidden(check.text)["csrf_token"], "declared": "1"}
    first, second = (client.post(address, data=data) for _ in range(2))
    assert first.location == second.location == f"{base}/sent"

    receipt = client.get(first.location)
    assert "Your answers have arrived" in receipt.text
    pdf = client.get(f"{base}/receipt.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert client.get(address).location == f"{base}/sent"
    assert client.get(f"{base}/A").status_code == 302
    assert "arrived" in client.get(f"{base}/").text


def test_time_that_is_told_shrinks_with_each_answer_and_is_called_an_estimate(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    home, section = f"{_base(supplier)}/", f"{_base(supplier)}/C"
    before = _minutes(phone.get(home).text)
    assert "We estimate it by the kind of each open question." in phone.get(home).text
    values = {p: v for p, v in good_values().items() if p.startswith("/data/C/")}
    _post(phone, section, {p: v.split() if " " in v and "_" in v else v for p, v in values.items()})
    assert _minutes(phone.get(home).text) < before
    assert "Everything here is answered. You can still change it." in phone.get(section).text
    all_questions = phone.get(f"{home}questions").text
    assert _minutes(all_questions) > before
    assert "We estimate it by the kind of each question." in all_questions


def _minutes(page: str) -> int:
    found = re.search(r"[Aa]bout (\d+) minutes", page)
    assert found is not None
    return int(found[1])


def test_opening_the_link_uses_nothing_up(app: Flask, asked: Asked):
    link, client = _link(app, asked), app.test_client()
    for _ in range(3):
        assert client.get(link).status_code == 200


def test_used_link_leads_to_sign_in_and_a_worn_out_one_to_a_fresh_link(app: Flask, asked: Asked):
    link, client = _link(app, asked), app.test_client()
    with app.app_context(), acting(asked.tenant.id):
        invitation = db.session.scalar(select(Invitation))
        assert invitation is not None
        invitation.expires_at = REAL_NOW - timedelta(days=1)
    page = client.get(link)
    assert page.status_code == 410
    assert "Send me a new link" in page.text
    again = client.post(f"{link}/again", data={"csrf_token": csrf_token(client, link)})
    assert again.status_code == 200
    assert "Look into your mail" in again.text
    assert "Password" not in again.text
    assert client.get(link).status_code == 200

    with app.app_context():
        come_in(asked, at=REAL_NOW)
    used = client.get(link)
    assert used.status_code == 410
    assert "was used already" in used.text


def test_link_that_was_never_made_is_not_found(client: FlaskClient):
    answer = client.get("/respond/nothing")
    assert answer.status_code == 404
    assert "This link does not work any more" in answer.text
    assert "Is the link whole?" in answer.text


def test_person_with_an_account_signs_in_on_the_page_of_the_link(
    app: Flask, supplier: Supplier, other_tenant: Tenant
):
    with app.app_context():
        asked = ask(other_tenant, name="Scoop")
    with app.app_context(), acting(other_tenant.id):
        invitation = db.session.scalar(select(Invitation))
        assert invitation is not None
        invitation.expires_at = REAL_NOW + timedelta(days=14)
        invitations.send(invitation.id, at=REAL_NOW)
    with app.app_context():
        found = re.search(r"/respond/\S+", mails()[-1])
    assert found is not None
    client = app.test_client()
    assert "Sign in as" in client.get(found[0]).text
    token = csrf_token(client, found[0])
    wrong = client.post(found[0], data={"csrf_token": token, "password": "x" * 20})
    assert wrong.status_code == 422
    assert "do not belong together" in wrong.text
    right = client.post(found[0], data={"csrf_token": token, "password": PASSWORD})
    assert right.location == f"/o/{supplier.slug}/responses/{asked.assignment_id}/"
    assert client.get(right.location).status_code == 200


def test_signed_in_person_only_presses_the_button(
    app: Flask, phone: FlaskClient, other_tenant: Tenant
):
    with app.app_context():
        asked = ask(other_tenant, name="Scoop")
    link = _link(app, asked)
    assert "You are signed in as" in phone.get(link).text
    answer = phone.post(link, data={"csrf_token": csrf_token(phone, link)})
    assert answer.status_code == 302
    assert "2 of" not in phone.get(answer.location).text


# -- one section ---------------------------------------------------------------------------------


def test_section_asks_as_on_the_drawing(phone: FlaskClient, supplier: Supplier):
    page = phone.get(f"{_base(supplier)}/C").text

    for words in ("Section 3 of 15", "Question 3.1", "Why we ask", "I don&#39;t know",
                  "We will help you find out", "Add a photo or document", "Save and continue",
                  "Save and come back later", "Acme asks"):  # fmt: skip
        assert words in page


def test_wrong_answer_shows_the_form_again_with_all_input_and_keeps_it(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    answer = _post(phone, f"{_base(supplier)}/C", {C01: "twenty", C02: "40", C06: "no"})

    assert answer.status_code == 422
    assert 'value="twenty"' in answer.text
    assert "not a whole number" in answer.text
    page = phone.get(f"{_base(supplier)}/C").text
    assert 'value="twenty"' in page
    assert 'value="40"' in page


def test_later_leads_to_the_list_whatever_stands_in_the_fields(
    phone: FlaskClient, supplier: Supplier
):
    answer = _post(phone, f"{_base(supplier)}/C", {C01: "twenty", "later": "1"})
    assert answer.location == f"{_base(supplier)}/"
    assert 'value="twenty"' in phone.get(f"{_base(supplier)}/C").text


def test_stale_save_answers_409_with_both_texts_and_the_person_picks(
    phone: FlaskClient, supplier: Supplier
):
    address = f"{_base(supplier)}/C"
    old = _hidden(phone.get(address).text)
    assert (
        phone.post(address, data={**_hidden(phone.get(address).text), C01: "10"}).status_code == 302
    )

    clash = phone.post(address, data={**old, C01: "11", C02: "5"})

    assert clash.status_code == 409
    assert "Saved there: “10”" in clash.text
    assert 'value="11"' in clash.text
    assert phone.post(address, data={**_hidden(clash.text), C01: "11"}).status_code == 302
    page = phone.get(address).text
    assert 'value="11"' in page
    assert 'value="5"' in page


def test_draft_is_kept_and_tells_what_opens_and_what_helps(phone: FlaskClient, supplier: Supplier):
    address = f"{_base(supplier)}/E"
    marks = _hidden(phone.get(address).text)
    e01, e02 = "/data/E/SAQ_E01", "/data/E/SAQ_E02"
    assert f'data-path="{e02}" hidden' in phone.get(address).text

    told = phone.post(f"{address}/draft", data={**marks, e01: "sometimes"}).get_json()
    assert e02 in told["open"]
    told = phone.post(f"{address}/draft", data={**marks, "/data/E/SAQ_E04": "broker_or_employer"})
    assert "give the papers back" in told.get_json()["help"][0]
    assert "give the papers back" in phone.get(address).text


def test_stale_draft_answers_409_with_both_texts(phone: FlaskClient, supplier: Supplier):
    address = f"{_base(supplier)}/C"
    old, new = (_hidden(phone.get(address).text) for _ in range(2))
    phone.post(f"{address}/draft", data={**new, C01: "1"})

    answer = phone.post(f"{address}/draft", data={**old, C01: "2"})

    assert answer.status_code == 409
    assert answer.get_json()["clashes"] == [{"path": C01, "theirs": "1", "mine": "2"}]


def test_red_flag_brings_words_of_help_on_the_next_page(phone: FlaskClient, supplier: Supplier):
    answer = _post(phone, f"{_base(supplier)}/C", {C06: "yes"})
    assert "keep the child safe" in unescape(phone.get(answer.location).text)
    assert "keep the child safe" in unescape(phone.get(f"{_base(supplier)}/C").text)


def test_entries_are_added_and_removed_by_buttons(phone: FlaskClient, supplier: Supplier):
    address, site = f"{_base(supplier)}/B", "/data/B/SAQ_B01"
    typed = {f"{site}[1]/SAQ_B02": "Home field"}
    added = _post(phone, address, {**typed, "add": site})
    assert added.location.startswith(f"{address}#")
    page = phone.get(address).text
    assert "(2 of 2)" in page
    assert "Home field" in page
    _post(phone, address, {"remove": f"{site}[2]"})
    assert "of 2)" not in phone.get(address).text


def test_photo_is_sent_with_the_form_shown_and_taken_away(phone: FlaskClient, supplier: Supplier):
    address, path = f"{_base(supplier)}/A", "/data/A/SAQ_A06_evidence"
    files = {f"file:{path}": (BytesIO(b"our policy"), "policy.txt"), "again": "1"}
    assert _post(phone, address, files).status_code == 302
    page = phone.get(address).text
    link = re.search(r'name="detach" value="([^"]+)"', page)
    assert "policy.txt" in page
    assert link is not None
    assert _post(phone, address, {"detach": link[1]}).status_code == 302
    assert "policy.txt" not in phone.get(address).text
    assert _post(phone, address, {"detach": "nonsense"}).status_code == 404


def test_refused_file_says_why_and_loses_nothing_else(phone: FlaskClient, supplier: Supplier):
    address, path = f"{_base(supplier)}/A", "/data/A/SAQ_A06_evidence"
    answer = _post(
        phone,
        address,
        {f"file:{path}": (BytesIO(b"MZ"), "tool.exe"), "/data/A/SAQ_A02": "Meadow Ltd"},
    )
    assert answer.status_code == 422
    assert "tool.exe" in answer.text
    assert "Meadow Ltd" in phone.get(address).text


def test_too_many_uploads_lose_nothing_that_was_typed(
    phone: FlaskClient, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "UPLOAD", rate_limits.Limit("upload", 0, 3600))
    address, path = f"{_base(supplier)}/A", "/data/A/SAQ_A06_evidence"
    answer = _post(
        phone,
        address,
        {f"file:{path}": (BytesIO(b"policy"), "policy.txt"), "/data/A/SAQ_A02": "Meadow Ltd"},
    )
    assert answer.status_code == 422
    assert "Too many tries" in answer.text
    assert "Meadow Ltd" in phone.get(address).text


def test_a_file_beyond_the_limit_of_uploads_is_not_read_and_loses_nothing_that_was_typed(
    phone: FlaskClient, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "UPLOAD", rate_limits.Limit("upload", 1, 3600))
    address, path = f"{_base(supplier)}/A", "/data/A/SAQ_A06_evidence"
    _post(phone, address, {f"file:{path}": (BytesIO(b"policy"), "policy.txt")})
    looked = watch_searches(monkeypatch)

    answer = _post(
        phone,
        address,
        {f"file:{path}": (BytesIO(b"annex"), "annex.txt"), "/data/A/SAQ_A02": "Meadow Ltd"},
    )

    assert answer.status_code == 422 and looked == []
    assert "annex.txt: Too many tries" in answer.text
    page = phone.get(address).text
    assert "Meadow Ltd" in page and "policy.txt" in page and "annex.txt" not in page


def test_a_file_that_cannot_be_read_now_loses_nothing_that_was_typed(
    phone: FlaskClient, supplier: Supplier
):
    address, path = f"{_base(supplier)}/A", "/data/A/SAQ_A06_evidence"
    with all_turns_taken():
        answer = _post(
            phone,
            address,
            {f"file:{path}": (BytesIO(b"policy"), "policy.txt"), "/data/A/SAQ_A02": "Meadow Ltd"},
        )

    assert answer.status_code == 422
    assert "Choose it again in a minute." in answer.text
    page = phone.get(address).text
    assert "Meadow Ltd" in page and "policy.txt" not in page


def test_form_of_an_ended_session_is_carried_through_signing_in(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    address = f"{_base(supplier)}/C"
    marks = _hidden(phone.get(address).text)
    phone.delete_cookie("session")
    stopped = phone.post(address, data={**marks, C01: "33"})
    assert stopped.status_code == 401
    assert f'name="kept:{C01}" value="33"' in stopped.text
    assert phone.post(f"{address}/draft", data={**marks, C01: "33"}).status_code == 401


def test_questions_that_an_answer_opens_are_asked_before_the_next_page(
    phone: FlaskClient, supplier: Supplier
):
    d01, d06 = "/data/D/SAQ_D01", "/data/D/SAQ_D06"
    address = f"{_base(supplier)}/D"
    opened = _post(phone, address, {d01: "14", d06: ""})
    assert opened.location == f"{address}#data-D-SAQ_D06"
    assert "Your answers open more questions on this page." in phone.get(address).text
    assert _post(phone, address, {d01: "14", d06: "none"}).location.endswith("/E")
    assert _post(phone, address, {d01: "14", d06: ""}).location.endswith("/E")


def test_page_left_open_while_signing_in_elsewhere_is_sent_after_a_confirmation(
    phone: FlaskClient, supplier: Supplier
):
    address = f"{_base(supplier)}/C"
    marks = {**_hidden(phone.get(address).text), "csrf_token": "of the session before"}
    refused = phone.post(address, data={**marks, C01: "33"})
    assert refused.status_code == 422
    assert 'value="33"' not in phone.get(address).text
    form = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', refused.text))
    assert phone.post(address, data=form).status_code == 302
    assert 'value="33"' in phone.get(address).text


def test_going_back_a_section_keeps_what_was_typed_here(phone: FlaskClient, supplier: Supplier):
    address = f"{_base(supplier)}/C"
    assert _post(phone, address, {C01: "many", "back": "1"}).location.endswith("/B")
    assert 'value="many"' in phone.get(address).text
    first = _post(phone, f"{_base(supplier)}/A", {"back": "1"})
    assert first.location == f"{_base(supplier)}/"


def test_what_was_typed_when_the_session_ended_is_saved_after_signing_in(
    phone: FlaskClient, supplier: Supplier
):
    address = f"{_base(supplier)}/C"
    marks = _hidden(phone.get(address).text)
    phone.delete_cookie("session")
    stopped = phone.post(address, data={**marks, C01: "33"})
    carried = {
        unescape(name): unescape(value)
        for name, value in re.findall(
            r'name="(csrf_token|kept:[^"]*)" value="([^"]*)"', stopped.text
        )
    }
    again = phone.post("/sign-in", data={**carried, "email": EMAIL, "password": PASSWORD})
    form = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', again.text))
    assert form[C01] == "33"
    assert phone.post(address, data=form).status_code == 302
    assert 'value="33"' in phone.get(address).text


def test_questions_asked_back_are_shown_at_their_place_and_answered_in_words(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    one, tenant, d03 = supplier.asked.assignment_id, supplier.asked.tenant, "/data/D/SAQ_D03"
    with app.app_context():
        fill(supplier)
        receive_now(supplier)
        with acting(tenant.id):
            ask_back(one, d03, "Which record do you copy?", act=Act(tenant.manager, NOW))
            db.session.flush()
            return_answers(one, reason="", act=Act(tenant.manager, NOW))
    page = phone.get(f"{_base(supplier)}/")
    assert "has a question about your answers" in page.text
    started = phone.post(f"{_base(supplier)}/start", data=_hidden(page.text))
    listed = phone.get(started.location).text
    assert "a question for you" in listed
    assert listed.count(f'{_base(supplier)}/D#q-data-D-SAQ_D03"') == 2  # the button, and the list
    assert "See the question to you" in listed
    section = phone.get(f"{_base(supplier)}/D").text
    assert 'id="q-data-D-SAQ_D03"' in section
    assert "Which record do you copy?" in section
    answer = _post(phone, f"{_base(supplier)}/D", {f"reply:{d03}": "The birth record."})
    assert answer.status_code == 302
    assert "The birth record." in phone.get(f"{_base(supplier)}/D").text


def test_doubtful_answers_are_a_question_on_the_check_page(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context():
        fill(supplier, SAQ_L03="0", SAQ_A04="400")
    page = phone.get(f"{_base(supplier)}/check").text
    assert "1 answer may not match" in page
    assert page.count("may not match") >= 2
    doubt = page.split("1 answer may not match")[1].split("</ul>")[0]
    for place, answered in (("L#data-L-SAQ_L03", "0"), ("A#data-A-SAQ_A04", "400")):
        link = doubt.split(f'href="{_base(supplier)}/{place}"')[1].split("<br>")[0]
        assert link.endswith(f": <bdi>{answered}</bdi>")
    assert "Do these answers fit together?" in doubt


def test_text_that_is_no_date_stays_to_be_seen_and_mended(phone: FlaskClient, supplier: Supplier):
    address, day = f"{_base(supplier)}/A", "/data/A/SAQ_A07"
    assert f'type="date" id="data-A-SAQ_A07" name="{day}"' in phone.get(address).text
    answer = _post(phone, address, {day: "last spring"})
    assert answer.status_code == 422
    assert 'value="last spring"' in answer.text
    assert _post(phone, address, {day: "2026-03-01"}).status_code == 302
    assert 'type="date"' in phone.get(address).text


def test_questions_that_were_never_begun_are_not_found(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context(), acting(supplier.asked.tenant.id):
        one = db.session.get_one(Assignment, supplier.asked.assignment_id)
        other = Assignment(
            organisation_id=one.organisation_id,
            respondent_organisation_id=supplier.id,
            node_id=one.node_id,
            node_name=one.node_name,
            version_id=one.version_id,
            invited_email=EMAIL,
            due_on=one.due_on,
            sent_at=NOW,
        )
        db.session.add(other)
        db.session.flush()
        fresh = f"/o/{supplier.slug}/responses/{other.id}"
    assert phone.get(f"{fresh}/").status_code == 404
    assert phone.get(f"{fresh}/check").status_code == 404


def test_section_that_the_form_does_not_have_is_not_found(phone: FlaskClient, supplier: Supplier):
    assert phone.get(f"{_base(supplier)}/nowhere").status_code == 404
    marks = _hidden(phone.get(f"{_base(supplier)}/C").text)
    assert phone.post(f"{_base(supplier)}/nowhere", data=marks).status_code == 404
    assert phone.post(f"{_base(supplier)}/nowhere/draft", data=marks).status_code == 404
    assert phone.get(f"{_base(supplier)}/sent").status_code == 404
    assert phone.get(f"{_base(supplier)}/receipt.pdf").status_code == 404


def test_list_of_questionnaires_shows_what_is_open(phone: FlaskClient, supplier: Supplier):
    page = phone.get(f"/o/{supplier.slug}/responses/").text
    assert "Acme" in page
    assert "0 of 15 sections done" in page


def test_withdrawn_questions_say_that_nothing_is_needed(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context(), acting(supplier.asked.tenant.id):
        questionnaires.withdraw(
            get_assignment(supplier.asked.assignment_id),
            reason="a mistake",
            act=Act(supplier.asked.tenant.manager, NOW),
        )
    assert "No answers are needed any more" in phone.get(f"{_base(supplier)}/").text


# -- who may not ---------------------------------------------------------------------------------


def test_requester_reads_no_answer_before_it_is_sent_whatever_page_they_try(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    with app.app_context():
        fill(supplier, SAQ_A02="Secret Weavers Ltd")
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    root = f"/o/{tenant.slug}"
    one = f"{root}/questionnaires/assignments/{supplier.asked.assignment_id}"
    for address in (one, f"{one}/review", f"{root}/questionnaires/", f"{root}/audit/",
                    f"{root}/evidence/", f"{root}/value-chain/nodes/{supplier.asked.node_id}",
                    f"{root}/responses/{supplier.asked.assignment_id}/A"):  # fmt: skip
        assert "Secret Weavers" not in client.get(address).text
    assert client.get(f"{one}/review").status_code == 404
    assert "15 of 15" in client.get(one).text
    with app.app_context():
        send(supplier)
    assert "Secret Weavers" in client.get(f"{one}/review").text


def test_other_suppliers_and_roles_do_not_find_the_questions(
    app: Flask, supplier: Supplier, other_tenant: Tenant
):
    stranger = signed_in_client(app, other_tenant, RoleId.SUPPLIER)
    own = f"/o/{other_tenant.slug}/responses/{supplier.asked.assignment_id}/"
    assert stranger.get(f"{_base(supplier)}/").status_code == 404
    assert stranger.get(own).status_code == 404
    assert stranger.get(f"{own}C").status_code == 404


# -- weight --------------------------------------------------------------------------------------


def test_section_is_light_and_takes_few_statements(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context():
        fill(supplier)
    phone.get(f"{_base(supplier)}/D")
    with _statements(app) as seen:
        page = phone.get(f"{_base(supplier)}/D")

    reads = [s for s in seen if s.lstrip().upper().startswith("SELECT")]
    gate = 3  # session, account, standing
    assert len(reads) <= gate + 6, "\n".join(reads)
    assert len(brotli.compress(page.data)) < 9 * 1024


def test_check_page_of_a_full_answer_stays_within_the_weight_of_a_phone_page(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    with app.app_context():
        fill(supplier)
    page = phone.get(f"{_base(supplier)}/check")
    assert page.status_code == 200
    assert len(brotli.compress(page.data)) < 15 * 1024


def test_address_of_a_section_survives_odd_names(phone: FlaskClient, supplier: Supplier):
    assert phone.get(f"{_base(supplier)}/{quote('a/../b', safe='')}").status_code == 404


def test_answers_of_the_pages_equal_those_of_the_services(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    _post(
        phone,
        f"{_base(supplier)}/D",
        {"/data/D/SAQ_D03": ["", "birth_record", "trained_interview"]},
    )
    with app.app_context(), acting(supplier.id):
        request = get_request(supplier.asked.assignment_id)
        row = find_response(request.assignment.id)
        assert row is not None
        filled = load_filled(request.assignment, row, now=NOW)
        assert filled.form.state("/data/D/SAQ_D03").value == "birth_record trained_interview"
        assert {a.path for a in list_answers(row.id)} >= {"/data/D/SAQ_D03"}


def test_a_number_that_loses_its_decimals_says_what_it_counts_as(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    base = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"
    with app.app_context():
        fill(supplier, SAQ_D01="7.5")

    assert "What stands there counts as 7." in phone.get(f"{base}/D").text
    assert "<bdi>7.5 (counts as 7)</bdi>" in phone.get(f"{base}/check").text
    with app.app_context():
        fill(supplier, SAQ_D01="٧")
    assert "counts as" not in phone.get(f"{base}/D").text
    assert "<bdi>٧</bdi>" in phone.get(f"{base}/check").text


def test_country_is_told_by_its_name_in_the_language_of_who_reads_it(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    site = "/data/B/SAQ_B01[1]/SAQ_B02_country"
    with app.app_context():
        fill_in(supplier, good_values() | {site: "km"})
    root = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"
    before = phone.get(f"{root}/check?lang=fr").text
    with app.app_context():
        receive_now(supplier)
    tenant = supplier.asked.tenant
    office = signed_in_client(app, tenant, RoleId.ANALYST)
    one = f"/o/{tenant.slug}/questionnaires/assignments/{supplier.asked.assignment_id}"

    assert "Comores" in before
    assert "科摩罗" in phone.get(f"{root}/sent?lang=zh").text
    assert "Comoros" in office.get(f"{one}/review").text


def test_answers_of_one_entry_of_several_say_which_one_they_are_about(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    second = {
        path.replace("SAQ_B01[1]", "SAQ_B01[2]"): text
        for path, text in good_values().items()
        if "SAQ_B01[1]" in path
    }
    with app.app_context():
        with acting(supplier.id):
            responses.add_entry(
                supplier.asked.assignment_id,
                "/data/B/SAQ_B01",
                act=Act(supplier.identity, NOW),
            )
        fill_in(supplier, good_values() | second)
    root = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"
    before = phone.get(f"{root}/check").text
    with app.app_context():
        receive_now(supplier)
    tenant = supplier.asked.tenant
    office = signed_in_client(app, tenant, RoleId.ANALYST)
    one = f"/o/{tenant.slug}/questionnaires/assignments/{supplier.asked.assignment_id}"

    for page in (before, phone.get(f"{root}/sent").text, office.get(f"{one}/review").text):
        assert "2.1 (1 of 2) " in page and "2.1 (2 of 2) " in page
        assert "3.1 (" not in page
