"""Texts of a form without a translation stand in the source language, and are marked as such."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.languages import current_language, speaking
from ddplatform.supplier_engagement.library import queries as questionnaires
from ddplatform.supplier_engagement.translations.queries import texts as questionnaire_texts
from questionnaires import Form, read_form
from questionnaires.form.form import Text
from questionnaires.form.languages import (
    Tongue,
    spoken_language,
    tongue_of,
)
from questionnaires.library import shipped as library
from questionnaires.library.shipped import shipped_translations
from questionnaires.translations.texts import Translation
from tests.answering import EMAIL, Supplier, ask, come_in
from tests.factories import PASSWORD, Tenant, csrf_token

FORM = """
| survey |
| | type | name | label | label::French (fr) |
| | text | q1 | What is it called? | Comment s’appelle-t-elle ? |
| | text | q2 | Where is it? | |
| settings |
| | form_title | form_id |
| | Farms | farms |
"""


@pytest.fixture
def farms() -> Form:
    return read_form(FORM.encode(), file_type=".md")


def read_in(app: Flask, form: Form, language: str, kept: str = "") -> Tongue:
    with app.test_request_context(), speaking(language):
        return tongue_of(form, current_language(), kept)


def test_a_text_without_translation_is_told_with_the_code_of_the_source(app: Flask, farms: Form):
    first, second = farms.questions()
    french = read_in(app, farms, "fr")

    assert (french.other(first.label), french.other(second.label)) == ("", "en")
    assert french.other(Text()) == ""
    assert french.is_spoken


def test_a_form_that_does_not_speak_the_language_of_the_page_says_it_once(app: Flask, farms: Form):
    turkish = read_in(app, farms, "tr")
    kept_in_french = read_in(app, farms, "tr", kept="fr")

    assert not turkish.is_spoken
    assert [turkish.other(q.label) for q in farms.questions()] == ["en", "en"]
    assert [kept_in_french.other(q.label) for q in farms.questions()] == ["fr", "en"]


def test_an_english_page_shows_the_english_form_though_it_was_begun_in_french(
    app: Flask, farms: Form
):
    with app.test_request_context(), speaking("en"):
        assert spoken_language(farms, "en", "fr") is None
        assert tongue_of(farms, "en", "fr").is_spoken
    with app.test_request_context(), speaking("fr"):
        assert spoken_language(farms, "fr", "en") == "French (fr)"


def signed_in_supplier(app: Flask, tenant: Tenant) -> tuple[Supplier, FlaskClient]:
    with app.app_context():
        supplier = come_in(ask(tenant))
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    return supplier, client


def test_a_question_and_an_answer_without_translation_carry_their_language_and_a_word(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    gone = ("survey/SAQ_A01/label", "choices/SAQ_A01/mine/label")

    def with_gaps(checksum: str) -> tuple[Translation, ...]:
        return tuple(
            Translation(one.language, {p: t for p, t in one.texts.items() if p not in gone})
            for one in shipped_translations(checksum)
        )

    monkeypatch.setattr(questionnaires, "shipped_translations", with_gaps)
    monkeypatch.setattr(questionnaires, "_plans", {})
    supplier, client = signed_in_supplier(app, tenant)
    base = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"

    page = client.get(f"{base}/A?lang=ar").text
    everything = client.get(f"{base}/questions?lang=ar").text
    english = client.get(f"{base}/A?lang=en").text

    marked = r'<span lang="en" dir="auto">[^<]+</span> <small class="faint">\(لم يُترجم بعد\)'
    assert len(re.findall(marked, page)) == len(gone)
    assert len(re.findall(marked, everything)) == len(gone)
    assert 'lang="en" dir="auto"' not in english


def test_a_form_without_the_language_of_the_page_says_so_once_and_marks_no_question(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(questionnaires, "shipped_translations", lambda _checksum: ())
    monkeypatch.setattr(questionnaires, "_plans", {})
    supplier, client = signed_in_supplier(app, tenant)
    base = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"

    page = client.get(f"{base}/A?lang=es").text

    assert page.count("Estas preguntas aún no están traducidas a su idioma.") == 1
    assert "aún sin traducir" not in page
    assert '<span lang="en" dir="auto">Which role fits your organisation best?</span>' in page


def test_titles_of_a_form_that_is_not_translated_carry_its_language(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    for place in (questionnaires, questionnaire_texts, library):
        monkeypatch.setattr(place, "shipped_translations", lambda _checksum: ())
    monkeypatch.setattr(questionnaire_texts, "_as_shipped", lambda _checksum: ({}, {}))
    monkeypatch.setattr(questionnaires, "_plans", {})
    supplier, client = signed_in_supplier(app, tenant)
    base = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}"
    section = '<span lang="en" dir="auto">About your organisation</span>'
    title = '<span lang="en" dir="auto">How your organisation respects'

    show = client.get(f"{base}/?lang=sw").text
    assert show.count(title) == 1
    assert f"1. {section}" in show
    assert f"<h1>{section}</h1>" in client.get(f"{base}/A?lang=sw").text
    assert f"1. {section}" in client.get(f"{base}/check?lang=sw").text
    assert title in client.get(f"/o/{supplier.slug}/responses/?lang=sw").text
    assert title in client.get(f"/o/{supplier.slug}/sharing/?lang=sw").text
    assert 'lang="en" dir="auto"' not in client.get(f"{base}/?lang=en").text


def test_a_document_of_a_kind_not_taken_is_refused_in_the_language_of_the_page(
    app: Flask, tenant: Tenant
):
    supplier, client = signed_in_supplier(app, tenant)
    address = f"/o/{supplier.slug}/evidence/add?lang=es"
    data = {"csrf_token": csrf_token(client, address), "document": (BytesIO(b"MZ"), "list.exe")}

    answer = client.post(address, data=data)

    assert answer.status_code == 422
    assert "list.exe es de un tipo que no se acepta. Envíe PDF" in answer.text


def test_a_workbook_that_is_none_is_refused_in_the_language_of_the_page(app: Flask, tenant: Tenant):
    supplier, client = signed_in_supplier(app, tenant)
    address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/ways?lang=es"
    data = {"csrf_token": csrf_token(client, address), "file": (BytesIO(b"no"), "a.xlsx")}

    answer = client.post(address, data=data)

    assert answer.status_code == 422
    assert "a.xlsx: Este archivo no es un libro de tipo .xlsx." in answer.text
