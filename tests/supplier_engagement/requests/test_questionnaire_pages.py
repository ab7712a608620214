"""The requester's pages: library, sending, chasing, one assignment, the review."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_red_flags
from ddplatform.supplier_engagement.responses.services.responses import attach
from questionnaires import read_form
from tests.answering import (
    Supplier,
    acting,
    add_node,
    ask,
    come_in,
    fill,
    make_chain,
    receive_now,
    saq_version,
    version_of,
)
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world

A06, C06, D03 = "/data/A/SAQ_A06", "/data/C/SAQ_C06", "/data/D/SAQ_D03"
FUTURE = "2099-01-31"


@pytest.fixture
def office(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@pytest.fixture
def reader(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.AUDITOR)


@stored_world
def received(app: Flask, tenant: Tenant) -> Supplier:
    with app.app_context():
        supplier = come_in(ask(tenant))
        with acting(supplier.id):
            attach(
                supplier.asked.assignment_id,
                f"{A06}_evidence",
                filename="policy.txt",
                content=b"our policy",
                act=Act(supplier.identity, NOW),
            )
        fill(supplier, SAQ_C06="yes", SAQ_D06="none", SAQ_D01="3", SAQ_D05="yes", SAQ_L03="0",
             SAQ_A04="400")  # fmt: skip
        receive_now(supplier)
        return supplier


def _root(tenant: Tenant) -> str:
    return f"/o/{tenant.slug}/questionnaires"


def _token(client: FlaskClient, page: str) -> dict[str, str]:
    return {"csrf_token": csrf_token(client, page)}


def test_empty_list_leads_to_the_library_and_the_library_is_filled_by_a_button(
    office: FlaskClient, tenant: Tenant
):
    root = _root(tenant)
    assert f'href="{root}/library"' in office.get(f"{root}/").text
    assert "The library is empty" in office.get(f"{root}/library").text
    answer = office.post(f"{root}/library", data=_token(office, f"{root}/library"))
    assert answer.status_code == 302
    page = office.get(f"{root}/library").text
    assert "self-assessment" in page
    assert "Young workers and checking age" in page
    card = page.partition("respects children&#39;s rights: self-assessment</h2>")[2]
    read = re.search(r'href="([^"]+/library/[0-9a-f-]+)"', card)
    assert read is not None
    assert "How do you check age" in office.get(read[1]).text


def test_questionnaire_is_sent_in_two_steps_and_all_input_stays_on_a_problem(
    app: Flask, office: FlaskClient, tenant: Tenant
):
    with app.app_context():
        chain = make_chain(tenant)
        known = add_node(tenant, chain, "Coop Daloa", contact_email="k@daloa.example")
        unknown = add_node(tenant, chain, "Ferme Soubré")
        with acting(tenant.id):
            version = saq_version()
    choose = f"{_root(tenant)}/send/{version}"
    page = office.get(f"{choose}?q=coop&country=ci&after=x")
    assert "Coop Daloa" in page.text
    assert "Ferme Soubré" not in page.text
    assert office.get(f"{choose}/details?node=nonsense").status_code == 302

    details = f"{choose}/details?node={known}&node={unknown}"
    page = office.get(details)
    assert 'value="k@daloa.example"' in page.text
    assert "The map has no contact" in page.text
    data = {
        **_token(office, details),
        "node": [str(known), str(unknown)],
        "due_on": FUTURE,
        "language": "en",
        "length": "full",
        "message": "We start with you.",
        f"email-{known}": "k@daloa.example",
    }
    refused = office.post(f"{choose}/details", data=data)
    assert refused.status_code == 422
    assert "Enter the e-mail address" in refused.text
    assert "We start with you." in refused.text
    for typed in ("fax:030/123;info@firma.de", "info@[firma.de", "a@b.c,x"):
        refused = office.post(f"{choose}/details", data={**data, f"email-{unknown}": typed})
        assert refused.status_code == 422
        assert f"“{typed}” is no e-mail address" in unescape(refused.text)
    sent = office.post(f"{choose}/details", data={**data, f"email-{unknown}": "f@soubre.example"})
    assert sent.status_code == 302
    lines = unescape(office.get(f"{_root(tenant)}/").text)
    assert "Ferme Soubré" in lines
    assert "0 of 15" in lines
    with app.app_context(), acting(tenant.id):
        rows = db.session.scalars(select(Assignment)).all()
        assert {row.message for row in rows} == {"We start with you."}
        assert {row.light_mode for row in rows} == {False}


def test_library_tells_for_whom_each_is_how_long_it_takes_and_gives_it_away(
    app: Flask, office: FlaskClient, tenant: Tenant
):
    with app.app_context(), acting(tenant.id):
        publish_shipped(NOW)
    page = unescape(office.get(f"{_root(tenant)}/library").text)

    cards = page.split("<section")[1:]
    assert len(cards) == 10
    assert "72 questions. Estimated time: 93 minutes if all are asked" in cards[0]
    assert "The short version for fewer than 50 workers has 37 questions." in cards[0]
    assert "Farms and farmer groups" in cards[1]
    download = re.search(r'href="([^"]+/form\.xlsx)"', cards[1])
    assert download is not None
    answer = office.get(download[1])
    assert answer.headers["Content-Disposition"] == "attachment; filename=AGR-1.1.xlsx"
    assert read_form(answer.data, file_type=".xlsx").form_id == "AGR"


def test_what_case_workers_fill_in_is_to_read_only(app: Flask, office: FlaskClient, tenant: Tenant):
    with app.app_context():
        node = add_node(tenant, make_chain(tenant), contact_email="k@daloa.example")
        with acting(tenant.id):
            version = version_of("REM")
    card = _card(office.get(f"{_root(tenant)}/library").text, "REM")
    assert "Case workers answer it" in card
    assert "For reading and downloading only" in card
    assert "it is not sent by link" in card and "“Follow-up visits”" in card
    assert "Send questionnaire" not in card
    assert (
        "For reading and downloading only" in office.get(f"{_root(tenant)}/library/{version}").text
    )

    send = f"{_root(tenant)}/send/{version}"
    for address in (send, f"{send}/details?node={node}"):
        refused = office.get(address)
        assert refused.status_code == 409
        assert "never by a link" in refused.text


def _card(page: str, ref: str) -> str:
    return page.partition(f'id="q-{ref}"')[2].partition("</section>")[0]


def test_nodes_that_a_questionnaire_fits_are_chosen_already_with_the_reason(
    app: Flask, office: FlaskClient, tenant: Tenant
):
    with app.app_context():
        chain = make_chain(tenant)
        farm = add_node(tenant, chain, "Coop Daloa", commodity_refs=["cocoa"])
        mill = add_node(tenant, chain, "Sewing Hall", sector_ref="garments")
        with acting(tenant.id):
            farms, everyone = version_of("AGR"), version_of("SAQ")

    page = unescape(office.get(f"{_root(tenant)}/send/{farms}").text)
    assert "It handles: Cocoa." in page
    assert re.search(rf'value="{farm}"[^>]* checked', page)
    assert not re.search(rf'value="{mill}"[^>]* checked', page)
    assert not re.search(
        r'name="node"[^>]* checked', office.get(f"{_root(tenant)}/send/{farms}?pick=none").text
    )
    core = unescape(office.get(f"{_root(tenant)}/send/{everyone}").text)
    assert "Every supplier starts here." in core
    assert " checked" not in core.partition("<tbody>")[2]

    details = unescape(office.get(f"{_root(tenant)}/send/{everyone}/details?node={mill}").text)
    assert "Would fit too" in details
    assert "Short for all" in details
    one_length = office.get(f"{_root(tenant)}/send/{farms}/details?node={farm}").text
    assert "Short for all" not in one_length
    assert "(Its sector: Garment manufacturing)" in details
    assert (
        "Optional document: your pay rule" in office.get(f"{_root(tenant)}/library/{everyone}").text
    )


def test_without_a_map_nobody_can_be_asked_yet(app: Flask, office: FlaskClient, tenant: Tenant):
    with app.app_context(), acting(tenant.id):
        version = saq_version()
    assert "No suppliers yet" in office.get(f"{_root(tenant)}/send/{version}").text


def test_one_assignment_is_chased_moved_and_withdrawn(
    app: Flask, office: FlaskClient, tenant: Tenant
):
    with app.app_context():
        asked = ask(tenant)
    one = f"{_root(tenant)}/assignments/{asked.assignment_id}"
    token = _token(office, one)

    assert office.post(f"{one}/remind", data=token).status_code == 302
    assert office.post(f"{one}/remind", data=token).status_code == 409
    past = office.post(f"{one}/due", data={**token, "due_on": "2020-01-01"})
    assert past.status_code == 422
    assert "not past" in past.text
    assert office.post(f"{one}/due", data={**token, "due_on": FUTURE}).status_code == 302
    assert "31 January 2099" in office.get(one).text
    assert "This cannot be undone" in office.get(f"{one}/withdraw").text
    assert office.post(f"{one}/withdraw", data=token).status_code == 422
    done = office.post(f"{one}/withdraw", data={**token, "reason": "Wrong supplier"})
    assert done.status_code == 302
    assert "Wrong supplier" in office.get(one).text
    assert "SCOOP Espoir" in office.get(f"{_root(tenant)}/?view=closed").text
    assert "SCOOP Espoir" not in office.get(f"{_root(tenant)}/?view=nonsense&after=x").text


def test_chosen_suppliers_are_reminded_together(app: Flask, office: FlaskClient, tenant: Tenant):
    with app.app_context():
        asked = ask(tenant)
    index = f"{_root(tenant)}/"
    data = {**_token(office, index), "assignment": [str(asked.assignment_id), "nonsense"]}
    assert office.post(f"{_root(tenant)}/remind", data=data).status_code == 302
    assert "On the way: 1 reminder." in office.get(index).text
    office.post(f"{_root(tenant)}/remind", data=data)
    assert "On the way: 0 reminders." in office.get(index).text


def test_review_shows_red_flags_first_then_answers_in_words_with_documents_and_checks(
    office: FlaskClient, tenant: Tenant, received: Supplier
):
    page = unescape(office.get(_review(received)).text)

    assert page.index("RF-01") < page.index("1. About your organisation")
    assert "Inconsistent answers" in page
    assert "No complaint in 12 months with 400 workers" in page
    assert "Serious risk" in page
    assert "policy.txt" in page
    assert "<5" in page
    assert "Record a finding" in page
    assert str(received.asked.node_id) in page


def _review(supplier: Supplier) -> str:
    return f"{_root(supplier.asked.tenant)}/assignments/{supplier.asked.assignment_id}/review"


def test_answers_are_decided_one_by_one_and_all_at_the_end(
    app: Flask, office: FlaskClient, tenant: Tenant, received: Supplier
):
    review = _review(received)
    token = _token(office, review)
    decide = f"{review}/answer"
    for doing in ("accept", "documents", "refuse_documents"):
        answer = office.post(decide, data={**token, "path": A06, "do": doing})
        assert answer.location.endswith("#data-A-SAQ_A06")
    blank = office.post(decide, data={**token, "path": D03, "do": "ask", "text": " "})
    assert blank.status_code == 422
    assert "Write what you want to know" in blank.text
    office.post(decide, data={**token, "path": D03, "do": "ask", "text": "Which record?"})
    assert "Which record?" in office.get(review).text

    assert office.post(f"{review}/accept", data=token).status_code == 409
    with app.app_context(), acting(tenant.id):
        row = find_response(received.asked.assignment_id)
        assert row is not None
        flag = list_red_flags(row.id)[0].id
    looked = f"{review}/flags/{flag}"
    assert office.post(looked, data=token).status_code == 422
    assert office.post(looked, data={**token, "note": "Case opened"}).status_code == 302
    waiting = office.post(f"{review}/accept", data=token)
    assert waiting.status_code == 409
    assert "requested clarification" in waiting.text
    office.post(decide, data={**token, "path": D03, "do": "accept"})
    assert office.post(f"{review}/accept", data=token).status_code == 302
    assert "not in review now" in office.get(review).text


def test_who_should_not_decide_alone_asks_the_others_and_says_why(
    office: FlaskClient, tenant: Tenant, received: Supplier
):
    review = _review(received)
    token = _token(office, review)
    empty = office.post(f"{review}/escalate", data={**token, "reason": " "})
    assert empty.status_code == 422
    assert "Describe the decision needed" in empty.text

    answer = office.post(f"{review}/escalate", data={**token, "reason": "Go on buying?"})

    assert answer.status_code == 302
    page = office.get(review).text
    assert "asks for a decision" in page
    assert "Go on buying?" in page
    assert "Before these answers can be accepted" in page
    assert f"{review}/escalate" not in page
    assert "Decision asked for" in office.get(f"{_root(tenant)}/?view=review").text


def test_answers_go_back_and_the_next_round_shows_what_changed(
    app: Flask, office: FlaskClient, tenant: Tenant, received: Supplier
):
    review = _review(received)
    token = _token(office, review)
    answer = office.post(f"{review}/return", data={**token, "reason": "Page 2 is unclear"})
    assert answer.status_code == 302
    with app.app_context(), acting(tenant.id):
        assert get_assignment(received.asked.assignment_id).status.value == "returned"


def test_reader_sees_the_review_without_buttons_and_may_not_press_them(
    reader: FlaskClient, tenant: Tenant, received: Supplier
):
    page = reader.get(_review(received))
    assert page.status_code == 200
    assert "Accept all and finish" not in page.text
    token = _token(reader, "/account")
    assert reader.post(f"{_review(received)}/accept", data=token).status_code == 403
    library = f"{_root(tenant)}/library"
    assert reader.post(library, data=token).status_code == 403


def test_pages_of_another_company_are_not_found(
    app: Flask, other_tenant: Tenant, received: Supplier
):
    stranger = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    one = f"{_root(other_tenant)}/assignments/{received.asked.assignment_id}"
    for address in (one, f"{one}/review", f"{one}/withdraw"):
        assert stranger.get(address).status_code == 404


def test_refused_mail_is_told_with_the_words_of_the_server_and_a_link_to_copy_once(
    app: Flask, tenant: Tenant, office: FlaskClient, reader: FlaskClient
):
    with app.app_context():
        asked = ask(tenant)
    here = f"/o/{tenant.slug}/questionnaires/assignments/{asked.assignment_id}"
    token = csrf_token(office, here)
    early = office.post(f"{here}/link", data={"csrf_token": token})
    with app.app_context(), acting(tenant.id):
        get_assignment(asked.assignment_id).mail_refusal = "554 we know no amina"

    told = unescape(office.get(here).text)
    shown = office.post(f"{here}/link", data={"csrf_token": csrf_token(office, here)})
    link = re.search(r"/respond/[\w-]+", shown.text)

    assert early.status_code == 409
    assert "The mail was refused" in told and "554 we know no amina" in told
    assert "No reminder is sent automatically while the mail is refused." in told
    assert link is not None
    assert app.test_client().get(link[0]).status_code == 200
    assert "/respond/" not in office.get(here).text
    assert "Show a link to copy" not in reader.get(here).text
    with app.app_context(), acting(tenant.id):
        actions = db.session.scalars(select(AuditEvent.action)).all()
    assert actions.count("questionnaire:show_link") == 1
