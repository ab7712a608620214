"""Translations that a person confirms: side by side, by table, and what suppliers read of it."""

import re
import zlib
from base64 import b64encode
from html import unescape
from io import BytesIO
from threading import Event
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, finish, release_write_lock, write_lock
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import speaking
from ddplatform.supplier_engagement.library.models import ConfirmedText
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.translations.queries import texts as queries
from ddplatform.supplier_engagement.translations.queries.texts import (
    Review,
    load_texts,
    load_wording,
)
from ddplatform.supplier_engagement.translations.services import confirm, take_back
from questionnaires.library.shipped import shipped_translations
from questionnaires.translations.states import TextState
from questionnaires.translations.texts import mark_of
from tests.answer_books import changed, opened
from tests.answering import EMAIL, Supplier, acting, ask, come_in, saq_version
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, make_tenant, signed_in_client
from tests.forms import table
from tests.stored_worlds import stored_world
from tests.supplier_engagement.responses.test_response_races import both

PLACE = "survey/SAQ_A01/label"
WORDS = "Quel rôle décrit le mieux votre organisation, selon vous ?"
MACHINE = "Cette traduction a été faite par une machine."
PARTLY = "Des parties de cette traduction"


@stored_world
def version(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant.id):
        return saq_version()


def confirm_as(tenant: Tenant, version: UUID, texts: dict[str, str], language: str = "fr") -> int:
    with acting(tenant.id):
        return confirm(version, language, texts, act=Act(tenant.analyst, NOW))


def french(tenant: Tenant, version: UUID) -> queries.Texts:
    with acting(tenant.id):
        return load_texts(version, "fr")


def test_a_confirmed_text_keeps_who_and_when_and_leaves_one_event(tenant: Tenant, version: UUID):
    assert confirm_as(tenant, version, {PLACE: WORDS}) == 1

    found = french(tenant, version)
    assert found.texts[PLACE].text == WORDS
    assert found.texts[PLACE].state is TextState.CONFIRMED
    assert (found.confirmed[PLACE].name, found.confirmed[PLACE].at) == (
        found.confirmed[PLACE].name,
        NOW,
    )
    assert found.confirmed[PLACE].name
    with acting(tenant.id):
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "translation:confirm")
        ).all()
        assert [event.target_id for event in events] == [str(version)]


def test_confirming_what_is_confirmed_already_is_no_change(tenant: Tenant, version: UUID):
    confirm_as(tenant, version, {PLACE: WORDS})

    assert confirm_as(tenant, version, {PLACE: f" {WORDS} "}) == 0


def test_words_of_one_organisation_are_not_those_of_another(tenant: Tenant, version: UUID):
    other = make_tenant("borisco", at=NOW)
    confirm_as(tenant, version, {PLACE: WORDS})

    assert french(other, version).texts[PLACE].state is TextState.MACHINE


def test_a_text_whose_source_changed_loses_its_confirmation_and_keeps_its_words(
    tenant: Tenant, version: UUID
):
    confirm_as(tenant, version, {PLACE: WORDS})
    with acting(tenant.id):
        row = db.session.scalars(select(ConfirmedText)).one()
        row.source, row.edits = "000000000000", row.edits + 1

    known = french(tenant, version).texts[PLACE]

    assert (known.state, known.earlier) == (TextState.MACHINE, WORDS)


def test_a_confirmation_that_is_taken_back_leaves_the_words_of_the_machine(
    tenant: Tenant, version: UUID
):
    confirm_as(tenant, version, {PLACE: WORDS})
    with acting(tenant.id):
        assert take_back(version, "fr", [PLACE], act=Act(tenant.analyst, NOW)) == 1
        assert take_back(version, "fr", [PLACE], act=Act(tenant.analyst, NOW)) == 0

    known = french(tenant, version).texts[PLACE]
    assert (known.state, known.earlier) == (TextState.MACHINE, "")
    assert confirm_as(tenant, version, {PLACE: WORDS}) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [("  ", "Write the translation first"), ("x" * 5001, "At most 5000 characters.")],
)
def test_an_empty_and_an_endless_text_are_refused_by_their_place(
    tenant: Tenant, version: UUID, text: str, told: str
):
    with pytest.raises(Invalid) as refused:
        confirm_as(tenant, version, {PLACE: text})

    assert refused.value.fields[PLACE].startswith(told)


