"""Two phones on one section: what nobody touched there contradicts no answer of a colleague."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.identity import Act
from ddplatform.supplier_engagement.responses.services import responses
from tests.answering import Supplier, acting, answers_of
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases

C01, C02 = "/data/C/SAQ_C01", "/data/C/SAQ_C02"
SITES = "/data/B/SAQ_B01"
STATES = ("saving", "saved", "offline", "waiting", "conflict", "out")


def _address(supplier: Supplier, section: str) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/{section}"


def _marks(page: str) -> dict[str, str]:
    """What a page sends back though nobody typed it."""
    found = re.findall(
        r'<input type="hidden" name="(csrf_token|seen|page|shown)" value="([^"]*)">', page
    )
    return {name: unescape(value) for name, value in found}


def test_a_field_left_as_it_was_keeps_what_a_colleague_wrote_there_meanwhile(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "C")
    mine, theirs = (_marks(phone.get(address).text) for _ in range(2))
    phone.post(address, data={**theirs, C01: "10", "later": "1"})

    answer = phone.post(address, data={**mine, C01: "", C02: "5", "later": "1"})

    assert answer.status_code == 302
    assert answers_of(app, supplier)[C01] == "10"
    assert answers_of(app, supplier)[C02] == "5"


def test_a_draft_is_no_contradiction_where_its_fields_were_not_touched(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "C")
    phone.post(address, data={**_marks(phone.get(address).text), C01: "9", "later": "1"})
    mine, theirs = (_marks(phone.get(address).text) for _ in range(2))
    phone.post(f"{address}/draft", data={**theirs, C01: "10"})

    assert phone.post(f"{address}/draft", data={**mine, C01: "9", C02: "5"}).status_code == 200
    assert phone.post(f"{address}/draft", data={**mine, C01: "8", C02: "5"}).status_code == 409
    assert answers_of(app, supplier)[C01] == "10"


def test_a_choice_between_two_answers_is_asked_again_when_a_third_came(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "C")
    mine, theirs = (_marks(phone.get(address).text) for _ in range(2))
    phone.post(address, data={**theirs, C01: "10", "later": "1"})
    clash = phone.post(address, data={**mine, C01: "11", "later": "1"})
    third = _marks(phone.get(address).text)
    phone.post(address, data={**third, C01: "12", "later": "1"})

    assert '<li><a href="#q-data-C-SAQ_C01">' in clash.text
    again = phone.post(address, data={**_marks(clash.text), C01: "11", "later": "1"})

    assert again.status_code == 409
    assert "Saved there: “12”" in again.text


def test_boxes_that_came_in_another_order_are_untouched_all_the_same(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "F")
    boxes = re.findall(
        r'type="checkbox"[^>]*name="(/data/F/\w+)" value="(\w+)"', phone.get(address).text
    )
    path, (first, second) = boxes[0][0], [value for _, value in boxes[:2]]
    with app.app_context(), acting(supplier.id):
        turned = responses.Typed({path: f"{second} {first}"}, 99, "workbook")
        responses.save_draft(supplier.asked.assignment_id, turned, act=Act(supplier.identity, NOW))
    mine, theirs = (_marks(phone.get(address).text) for _ in range(2))
    phone.post(address, data={**theirs, path: ["", second], "later": "1"})

    assert (
        phone.post(address, data={**mine, path: ["", first, second], "later": "1"}).status_code
        == 302
    )
    assert answers_of(app, supplier)[path] == second


def test_an_untouched_entry_that_was_removed_elsewhere_is_not_given_back(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    address, name = _address(supplier, "B"), f"{SITES}[2]/SAQ_B02"
    with app.app_context(), acting(supplier.id):
        responses.add_entry(supplier.asked.assignment_id, SITES, act=Act(supplier.identity, NOW))
    phone.post(address, data={**_marks(phone.get(address).text), name: "Far field", "later": "1"})
    mine = _marks(phone.get(address).text)
    with app.app_context(), acting(supplier.id):
        responses.remove_entry(
            supplier.asked.assignment_id,
            f"{SITES}[2]",
            act=Act(supplier.identity, NOW),
        )

    assert phone.post(address, data={**mine, name: "Far field", "later": "1"}).status_code == 302
    assert name not in answers_of(app, supplier) or answers_of(app, supplier)[name] == ""
    assert phone.post(address, data={**mine, name: "Near field"}).status_code == 409


@pytest.mark.parametrize("number", ["²", "9" * 5000])
def test_a_mark_of_a_page_that_is_no_number_is_read_as_never_seen(
    phone: FlaskClient, supplier: Supplier, number: str
):
    address = _address(supplier, "C")
    marks = {**_marks(phone.get(address).text), "seen": number}
    assert phone.post(address, data={**marks, C01: "3", "later": "1"}).status_code == 302


@pytest.mark.parametrize("language", ["fr", "es", "pt", "ar", "tr", "sw", "zh"])
def test_whether_an_answer_is_saved_is_said_in_the_language_of_the_page(
    phone: FlaskClient, supplier: Supplier, language: str
):
    address = _address(supplier, "C")
    english = _states(phone.get(f"{address}?lang=en").text)
    spoken = _states(phone.get(f"{address}?lang={language}").text)
    assert set(english) == set(spoken) == set(STATES)
    assert [name for name in STATES if spoken[name] == english[name]] == []


def _states(page: str) -> dict[str, str]:
    form = re.search(r'<form id="answers"[^>]*>', page)
    assert form
    found = re.findall(r'data-(\w+)="([^"]*)"', form[0])
    return {name: text for name, text in found if name not in ("autosave", "seal")}
