"""Who sends a file and who reads it are told what in it may lead to a person."""

import re
from html import unescape
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.core.due_diligence.upload_traces import UploadTraces
from ddplatform.demo import load as demo
from ddplatform.evidence.search import services as evidence_search
from ddplatform.evidence.search.search import Patience
from ddplatform.evidence.search.services import SEARCH
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.uploads import check_upload
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_files
from ddplatform.supplier_engagement.responses.services import responses
from tests.answering import Supplier, acting, ask, come_in, fill, phone_of, receive_now, send
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world
from tests.upload_faces import no_face, portrait
from tests.write_lock import watch_searches

UPLOAD = "/data/A/SAQ_A06_evidence"
NAMED = b"The boy Kofi Mensah, phone 0544 123 456, needs papers."
SEEN = "1 face can be seen in this file."
WORDS = "2 words or numbers may lead to a person: Kofi Mensah, 0544 123 456"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test tells a slow machine from a fast one."""
    monkeypatch.setattr(evidence_search, "AT_ONCE", Patience(60, 120))


@stored_world
def supplier(context: Flask, tenant: Tenant) -> Supplier:
    return come_in(ask(tenant))


@stored_world
def filled(supplier: Supplier) -> Supplier:
    fill(supplier)
    return supplier


def attach(supplier: Supplier, name: str, content: bytes) -> None:
    with acting(supplier.id):
        responses.attach(
            supplier.asked.assignment_id,
            UPLOAD,
            filename=name,
            content=content,
            act=Act(supplier.identity, NOW),
        )


def bring(supplier: Supplier, name: str, content: bytes) -> None:
    """A file as it comes in with a submission: checked, and not searched."""
    with acting(supplier.id):
        responses.attach_checked(
            supplier.asked.assignment_id,
            {UPLOAD: [check_upload(name, content)]},
            act=Act(supplier.identity, NOW),
        )


def traces(supplier: Supplier) -> list[UploadTraces | None]:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return [file.traces for file in list_files(row.id).get(UPLOAD, ())]


def plain(html: str) -> str:
    """The words of a page."""
    return unescape(" ".join(re.sub(r"<[^>]*>", "", html).split()))


def search_waiting(supplier: Supplier) -> list[object]:
    """What the worker does with the searches that wait."""
    with acting(supplier.id):
        found = db.session.scalars(select(Job).where(Job.name == SEARCH)).all()
        waiting = [
            JobContext(job.payload, Act(by_system(job), NOW), lambda _d, _t: None) for job in found
        ]
    return [HANDLERS.get(SEARCH).run(job) for job in waiting]


def by_system(job: Job) -> Identity:
    assert job.organisation_id is not None and job.user_id is None
    return system_identity(job.organisation_id)


def evidence_of(supplier: Supplier) -> UUID:
    with acting(supplier.id):
        return db.session.scalars(select(Evidence.id)).one()


def test_who_uploads_is_warned_at_once_on_the_page_that_comes_back(app: Flask, supplier: Supplier):
    phone = phone_of(app)
    address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/A"
    files = [(BytesIO(portrait()), "hall.jpg"), (BytesIO(NAMED), "list.txt")]
    data = {f"file:{UPLOAD}": files, "again": "1", "csrf_token": csrf_token(phone, address)}
    html = plain(phone.post(address, data=data, follow_redirects=True).text)

    assert f"{SEEN} Cover them or send another file" in html
    assert WORDS in html and "Please send the file without them." in html
    assert "Words in pictures are not read." in html


@pytest.mark.parametrize("of", ["answer", "document"])
def test_others_may_write_while_a_file_is_looked_at(
    app: Flask, supplier: Supplier, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, of: str
):
    looked = watch_searches(monkeypatch)
    file = (BytesIO(NAMED), "list.txt")
    if of == "answer":
        browser = phone_of(app)
        address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/A"
        data: dict[str, Any] = {f"file:{UPLOAD}": [file], "again": "1"}
    else:
        browser = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
        address = f"/o/{tenant.slug}/evidence/add"
        data = {"document": file, "confidentiality": "normal"}
    data["csrf_token"] = csrf_token(browser, address)
    answer = browser.post(address, data=data, follow_redirects=True)

    assert "list.txt" in plain(answer.text)
    assert looked == [True]


def test_a_file_without_traces_warns_of_nothing(app: Flask, supplier: Supplier):
    attach(supplier, "plan.txt", b"We build a canteen.")
    address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/A"
    html = plain(phone_of(app).get(address).text)

    assert "plan.txt" in html and "lead to a person" not in html and "searched" not in html


def test_before_sending_each_file_is_told_and_sending_is_not_refused(app: Flask, filled: Supplier):
    attach(filled, "hall.jpg", portrait())
    attach(filled, "list.txt", NAMED)
    attach(filled, "sacks.jpg", no_face())
    address = f"/o/{filled.slug}/responses/{filled.asked.assignment_id}/check"
    html = plain(phone_of(app).get(address).text)

    assert "Is a person shown or named in these files?" in html
    assert f"hall.jpg: {SEEN}" in html and f"list.txt: {WORDS}" in html
    assert "sacks.jpg: " not in html
    assert send(filled)


def test_the_reviewer_reads_beside_each_file_what_was_seen_and_what_nobody_looked_at(
    app: Flask, filled: Supplier, tenant: Tenant
):
    attach(filled, "hall.jpg", portrait())
    attach(filled, "list.txt", NAMED)
    attach(filled, "plan.txt", b"We build a canteen.")
    receive_now(filled)
    reviewer = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    one = filled.asked.assignment_id
    html = plain(reviewer.get(f"/o/{tenant.slug}/questionnaires/assignments/{one}/review").text)

    assert SEEN in html and WORDS in html and "a file may show a person" in html
    assert "Words in pictures are not read." in html
    assert "No face and no name was seen. Such a search misses some." in html


def test_the_page_of_a_document_tells_what_was_seen(app: Flask, filled: Supplier, tenant: Tenant):
    attach(filled, "hall.jpg", portrait())
    receive_now(filled)
    reader = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    html = plain(reader.get(f"/o/{tenant.slug}/evidence/{evidence_of(filled)}").text)

    assert "Possible personal data" in html and SEEN in html


def test_a_file_of_a_submission_says_that_it_was_not_searched_until_the_worker_did(
    app: Flask, supplier: Supplier
):
    bring(supplier, "list.txt", NAMED)
    address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/check"
    phone = phone_of(app)
    assert "list.txt: It was not searched for faces and names yet." in plain(
        phone.get(address).text
    )

    assert search_waiting(supplier) == [{"searched": True}]
    assert traces(supplier) == [UploadTraces(words=("Kofi Mensah", "0544 123 456"))]
    assert f"list.txt: {WORDS}" in plain(phone.get(address).text)


def test_a_file_that_takes_too_long_at_once_is_kept_and_searched_by_the_worker(
    supplier: Supplier, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(evidence_search, "AT_ONCE", Patience(10, 0.01))
    attach(supplier, "hall.jpg", portrait())
    assert traces(supplier) == [None]

    assert search_waiting(supplier) == [{"searched": True}]
    (found,) = traces(supplier)
    assert found is not None and len(found.faces) == 1


@pytest.fixture
def unsearched(filled: Supplier, monkeypatch: pytest.MonkeyPatch) -> Supplier:
    """A supplier with a photo that no search gets through."""
    monkeypatch.setattr(evidence_search, "LATER", Patience(10, 0.01))
    bring(filled, "hall.jpg", portrait())
    assert search_waiting(filled) == [{"searched": False}]
    return filled


NOT_SEARCHED = "It could not be searched for faces and names to the end."


def test_who_sends_a_file_that_cannot_be_searched_is_told_so(app: Flask, unsearched: Supplier):
    address = f"/o/{unsearched.slug}/responses/{unsearched.asked.assignment_id}/check"

    assert f"hall.jpg: {NOT_SEARCHED}" in plain(phone_of(app).get(address).text)
    assert send(unsearched)


def test_who_reads_a_file_that_cannot_be_searched_is_told_so(
    app: Flask, unsearched: Supplier, tenant: Tenant
):
    receive_now(unsearched)
    reader = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    html = plain(reader.get(f"/o/{tenant.slug}/evidence/{evidence_of(unsearched)}").text)

    assert NOT_SEARCHED in html and "No face and no name was seen" not in html


def test_a_document_that_was_withdrawn_before_its_turn_is_left_alone(supplier: Supplier):
    bring(supplier, "list.txt", NAMED)
    with acting(supplier.id):
        document = db.session.scalars(select(Evidence)).one()
        evidence.withdraw(document, act=Act(supplier.identity, NOW), reason="Not ours.")

    assert search_waiting(supplier) == [{"searched": False}]


def test_a_document_with_other_bytes_is_searched_anew_once(supplier: Supplier):
    attach(supplier, "list.txt", NAMED)
    with acting(supplier.id):
        document = db.session.scalars(select(Evidence)).one()
        for _ in range(2):
            evidence_search.search_later(document, act=Act(supplier.identity, NOW))

    assert traces(supplier) == [None]
    assert search_waiting(supplier) == [{"searched": True}]
    assert traces(supplier) == [UploadTraces(words=("Kofi Mensah", "0544 123 456"))]


def test_a_sample_file_that_took_too_long_is_left_to_the_worker(supplier: Supplier):
    bring(supplier, "list.txt", NAMED)
    with acting(supplier.id):
        demo._drop_waiting_jobs([supplier.id])

    assert search_waiting(supplier) == [{"searched": True}]
