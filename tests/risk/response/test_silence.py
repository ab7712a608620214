"""What was asked and not answered by its day is blank, and long after it silence (RM-2.0 3.7)."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Flask

from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.explanation.queries.issues import explain_risk
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue
from tests.answering import (
    DUE,
    Asked,
    acting,
    ask,
    ask_again,
    come_in,
    fill,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world

DAY = timedelta(days=1)
AFTER = DUE + DAY
SILENT_FROM = DUE + timedelta(days=31)


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@stored_world
def asked(context: Flask, tenant: Tenant) -> Asked:
    return ask(tenant)


def known(asked: Asked, on: date) -> Evidence:
    with acting(asked.tenant.id):
        return load_evidence(asked.chain_id, (asked.node_id,), on)


def blanks(asked: Asked, on: date) -> set[str]:
    evidence = known(asked, on)
    assert set(evidence.blank.node.tolist()) <= {0}
    return {METHOD.factors[factor] for factor in evidence.blank.factor.tolist()}


def is_silent(asked: Asked, on: date) -> bool:
    return known(asked, on).silent.node.tolist() == [0]


def test_a_factor_is_blank_once_the_day_has_passed_and_nothing_was_sent(asked: Asked):
    assert blanks(asked, DUE) == set()

    found = blanks(asked, AFTER)
    assert {"WRK-01", "WRK-05", "WRK-14"} <= found
    assert "WRK-18" not in found  # asked of those alone who take trainees
    assert "WRK-21" not in found  # tells of the buyer


def test_who_has_not_answered_by_day_thirty_after_the_day_is_silent(asked: Asked):
    assert not is_silent(asked, SILENT_FROM - DAY)
    assert is_silent(asked, SILENT_FROM)


def test_answers_end_blanks_and_silence_and_the_days_before_stay_as_they_were(asked: Asked):
    supplier = come_in(asked)
    answered = SILENT_FROM + 5 * DAY
    fill(supplier, at=at_noon(answered))
    receive_now(supplier, at=at_noon(answered))

    assert blanks(asked, answered) == set() and not is_silent(asked, answered)
    assert "WRK-01" in blanks(asked, answered - DAY) and is_silent(asked, answered - DAY)


def test_a_draft_that_nobody_reads_yet_is_no_answer(asked: Asked):
    supplier = come_in(asked)
    fill(supplier)

    assert "WRK-01" in blanks(asked, AFTER)


def withdraw(asked: Asked) -> None:
    with acting(asked.tenant.id):
        assignment, by = get_assignment(asked.assignment_id), asked.tenant.manager
        questionnaires.withdraw(assignment, reason="Sent by mistake", act=Act(by, NOW))


def test_questions_that_were_withdrawn_are_not_asked(asked: Asked):
    withdraw(asked)

    assert blanks(asked, SILENT_FROM) == set()
    assert not is_silent(asked, SILENT_FROM)


def test_questions_that_are_asked_anew_are_blank_until_these_are_answered(
    tenant: Tenant, asked: Asked
):
    withdraw(asked)
    again = ask_again(tenant, asked.chain_id, asked.node_id, ref="SAQ")
    assert "WRK-01" in blanks(asked, AFTER)

    supplier = come_in(again)
    fill(supplier)
    receive_now(supplier)
    assert blanks(asked, AFTER) == set()


def test_the_short_version_leaves_blank_only_what_it_asks(context: Flask, tenant: Tenant):
    short = ask(tenant, light=True)

    found = blanks(short, AFTER)
    assert "WRK-01" in found and "WRK-14" not in found


def test_p15_a_blank_raises_the_score_and_its_upper_end_and_is_told(tenant: Tenant, asked: Asked):
    with acting(tenant.id):
        node = get_node(asked.node_id)
        before, after = (explain_risk(node, Issue.CL, on).explanation for on in (DUE, AFTER))

    assert after.figures.points > before.figures.points
    assert after.figures.high > before.figures.high
    told = {item.factor: item for item in after.items}
    assert told["WRK-01"].score is None and told["WRK-01"].points > 0
