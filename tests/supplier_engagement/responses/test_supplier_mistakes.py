"""What a tired person does wrong on the pages of a supplier, and what the page answers."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.infrastructure.forms.sent import VersionForm
from tests.answering import Supplier
from tests.factories import csrf_token

POLICY = "/data/A/SAQ_A06_evidence"
C01 = "/data/C/SAQ_C01"


def _address(supplier: Supplier, rest: str) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/{rest}"


def test_of_several_refused_files_each_is_named_once_with_its_reason(
    phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "A")
    chosen = [(BytesIO(b"MZ"), "tool.exe"), (BytesIO(b""), "empty.pdf")]
    token = csrf_token(phone, address)
    data = {"csrf_token": token, f"file:{POLICY}": chosen}

    page = phone.post(address, data=data, content_type="multipart/form-data").text

    summary = page.partition('id="errors-title"')[2].partition("</section>")[0]
    assert summary.count("tool.exe") == summary.count("empty.pdf is empty") == 1
    assert ".:" not in summary


def test_a_file_too_many_is_named_with_when_it_can_come(
    phone: FlaskClient, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "UPLOAD", rate_limits.Limit("upload", 0, 3600))
    address = _address(supplier, "A")
    token = csrf_token(phone, address)
    data = {"csrf_token": token, f"file:{POLICY}": (BytesIO(b"%PDF-1.4"), "policy.pdf")}

    page = phone.post(address, data=data, content_type="multipart/form-data").text

    assert "policy.pdf: " in page


def test_signs_of_direction_in_what_was_typed_do_not_turn_the_sentence_about_it(
    phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "C")
    token = csrf_token(phone, address)

    page = phone.post(address, data={"csrf_token": token, C01: "ten \u202eabc"}).text

    assert "&#39;ten abc&#39; is not a whole number." in page
    assert 'value="ten \u202eabc"' in page


def test_a_text_that_nobody_can_read_to_the_end_is_kept_and_asked_to_be_shorter(
    phone: FlaskClient, supplier: Supplier
):
    address, name = _address(supplier, "A"), "/data/A/SAQ_A02"
    token = csrf_token(phone, address)

    page = phone.post(address, data={"csrf_token": token, name: "word " * 5000})

    assert page.status_code == 422
    assert "This answer has 25000 characters. Shorten it to 20000 characters" in page.text
    assert "word " * 4999 in phone.get(address).text


def test_who_tells_of_a_child_in_danger_reads_that_nobody_knows_of_it_before_it_is_sent(
    phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "C")
    token = csrf_token(phone, address)

    draft = phone.post(f"{address}/draft", data={"csrf_token": token, "/data/C/SAQ_C06": "yes"})

    assert "do not wait for that: get help first" in draft.get_json()["help"][0]
    assert "only when you send your answers" in phone.get(address).text


def test_the_file_that_comes_back_is_chosen_by_a_button_in_the_language_of_the_page(
    phone: FlaskClient, supplier: Supplier
):
    page = phone.get(_address(supplier, "ways") + "?lang=sw").text
    assert "Chagua faili" in page


def test_a_brought_file_that_is_missing_is_asked_for_at_its_field(
    phone: FlaskClient, supplier: Supplier
):
    address = _address(supplier, "ways")
    page = phone.post(address, data={"csrf_token": csrf_token(phone, address)})
    assert page.status_code == 422
    assert 'id="file-error">Choose the file that you filled in.' in page.text


@pytest.mark.parametrize("text", ["²", "9" * 5000, "x"])
def test_a_version_of_a_form_that_is_no_number_is_stale(app: Flask, text: str):
    with app.test_request_context(method="POST", data={"version": text}):
        assert VersionForm(meta={"csrf": False}).version_number == 0


def test_roles_of_the_people_of_a_supplier_are_named_in_the_language_of_the_page(
    phone: FlaskClient, supplier: Supplier
):
    page = phone.get(f"/o/{supplier.slug}/people/?lang=fr").text
    assert "Fournisseur" in page
    assert "Administrator" not in page
