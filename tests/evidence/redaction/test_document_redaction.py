"""What leads to a person is taken out of a document, for both sides and for good."""

import io
import json
import math
import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.core.due_diligence.upload_traces import Area, UploadTraces
from ddplatform.evidence.redaction.services import Wanted, areas_of, redact, words_of
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.queries.documents import get_evidence
from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.services.proof import verify_file
from ddplatform.supplier_engagement.library.models import OwnForm, OwnFormDraft
from ddplatform.supplier_engagement.responses.queries.responses import find_response
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.errors import FileRefused
from tests.answering import (
    Supplier,
    acting,
    ask,
    come_in,
    fill_in,
    good_values,
    phone_of,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.report_world import work_off
from tests.second_factors import kept_in, let_minutes_pass, send_confirmation
from tests.stored_worlds import stored_world

TEXT = b"The boy Kofi Mensah, phone 0544 123 456.\n"
LEFT = "The boy […], phone […].\n".encode()
WORDS = Wanted(words=("Kofi Mensah", "0544 123 456"))
FACE = Area(0, 0.25, 0.25, 0.5, 0.5)


@stored_world
def supplier(context: Flask, tenant: Tenant) -> Supplier:
    """A supplier that sent its answers."""
    found = come_in(ask(tenant))
    fill_in(found, good_values())
    receive_now(found)
    return found


def keep(supplier: Supplier, name: str, content: bytes, *, sent: bool = True) -> UUID:
    """A document of the supplier at the buyer."""
    with acting(supplier.id):
        kept = evidence.take_in(
            filename=name,
            content=content,
            act=Act(supplier.identity, NOW),
            owner_organisation_id=supplier.asked.tenant.id,
            respondent_organisation_id=supplier.id,
            description="Ask Kofi Mensah.",
        )
        if sent:
            evidence.release(kept)
        return kept.id


def read(organisation: UUID, document: UUID) -> tuple[Evidence, bytes]:
    """The row and the bytes as one of the two sides reads them now."""
    with acting(organisation):
        row = get_evidence(document, with_restricted=True)
        return row, adapters().files.get(row.storage_organisation_id, row.sha256)


def take_out(tenant: Tenant, document: UUID, wanted: Wanted = WORDS) -> str:
    """Redact it as the page does; returns the checksum before."""
    with acting(tenant.id):
        before = get_evidence(document, with_restricted=True).sha256
        redact(document, wanted, seen=before, act=Act(tenant.manager, NOW))
        return before


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (80, 80), "red").save(made, "PNG")
    return made.getvalue()


def test_words_leave_a_file_for_both_sides_and_stand_nowhere_in_the_log(
    supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "list.txt", TEXT)

    before = take_out(tenant, document)

    row, content = read(tenant.id, document)
    assert content == read(supplier.id, document)[1] == LEFT
    assert (row.size_bytes, row.earlier_sha256) == (len(LEFT), [before])
    assert row.redacted_at == NOW
    assert row.description == "Ask […]."
    with acting(tenant.id):
        told = {v.name: v.value for v in _values("evidence:redact")}
        assert json.dumps(told).count("Kofi") == 0
    assert told["sha256"] == {"before": before, "after": row.sha256}
    assert [told[name]["after"] for name in ("areas", "words", "times")] == [0, 2, 2]


def _values(action: str) -> list[AuditValue]:
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == action))
    assert event is not None
    return list(db.session.scalars(select(AuditValue).where(AuditValue.event_id == event.id)))


def test_old_bytes_are_destroyed_once_the_change_is_kept(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "list.txt", TEXT)
    before = take_out(tenant, document)
    assert adapters().files.has(tenant.id, before)

    work_off(app)

    assert not adapters().files.has(tenant.id, before)
    assert read(supplier.id, document)[1] == LEFT


