"""Names in answers: asked about before they are sent, taken out by who reads them."""

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.core.due_diligence.free_text import traces_in
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.queries.responses import find_response, get_response
from ddplatform.supplier_engagement.responses.services.responses import start
from ddplatform.supplier_engagement.review.services.redaction import WHOLE, redact
from ddplatform.supplier_engagement.review.services.review import return_answers
from ddplatform.supplier_engagement.submission.services import submit
from tests.answering import (
    EMAIL,
    Supplier,
    acting,
    ask,
    come_in,
    fill,
    fill_in,
    good_values,
    receive_now,
    send,
)
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world

HELP, LEGAL_NAME, HOW = "/data/O/SAQ_O04", "/data/A/SAQ_A02", "/data/D/SAQ_D03"
TEXT = "The boy Kofi Mensah, phone 0544 123 456, needs papers. Kofi Mensah is 13."
LEFT = f"The boy {TAKEN_OUT}, phone {TAKEN_OUT}, needs papers. {TAKEN_OUT} is 13."
WORDS = "Kofi Mensah\n\n 0544 123 456 "


@stored_world
def named(context: Flask, tenant: Tenant) -> Supplier:
    """A supplier who wrote a child's name, and sent it."""
    supplier = come_in(ask(tenant))
    fill_in(supplier, {**good_values(), HELP: TEXT})
    receive_now(supplier)
    return supplier


def _text(supplier: Supplier, organisation: object) -> list[str]:
    """The text as one of the two sides reads it now, in each round."""
    with acting(organisation):  # type: ignore[arg-type]
        found = select(Answer).where(Answer.path == HELP).order_by(Answer.saved_at)
        return [answer.raw for answer in db.session.scalars(found)]


def test_names_and_numbers_in_a_text_are_seen_each_once():
    assert traces_in(TEXT) == ("Kofi Mensah", "0544 123 456")
    assert traces_in("We need more time and a better price. " * 20) == ()


@pytest.mark.parametrize("text", ["a" * 3_000_000, "A.b-" * 700_000, "Kofi " * 600_000])
def test_a_text_of_any_length_is_searched_to_its_end(text: str):
    assert traces_in(f"{TEXT} {text}")[:2] == ("Kofi Mensah", "0544 123 456")


def test_words_are_taken_out_for_both_sides_and_stand_nowhere_in_the_log(
    named: Supplier, tenant: Tenant
):
    with acting(tenant.id):
        many = redact(named.asked.assignment_id, HELP, WORDS, act=Act(tenant.manager, NOW))
    assert many == 3
    assert _text(named, tenant.id) == _text(named, named.id) == [LEFT]
    with acting(tenant.id):
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "response:redact"))
        assert event is not None
        kept = db.session.scalars(select(AuditValue)).all()
        assert not any("Kofi" in str(row.value) for row in kept)


def test_words_leave_the_rounds_before_too(named: Supplier, tenant: Tenant):
    one = named.asked.assignment_id
    with acting(tenant.id):
        return_answers(one, reason="Page 2 is another firm.", act=Act(tenant.manager, NOW))
    with acting(named.id):
        start(one, act=Act(named.identity, NOW))
    send(named)
    with acting(tenant.id):
        redact(one, HELP, WORDS, act=Act(tenant.manager, NOW))
    assert _text(named, named.id) == [LEFT, LEFT]


