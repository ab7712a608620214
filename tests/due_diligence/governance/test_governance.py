"""Governance: responsible persons, board notes, training coverage, evidence of frameworks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.core.due_diligence.governance import Training, governance_words, training_coverage
from ddplatform.due_diligence.frameworks.queries.coverage import load_facts
from ddplatform.due_diligence.governance import services as governance
from ddplatform.due_diligence.governance.models import Body, GovernanceRecord, RecordKind
from ddplatform.due_diligence.governance.queries import list_records
from ddplatform.due_diligence.governance.services import (
    BoardNote,
    ResponsibilityFields,
    TrainingFields,
)
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import statements
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.fixtures import pages_of_that_day  # noqa: F401

TODAY = NOW.date()
DAY = timedelta(days=1)
NOTE = BoardNote(
    held_on=TODAY - 10 * DAY,
    body=Body.BOARD,
    discussed="Salient risks in cocoa and packaging.",
    decided="The price premium continues for two seasons.",
    review_on=TODAY + 180 * DAY,
)
TRAINING = TrainingFields(
    held_on=TODAY - 20 * DAY,
    group="purchasing",
    subject="Prices, lead times and child labour",
    in_group=8,
    trained=6,
)
NAMED = ResponsibilityFields(
    held_on=TODAY - 30 * DAY,
    area="purchasing",
    function_title="Chief procurement officer",
    answers_for="Decides on prices and lead times, reports to the board.",
    person_id=None,
)


def kinds_on(day: date) -> set[str]:
    return {fact.kind for fact in load_facts(as_of=day)}


def test_every_area_and_group_has_a_source():
    words = governance_words()
    assert {"board", "day_to_day", "purchasing", "safeguarding"} <= words.responsibilities.keys()
    assert {"management", "purchasing", "site_visits", "safeguarding"} <= words.groups.keys()
    assert all(one.source for one in (*words.responsibilities.values(), *words.groups.values()))
    assert words.latest_review(date(2028, 2, 29)) == date(2029, 2, 28)


def test_coverage_takes_the_newest_training_within_24_months_and_never_zero_for_none():
    on = date(2026, 11, 25)
    trainings = [
        Training("purchasing", date(2026, 3, 1), "Prices", trained=6, in_group=8),
        Training("purchasing", date(2025, 3, 1), "Prices", trained=8, in_group=8),
        Training("purchasing", date(2026, 12, 1), "To come", trained=8, in_group=8),
        Training("site_visits", date(2024, 11, 25), "Visits", trained=0, in_group=4),
        Training("management", date(2024, 11, 24), "Duties", trained=5, in_group=5),
    ]
    covered = {one.group.ref: one for one in training_coverage(trainings, on)}
    assert covered["purchasing"].share == 0.75
    assert covered["site_visits"].share == 0.0
    assert (covered["management"].share, covered["management"].newest) == (None, trainings[4])
    assert (covered["legal"].share, covered["legal"].newest) == (None, None)


def test_a_review_by_the_board_is_evidence_from_its_day_on(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        assert "board_reviewed" not in kinds_on(TODAY)
        note = governance.note_review(NOTE, act=Act(tenant.analyst, NOW))
        assert "board_reviewed" in kinds_on(NOTE.held_on)
        assert "board_reviewed" not in kinds_on(NOTE.held_on - DAY)
        governance.withdraw(note.id, "It was another meeting.", act=Act(tenant.analyst, NOW))
        db.session.flush()
        assert "board_reviewed" not in kinds_on(TODAY)


def test_what_came_later_hides_no_evidence_of_before(tenant: Tenant, context: Flask):
    act, before = Act(tenant.analyst, NOW), NOTE.held_on - 100 * DAY
    with acting_in(tenant.id), unit_of_work():
        for held_on in (before, NOTE.held_on):
            review_on = held_on + 180 * DAY
            governance.note_review(replace(NOTE, held_on=held_on, review_on=review_on), act=act)
            governance.record_training(replace(TRAINING, held_on=held_on), act=act)
        assert {"board_reviewed", "staff_trained"} <= kinds_on(before)


def test_a_meeting_of_the_executive_committee_is_no_review_by_the_board(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        by_executive = replace(NOTE, body=Body.EXECUTIVE)
        governance.note_review(by_executive, act=Act(tenant.analyst, NOW))
        assert "board_reviewed" not in kinds_on(TODAY)


def test_a_training_is_evidence_from_its_day_on_where_somebody_attended(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        unattended = replace(TRAINING, trained=0)
        governance.record_training(unattended, act=Act(tenant.analyst, NOW))
        assert "staff_trained" not in kinds_on(TODAY)
        governance.record_training(TRAINING, act=Act(tenant.analyst, NOW))
        assert "staff_trained" in kinds_on(TRAINING.held_on)
        assert "staff_trained" not in kinds_on(TRAINING.held_on - DAY)


def test_every_fault_of_a_record_is_told_at_its_field(tenant: Tenant, context: Flask):
    act = Act(tenant.analyst, NOW)
    tomorrow = TODAY + DAY
    note = BoardNote(tomorrow, Body.BOARD, "", "Call +32 470 12 34 56", tomorrow)
    training = TrainingFields(tomorrow, "cooks", "", in_group=3, trained=4)
    named = ResponsibilityFields(tomorrow, "kitchen", "", "", person_id=tenant.id)
    with acting_in(tenant.id), unit_of_work():
        with pytest.raises(Invalid) as refused:
            governance.note_review(note, act=act)
        assert set(refused.value.fields) == {"held_on", "discussed", "decided", "review_on"}
        with pytest.raises(Invalid) as refused:
            governance.record_training(training, act=act)
        assert set(refused.value.fields) == {"held_on", "group", "subject", "trained"}
        with pytest.raises(Invalid) as refused:
            governance.name_responsible(named, act=act)
        wrong = {"held_on", "area", "function_title", "answers_for", "person_id"}
        assert set(refused.value.fields) == wrong


@pytest.mark.parametrize(
    ("in_group", "trained", "field"),
    [(0, 0, "in_group"), (-1, 0, "in_group"), (5, 6, "trained"), (5, -1, "trained")],
)
def test_no_more_people_are_trained_than_are_in_the_group(
    tenant: Tenant, context: Flask, in_group: int, trained: int, field: str
):
    wanted = replace(TRAINING, in_group=in_group, trained=trained)
    with acting_in(tenant.id), unit_of_work(), pytest.raises(Invalid) as refused:
        governance.record_training(wanted, act=Act(tenant.analyst, NOW))
    assert set(refused.value.fields) == {field}


def test_the_next_review_lies_within_12_months_of_the_meeting(tenant: Tenant, context: Flask):
    last = governance_words().latest_review(NOTE.held_on)
    with acting_in(tenant.id), unit_of_work():
        governance.note_review(replace(NOTE, review_on=last), act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid, check=lambda error: set(error.fields) == {"review_on"}):
            late = replace(NOTE, review_on=last + DAY)
            governance.note_review(late, act=Act(tenant.analyst, NOW))


def test_a_record_is_withdrawn_once_and_with_a_reason(tenant: Tenant, context: Flask):
    act = Act(tenant.analyst, NOW)
    with acting_in(tenant.id), unit_of_work():
        record = governance.record_training(TRAINING, act=act)
        with pytest.raises(Invalid):
            governance.withdraw(record.id, " ", act=act)
        governance.withdraw(record.id, "Counted twice.", act=act)
        with pytest.raises(Conflict, match="withdrawn already"):
            governance.withdraw(record.id, "Again.", act=act)
        db.session.flush()
        assert list_records(RecordKind.TRAINING) == []
        assert db.session.scalars(select(GovernanceRecord)).one().people_trained == 6


def send(client, page: str, **typed: object):
    return client.post(page, data={**typed, "csrf_token": csrf_token(client, page)})


def test_an_empty_page_says_what_is_missing_and_shows_no_zero(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    base = f"/o/{tenant.slug}/governance/"
    shown = signed_in_client(app, tenant, RoleId.ANALYST).get(base).text
    assert shown.count("not named") == 4
    assert shown.count("not recorded") == 6 and "0%" not in shown
    assert "No board note yet" in shown
    reads = signed_in_client(app, tenant, RoleId.AUDITOR)
    assert "/training/new" in shown and "/training/new" not in reads.get(base).text
    assert reads.get(base + "training/new").status_code == 403
    policies = reads.get(f"/o/{tenant.slug}/policies/").text
    assert f'href="{base}"' in policies


def test_records_of_every_kind_are_added_by_their_pages(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    base = f"/o/{tenant.slug}/governance/"
    sent = send(
        analyst,
        base + "training/new",
        held_on=(TODAY - DAY).isoformat(),
        group="purchasing",
        subject="Prices and children",
        in_group="8",
        trained="6",
    )
    assert sent.status_code == 302, sent.text
    sent = send(
        analyst,
        base + "responsible/new",
        area="purchasing",
        function_title="Chief procurement officer",
        person_id=str(tenant.manager.user_id),
        answers_for="Decides on prices.",
        held_on=TODAY.isoformat(),
    )
    assert sent.status_code == 302, sent.text
    sent = send(
        analyst,
        base + "board-notes/new",
        held_on=TODAY.isoformat(),
        body="board",
        discussed="Salient risks.",
        decided="Nothing was decided.",
        review_on=(TODAY + 90 * DAY).isoformat(),
    )
    assert sent.status_code == 302, sent.text
    shown = analyst.get(base).text
    assert "75%" in shown.replace("\xa0", "") and "6 of 8" in shown
    assert "Chief procurement officer" in shown and "Nothing was decided." in shown


def test_nothing_typed_is_lost_where_a_number_is_wrong(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    page = f"/o/{tenant.slug}/governance/training/new"
    typed = {"held_on": TODAY.isoformat(), "group": "legal", "subject": "New duties"}
    sent = send(analyst, page, **typed, in_group="4", trained="5")
    assert sent.status_code == 422
    assert "Enter a number from 0 to 4, the people in the group." in sent.text
    assert 'value="New duties"' in sent.text and 'value="5"' in sent.text
    sent = send(analyst, page, **typed, in_group="four", trained="1.5")
    assert sent.status_code == 422 and 'value="four"' in sent.text


def test_a_late_review_by_the_board_is_told_on_the_page(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    late = replace(NOTE, review_on=TODAY - DAY)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        governance.note_review(late, act=Act(tenant.analyst, NOW))
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    assert "The next review by the board was due on" in (
        analyst.get(f"/o/{tenant.slug}/governance/").text
    )


def test_the_function_named_last_takes_the_place_of_the_one_before(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    later = replace(NAMED, function_title="Head of sourcing", held_on=TODAY)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        governance.name_responsible(later, act=Act(tenant.analyst, NOW))
        governance.name_responsible(NAMED, act=Act(tenant.analyst, NOW))
    shown = signed_in_client(app, tenant, RoleId.ANALYST).get(f"/o/{tenant.slug}/governance/").text
    now, _, before = shown.partition("Responsibilities over time")
    assert "Head of sourcing" in now and "Chief procurement officer" not in now
    assert "Chief procurement officer" in before


def test_the_page_and_the_facts_take_few_statements_whatever_is_recorded(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    analyst, base = signed_in_client(app, tenant, RoleId.ANALYST), f"/o/{tenant.slug}/governance/"
    analyst.get(base)
    with statements(app) as few:
        analyst.get(base)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        for group in governance_words().groups:
            named = replace(NAMED, person_id=tenant.manager.user_id)
            governance.name_responsible(named, act=Act(tenant.analyst, NOW))
            training = replace(TRAINING, group=group)
            governance.record_training(training, act=Act(tenant.analyst, NOW))
            governance.note_review(NOTE, act=Act(tenant.analyst, NOW))
    with statements(app) as many:
        analyst.get(base)
    assert len(many) == len(few) <= 8
    with app.app_context(), acting_in(tenant.id), statements(app) as asked:
        kinds_on(TODAY)
    assert len(asked) <= 12  # an approved policy with answers takes two more


@pytest.mark.both_databases
def test_another_organisation_sees_no_record(
    app: Flask,
    tenant: Tenant,
    other_tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        record_id = governance.record_training(TRAINING, act=Act(tenant.analyst, NOW)).id
    with app.app_context(), acting_in(other_tenant.id):
        assert list_records(RecordKind.TRAINING) == []
        assert "staff_trained" not in kinds_on(TODAY)
    client = signed_in_client(app, other_tenant, RoleId.ANALYST)
    page = f"/o/{other_tenant.slug}/governance/{record_id}/withdraw"
    assert client.get(page).status_code == 404
