"""Follow-up visits: the form of the case worker, filled in and sealed within its case."""

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.follow_up_visits.queries import get_visit, list_visits
from ddplatform.due_diligence.follow_up_visits.services import (
    Seen,
    Written,
    newest_of,
    open_visits,
    rhythm_of,
    write_visit,
)
from ddplatform.due_diligence.remedy.models import CaseCriterion, FollowUpVisit, RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import list_accesses
from ddplatform.due_diligence.remedy.services.facts import open_steps
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.sealing import SealBroken
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.tenancy import acting_in
from tests.case_answers import GOOD
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import opened, second_officer
from tests.factories import Tenant, csrf_token, make_tenant, signed_in_client
from tests.stored_worlds import stored_world

SAFE, WORK, PRESSURE = "/data/A/REM_Q03", "/data/B/REM_Q04", "/data/D/REM_Q10"
TEXT = "/data/E/REM_Q14"
NEW = Seen(1, 0)


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def write(
    case: RemediationCase,
    by: Identity,
    *,
    seen: Seen = NEW,
    record: bool = True,
    days: int = 0,
    **changes: str,
) -> Written:
    """Send the form of a visit, with other answers at some questions (by their last name)."""
    typed = {path: changes.get(path.rpartition("/")[2], text) for path, text in GOOD.items()}
    at = NOW + timedelta(days=days)
    typed["/data/A/REM_Q01"] = changes.get("REM_Q01", at.date().isoformat())
    return write_visit(case, typed, seen=seen, record=record, act=Act(by, at))


class Door:
    """The pages of the visits of one case, as one person opens them."""

    def __init__(self, app: Flask, tenant: Tenant, code: str, role: RoleId) -> None:
        self.client: FlaskClient = signed_in_client(app, tenant, role)
        self.case = f"/o/{tenant.slug}/remedy/{code}"
        self.form = f"{self.case}/visits/form"

    def send(self, typed: Mapping[str, Any], *, number: int = 1, seen: int = 0, button="record"):
        token = csrf_token(self.client, self.form)
        hidden = {"csrf_token": token, "number": str(number), "seen": str(seen), button: "1"}
        data = {
            path: text.split() if " " in text and "Q08" in path else text
            for path, text in typed.items()
        }
        return self.client.post(self.form, data={**hidden, **data})

    def read(self, page: str = "/visits") -> str:
        return unescape(self.client.get(self.case + page).text)


@stored_world
def code(app: Flask, tenant: Tenant) -> str:
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        return opened(tenant).code


@pytest.fixture
def door(app: Flask, tenant: Tenant, code: str) -> Door:
    return Door(app, tenant, code, RoleId.SAFEGUARDING_OFFICER)


def first_visit(door: Door) -> str:
    """The page of the visit on top of the list, as it stands behind the case."""
    found = re.search(r"/visits/[0-9a-f-]{36}", door.read())
    assert found is not None
    return found[0]


# -- walls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [role for role in RoleId if role is not RoleId.SAFEGUARDING_OFFICER]
)
def test_visits_are_closed_to_every_other_role(app: Flask, tenant: Tenant, code: str, role: RoleId):
    door = Door(app, tenant, code, role)
    for page in ("/visits", "/visits/form", f"/visits/{tenant.id}"):
        assert door.client.get(door.case + page).status_code == 403
    token = csrf_token(door.client, "/account")
    sent = door.client.post(door.form, data={"csrf_token": token, "record": "1", **GOOD})
    assert sent.status_code == 403


def test_officer_without_the_case_and_another_firm_find_nothing(
    app: Flask, tenant: Tenant, code: str
):
    with app.app_context():
        other = make_tenant("other", at=NOW)
        with acting_in(tenant.id), unit_of_work():
            second_officer(tenant)
    stranger = Door(app, other, code, RoleId.SAFEGUARDING_OFFICER)
    assert stranger.client.get(stranger.case + "/visits").status_code == 404
    late = app.test_client()
    late.post(
        "/sign-in",
        data={
            "email": "second@acme.example",
            "password": "four random words here",
            "csrf_token": csrf_token(late, "/sign-in"),
        },
    )
    for page in ("/visits", "/visits/form"):
        assert late.get(f"/o/{tenant.slug}/remedy/{code}{page}").status_code == 404