def test_the_note_of_the_sender_is_redacted_too(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    fill(supplier)
    with acting(supplier.id):
        submit(
            supplier.asked.assignment_id,
            declared=True,
            note="Ask Ama Boateng.",
            act=Act(supplier.identity, NOW),
        )
    with acting(tenant.id):
        redact(supplier.asked.assignment_id, WHOLE, "ama boateng", act=Act(tenant.manager, NOW))
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        assert row.declared_note == f"Ask {TAKEN_OUT}."


def _again(supplier: Supplier, **texts: str) -> None:
    """Sent back, and sent once more with other texts at these questions."""
    one, tenant = supplier.asked.assignment_id, supplier.asked.tenant
    with acting(tenant.id):
        return_answers(one, reason="Leave names out.", act=Act(tenant.manager, NOW))
    with acting(supplier.id):
        start(one, act=Act(supplier.identity, NOW))
    fill_in(supplier, {**good_values(), **texts})
    receive_now(supplier)


@pytest.mark.parametrize("now", ["", "Papers for a child."])
def test_words_that_stand_in_the_round_before_alone_are_taken_out_there(
    named: Supplier, tenant: Tenant, now: str
):
    _again(named, **{HELP: now})
    with acting(tenant.id):
        many = redact(named.asked.assignment_id, HELP, WORDS, act=Act(tenant.manager, NOW))
    assert many == 3
    assert sorted(text for text in _text(named, named.id) if text) == sorted(
        text for text in (now, LEFT) if text
    )


def test_words_leave_an_entry_that_stood_in_another_place(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    site = "/data/B/SAQ_B01[{}]/SAQ_B02"
    fill_in(supplier, {**good_values(), site.format(1): "At Kofi Mensah's farm"})
    receive_now(supplier)
    with acting(tenant.id):
        redact(
            supplier.asked.assignment_id,
            site.format(2),
            "Kofi Mensah",
            act=Act(tenant.manager, NOW),
        )
        kept = select(Answer.raw).where(Answer.path == site.format(1))
        assert db.session.scalars(kept).all() == [f"At {TAKEN_OUT}'s farm"]


def test_the_note_of_a_round_before_is_redacted_too(named: Supplier, tenant: Tenant):
    one = named.asked.assignment_id
    with acting(tenant.id):
        first = find_response(one)
        assert first is not None
        first.declared_note = "Ask Ama Boateng."
        first_id = first.id
    _again(named)
    with acting(tenant.id):
        redact(one, WHOLE, "Ama Boateng", act=Act(tenant.manager, NOW))
        assert get_response(first_id).declared_note == f"Ask {TAKEN_OUT}."


def test_the_review_offers_to_take_a_name_out_of_the_note_of_a_round_before(
    app: Flask, tenant: Tenant
):
    with app.app_context():
        supplier = come_in(ask(tenant))
        fill_in(supplier, {**good_values(), HELP: TEXT})
        receive_now(supplier)
        one = supplier.asked.assignment_id
        with acting(tenant.id):
            first = find_response(one)
            assert first is not None
            first.declared_note = "Ask Mr Kofi Mensah, 0544 123 456."
        _again(supplier)
    reviewer = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    address = f"/o/{tenant.slug}/questionnaires/assignments/{one}/review"
    assert "The note of round 1 may name a person" in reviewer.get(address).text
    sent = {"path": WHOLE, "round": "1", "csrf_token": csrf_token(reviewer, address)}
    wrong = reviewer.post(f"{address}/redact", data={**sent, "words": "Yaw"})
    assert "“Yaw” was not found in this answer" in wrong.text
    words = "Mr Kofi Mensah\n0544 123 456"
    done = reviewer.post(f"{address}/redact", data={**sent, "words": words}, follow_redirects=True)
    assert "Redacted in 2 places" in done.text
    assert "The note of round 1" not in done.text


def test_the_review_offers_to_take_a_name_out_that_stands_in_the_round_before_alone(
    app: Flask, tenant: Tenant
):
    with app.app_context():
        supplier = come_in(ask(tenant))
        fill_in(supplier, {**good_values(), HELP: TEXT})
        receive_now(supplier)
        _again(supplier, **{HELP: ""})
        one = supplier.asked.assignment_id
    reviewer = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    address = f"/o/{tenant.slug}/questionnaires/assignments/{one}/review"
    assert "Kofi Mensah\n0544 123 456</textarea>" in reviewer.get(address).text
    token = csrf_token(reviewer, address)
    done = reviewer.post(
        f"{address}/redact",
        data={"path": HELP, "words": WORDS, "csrf_token": token},
        follow_redirects=True,
    )
    assert "Redacted in 3 places" in done.text
    assert "Kofi" not in done.text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (" \n ", "Copy the words"),
        ("a", "too short"),
        ("Kofi Mensah\nYaw Mensah", "“Yaw Mensah” was not found in this answer"),
    ],
)
def test_words_that_cannot_be_taken_out_change_nothing_and_say_why(
    named: Supplier, tenant: Tenant, words: str, why: str
):
    with acting(tenant.id), pytest.raises(Invalid) as refused:
        redact(named.asked.assignment_id, HELP, words, act=Act(tenant.manager, NOW))
    assert why in refused.value.fields["words"]
    assert _text(named, tenant.id) == [TEXT]