def test_values_of_a_text_must_stay_and_none_may_come(tenant: Tenant, version: UUID):
    own = publish(tenant)
    said = "survey/said/label"
    for text, told in (
        ("Vous avez écrit.", "Add ${who}"),
        ("${who} ${autre}", "Leave out ${…}"),
    ):
        with pytest.raises(Invalid) as refused:
            confirm_as(tenant, own, {said: text})
        assert refused.value.fields[said].startswith(told)
    assert confirm_as(tenant, own, {said: "Écrit : ${who}"}) == 1


def test_what_another_wrote_meanwhile_is_shown_and_not_written_over(tenant: Tenant, version: UUID):
    shown = mark_of(french(tenant, version).texts[PLACE].text)
    confirm_as(tenant, version, {PLACE: WORDS})

    with pytest.raises(Invalid) as refused, acting(tenant.id):
        seen = {PLACE: shown}
        confirm(version, "fr", {PLACE: "Autre"}, seen=seen, act=Act(tenant.analyst, NOW))

    assert WORDS in refused.value.fields[PLACE]
    assert french(tenant, version).texts[PLACE].text == WORDS


@pytest.mark.both_databases
def test_two_who_confirm_the_first_words_of_a_text_in_one_moment_do_not_write_over_each_other(
    context: Flask, tenant: Tenant
):
    with acting(tenant.id):
        version = saq_version()
        seen = {PLACE: mark_of(load_texts(version, "fr").texts[PLACE].text)}
    written, told = Event(), list[str]()

    def confirming(words: str) -> None:
        with acting(tenant.id):
            confirm(version, "fr", {PLACE: words}, seen=seen, act=Act(tenant.analyst, NOW))
            db.session.flush()
            written.set()
            Event().wait(timeout=0.5)  # the other one comes while this is not kept yet

    def second() -> None:
        written.wait()
        try:
            confirming("Autres mots")
        except Invalid as refused:
            told.append(refused.fields[PLACE])

    both(context, lambda: confirming(WORDS), second)

    assert french(tenant, version).texts[PLACE].text == WORDS
    assert len(told) == 1
    assert WORDS in told[0]


def test_a_language_that_is_none_and_that_of_the_form_are_not_found(tenant: Tenant, version: UUID):
    for language in ("de", "en"):
        with pytest.raises(NotFound):
            confirm_as(tenant, version, {PLACE: WORDS}, language)


# -- what suppliers read ------------------------------------------------------------------------


def supplier_of(app: Flask, tenant: Tenant) -> tuple[Supplier, FlaskClient]:
    with app.app_context():
        supplier = come_in(ask(tenant))
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    return supplier, client


def test_supplier_reads_the_confirmed_words_and_a_mark_that_says_how_far_it_got(
    app: Flask, tenant: Tenant, version: UUID
):
    supplier, client = supplier_of(app, tenant)
    address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/A?lang=fr"
    first = unescape(client.get(address).text)
    confirm_as(tenant, version, {PLACE: WORDS})
    second = unescape(client.get(address).text)
    whole = {place: one.text for place, one in french(tenant, version).texts.items()}
    confirm_as(tenant, version, whole)
    third = unescape(client.get(address).text)

    assert (MACHINE in first, PARTLY in first, WORDS in first) == (True, False, False)
    assert (MACHINE in second, PARTLY in second, WORDS in second) == (False, True, True)
    assert (MACHINE in third, PARTLY in third, WORDS in third) == (False, False, True)
    questions = client.get(address.replace("/A?", "/questions?")).text
    assert WORDS in unescape(questions)


