"""Answers in a workbook: downloaded, filled in, looked at, taken over as from the page."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from werkzeug.test import TestResponse

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.supplier_engagement.offline.models import AnswerIntake, IntakeStatus
from ddplatform.supplier_engagement.offline.services import books as answer_books
from ddplatform.supplier_engagement.offline.services import intake as answer_intake
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from ddplatform.supplier_engagement.responses.services import responses
from tests.answer_books import answer_cell, changed, opened, repeat_cell, with_answers
from tests.answering import Supplier, acting, ask, come_in, fill, send, typed
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token

C01, D01 = "/data/C/SAQ_C01", "/data/D/SAQ_D01"
LATER = NOW + timedelta(hours=1)
XLSX = "answers.xlsx"


def _ways(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/ways"


def _book(phone: FlaskClient, supplier: Supplier) -> bytes:
    answer = phone.get(f"{_ways(supplier)}/answers.xlsx")
    assert answer.status_code == 200
    return answer.data


def _bring(
    phone: FlaskClient, supplier: Supplier, content: bytes, name: str = XLSX
) -> TestResponse:
    token = csrf_token(phone, _ways(supplier))
    data = {"csrf_token": token, "file": (BytesIO(content), name)}
    return phone.post(_ways(supplier), data=data)


def _take(phone: FlaskClient, address: str, **more: str) -> TestResponse:
    return phone.post(address, data={"csrf_token": csrf_token(phone, address), **more})


def _kept(app: Flask, supplier: Supplier) -> dict[str, str]:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id)}


def _problem(app: Flask, supplier: Supplier, path: str) -> str | None:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return next(a.problem for a in list_answers(row.id) if a.path == path)


def _words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_changed_answers_are_shown_first_and_kept_when_they_are_taken_over(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    book = with_answers(_book(phone, supplier), SAQ_C01=40, SAQ_C06="No")

    came = _bring(phone, supplier, book)
    shown = phone.get(came.location)

    assert came.status_code == 302
    assert "2 answers change." in _words(shown)
    assert "C01" not in "".join(k for k, v in _kept(app, supplier).items() if v)
    assert _take(phone, came.location).status_code == 302
    kept = _kept(app, supplier)
    assert (kept[C01], kept["/data/C/SAQ_C06"]) == ("40", "no")


def test_page_of_the_questions_leads_to_the_other_ways(phone: FlaskClient, supplier: Supplier):
    page = phone.get(_ways(supplier).removesuffix("ways")).text

    assert f'href="{_ways(supplier)}"' in page


def test_book_that_nobody_changed_changes_nothing(phone: FlaskClient, supplier: Supplier, app):
    with app.app_context():
        fill(supplier)
    came = _bring(phone, supplier, _book(phone, supplier))

    assert "Nothing in this file differs" in _words(phone.get(came.location))


def test_new_rows_of_a_sheet_become_entries(app: Flask, supplier: Supplier, phone: FlaskClient):
    def fill_second(book: Workbook) -> None:
        repeat_cell(book, "/SAQ_B02", 1).value = "Gagnoa"
        repeat_cell(book, "/SAQ_B02", 4).value = "Daloa"

    came = _bring(phone, supplier, changed(_book(phone, supplier), fill_second))
    _take(phone, came.location)

    kept = _kept(app, supplier)
    assert kept["/data/B/SAQ_B01"] == "2"
    assert kept["/data/B/SAQ_B01[2]/SAQ_B02"] == "Daloa"


def test_wrong_answer_is_kept_with_its_problem(app: Flask, supplier: Supplier, phone: FlaskClient):
    came = _bring(phone, supplier, with_answers(_book(phone, supplier), SAQ_C01="about forty"))

    assert "Kept, but not an answer yet:" in _words(phone.get(came.location))
    _take(phone, came.location)
    assert _kept(app, supplier)[C01] == "about forty"
    assert "not a whole number" in (_problem(app, supplier, C01) or "")


def test_answer_changed_on_the_page_meanwhile_is_chosen_by_the_person(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    book = with_answers(_book(phone, supplier), SAQ_C01=40, SAQ_D01=3)
    with app.app_context(), acting(supplier.id):
        responses.save_draft(
            supplier.asked.assignment_id,
            typed({C01: "10"}),
            act=Act(supplier.identity, NOW),
        )
    came = _bring(phone, supplier, book)

    shown = phone.get(came.location)
    assert f'name="take:{C01}"' in shown.text
    _take(phone, came.location, **{f"take:{C01}": "kept"})
    kept = _kept(app, supplier)
    assert (kept[C01], kept[D01]) == ("10", "3")


def test_file_is_right_where_the_person_says_so(app: Flask, supplier: Supplier, phone: FlaskClient):
    book = with_answers(_book(phone, supplier), SAQ_C01=40)
    with app.app_context(), acting(supplier.id):
        responses.save_draft(
            supplier.asked.assignment_id,
            typed({C01: "10"}),
            act=Act(supplier.identity, NOW),
        )
    came = _bring(phone, supplier, book)
    _take(phone, came.location, **{f"take:{C01}": "file"})

    assert _kept(app, supplier)[C01] == "40"


def test_formula_is_named_with_its_cell_and_the_rest_is_taken(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    book = opened(_book(phone, supplier))
    cell = answer_cell(book, C01)
    place = f"{cell.parent.title}, {cell.coordinate}"
    came = _bring(
        phone, supplier, with_answers(_book(phone, supplier), SAQ_C01="=20+20", SAQ_D01=3)
    )

    words = _words(phone.get(came.location))
    assert f"{place} : The cell holds a formula" in words
    _take(phone, came.location)
    assert _kept(app, supplier)[D01] == "3"
    assert not _kept(app, supplier).get(C01)


def test_book_of_other_questions_is_refused_in_words(
    app: Flask, tenant: Tenant, supplier: Supplier, phone: FlaskClient
):
    def rename(book: Workbook) -> None:
        for row in book["_meta"].iter_rows():
            if row[0].value == "assignment":
                row[1].value = "another"

    answer = _bring(phone, supplier, changed(_book(phone, supplier), rename))

    assert answer.status_code == 422
    assert "This workbook belongs to other questions" in _words(answer)
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("answers.xlsx", b"not a workbook", "no workbook of the kind .xlsx"),
        ("answers.xlsx", b"PK\x03\x04cut off", "cannot be opened"),
        ("answers.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "no workbook of the kind .xlsx"),
        ("answers.pdf", b"%PDF-1.4", "no submission of a phone app"),
    ],
)
def test_file_of_another_kind_is_refused_in_words(
    phone: FlaskClient, supplier: Supplier, name: str, content: bytes, says: str
):
    answer = _bring(phone, supplier, content, name)

    assert answer.status_code == 422
    assert says in _words(answer)


def test_returned_book_that_gained_a_program_is_refused_and_no_answer_is_taken(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    content = BytesIO(_book(phone, supplier))
    with ZipFile(content, "a") as archive:
        archive.writestr("xl/activeX/activeX1.bin", b"program")

    answer = _bring(phone, supplier, content.getvalue())

    assert answer.status_code == 422
    assert "answers.xlsx holds a control or a program" in _words(answer)
    with app.app_context(), acting(supplier.id):
        assert db.session.query(AnswerIntake).count() == 0


def test_no_file_is_asked_for(phone: FlaskClient, supplier: Supplier):
    answer = phone.post(_ways(supplier), data={"csrf_token": csrf_token(phone, _ways(supplier))})

    assert answer.status_code == 422
    assert "Choose the file" in _words(answer)


def test_file_that_is_put_aside_changes_nothing_and_stays(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    came = _bring(phone, supplier, with_answers(_book(phone, supplier), SAQ_C01=40))
    _take(phone, came.location, aside="1")

    assert not _kept(app, supplier).get(C01)
    assert "put aside" in _words(phone.get(_ways(supplier)))


def test_file_is_taken_over_once(app: Flask, supplier: Supplier, phone: FlaskClient):
    came = _bring(phone, supplier, with_answers(_book(phone, supplier), SAQ_C01=40))
    token = csrf_token(phone, came.location)
    phone.post(came.location, data={"csrf_token": token})

    again = phone.post(came.location, data={"csrf_token": token})

    assert again.status_code == 409
    assert "taken over or put aside already" in _words(again)


def test_nothing_comes_in_once_the_answers_are_sent(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    with app.app_context():
        fill(supplier)
        book = _book(phone, supplier)
        token = csrf_token(phone, _ways(supplier))
        send(supplier, at=LATER)

    data = {"csrf_token": token, "file": (BytesIO(book), XLSX)}
    answer = phone.post(_ways(supplier), data=data)

    assert answer.status_code == 409
    assert "cannot be changed now" in _words(answer)
    assert _book(phone, supplier)  # what was sent can still be taken home


def test_questions_that_nobody_opened_have_no_workbook(app: Flask, tenant: Tenant):
    with app.app_context():
        supplier = come_in(ask(tenant))
        with acting(supplier.id):
            row = find_response(supplier.asked.assignment_id)
            for answer in list_answers(row.id):
                db.session.delete(answer)
            db.session.flush()
            db.session.delete(row)
        with acting(supplier.id), pytest.raises(Conflict):
            write_book(supplier.asked.assignment_id, at=NOW)
        with acting(supplier.id), pytest.raises(NotFound):
            answer_intake.look(supplier.asked.assignment_id, uuid4(), at=NOW)


def test_book_in_another_language_shows_that_of_the_form_beside_it(
    app: Flask, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answer_books, "language_of", lambda *_: "French (fr)")
    with app.app_context(), acting(supplier.id):
        _, content = write_book(supplier.asked.assignment_id, at=NOW)

    assert not opened(content).worksheets[1].column_dimensions["C"].hidden


def test_book_says_that_no_speaker_has_reviewed_its_translation(app: Flask, supplier: Supplier):
    def read_me(language: str) -> str:
        with app.app_context(), acting(supplier.id):
            row = find_response(supplier.asked.assignment_id)
            assert row is not None
            row.language = language
            _, content = write_book(supplier.asked.assignment_id, at=NOW)
        sheet = opened(content).worksheets[0]
        return " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)

    assert "Tafsiri hii imetengenezwa na mashine" in read_me("sw")
    assert "made by a machine" not in read_me("en")


def test_file_that_never_came_is_not_found(phone: FlaskClient, supplier: Supplier):
    assert phone.get(f"{_ways(supplier)}/{uuid4()}").status_code == 404


def test_upload_of_a_book_leaves_its_events(app: Flask, supplier: Supplier, phone: FlaskClient):
    came = _bring(phone, supplier, with_answers(_book(phone, supplier), SAQ_C01=40))
    _take(phone, came.location)

    with app.app_context(), acting(supplier.id):
        intake = db.session.query(AnswerIntake).one()
        assert (intake.status, intake.taken_count) == (IntakeStatus.TAKEN, 1)
        found = answer_intake.look(supplier.asked.assignment_id, intake.id, at=LATER)
        assert found.news == ()


def test_page_of_a_book_opens_its_file_no_more_and_compares_it_with_the_answers_of_now(
    app: Flask, supplier: Supplier, phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    came = _bring(phone, supplier, with_answers(_book(phone, supplier), SAQ_C01=40))
    monkeypatch.setattr(answer_intake, "read_book", None)  # a page that calls it fails

    assert "1 answer changes." in _words(phone.get(came.location))
    with app.app_context(), acting(supplier.id):
        one = supplier.asked.assignment_id
        responses.save_draft(one, typed({C01: "10"}), act=Act(supplier.identity, NOW))

    assert "Changed here too" in _words(phone.get(came.location))


def test_book_whose_cells_were_not_kept_is_opened_anew(
    app: Flask, supplier: Supplier, phone: FlaskClient
):
    came = _bring(phone, supplier, with_answers(_book(phone, supplier), SAQ_C01=40))
    with app.app_context(), acting(supplier.id):
        db.session.query(AnswerIntake).one().cells = None

    assert "1 answer changes." in _words(phone.get(came.location))