@pytest.mark.parametrize("path", [HOW, "/data/O/nothing", "/data/O/SAQ_O05_note"])
def test_only_texts_that_were_answered_are_redacted(named: Supplier, tenant: Tenant, path: str):
    with acting(tenant.id), pytest.raises(NotFound):
        redact(named.asked.assignment_id, path, "birth", act=Act(tenant.manager, NOW))


def test_answers_that_were_not_sent_are_not_there_to_be_redacted(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    fill_in(supplier, {**good_values(), HELP: TEXT})
    with acting(tenant.id), pytest.raises(NotFound):
        redact(supplier.asked.assignment_id, HELP, WORDS, act=Act(tenant.manager, NOW))


def test_the_supplier_is_asked_about_a_name_and_can_send_all_the_same(app: Flask, tenant: Tenant):
    with app.app_context():
        supplier = come_in(ask(tenant))
        fill_in(supplier, {**good_values(), HELP: TEXT})
        slug, one = supplier.slug, supplier.asked.assignment_id
    phone = app.test_client()
    token = csrf_token(phone, "/sign-in")
    phone.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    address = f"/o/{slug}/responses/{one}"
    for page in ("O", "check"):
        html = phone.get(f"{address}/{page}").text
        assert "Kofi Mensah, 0544 123 456" in html
        assert "take names, numbers and birthdays of children and workers out" in html
    assert "Is a person named here?" not in phone.get(f"{address}/A").text
    token = csrf_token(phone, f"{address}/check")
    sent = phone.post(f"{address}/check", data={"declared": "1", "csrf_token": token})
    assert sent.status_code == 302


def test_a_reviewer_takes_a_name_out_on_the_page_and_the_supplier_reads_that_it_was(
    app: Flask, tenant: Tenant
):
    with app.app_context():
        supplier = come_in(ask(tenant))
        fill_in(supplier, {**good_values(), HELP: TEXT})
        receive_now(supplier)
        slug, one = supplier.slug, supplier.asked.assignment_id
    reviewer = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    address = f"/o/{tenant.slug}/questionnaires/assignments/{one}/review"
    html = reviewer.get(address).text
    assert "may name a person" in html
    assert "Kofi Mensah\n0544 123 456</textarea>" in html
    token = csrf_token(reviewer, address)
    wrong = reviewer.post(
        f"{address}/redact", data={"path": HELP, "words": "Yaw", "csrf_token": token}
    )
    assert wrong.status_code == 422
    assert "“Yaw” was not found in this answer" in wrong.text
    done = reviewer.post(
        f"{address}/redact",
        data={"path": HELP, "words": WORDS, "csrf_token": token},
        follow_redirects=True,
    )
    assert "Redacted in 3 places" in done.text
    assert "Kofi" not in done.text
    phone = app.test_client()
    token = csrf_token(phone, "/sign-in")
    phone.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    html = phone.get(f"/o/{slug}/responses/{one}/sent").text
    assert "took words out that could lead to a person" in html
    assert "Kofi" not in html