def test_words_of_another_buyer_are_not_read_by_the_supplier(
    app: Flask, tenant: Tenant, version: UUID
):
    supplier, client = supplier_of(app, tenant)
    confirm_as(make_tenant("borisco", at=NOW), version, {PLACE: WORDS})

    page = client.get(f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/A?lang=fr")

    assert MACHINE in unescape(page.text)
    assert WORDS not in unescape(page.text)


def test_the_title_is_read_as_confirmed(app: Flask, tenant: Tenant, version: UUID):
    supplier, _ = supplier_of(app, tenant)
    confirm_as(tenant, version, {"settings/form_title": "Les droits de l’enfant chez vous"})

    with app.test_request_context(), speaking("fr"), acting(supplier.id):
        request = get_request(supplier.asked.assignment_id)

    assert request.title == "Les droits de l’enfant chez vous"
    assert request.review == Review(len(french(tenant, version).texts) - 1, 1)


def test_words_that_are_not_committed_are_kept_for_nobody(
    tenant: Tenant, version: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queries, "_wordings", {})
    texts = {"settings/form_title": "Titre"}
    with acting_in(tenant.id), write_lock():
        confirm(version, "fr", texts, act=Act(tenant.analyst, NOW))
        assert load_wording(version, tenant.id).titles["fr"] == "Titre"
        assert queries._wordings == {}
        finish(ok=False)

    with acting(tenant.id):
        assert load_wording(version, tenant.id).titles["fr"] != "Titre"


def test_a_wording_that_another_thread_drops_meanwhile_is_given_all_the_same(
    tenant: Tenant, version: UUID, monkeypatch: pytest.MonkeyPatch
):
    class Dropping(dict[object, object]):
        def __setitem__(self, key: object, value: object) -> None:
            """Nothing stays: it is dropped as soon as it is kept."""

    confirm_as(tenant, version, {"settings/form_title": "Titre"})
    monkeypatch.setattr(queries, "_wordings", Dropping())
    monkeypatch.setattr(queries, "_forms", Dropping())
    with acting(tenant.id):
        assert load_wording(version, tenant.id).titles["fr"] == "Titre"


def test_wordings_kept_in_a_process_are_no_more_than_so_many(
    tenant: Tenant, version: UUID, monkeypatch: pytest.MonkeyPatch
):
    release_write_lock()  # as each request begins
    monkeypatch.setattr(queries, "MOST_KEPT", 1)
    monkeypatch.setattr(queries, "_wordings", {})
    own = publish(tenant)
    for one in (version, own):
        confirm_as(tenant, one, {"settings/form_title": "Titre"})
        with acting_in(tenant.id):
            assert load_wording(one, tenant.id).titles["fr"] == "Titre"

    assert len(queries._wordings) == 1


def test_words_confirmed_for_one_version_hold_for_the_next_where_the_source_stayed(
    tenant: Tenant, version: UUID
):
    first = publish(tenant)
    confirm_as(tenant, first, {"survey/who/label": "Qui ?", "survey/said/label": "Dit : ${who}"})
    second = publish(tenant, FORM.replace("You wrote", "You typed"), again=first)

    texts = french(tenant, second).texts

    assert texts["survey/who/label"].state is TextState.CONFIRMED
    assert texts["survey/said/label"].state is TextState.MISSING
    assert texts["survey/said/label"].earlier == "Dit : ${who}"


FORM = table(
    "survey",
    "type | name | label",
    "text | who | Who answers?",
    "note | said | You wrote ${who}.",
) + table("settings", "form_title | form_id", "Farms | farms")


def publish(tenant: Tenant, text: str = FORM, *, again: UUID | None = None) -> UUID:
    """A form of its own, published; `again`: another version of the one published there."""
    with acting(tenant.id):
        form_id = own_form_of(again) if again else None
        brought = own_forms.bring_in(
            "f.csv", text.encode(), act=Act(tenant.analyst, NOW), form_id=form_id
        )
        assert brought.form is not None
        number = 2 if again else 1
        return own_forms.publish(brought.form.id, number=number, act=Act(tenant.analyst, NOW)).id


def own_form_of(version_id: UUID) -> UUID:
    questionnaire = queries.get_version(version_id).questionnaire_id
    own = own_forms.OwnForm
    return db.session.scalars(select(own.id).where(own.questionnaire_id == questionnaire)).one()


# -- pages --------------------------------------------------------------------------------------


@pytest.fixture
def client(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ANALYST)


def home(tenant: Tenant, version: UUID) -> str:
    return f"/o/{tenant.slug}/questionnaires/library/{version}/translations"


def send(client: FlaskClient, address: str, **data: object):
    token = csrf_token(client, address.removesuffix("/confirm").removesuffix("/take"))
    return client.post(address, data={"csrf_token": token, **data})


def test_languages_are_listed_with_what_is_confirmed_and_what_is_not(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    confirm_as(tenant, version, {PLACE: WORDS})

    page = client.get(home(tenant, version)).text

    (shipped,) = (
        one
        for one in shipped_translations(queries.get_version(version).checksum)
        if one.language == "fr"
    )
    row = re.search(r"<tr>.*?Français.*?</tr>", page, re.DOTALL)[0]
    figures = re.findall(r'data-label="(?:Confirmed|Machine-made|Missing)">(\d+)', row)
    assert figures == ["1", str(len(shipped.texts) - 1), "0"]


def test_source_and_translation_stand_side_by_side_in_their_languages(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    page = client.get(f"{home(tenant, version)}/ar?section=A").text

    assert '<span lang="en" dir="auto">Which role fits your organisation best?</span>' in page
    assert re.search(rf'<textarea name="text:{PLACE}"[^>]* lang="ar" dir="rtl"', page)
    assert "Why we ask" in page
    assert client.get(f"{home(tenant, version)}/ar?section=none").status_code == 404
    assert client.get(f"{home(tenant, version)}/de").status_code == 404


def test_one_text_is_edited_and_confirmed_on_the_page(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    kept = french(tenant, version).texts[PLACE].text
    field, mark = f"text:{PLACE}", f"seen:{PLACE}"
    answer = send(
        client,
        f"{home(tenant, version)}/fr/confirm",
        **{"section": "A", field: WORDS, mark: mark_of(kept), "confirm": PLACE},
    )

    assert answer.status_code == 302
    page = unescape(client.get(answer.location).text)
    assert "Confirmed: 1 text." in page
    assert WORDS in page
    assert "Withdraw confirmation" in page


def test_a_whole_section_is_confirmed_and_one_of_it_taken_back(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    address = f"{home(tenant, version)}/fr"
    page = client.get(f"{address}?section=A").text
    names = re.findall(r'name="text:([^"]+)"', page)
    texts = french(tenant, version).texts
    typed = {f"text:{name}": texts[name].text for name in names}
    marks = {f"seen:{name}": mark_of(texts[name].text) for name in names}
    send(client, f"{address}/confirm", section="A", all="1", **typed, **marks)
    send(client, f"{address}/confirm", section="A", back=PLACE)

    found = french(tenant, version).texts
    open_ones = [name for name in names if found[name].state is not TextState.CONFIRMED]
    assert len(names) > 20
    assert open_ones == [PLACE]


def test_what_was_typed_stays_on_the_page_when_it_is_refused(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    typed = {f"text:{PLACE}": "x" * 5001, f"seen:{PLACE}": "old"}
    answer = send(client, f"{home(tenant, version)}/fr/confirm", section="A", **typed)

    assert answer.status_code == 422
    assert "At most 5000 characters." in answer.text
    assert "x" * 5001 in answer.text


def test_a_reader_sees_translations_and_confirms_none(app: Flask, tenant: Tenant, version: UUID):
    reader = signed_in_client(app, tenant, RoleId.AUDITOR)
    address = f"{home(tenant, version)}/fr"
    page = reader.get(address)

    assert page.status_code == 200
    assert "<textarea" not in page.text
    token = (
        csrf_token(reader, "/account") if "csrf" not in page.text else csrf_token(reader, address)
    )
    sent = reader.post(f"{address}/confirm", data={"csrf_token": token, "all": "1"})
    assert sent.status_code == 403


# -- by table -----------------------------------------------------------------------------------


def downloaded(client: FlaskClient, tenant: Tenant, version: UUID, language: str = "fr") -> bytes:
    return client.get(f"{home(tenant, version)}.xlsx?language={language}").data


def with_words(content: bytes, text: str = WORDS) -> bytes:
    def change(book: object) -> None:
        sheet = book["Texts"]  # type: ignore[index]
        row = next(row for row in sheet.iter_rows(min_row=3) if row[0].value == PLACE)
        row[3].value = text

    return changed(content, change)


def bring(client: FlaskClient, tenant: Tenant, version: UUID, content: bytes):
    data = {"file": (BytesIO(content), "fr.xlsx")}
    return send(client, home(tenant, version), **data)


def test_a_table_comes_back_and_its_change_is_shown_before_it_is_confirmed(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    page = bring(client, tenant, version, with_words(downloaded(client, tenant, version)))

    assert page.status_code == 200
    assert WORDS in unescape(page.text)
    assert french(tenant, version).texts[PLACE].state is TextState.MACHINE
    packed = re.search(r'name="changes" value="([^"]+)"', page.text)[1]
    send(client, f"{home(tenant, version)}/take", changes=unescape(packed), take=["0"])
    assert french(tenant, version).texts[PLACE].text == WORDS


def test_a_text_that_was_changed_here_too_is_not_ticked_and_not_taken_unseen(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    content = with_words(downloaded(client, tenant, version))
    confirm_as(tenant, version, {PLACE: "Entre-temps"})

    page = bring(client, tenant, version, content)

    assert "1 text was changed here too" in page.text
    assert 'value="0" aria-label="Take Français, D5" checked' not in page.text
    packed = unescape(re.search(r'name="changes" value="([^"]+)"', page.text)[1])
    confirm_as(tenant, version, {PLACE: "Encore après"})
    late = send(client, f"{home(tenant, version)}/take", changes=packed, take=["0"])
    assert late.status_code == 422
    assert french(tenant, version).texts[PLACE].text == "Encore après"


def test_a_faulty_cell_is_told_and_a_foreign_file_refused(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    content = downloaded(client, tenant, version)
    faulty = bring(client, tenant, version, with_words(content, "=1+1"))
    other = bring(client, tenant, publish(tenant), content)
    broken = bring(client, tenant, version, b"no")
    none = send(client, home(tenant, version))

    assert "Here stands a formula." in faulty.text
    assert "This is the table of another form" in other.text
    assert "This file is no workbook of the kind .xlsx." in broken.text
    assert "Choose the table that was filled in." in none.text
    assert [faulty.status_code, other.status_code, broken.status_code] == [200, 422, 422]


def _packed(text: str) -> str:
    return b64encode(zlib.compress(text.encode())).decode()


DEEP = _packed("[" * 100_000 + "]" * 100_000)
HALF_A_SIGN = _packed(r'[["fr", "survey/SAQ_A01/label", "\ud800", ""]]')


@pytest.mark.parametrize("packed", ["", "%%", "AAAA", "eJwDAAAAAAE=", DEEP, HALF_A_SIGN])
def test_changes_that_were_damaged_on_the_way_are_asked_for_again(
    client: FlaskClient, tenant: Tenant, version: UUID, packed: str
):
    answer = send(client, f"{home(tenant, version)}/take", changes=packed, take=["0"])

    assert answer.status_code == 422
    assert "Upload the table again." in answer.text


def test_the_table_of_all_languages_has_a_column_each_and_one_of_none_is_not_found(
    client: FlaskClient, tenant: Tenant, version: UUID
):
    sheet = opened(client.get(f"{home(tenant, version)}.xlsx").data)["Texts"]

    heads = [cell.value for cell in sheet[1]]
    assert [head for head in heads if head and len(head) == 2 and head != "id"] == [
        *("fr", "es", "pt", "ar", "tr", "sw", "zh")
    ]
    assert client.get(f"{home(tenant, version)}.xlsx?language=de").status_code == 404