def test_visit_of_another_case_or_one_not_recorded_is_not_found(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        one, other = opened(tenant), opened(tenant)
        done = write(one, officer).visit.row
        draft = write(other, officer, record=False).visit.row
        assert get_visit(one.id, done.id) is done
        for case, row in ((other, done), (other, draft)):
            with pytest.raises(NotFound):
                get_visit(case.id, row.id)


# -- sealing -------------------------------------------------------------------------------------


def test_database_and_log_hold_nothing_readable_of_a_visit(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        write(opened(tenant), officer, REM_Q14="a quieter class", REM_Q09="unhappy")

    with acting_in(tenant.id):
        kept = b"".join(db.session.scalars(select(FollowUpVisit.sealed_answers)))
        told = "".join(map(str, db.session.scalars(select(AuditValue.value))))
    for word in ("a quieter class", "unhappy", "REM_Q09", "child_and_caregiver"):
        assert word.encode() not in kept
        assert word not in told


def test_sealed_visit_moved_to_another_case_does_not_open(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        one, other = opened(tenant), opened(tenant)
        mine, theirs = write(one, officer, record=False), write(other, officer, record=False)
        theirs.visit.row.sealed_answers = mine.visit.row.sealed_answers
        with pytest.raises(SealBroken):
            open_visits(other, at=NOW)


def test_erased_case_takes_its_visits_with_it(app: Flask, tenant: Tenant, door: Door, code: str):
    door.send(GOOD)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case = db.session.scalars(select(RemediationCase)).one()
        case.key_wrapped = None
        with pytest.raises(NotFound):
            open_visits(case, at=NOW)
    assert door.client.get(f"{door.case}/visits").status_code == 404


def test_each_change_of_a_visit_is_one_restricted_event_without_contents(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        before = db.session.scalars(select(AuditEvent.id)).all()
        write(case, officer, record=False)
        write(case, officer, seen=Seen(1, 1))
        left = db.session.scalars(
            select(AuditEvent).where(AuditEvent.id.not_in(before)).order_by(AuditEvent.sequence)
        ).all()
        assert [event.action for event in left] == ["case:draft", "case:visit"]
        assert all(event.is_restricted for event in left)


def test_each_reading_of_the_visits_is_shown_on_the_case(
    app: Flask, tenant: Tenant, door: Door, code: str
):
    door.send(GOOD)
    for page in ("/visits", first_visit(door)):
        assert door.client.get(door.case + page).status_code == 200
    with app.app_context(), acting_in(tenant.id):
        case = db.session.scalars(select(RemediationCase)).one()
        purposes = {row.purpose for row in list_accesses(case.id)}
    assert purposes == {"Opened the follow-up visits", "Opened a follow-up visit"}


# -- filling in ----------------------------------------------------------------------------------


def test_visit_is_filled_in_on_one_page_and_listed_with_what_is_due_next(door: Door):
    assert door.send(GOOD).status_code == 302
    page = door.read()
    assert "Visit 1" in page
    assert "Next scheduled visit: after 1 month" in page
    assert "9 of 9 supported" in page
    one = door.read(first_visit(door))
    assert "Health care, Papers" in one
    assert "more hours of school help" in one


def test_form_asks_for_no_file_and_not_for_the_code_it_knows(door: Door):
    page = door.read("/visits/form")
    assert 'type="file"' not in page
    assert "REM_Q01_case" not in page
    assert 'name="/data/E/REM_Q15"' in page
    assert "We will help you find out" not in page


def test_what_is_missing_stands_at_its_field_and_nothing_typed_is_lost(door: Door):
    sent = door.send({**GOOD, SAFE: "", "/data/A/REM_Q01": "2999-01-01"})
    page = unescape(sent.text)
    assert sent.status_code == 422
    assert 'id="data-A-REM_Q03-error"' in page
    assert "This day is in the future" in page
    assert "more hours of school help" in page
    again = door.read("/visits/form")
    assert "more hours of school help" in again and "2999-01-01" in again
    assert "No visit is recorded yet" in door.read()


def test_visit_begun_is_gone_on_with_later(door: Door):
    typed = {WORK: "none"}
    assert door.send(typed, button="later").status_code == 302
    assert "Continue the draft visit" in door.read()
    page = door.read("/visits/form")
    assert re.search(r'value="none"[^>]* checked', page)
    assert door.send(GOOD, seen=1).status_code == 302
    assert "Fill in a visit" in door.read()


def test_services_on_offer_are_those_of_the_plan(door: Door):
    planned = {"/data/C/REM_Q08_planned": "health documents"}
    assert door.send(planned, button="again").headers["Location"].endswith("/visits/form")
    field = (
        door.read("/visits/form").partition('id="data-C-REM_Q08"')[2].partition("</fieldset>")[0]
    )
    assert 'value="health"' in field and 'value="none"' in field
    assert 'value="counselling"' not in field


def test_service_that_the_plan_lacks_is_told_before_it_is_left_out(door: Door):
    sent = door.send({**GOOD, "/data/C/REM_Q08": "health counselling"})
    assert sent.status_code == 422
    assert "Not in the plan, so not saved: Counselling." in sent.text


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("ask Kofi Mensah", "“Kofi Mensah” may lead to a person. Write who the person is"),
        ("call 0244 123 456", "“0244 123 456” may lead to a person. Leave out the phone"),
        ("x" * 281, "Shorten the text to 280 characters"),
    ],
)
def test_text_that_could_show_who_the_child_is_is_shown_again_and_never_kept(
    door: Door, text: str, advice: str
):
    sent = door.send({**GOOD, TEXT: text}, button="later")
    assert sent.status_code == 422
    assert text in unescape(sent.text)
    assert advice in unescape(sent.text)
    again = door.read("/visits/form")
    assert text not in again
    assert re.search(r'value="week_2"[^>]* checked', again)


def test_words_of_a_visit_that_name_nobody_are_confirmed_and_kept(door: Door):
    said = {**GOOD, TEXT: "delivered by Daniela last week"}
    refused = door.send(said)
    assert refused.status_code == 422
    assert 'name="not_names"' in refused.text and 'value="Daniela"' in refused.text

    assert door.send({**said, "not_names": "Daniela"}, seen=1).status_code == 302
    assert "delivered by Daniela last week" in door.read(first_visit(door))


def test_code_of_the_case_and_files_of_a_made_up_page_do_not_come_in(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        typed = {
            "/data/A/REM_Q01_case": "Kofi",
            "/data/B/REM_Q05_evidence": "a.jpg",
            "/data/x": "y",
        }
        written = write_visit(case, typed, seen=NEW, record=False, act=Act(officer, NOW))
        assert written.visit.form.answers() == {"/data/A/REM_Q01_case": case.code}


def test_answer_that_a_colleague_changed_meanwhile_is_not_overwritten(door: Door):
    door.send({WORK: "none"}, button="later")
    sent = door.send({WORK: "same_site"}, button="later")
    assert sent.status_code == 409
    assert "A colleague changed this visit meanwhile" in sent.text
    assert re.search(r'value="none"[^>]* checked', door.read("/visits/form"))
    assert door.send({WORK: "same_site"}, seen=1, button="later").status_code == 302


def test_visit_that_is_sent_twice_is_recorded_once(door: Door):
    door.send(GOOD)
    sent = door.send({**GOOD, SAFE: "concerns"})
    assert sent.status_code == 409
    assert "This visit was recorded already" in sent.text
    assert re.search(r'value="concerns"[^>]* checked', sent.text)
    assert "Visit 2" not in door.read()
    assert door.send({**GOOD, SAFE: "concerns"}, number=2).status_code == 302
    assert "Visit 2" in door.read()


def test_recorded_visit_does_not_change(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        write(case, officer)
        case_id = case.id
    with acting_in(tenant.id), pytest.raises(Exception, match="append"):
        list_visits(case_id)[0].form_version = "9"
        db.session.flush()
    db.session.rollback()


def test_page_of_an_alert_that_was_not_substantiated_offers_no_form(
    app: Flask, tenant: Tenant, door: Door
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        db.session.scalars(select(RemediationCase)).one().status = ImpactState.UNSUBSTANTIATED
    assert "/visits/form" not in door.read()
    assert door.send(GOOD).status_code == 409


def test_alert_that_was_not_substantiated_has_no_visits(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id):
        case = opened(tenant)
        case.status = ImpactState.UNSUBSTANTIATED
        with pytest.raises(Conflict, match="not substantiated"):
            write(case, officer)


# -- what follows from a visit -------------------------------------------------------------------


def test_criteria_are_proposed_from_the_newest_visit_and_judged_by_a_person(
    app: Flask, tenant: Tenant, door: Door
):
    door.send({**GOOD, "/data/C/REM_Q07": "worse"})
    page = door.read("")
    assert "Visit 1 supports this criterion." in page
    assert (
        "Visit 1 does not support this criterion: "
        "How is the income of the household since support began? Worse" in page
    )
    assert "Not assessed" in page
    assert "you decide" in door.read("/criteria/CLO-5")
    door.send({**GOOD, "/data/A/REM_Q01_visit": "month_1"}, number=2)
    assert "Visit 1 does not support" not in door.read("")
    with app.app_context(), acting_in(tenant.id):
        assert db.session.scalars(select(CaseCriterion)).all() == []


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        (WORK, "same_site", "Take this up as a new alert today"),
        (SAFE, "no", "Call the child-protection service or the agreed partner now"),
        (PRESSURE, "suspected", "independent of the buyer and of the supplier"),
    ],
)
def test_red_flag_is_told_on_top_with_what_to_do(door: Door, path: str, answer: str, told: str):
    door.send({**GOOD, path: answer})
    for page in ("/visits", ""):
        text = door.read(page)
        assert told in text
        assert "Whom to call for a child" in text


def test_red_flag_of_a_visit_begun_is_told_before_it_is_recorded(door: Door):
    door.send({SAFE: "no"}, button="later")
    assert "Call the child-protection service" in door.read()
    door.send({**GOOD, SAFE: "yes"}, seen=1)
    assert "Call the child-protection service or" not in door.read()


def test_rhythm_counts_from_the_alert_and_tells_what_is_late(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        write(case, officer, days=13)
        at = NOW + timedelta(days=100)
        recorded, _ = open_visits(case, at=at)
        rhythm = rhythm_of(case, recorded, at=at)
        assert [bool(one.visit) for one in rhythm] == [True, False, False, False, False, False]
        assert [one.is_late for one in rhythm] == [False, True, True, False, False, False]
        assert rhythm[0].due_at == NOW + timedelta(days=14)


def test_newest_visit_is_the_last_one_made_not_the_last_one_written(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        write(case, officer, days=40)
        early = (NOW + timedelta(days=10)).date().isoformat()
        write(case, officer, seen=Seen(2, 0), days=41, REM_Q01=early)
        newest = newest_of(open_visits(case, at=NOW)[0])
        assert newest is not None and newest.row.number == 1


@pytest.mark.parametrize(
    ("changes", "ticked"),
    [
        ({}, ("safe_and_out_of_work",)),
        ({"REM_Q04": "light_lawful"}, ("safe_and_out_of_work",)),
        ({"REM_Q03": "unsure"}, ()),
        ({"REM_Q04": "unsure"}, ()),
        ({"REM_Q02": "not_found"}, ("child_not_reached",)),
    ],
)
def test_recorded_visit_is_the_step_of_the_protocol_with_what_it_found(
    context: Flask,
    tenant: Tenant,
    officer: Identity,
    changes: Mapping[str, str],
    ticked: tuple[str, ...],
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        write(case, officer, record=False, **changes)
        assert open_steps(case) == []
        write(case, officer, seen=Seen(1, 1), **changes)
        assert [(step.step, step.ticked) for step in open_steps(case)] == [("REM-11", ticked)]


def test_statements_that_the_form_does_not_ask_for_are_ticked_with_it_and_kept(
    app: Flask, tenant: Tenant, door: Door
):
    ticks = {"ticked": ["first_goals_met", "safety_checklist_done"]}
    door.send(ticks, button="later")
    assert re.search(r'value="first_goals_met"[^>]* checked', door.read("/visits/form"))
    door.send({**GOOD, **ticks}, seen=1)
    assert "The first goals of the plan are met" in door.read(first_visit(door))
    with app.app_context(), acting_in(tenant.id):
        case = db.session.scalars(select(RemediationCase)).one()
        steps = [step.ticked for step in open_steps(case)]
    assert steps == [("first_goals_met", "safe_and_out_of_work")]


def test_recorded_visit_may_follow_the_closure_of_a_case(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        case.closed_at, case.closed_by_id = NOW, officer.user_id
        case.status = ImpactState.CLOSED_VERIFIED
        assert write(case, officer, days=365, REM_Q01_visit="month_12").visit.row.recorded_at


def test_visits_add_nothing_to_what_others_read(app: Flask, tenant: Tenant, door: Door, code: str):
    before = _index(app, tenant)
    door.send({**GOOD, WORK: "same_site"})
    after = _index(app, tenant)
    assert after == before
    assert code not in after


def _index(app: Flask, tenant: Tenant) -> str:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = manager.get(f"/o/{tenant.slug}/remedy/").text
    return page.partition("<main")[2].partition("</main>")[0]
