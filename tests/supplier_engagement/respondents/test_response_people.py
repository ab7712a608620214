"""Several people of one supplier: who answered what, sections taken, two answers to one question."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.respondents.services.people import leave_section, take_section
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.review.services.review import accept_all
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    answers_of,
    come_in,
    fill,
    phone_of,
    receive_now,
    saq_version,
    send,
    typed,
)
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant
from tests.stored_worlds import stored_world

C01, C02 = "/data/C/SAQ_C01", "/data/C/SAQ_C02"
COLLEAGUE = "kofi@scoop.example"
YEAR_LATER = NOW + timedelta(days=365)


@stored_world
def kofi(app: Flask, supplier: Supplier) -> Identity:
    with app.app_context(), acting(supplier.id):
        user = add_person(
            email=COLLEAGUE,
            name="Kofi B.",
            role=RoleId.SUPPLIER,
            password=PASSWORD,
            act=Act(supplier.identity, NOW),
        )
        return Identity(user.id, supplier.id, RoleId.SUPPLIER, user.name)


def _browser(app: Flask, email: str) -> FlaskClient:
    return phone_of(app, email)


def _base(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"


def _marks(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(csrf_token|seen|page)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def test_colleagues_see_who_answered_what_and_who_answers_a_section(
    app: Flask, supplier: Supplier, kofi: Identity
):
    with app.app_context(), acting(supplier.id):
        one = supplier.asked.assignment_id
        responses.save_section(one, "C", typed({C01: "10"}), act=Act(kofi, NOW))
        take_section(one, "C", act=Act(kofi, NOW))
    amina = _browser(app, EMAIL)

    overview, section = amina.get(f"{_base(supplier)}/"), amina.get(f"{_base(supplier)}/C")

    assert "Kofi B. answers this section" in overview.text
    assert "Kofi B., last on" in overview.text
    assert "Kofi B. answers this section" in section.text
    assert re.search(r"Kofi B., 25 Nov(ember)? 2026", section.text)


def test_a_section_is_taken_and_let_go_on_the_page(app: Flask, supplier: Supplier, kofi: Identity):
    amina = _browser(app, EMAIL)
    address = f"{_base(supplier)}/take/C"
    marks = _marks(amina.get(f"{_base(supplier)}/").text)

    assert amina.post(address, data=marks).status_code == 302
    assert "You answer this section" in amina.get(f"{_base(supplier)}/").text
    amina.post(address, data={**marks, "leave": "1"})
    assert "You answer this section" not in amina.get(f"{_base(supplier)}/").text
    assert amina.post(f"{_base(supplier)}/take/gone", data=marks).status_code == 404


def test_who_answers_alone_reads_no_names(app: Flask, supplier: Supplier):
    with app.app_context(), acting(supplier.id):
        one = supplier.asked.assignment_id
        responses.save_section(one, "C", typed({C01: "10"}), act=Act(supplier.identity, NOW))
    page = _browser(app, EMAIL).get(f"{_base(supplier)}/C").text

    assert "Amina K.," not in page


def test_sections_cannot_be_taken_once_the_answers_are_sent(context: Flask, supplier: Supplier):
    fill(supplier)
    send(supplier)
    with acting(supplier.id):
        with pytest.raises(Conflict):
            take_section(supplier.asked.assignment_id, "C", act=Act(supplier.identity, NOW))
        with pytest.raises(Conflict):
            leave_section(supplier.asked.assignment_id, "C", act=Act(supplier.identity, NOW))


def test_a_section_that_does_not_exist_is_not_taken(context: Flask, supplier: Supplier):
    with acting(supplier.id), pytest.raises(NotFound):
        take_section(supplier.asked.assignment_id, "gone", act=Act(supplier.identity, NOW))


@pytest.mark.parametrize(("choice", "kept"), [("mine", "11"), ("theirs", "10")])
def test_of_two_answers_the_chosen_one_stays(
    app: Flask, supplier: Supplier, kofi: Identity, choice: str, kept: str
):
    phone, office = _browser(app, EMAIL), _browser(app, COLLEAGUE)
    address = f"{_base(supplier)}/C"
    old = _marks(phone.get(address).text)
    office.post(address, data={**_marks(office.get(address).text), C01: "10"})
    clash = phone.post(address, data={**old, C01: "11", C02: "5"})
    assert clash.status_code == 409
    assert "Mine: “11”" in clash.text
    assert "Saved there: “10”" in clash.text
    assert "Kofi B." in clash.text

    answer = phone.post(
        address, data={**_marks(clash.text), C01: "11", C02: "5", f"choose:{C01}": choice}
    )

    assert answer.status_code == 302
    answers = answers_of(app, supplier)
    assert (answers[C01], answers[C02]) == (kept, "5")


def test_text_typed_into_an_entry_that_was_removed_elsewhere_is_shown(
    app: Flask, supplier: Supplier, kofi: Identity
):
    path = "/data/B/SAQ_B01[2]"
    with app.app_context(), acting(supplier.id):
        one = supplier.asked.assignment_id
        responses.add_entry(one, "/data/B/SAQ_B01", act=Act(kofi, NOW))
    phone = _browser(app, EMAIL)
    old = _marks(phone.get(f"{_base(supplier)}/B").text)
    with app.app_context(), acting(supplier.id):
        responses.remove_entry(supplier.asked.assignment_id, path, act=Act(kofi, NOW))

    page = phone.post(f"{_base(supplier)}/B", data={**old, f"{path}/SAQ_B02": "Far field"})

    assert page.status_code == 409
    assert "Far field" in page.text


def _asked_a_year_later(supplier: Supplier, tenant: Tenant) -> Supplier:
    first = supplier.asked
    with acting(tenant.id):
        if get_assignment(first.assignment_id).status.value == "submitted":
            accept_all(first.assignment_id, act=Act(tenant.manager, NOW))
        sending = questionnaires.Sending(
            version_id=saq_version(), due_on=YEAR_LATER.date(), light_mode=False
        )
        sent = questionnaires.assign(
            sending,
            {first.node_id: EMAIL},
            act=Act(tenant.manager, YEAR_LATER),
        )
    again = Asked(tenant, first.chain_id, first.node_id, sent[0].id)
    return come_in(again, at=YEAR_LATER)


def _given(supplier: Supplier) -> dict[str, object]:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {a.path: (a.given_at, a.saved_at) for a in list_answers(row.id) if a.raw}


def test_what_was_said_last_year_is_shown_and_counts_as_new_when_it_is_confirmed(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    with app.app_context():
        fill(supplier)
        receive_now(supplier)
        again = _asked_a_year_later(supplier, tenant)
        assert _given(again)[C01] == (NOW, YEAR_LATER)
    phone = _browser(app, EMAIL)
    assert "answers of last time to confirm" in phone.get(f"{_base(again)}/").text
    page = phone.get(f"{_base(again)}/C")
    assert "You said on 25 November 2026: 10" in page.text

    with app.app_context():
        later = YEAR_LATER + timedelta(hours=1)
        with acting(again.id):
            one = again.asked.assignment_id
            responses.save_section(
                one,
                "C",
                typed({C01: "12"}, seen=99),
                act=Act(again.identity, later),
            )
        given = _given(again)
    assert given[C01] == (None, later)
    assert given[C02] == (None, later)
    assert given["/data/A/SAQ_A06"] == (NOW, YEAR_LATER)


def test_going_back_a_page_confirms_nothing_and_the_declaration_confirms_the_rest(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    with app.app_context():
        fill(supplier)
        receive_now(supplier)
        again = _asked_a_year_later(supplier, tenant)
    phone = _browser(app, EMAIL)
    phone.post(
        f"{_base(again)}/C", data={**_marks(phone.get(f"{_base(again)}/C").text), "back": "1"}
    )
    with app.app_context():
        assert _given(again)[C02] == (NOW, YEAR_LATER)
        last = "/data/O/SAQ_O05"
        with acting(again.id):
            one = again.asked.assignment_id
            agreed = typed({last: "confirm"}, seen=99)
            responses.save_section(one, "O", agreed, act=Act(again.identity, YEAR_LATER))
        sent_at = YEAR_LATER + timedelta(days=1)
        send(again, at=sent_at)
        assert _given(again)[C02] == (None, sent_at)