def test_every_document_with_the_same_bytes_gets_the_new_file_also_what_was_not_sent(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    document, again = keep(supplier, "a.txt", TEXT), keep(supplier, "b.txt", TEXT)
    draft = keep(supplier, "c.txt", TEXT, sent=False)

    take_out(tenant, document)
    work_off(app)

    assert {read(supplier.id, one)[1] for one in (document, again, draft)} == {LEFT}
    with acting(tenant.id), pytest.raises(NotFound):
        get_evidence(draft, with_restricted=True)


def test_bytes_that_came_in_anew_before_they_are_destroyed_stay(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    before = take_out(tenant, keep(supplier, "a.txt", TEXT))
    anew = keep(supplier, "a.txt", TEXT, sent=False)

    work_off(app)

    assert adapters().files.has(tenant.id, before)
    assert read(supplier.id, anew)[1] == TEXT


def test_all_that_keep_files_are_asked_before_bytes_are_destroyed(app: Flask):
    registered = {name for name, _ in KEEPERS.items()}

    assert registered == {
        *("map_import", "answer_intake", "returned_book", "own_form_draft", "report"),
    }


def test_the_file_of_a_report_that_came_in_as_a_document_outlives_its_redaction(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    before = take_out(tenant, keep(supplier, "a.txt", TEXT))
    with acting(tenant.id):
        day = NOW.date()
        report = Report(
            number=1,
            definition_ref="action-6-due-diligence",
            definition_version="1.0",
            title="Due diligence",
            chain_id=db.session.scalars(select(ValueChain.id)).one(),
            period_from=day,
            period_to=day,
            as_of=day,
            files={"json": {"sha256": before, "size_bytes": len(TEXT)}},
            created_at=NOW,
        )
        db.session.add(report)

    work_off(app)

    assert adapters().files.has(tenant.id, before)


def test_a_picture_of_an_own_form_that_came_in_as_a_document_outlives_its_redaction(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    before = take_out(tenant, keep(supplier, "a.txt", TEXT))
    with acting(tenant.id):
        form = OwnForm(title="Wages", created_at=NOW)
        db.session.add(form)
        db.session.flush()
        draft = OwnFormDraft(
            form_id=form.id,
            number=1,
            definition=b"",
            media_type="csv",
            checksum="0" * 64,
            question_count=1,
            note="First draft",
            media=[{"name": "gate.png", "sha256": before}],
            created_at=NOW,
        )
        db.session.add(draft)

    work_off(app)

    assert adapters().files.has(tenant.id, before)


def test_copy_that_another_buyer_was_given_is_that_buyers_to_redact(
    app: Flask, supplier: Supplier, tenant: Tenant, other_tenant: Tenant
):
    with acting(other_tenant.id):
        kept = evidence.take_in(filename="a.txt", content=TEXT, act=Act(other_tenant.manager, NOW))
        copy = kept.id

    take_out(tenant, keep(supplier, "a.txt", TEXT))
    work_off(app)

    assert read(other_tenant.id, copy)[1] == TEXT


def test_what_was_found_in_the_old_file_is_forgotten(supplier: Supplier, tenant: Tenant):
    document = keep(supplier, "face.png", picture())
    with acting(tenant.id):
        row = get_evidence(document, with_restricted=True)
        row.traces = UploadTraces(words=("Kofi",), faces=(FACE,)).as_json()

    take_out(tenant, document, Wanted(areas=(FACE,)))

    row, content = read(tenant.id, document)
    assert row.traces is None
    assert Image.open(io.BytesIO(content)).convert("RGB").getpixel((30, 30)) == (0, 0, 0)


def test_new_file_is_searched_anew_also_where_it_was_not_sent_yet(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "list.txt", TEXT)
    draft = keep(supplier, "list.txt", TEXT, sent=False)

    take_out(tenant, document, Wanted(words=("Kofi Mensah",)))
    work_off(app)

    for one in (document, draft):
        row, _ = read(supplier.id, one)
        assert row.traces is not None
        assert row.traces["words"] == ["0544 123 456"]


def test_a_file_is_redacted_twice_and_keeps_both_checksums(supplier: Supplier, tenant: Tenant):
    document = keep(supplier, "list.txt", TEXT)

    first = take_out(tenant, document, Wanted(words=("Kofi Mensah",)))
    second = take_out(tenant, document, Wanted(words=("0544 123 456",)))

    row, content = read(tenant.id, document)
    assert (content, row.earlier_sha256) == (LEFT, [first, second])


@pytest.mark.parametrize(
    ("name", "content", "wanted", "fault"),
    [
        ("a.txt", TEXT, Wanted(words=("Yaw Boateng",)), "“Yaw Boateng” was not found"),
        ("a.png", b"", Wanted(words=("Kofi",)), "“Kofi” was not found"),
        ("a.txt", TEXT, Wanted(), "Nothing is selected"),
        ("a.txt", TEXT, Wanted(areas=(FACE,)), "Nothing of the file changes"),
    ],
)
def test_what_takes_nothing_out_is_refused_and_the_file_stays(
    supplier: Supplier, tenant: Tenant, name: str, content: bytes, wanted: Wanted, fault: str
):
    document = keep(supplier, name, content or picture())
    kept = read(tenant.id, document)[1]

    with pytest.raises(Invalid) as refused:
        take_out(tenant, document, wanted)

    assert fault in str([refused.value.message, refused.value.fields])
    assert read(tenant.id, document)[1] == kept


def test_file_that_was_redacted_meanwhile_is_looked_at_again(supplier: Supplier, tenant: Tenant):
    document = keep(supplier, "list.txt", TEXT)
    before = take_out(tenant, document)

    with acting(tenant.id), pytest.raises(Conflict, match="redacted meanwhile"):
        redact(document, WORDS, seen=before, act=Act(tenant.manager, NOW))


def test_supplier_and_another_buyer_cannot_redact_it(
    supplier: Supplier, tenant: Tenant, other_tenant: Tenant
):
    document = keep(supplier, "list.txt", TEXT)
    for who in (supplier.identity, other_tenant.manager):
        with acting(who.organisation_id), pytest.raises(NotFound):
            redact(document, WORDS, seen="", act=Act(who, NOW))


def test_check_of_a_file_says_that_these_bytes_were_redacted(supplier: Supplier, tenant: Tenant):
    take_out(tenant, keep(supplier, "list.txt", TEXT))

    with acting(tenant.id):
        proof, unknown = verify_file(TEXT), verify_file(b"something else")

    assert not proof.is_sound
    assert "redacted on 2026-" in proof.checks[0].words
    assert unknown.checks[0].words == "No sealed report has a file with this checksum."


@pytest.mark.parametrize(
    "rows",
    [[(0, 0.5, 0, 0.2, 1)], [(0, 0, 0, 1)], [(0, 0, 0, 1, 1.5)], [(math.inf, 0, 0, 1, 1)]],
)
def test_area_that_lies_on_no_page_is_refused(rows: list[tuple[float, ...]]):
    with pytest.raises(Invalid) as refused:
        areas_of(rows)
    assert "areas" in refused.value.fields


def test_too_many_areas_and_too_short_words_are_refused():
    with pytest.raises(Invalid) as refused:
        areas_of((at, 0, 0, 1, 1) for at in range(501))
    assert "At most 500" in refused.value.fields["areas"]
    with pytest.raises(Invalid) as refused:
        words_of("K")
    assert "too short" in refused.value.fields["words"]


# ---- pages -----------------------------------------------------------------------------------


def page(tenant: Tenant, document: UUID, rest: str = "") -> str:
    return f"/o/{tenant.slug}/evidence/{document}/redact{rest}"


def paper() -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    for text in ("The boy Kofi Mensah.", "Two."):
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


@pytest.fixture
def reviewer(app: Flask, supplier: Supplier, tenant: Tenant) -> FlaskClient:
    """A browser in which the sustainability manager has signed in."""
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def sent(reviewer: FlaskClient, address: str, document: Evidence, **fields: object) -> str:
    """The page that answers a form; what is in `fields` beside what each form has."""
    token = csrf_token(reviewer, address)
    data = {"csrf_token": token, "seen": document.sha256, **fields}
    return reviewer.post(address, data=data, follow_redirects=True).text


def test_reviewer_chooses_looks_and_redacts_without_scripts(
    reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "paper.pdf", paper())
    with acting(tenant.id):
        row = get_evidence(document, with_restricted=True)
        row.traces = UploadTraces(words=("Kofi Mensah",), faces=(FACE,)).as_json()
    address = page(tenant, document)

    shown = reviewer.get(address).text
    assert 'name="face" value="0.0 0.25 0.25 0.5 0.5" checked' in shown
    assert "Kofi Mensah</textarea>" in shown
    fields = {
        "words": "Kofi Mensah",
        "face": "0.0 0.25 0.25 0.5 0.5",
        "more-1": "B3:C4\n10 20 30 40",
    }
    looked = sent(reviewer, address, row, do="preview", **fields)
    assert "3 areas · 1 text passage. Nothing is removed yet." in looked
    assert looked.count('fill="#000"') == 4
    assert read(tenant.id, document)[0].redacted_at is None
    changed = sent(reviewer, address, row, do="change", **fields)
    assert "B3:C4\n10 20 30 40</textarea>" in changed
    done = sent(reviewer, address, row, do="redact", **fields)
    assert "Removed permanently: 3 areas, words in 1 place." in done
    assert "Redacted by Acme on" in done


def test_faults_of_the_form_stand_at_their_fields_and_keep_what_was_typed(
    reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "paper.pdf", paper())
    row, address = read(tenant.id, document)[0], page(tenant, document)
    db.session.expunge(row)  # a refused form rolls back

    wrong = sent(reviewer, address, row, do="preview", words="Kofi", **{"more-0": "Z99"})
    missing = sent(reviewer, address, row, do="preview", words="Yaw")
    nothing = sent(reviewer, address, row, do="redact", words="")

    assert "“Z99” is not an area. Write cells of the grid" in wrong
    assert "Z99</textarea>" in wrong
    assert "“Yaw” was not found in the text of this file." in missing
    assert "Nothing is selected for redaction." in nothing
    assert sent(reviewer, address, row, face="x").count("Open this page again") == 1


def test_pages_are_shown_to_who_opened_the_document_and_the_log_tells_of_it(
    reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "paper.pdf", paper())
    assert reviewer.get(page(tenant, document, "/pages/0")).status_code == 404

    assert reviewer.get(page(tenant, document)).status_code == 200
    first = reviewer.get(page(tenant, document, "/pages/0"))

    assert first.mimetype == "image/webp"
    policy = first.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert reviewer.get(page(tenant, document, "/pages/9")).status_code == 422
    with acting(tenant.id):
        read_by = select(AuditEvent.actor_id).where(
            AuditEvent.action == "evidence:read", AuditEvent.target_id == str(document)
        )
        assert db.session.scalars(read_by).all() == [tenant.manager.user_id]


def test_long_files_are_shown_a_few_pages_at_a_time(
    reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    made = io.BytesIO()
    canvas = Canvas(made)
    for _ in range(8):
        canvas.showPage()
    canvas.save()
    document = keep(supplier, "paper.pdf", made.getvalue())

    shown = reviewer.get(page(tenant, document, "?first=7")).text

    assert "Pages 7 to 8 of 8." in shown
    assert 'name="more-6"' in shown
    assert 'name="more-0"' not in shown


@pytest.mark.parametrize("role", [RoleId.ANALYST, RoleId.AUDITOR, RoleId.ADMIN])
def test_who_does_not_review_answers_is_refused(
    app: Flask, supplier: Supplier, tenant: Tenant, role: RoleId
):
    document = keep(supplier, "list.txt", TEXT)
    client = signed_in_client(app, tenant, role)

    assert client.get(page(tenant, document)).status_code == 403
    assert client.get(page(tenant, document, "/pages/0")).status_code == 403
    assert 'redact"' not in client.get(f"/o/{tenant.slug}/evidence/{document}").text


def test_file_that_cannot_be_opened_says_what_to_do(
    reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "paper.pdf", paper())
    with acting(tenant.id):
        row = get_evidence(document, with_restricted=True)
        row.sha256 = adapters().files.put(tenant.id, b"%PDF-broken")

    answer = reviewer.get(page(tenant, document))

    assert answer.status_code == 422
    assert "Withdraw it, and ask for another file" in answer.text
    with acting(tenant.id), pytest.raises(FileRefused):
        take_out(tenant, document)


def test_supplier_reads_who_redacted_its_file_and_when(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "list.txt", TEXT)
    take_out(tenant, document)

    phone = phone_of(app)
    shown = phone.get(f"/o/{supplier.slug}/evidence/{document}").text

    assert "Redacted by Acme on" in shown
    assert f"/evidence/{document}/redact" not in shown
    assert phone.get(f"/o/{supplier.slug}/evidence/{document}/redact").status_code == 403


def _redacted_file_of(supplier: Supplier, tenant: Tenant) -> UUID:
    """A file of the answers that was redacted."""
    document = keep(supplier, "list.txt", TEXT)
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        kept = get_evidence(document, with_restricted=True)
        evidence.attach(kept, row, at=NOW, path="/data/A/SAQ_A06_evidence")
    take_out(tenant, document)
    return document


def test_receipt_tells_the_supplier_which_files_were_redacted(
    app: Flask, supplier: Supplier, tenant: Tenant
):
    _redacted_file_of(supplier, tenant)
    address = f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/sent"

    receipt = phone_of(app).get(address).text

    assert "Acme took out of these files what could lead to a person." in receipt
    assert "<li><bdi>list.txt</bdi>, " in receipt


def test_review_leads_to_the_redaction_of_each_file_and_marks_those_that_were(
    reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    document = _redacted_file_of(supplier, tenant)
    address = f"/o/{tenant.slug}/questionnaires/assignments/{supplier.asked.assignment_id}/review"

    review = reviewer.get(address).text

    assert f'/evidence/{document}/redact">Redact<span class="vh"> list.txt</span>' in review
    assert '<span class="tag line">redacted</span>' in review


def test_removal_for_good_asks_who_it_is_and_goes_on_with_what_was_chosen(
    app: Flask, reviewer: FlaskClient, supplier: Supplier, tenant: Tenant
):
    document = keep(supplier, "list.txt", TEXT)
    row, address = read(tenant.id, document)[0], page(tenant, document)
    chosen = {"do": "redact", "seen": row.sha256, "words": "\n".join(WORDS.words)}
    token = csrf_token(reviewer, address)
    db.session.rollback()
    let_minutes_pass(app, 16)

    opened = reviewer.get(address)
    asked = reviewer.post(address, data={**chosen, "csrf_token": token})
    untouched = read(tenant.id, document)[1]
    db.session.rollback()
    confirmed = send_confirmation(reviewer, **kept_in(asked.text))
    again = dict(re.findall(r'name="([^":]+)" value="([^"]*)"', confirmed.text))
    done = reviewer.post(address, data=again)

    assert opened.location == f"/account/confirm?next={address}"
    assert (asked.status_code, untouched) == (401, TEXT)
    assert done.status_code == 302
    assert read(tenant.id, document)[1] == LEFT
