"""Workbooks that came back by mail: the buyer brings them in, the supplier confirms them."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.supplier_engagement.returned_books.queries import get_delivery, list_books
from ddplatform.supplier_engagement.returned_books.services import books as returned_books
from ddplatform.supplier_engagement.returned_books.services.mail import TELL, notify_returned
from ddplatform.supplier_engagement.review.services.review import return_answers
from questionnaires.workbook.alone import ReadAlone
from tests.answer_books import answer_cell, opened, saved, with_answers
from tests.answering import (
    Supplier,
    acting,
    ask_again,
    fill,
    mails,
    send,
    typed,
)
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.phone_submissions import zipped

C01 = "/data/C/SAQ_C01"
PAGE = "questionnaires/returned-workbooks"


@pytest.fixture
def office(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def _book(app: Flask, supplier: Supplier, **answers: object) -> bytes:
    with app.app_context(), acting(supplier.id):
        book = write_book(supplier.asked.assignment_id, at=NOW)[1]
    return with_answers(book, **answers) if answers else book


def _bring(app: Flask, tenant: Tenant, *files: tuple[str, bytes]) -> UUID:
    with app.app_context(), acting(tenant.id):
        return returned_books.bring(files, act=Act(tenant.manager, NOW)).id


def _read(app: Flask, tenant: Tenant, delivery_id: UUID) -> dict[str, int]:
    @contextmanager
    def unit() -> Iterator[None]:
        with acting(tenant.id):
            yield

    with app.app_context():
        return returned_books.carry_out(
            delivery_id,
            look=unit,
            unit=unit,
            progress=lambda _done, _total: None,
            act=Act(tenant.manager, NOW),
        )


def _come_back(
    app: Flask, tenant: Tenant, *files: tuple[str, bytes]
) -> list[tuple[str, list[Mapping[str, str]]]]:
    """Outcome and faults of each workbook, once they are brought and read."""
    delivery_id = _bring(app, tenant, *files)
    _read(app, tenant, delivery_id)
    with app.app_context(), acting(tenant.id):
        rows = list_books(delivery_id)
        return [(line.book.outcome.value, line.book.faults) for line in rows]


def _kept(app: Flask, supplier: Supplier) -> dict[str, str]:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id)}


def _words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def _ways(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/ways"


def _open(phone: FlaskClient, supplier: Supplier) -> TestResponse:
    found = re.search(r'action="([^"]+/ways/brought/[^"]+)"', phone.get(_ways(supplier)).text)
    assert found is not None
    return phone.post(found[1], data={"csrf_token": csrf_token(phone, _ways(supplier))})


def test_workbook_of_the_buyer_counts_when_the_supplier_has_taken_it_over(
    app: Flask, tenant: Tenant, supplier: Supplier, phone: FlaskClient
):
    book = _book(app, supplier, SAQ_C01=40)
    assert _come_back(app, tenant, ("all.zip", zipped({"scoop.xlsx": book}))) == [("handed_on", [])]
    before = _kept(app, supplier)
    assert before.get(C01, "") == ""

    page = _words(phone.get(_ways(supplier)))
    opened_page = _open(phone, supplier)
    shown = phone.get(opened_page.location)
    token = csrf_token(phone, opened_page.location)
    taken = phone.post(opened_page.location, data={"csrf_token": token})

    assert "brought your workbook" in page and "scoop.xlsx" in page
    assert "1 answer changes." in _words(shown)
    assert taken.status_code == 302
    assert _kept(app, supplier)[C01] == "40"
    assert "brought your workbook" not in phone.get(_ways(supplier)).text
    with app.app_context(), acting(supplier.id):
        kept = db.session.query(AnswerIntake).one()
        assert tenant.manager.name in kept.brought_by
        assert kept.created_by_id == supplier.identity.user_id


def test_buyer_uploads_on_the_page_and_reads_one_line_for_each_workbook(
    app: Flask, tenant: Tenant, supplier: Supplier, office: FlaskClient
):
    here = f"/o/{tenant.slug}/{PAGE}"
    wrong = opened(_book(app, supplier, SAQ_C01=40))
    answer_cell(wrong, "/data/D/SAQ_D01").value = "=1+1"
    data = {
        "csrf_token": csrf_token(office, here),
        "files": [
            (BytesIO(saved(wrong)), "faulty.xlsx"),
            (BytesIO(_book(app, supplier)), "same.xlsx"),
            (BytesIO(b"%PDF-1.7"), "letter.pdf"),
        ],
    }
    came = office.post(here, data=data)
    waiting = _words(office.get(came.location))
    with app.app_context(), acting(tenant.id):
        delivery_id = db.session.scalars(select(ReturnedBook.delivery_id)).first()
    assert delivery_id is not None
    done = _read(app, tenant, delivery_id)
    page = office.get(came.location)

    assert "Reading" in waiting
    assert done == {"waiting": 0, "handed_on": 1, "nothing_new": 1, "refused": 1}
    words = _words(page)
    assert "faulty.xlsx" in words and "SCOOP Espoir" in words
    assert re.search(r"D\d+ : The cell holds a formula", words)
    assert "This file is no workbook of the kind .xlsx." in words
    refused = _words(office.get(f"{came.location}?outcome=refused"))
    assert "letter.pdf" in refused and "same.xlsx" not in refused
    assert "faulty.xlsx" in office.get(here).text


def test_upload_without_a_file_and_a_broken_archive_are_refused_in_words(
    app: Flask, tenant: Tenant, office: FlaskClient
):
    here = f"/o/{tenant.slug}/{PAGE}"
    nothing = office.post(here, data={"csrf_token": csrf_token(office, here)})
    files = [(BytesIO(b"PK\x03\x04cut"), "all.zip")]
    broken = office.post(here, data={"csrf_token": csrf_token(office, here), "files": files})
    empty = [(BytesIO(zipped({".DS_Store": b"x"})), "all.zip")]
    none = office.post(here, data={"csrf_token": csrf_token(office, here), "files": empty})

    assert [answer.status_code for answer in (nothing, broken, none)] == [422, 422, 422]
    assert "No file is chosen" in _words(nothing)
    assert "all.zip cannot be opened" in _words(broken)
    assert "There is no workbook in it" in _words(none)


def test_workbook_of_another_buyer_and_one_of_nobody_are_answered_alike(
    app: Flask, tenant: Tenant, other_tenant: Tenant, supplier: Supplier
):
    book = _book(app, supplier, SAQ_C01=40)
    made_up = opened(book)
    for row in made_up["_meta"].iter_rows():
        if row[0].value == "assignment":
            row[1].value = str(uuid4())

    foreign = _come_back(app, other_tenant, ("a.xlsx", book))
    unknown = _come_back(app, other_tenant, ("a.xlsx", saved(made_up)))
    garbled = opened(book)
    for row in garbled["_meta"].iter_rows():
        if row[0].value == "assignment":
            row[1].value = "no id"

    assert foreign == unknown == _come_back(app, other_tenant, ("a.xlsx", saved(garbled)))
    assert foreign[0][0] == "refused"
    assert "belongs to no questionnaire that you sent" in foreign[0][1][0]["message"]
    with app.app_context(), acting(other_tenant.id):
        assert db.session.scalars(select(ReturnedBook.assignment_id)).all() == [None] * 3
    with app.app_context(), acting(supplier.id):
        assert db.session.scalar(select(func.count()).select_from(ReturnedBook)) == 0


def test_buyer_learns_nothing_of_answers_that_were_not_sent(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    book = _book(app, supplier, SAQ_C01=40)
    before = _come_back(app, tenant, ("a.xlsx", book))
    with app.app_context(), acting(supplier.id):
        one = supplier.asked.assignment_id
        responses.save_draft(one, typed({C01: "40"}), act=Act(supplier.identity, NOW))
    again = opened(book)
    again["_meta"]["D1"].value = "so that it is another file"

    assert before == _come_back(app, tenant, ("a.xlsx", saved(again))) == [("handed_on", [])]


def test_same_workbook_twice_is_handed_on_once(app: Flask, tenant: Tenant, supplier: Supplier):
    book = _book(app, supplier, SAQ_C01=40)
    both = _come_back(app, tenant, ("a.xlsx", book), ("copy.xlsx", book))
    later = _come_back(app, tenant, ("a.xlsx", book))

    assert [outcome for outcome, _ in (*both, *later)] == [
        "handed_on",
        "nothing_new",
        "nothing_new",
    ]
    assert "was uploaded before" in later[0][1][0]["message"]


def test_workbook_with_faults_alone_is_refused_with_each_cell(
    app: Flask, tenant: Tenant, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(returned_books, "MOST_FAULTS", 1)
    wrong = opened(_book(app, supplier))
    for key in (C01, "/data/D/SAQ_D01"):
        answer_cell(wrong, key).value = "=1+1"

    ((outcome, faults),) = _come_back(app, tenant, ("a.xlsx", saved(wrong)))

    assert outcome == "refused"
    assert re.fullmatch(r".+, D\d+", faults[0]["place"])
    assert faults[0]["advice"].startswith("Write its value")
    assert "1 more faults" in faults[1]["message"]


def test_workbook_without_its_hidden_sheets_or_of_another_version_is_refused(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    bare, old = opened(_book(app, supplier)), opened(_book(app, supplier))
    del bare["_meta"]
    for row in old["_meta"].iter_rows():
        if row[0].value == "sha256":
            row[1].value = "0" * 64

    found = _come_back(app, tenant, ("a.xlsx", saved(bare)), ("b.xlsx", saved(old)))

    assert [outcome for outcome, _ in found] == ["refused", "refused"]
    assert "hidden sheets are gone" in found[0][1][0]["message"]
    assert "made for version" in found[1][1][0]["message"]


@pytest.mark.parametrize(
    ("state", "says"),
    [("sent", "sent its answers already"), ("withdrawn", "was withdrawn")],
)
def test_workbook_of_questions_that_are_closed_is_refused_with_the_way_out(
    app: Flask, tenant: Tenant, supplier: Supplier, state: str, says: str
):
    book = _book(app, supplier, SAQ_C01=40)
    with app.app_context():
        if state == "sent":
            fill(supplier)
            send(supplier)
        else:
            with acting(tenant.id):
                asked = get_assignment(supplier.asked.assignment_id)
                questionnaires.withdraw(asked, reason="No need.", act=Act(tenant.manager, NOW))

    ((outcome, faults),) = _come_back(app, tenant, ("a.xlsx", book))

    assert outcome == "refused"
    assert says in faults[0]["message"]


def _run_out_and_sent_again(app: Flask, tenant: Tenant, supplier: Supplier) -> None:
    after = NOW + timedelta(days=40)
    with app.app_context(), acting(tenant.id):
        asked = get_assignment(supplier.asked.assignment_id)
        questionnaires.expire(asked, act=Act(tenant.manager, after))
        questionnaires.change_due_date(asked, date(2027, 3, 1), act=Act(tenant.manager, after))


def _returned(app: Flask, tenant: Tenant, supplier: Supplier) -> None:
    with app.app_context():
        fill(supplier)
        send(supplier)
        with acting(tenant.id):
            asked_id = supplier.asked.assignment_id
            return_answers(asked_id, reason="Please look again.", act=Act(tenant.analyst, NOW))


@pytest.mark.parametrize("come_to", [_run_out_and_sent_again, _returned])
def test_workbook_of_questions_that_wait_again_is_handed_on_and_opens_them(
    app: Flask,
    tenant: Tenant,
    supplier: Supplier,
    phone: FlaskClient,
    come_to: Callable[[Flask, Tenant, Supplier], None],
):
    book = _book(app, supplier, SAQ_C01=40)
    come_to(app, tenant, supplier)

    assert _come_back(app, tenant, ("a.xlsx", book)) == [("handed_on", [])]
    assert _open(phone, supplier).status_code == 302
    with app.app_context(), acting(tenant.id):
        assert get_assignment(supplier.asked.assignment_id).status is State.OPENED


def test_questions_that_nobody_ever_opened_take_no_workbook(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    book = _book(app, supplier, SAQ_C01=40)
    with app.app_context():
        other = ask_again(
            tenant, supplier.asked.chain_id, supplier.asked.node_id, ref="REC", email="b@b.example"
        )
    unopened = opened(book)
    for row in unopened["_meta"].iter_rows():
        if row[0].value == "assignment":
            row[1].value = str(other.assignment_id)

    ((outcome, faults),) = _come_back(app, tenant, ("a.xlsx", saved(unopened)))

    assert outcome == "refused" and "never opened" in faults[0]["message"]


def test_workbook_that_nobody_foresaw_is_refused_and_the_others_go_on(
    app: Flask,
    tenant: Tenant,
    supplier: Supplier,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    real, calls = returned_books.read_alone, []

    def fails_once(*what: object, **more: object) -> ReadAlone:
        calls.append(what)
        if len(calls) == 1:
            raise ValueError("what stands in a cell")
        return real(*what, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(returned_books, "read_alone", fails_once)
    books = [(f"{n}.xlsx", _book(app, supplier, SAQ_C01=n)) for n in (1, 2)]
    (first, faults), (second, _) = _come_back(app, tenant, *books)

    assert (first, second) == ("refused", "handed_on")
    assert faults[0]["message"] == "This workbook could not be read."
    assert "ValueError at test_returned_books.py" in caplog.text
    assert "what stands in a cell" not in caplog.text


def test_faults_that_are_kept_quote_no_cell(app: Flask, tenant: Tenant, supplier: Supplier):
    wrong = opened(_book(app, supplier))
    answer_cell(wrong, "/data/C/SAQ_C05").value = "Amina pays them"
    answer_cell(wrong, C01).value = "#REF!"
    cell = answer_cell(wrong, "/data/D/SAQ_D01")
    cell.parent.cell(cell.row, 1).value = "Amina's row"

    ((_, faults),) = _come_back(app, tenant, ("a.xlsx", saved(wrong)))

    messages = {fault["message"] for fault in faults}
    assert "“…” is not one of the answers on offer." in messages
    assert "The cell holds the error …." in messages
    assert "The question “…” is not part of these questions." in messages
    assert "Amina" not in str(faults)


def _read_while(
    app: Flask, tenant: Tenant, delivery_id: UUID, meanwhile: Callable[[], object]
) -> dict[str, int]:
    """Read a delivery; something else happens once between its judging and its settling."""
    waiting = [meanwhile]

    @contextmanager
    def look() -> Iterator[None]:
        with acting(tenant.id):
            yield

    @contextmanager
    def unit() -> Iterator[None]:
        if waiting:
            waiting.pop()()
        with acting(tenant.id):
            yield

    with app.app_context():
        return returned_books.carry_out(
            delivery_id,
            look=look,
            unit=unit,
            progress=lambda _done, _total: None,
            act=Act(tenant.manager, NOW),
        )


def test_same_workbook_in_two_deliveries_at_once_is_handed_on_once(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    book = _book(app, supplier, SAQ_C01=40)
    one, other = (_bring(app, tenant, (name, book)) for name in ("a.xlsx", "b.xlsx"))

    later = _read_while(app, tenant, one, lambda: _read(app, tenant, other))

    assert (later["handed_on"], later["nothing_new"]) == (0, 1)


def test_delivery_that_two_workers_read_is_settled_once(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    delivery_id = _bring(app, tenant, ("a.xlsx", _book(app, supplier, SAQ_C01=40)))

    done = _read_while(app, tenant, delivery_id, lambda: _read(app, tenant, delivery_id))

    assert done["handed_on"] == 1
    with app.app_context(), acting(tenant.id):
        told = select(func.count()).where(AuditEvent.action == "returned_books:read")
        assert db.session.scalar(told) == 1


def test_questions_that_are_closed_while_a_workbook_is_read_are_handed_nothing(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    delivery_id = _bring(app, tenant, ("a.xlsx", _book(app, supplier, SAQ_C01=40)))

    def close() -> None:
        with app.app_context(), acting(tenant.id):
            asked = get_assignment(supplier.asked.assignment_id)
            questionnaires.withdraw(asked, reason="No need.", act=Act(tenant.manager, NOW))

    assert _read_while(app, tenant, delivery_id, close)["refused"] == 1


def test_reading_that_ended_early_goes_on_where_it_was(
    app: Flask, tenant: Tenant, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(returned_books, "BATCH", 1)
    books = [(f"{n}.xlsx", _book(app, supplier, SAQ_C01=n)) for n in (1, 2, 3)]
    delivery_id = _bring(app, tenant, *books)
    real, calls = returned_books._settle, []

    def ends_early(*what: object, **more: object) -> None:
        calls.append(what)
        if len(calls) == 2:
            raise RuntimeError("killed")
        real(*what, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(returned_books, "_settle", ends_early)
    with pytest.raises(RuntimeError):
        _read(app, tenant, delivery_id)
    monkeypatch.setattr(returned_books, "_settle", real)

    assert _read(app, tenant, delivery_id)["handed_on"] == 3
    assert _read(app, tenant, delivery_id)["handed_on"] == 3
    with app.app_context(), acting(tenant.id):
        assert get_delivery(delivery_id).read_at == NOW


def test_supplier_gets_a_mail_that_names_no_answer(app: Flask, tenant: Tenant, supplier: Supplier):
    book = _book(app, supplier, SAQ_C01=40)
    _come_back(app, tenant, ("a.xlsx", book), ("b.xlsx", _book(app, supplier, SAQ_C01=41)))
    with app.app_context(), acting(tenant.id):
        assert db.session.scalar(select(func.count()).where(Job.name == TELL)) == 1
        notify_returned(supplier.asked.assignment_id)

    with app.app_context():
        told = mails()[-1]
    assert "waits for you" in told and _ways(supplier) in told
    assert "40" not in told.replace(str(supplier.asked.assignment_id), "")


def test_workbook_that_fits_no_more_when_the_supplier_opens_it_is_told_in_words(
    app: Flask, tenant: Tenant, supplier: Supplier, phone: FlaskClient
):
    _come_back(app, tenant, ("a.xlsx", _book(app, supplier, SAQ_C01=40)))
    page = phone.get(_ways(supplier)).text
    with app.app_context():
        fill(supplier)
        send(supplier)
    found = re.search(r'action="([^"]+/ways/brought/[^"]+)"', page)
    assert found is not None
    answer = phone.post(found[1], data={"csrf_token": csrf_token(phone, _ways(supplier))})

    assert answer.status_code == 409
    assert "cannot be changed now" in _words(answer)


def test_workbook_of_one_questionnaire_is_not_opened_at_another(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    _come_back(app, tenant, ("a.xlsx", _book(app, supplier, SAQ_C01=40)))
    with app.app_context(), acting(supplier.id):
        book_id = db.session.scalars(select(ReturnedBook.id)).one()
        with pytest.raises(NotFound):
            returned_books.open_returned(uuid4(), book_id, act=Act(supplier.identity, NOW))


def _upload(office: FlaskClient, name: str, content: bytes) -> TestResponse:
    here = f"/o/acme/{PAGE}"
    data = {"csrf_token": csrf_token(office, here), "files": [(BytesIO(content), name)]}
    return office.post(here, data=data)


def test_workbook_that_is_called_or_declared_something_else_is_refused_beside_a_good_one(
    app: Flask, tenant: Tenant, supplier: Supplier, office: FlaskClient
):
    book = _book(app, supplier, SAQ_C01=40)
    archive = zipped({"good.xlsx": book, "report.pdf": book, "old.xlsm": book})
    here = f"/o/acme/{PAGE}"
    files = [(BytesIO(archive), "all.zip"), (BytesIO(book), "picture.xlsx", "image/png")]
    data = {"csrf_token": csrf_token(office, here), "files": files}

    sent = office.post(here, data=data)

    delivery_id = UUID(sent.location.rstrip("/").rpartition("/")[2])
    _read(app, tenant, delivery_id)
    page = _words(office.get(sent.location))
    with app.app_context(), acting(tenant.id):
        outcomes = [(one.book.filename, one.book.outcome.value) for one in list_books(delivery_id)]
    assert outcomes == [
        ("all.zip/good.xlsx", "handed_on"),
        ("all.zip/report.pdf", "refused"),
        ("all.zip/old.xlsm", "refused"),
        ("picture.xlsx", "refused"),
    ]
    for name in ("report.pdf", "old.xlsm", "picture.xlsx"):
        assert f"The content of {name} is not what its name says." in page
    assert "choose the right ending" in page


def test_archive_that_is_refused_is_counted_and_keeps_nothing(
    app: Flask, tenant: Tenant, office: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "UPLOAD", rate_limits.Limit("upload", 1, 3600))

    assert [_upload(office, "all.zip", b"PK\x03\x04").status_code for _ in range(2)] == [422, 429]
    with app.app_context(), acting(tenant.id):
        assert db.session.scalar(select(func.count()).select_from(ReturnedBook)) == 0


def test_upload_and_its_lines_belong_to_one_organisation_alone(
    app: Flask, tenant: Tenant, other_tenant: Tenant, supplier: Supplier
):
    delivery_id = _bring(app, tenant, ("a.xlsx", _book(app, supplier, SAQ_C01=40)))

    with app.app_context(), acting(other_tenant.id):
        with pytest.raises(NotFound):
            get_delivery(delivery_id)
        assert list_books(delivery_id) == []
