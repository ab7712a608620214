"""A "don't know" with a plan: asked for without scripts, kept, shown, counted until its day."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.response.queries.conduct import load_conduct
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.plans import FindOut, PlanFault, fault_of
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.review.services.redaction import redact
from ddplatform.supplier_engagement.review.services.review import ask_back, return_answers
from supply_chain.risk.rm2.response import AnswerState, measure_response
from tests.answering import (
    DUE,
    Supplier,
    acting,
    answers_of,
    ask,
    come_in,
    fill,
    phone_of,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.stored_worlds import stored_world
from tests.supplier_engagement.responses.test_response_prefill import _ask_again

C04, C02 = "/data/C/SAQ_C04", "/data/C/SAQ_C02"
TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=30)
HOW = "The clinic holds the papers of Kofi Mensah."


@stored_world
def supplier(app: Flask, tenant: Tenant) -> Supplier:
    with app.app_context():
        return come_in(ask(tenant))


@pytest.fixture
def phone(app: Flask, supplier: Supplier) -> FlaskClient:
    return phone_of(app)


def address(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/C"


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def post(
    phone: FlaskClient, supplier: Supplier, shown: str = "", answer: str = "unsure", **plan: str
):
    """The page as a browser sends it: what it showed, the answer, and the two fields."""
    page = shown or phone.get(address(supplier)).text
    fields = {f"plan-{name}:{C04}": text for name, text in plan.items()}
    return phone.post(address(supplier), data={**hidden(page), C04: answer, **fields})


def kept(app: Flask, supplier: Supplier) -> FindOut:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        found = {one.path: FindOut(one.plan_day, one.plan_text) for one in list_answers(row.id)}
        return found.get(C04, FindOut())


def test_only_questions_that_offer_dont_know_ask_for_a_plan(phone: FlaskClient, supplier: Supplier):
    page = phone.get(address(supplier)).text
    assert f'name="plan-day:{C04}"' in page and f'name="plan-text:{C04}"' in page
    assert f'name="plan-day:{C02}"' not in page  # a number
    assert "You do not know? Say how and by when you will find out" in page


def test_a_plan_is_kept_and_stands_there_again(app: Flask, phone: FlaskClient, supplier: Supplier):
    answer = post(phone, supplier, day=SOON.isoformat(), text=HOW)
    assert answer.status_code == 302
    assert kept(app, supplier) == FindOut(SOON.isoformat(), HOW)
    page = phone.get(address(supplier)).text
    assert "<details open><summary>" in page.split(f'name="plan-was:{C04}"')[0][-500:]
    assert f'value="{SOON.isoformat()}"' in page and HOW in page


def test_a_plan_without_an_answer_is_kept_and_the_question_stays_open(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    post(phone, supplier, answer="", day=SOON.isoformat(), text=HOW)
    assert kept(app, supplier) == FindOut(SOON.isoformat(), HOW)
    assert not answers_of(app, supplier)[C04]
    page = phone.get(address(supplier)).text
    assert f'value="{SOON.isoformat()}"' in page and HOW in page


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2020-01-31", "This date has passed. Choose today or a later date."),
        ("end of May", "This is not a date."),
        ("", "Add the date by which you will know."),
    ],
)
def test_a_day_that_cannot_be_is_told_at_its_field_and_nothing_typed_is_lost(
    app: Flask, phone: FlaskClient, supplier: Supplier, day: str, words: str
):
    answer = post(phone, supplier, day=day, text=HOW)
    assert answer.status_code == 422
    assert answer.text.count(words) == 2  # in the summary and at the field
    assert 'href="#data-C-SAQ-C04-plan"' in answer.text or "-plan" in answer.text
    assert f'value="{day}"' in answer.text and HOW in answer.text
    assert kept(app, supplier) == FindOut(day, HOW)


def test_a_page_that_nobody_touched_leaves_the_plan_of_another_phone(
    app: Flask, phone: FlaskClient, supplier: Supplier
):
    old = phone.get(address(supplier)).text
    post(phone, supplier, day=SOON.isoformat(), text=HOW)
    post(phone, supplier, shown=old, day="", text="")
    assert kept(app, supplier) == FindOut(SOON.isoformat(), HOW)
    post(phone, supplier, day="", text="")  # this page showed it, and it was taken out
    assert kept(app, supplier) == FindOut()


def test_a_plan_speaks_the_language_of_the_page(phone: FlaskClient, supplier: Supplier):
    page = phone.get(f"{address(supplier)}?lang=fr").text
    assert "Comment allez-vous le découvrir" in unescape(page)
    assert "How will you find out?" not in page


# ---- what it counts ----------------------------------------------------------------------------


def planned(supplier: Supplier, until: date, *, value: str = "unsure") -> None:
    """Every question answered, C04 with a plan."""
    fill(supplier, SAQ_C04=value)
    with acting(supplier.id):
        responses.save_section(
            supplier.asked.assignment_id,
            "C",
            responses.Typed({}, 99, "p", plans={C04: FindOut(until.isoformat(), HOW)}),
            act=Act(supplier.identity, NOW),
        )


@stored_world
def sent(context: Flask, tenant: Tenant) -> Supplier:
    """Sent with a plan that runs for ten days more."""
    found = come_in(ask(tenant))
    planned(found, NOW.date() + timedelta(days=10))
    receive_now(found)
    return found


def counted(supplier: Supplier, on: date) -> tuple[list[AnswerState], float]:
    """How the answers count that are no plain answers, and R1."""
    with acting(supplier.asked.tenant.id):
        found = load_conduct([supplier.asked.node_id], on)[supplier.asked.node_id]
    plain = (AnswerState.ANSWERED,)
    states = [one.state for form in found.forms for one in form.answers if one.state not in plain]
    measured = measure_response(found.conduct)
    assert measured is not None
    return states, measured.parts[0].value


def test_a_plan_counts_until_its_day_and_then_the_answer_counts_half(sent: Supplier):
    last = NOW.date() + timedelta(days=10)
    before, whole = counted(sent, last)
    after, less = counted(sent, last + timedelta(days=1))
    assert before == [AnswerState.DONT_KNOW_PLANNED] and whole == 1.0
    assert after == [AnswerState.DONT_KNOW] and less < 1.0


def test_a_day_that_had_passed_when_the_answers_were_sent_is_no_plan(
    context: Flask, tenant: Tenant
):
    supplier = come_in(ask(tenant))
    planned(supplier, NOW.date() - timedelta(days=1))
    receive_now(supplier)
    assert counted(supplier, NOW.date())[0] == [AnswerState.DONT_KNOW]


def test_a_plan_beside_another_answer_counts_nothing(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    planned(supplier, NOW.date() + timedelta(days=10), value="always")
    receive_now(supplier)
    assert counted(supplier, NOW.date())[0] == []


def test_not_knowing_with_a_plan_earns_no_more_than_a_late_answer_where_both_came_late(
    sent: Supplier,
):
    with acting(sent.asked.tenant.id):
        get_assignment(sent.asked.assignment_id).due_on = NOW.date() - timedelta(days=1)
    states, r1 = counted(sent, NOW.date())
    assert set(states) == {AnswerState.LATE} and r1 == pytest.approx(0.8)
    assert NOW.date() < DUE


def test_answers_that_come_back_keep_the_plan_for_the_next_round(sent: Supplier):
    tenant = sent.asked.tenant
    with acting(tenant.id):
        row = find_response(sent.asked.assignment_id)
        assert row is not None
        ask_back(sent.asked.assignment_id, C02, "How many?", act=Act(tenant.manager, NOW))
        db.session.flush()
        return_answers(sent.asked.assignment_id, reason="", act=Act(tenant.manager, NOW))
    with acting(sent.id):
        responses.start(sent.asked.assignment_id, act=Act(sent.identity, NOW))
        row = find_response(sent.asked.assignment_id)
        assert row is not None and row.round == 2
        plans = {one.path: one.plan_text for one in list_answers(row.id) if one.plan_text}
    assert plans == {C04: HOW}


def test_the_next_questionnaire_shows_the_plan_again_to_be_confirmed_or_given_a_new_day(
    sent: Supplier,
):
    tenant = sent.asked.tenant
    again = _ask_again(tenant, sent.asked)
    with acting(again.id):
        row = find_response(again.asked.assignment_id)
        assert row is not None and row.round == 1
        plans = {one.path: one.plan_text for one in list_answers(row.id) if one.plan_text}
    assert again.asked.assignment_id != sent.asked.assignment_id and plans == {C04: HOW}


def test_reviewers_read_the_plan_and_take_names_out_of_it(app: Flask, sent: Supplier):
    tenant, key = sent.asked.tenant, sent.asked.assignment_id
    page = f"/o/{tenant.slug}/questionnaires/assignments/{key}/review"
    reader = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    text = reader.get(page).text
    assert "Plan to find out" in text and HOW in text
    with acting(tenant.id):
        assert redact(key, C04, "Kofi Mensah", act=Act(tenant.manager, NOW)) == 1
    text = reader.get(page).text
    assert f"The clinic holds the papers of {TAKEN_OUT}." in text and "Kofi" not in text


def test_a_plan_is_judged_by_the_day_on_which_it_is_looked_at():
    day = date(2026, 11, 25)
    assert fault_of(FindOut("2026-11-25", ""), today=day) is None
    assert fault_of(FindOut("2026-11-24", ""), today=day) is PlanFault.PAST
    assert fault_of(FindOut("25.11.2026", ""), today=day) is PlanFault.NOT_A_DAY
    assert fault_of(FindOut(" ", "by asking"), today=day) is PlanFault.NO_DAY
    assert fault_of(FindOut(), today=day) is None
