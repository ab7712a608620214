"""A case about a child: who may open it, what it may hold, when it may move on."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.impacts import AgeBand, WorkClass
from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.vocabulary import ImpactState as S
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.remedy.models import RemediationCase, RemediationStep, SupportStatus
from ddplatform.due_diligence.remedy.queries.cases import (
    count_cases_by_stage,
    get_case_for,
    list_accesses,
    list_cases_of,
    list_support_items,
)
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services.facts import open_facts, open_steps
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.sealing import SealBroken
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.facts.services import facts as risk
from ddplatform.risk.runs.models import FactKind, RiskFact
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.vocabulary import Issue, NodeKind
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, make_officer, signed_in_client

NOTE = "seen at the drying place during a visit"


def make_finding(*, is_actual: bool = True) -> Finding:
    chain = ValueChain(id=uuid4(), name="Cocoa", slug=uuid4().hex[:8], created_at=NOW)
    node = ValueChainNode(
        id=uuid4(),
        chain_id=chain.id,
        external_ref=uuid4().hex,
        kind=NodeKind.SITE,
        name="Drying place",
        country="CI",
        created_at=NOW,
    )
    finding = Finding(
        node_id=node.id,
        issue=Issue.HZ,
        title="Hazardous work",
        description="",
        is_actual=is_actual,
        source=FindingSource.OWN_CHECK,
        created_at=NOW,
    )
    for row in (chain, node, finding):
        db.session.add(row)
        db.session.flush()
    return finding


def alert(**changes: object) -> remedy.Alert:
    values = {
        "alert_source": "own_check",
        "work_class": WorkClass.HAZARDOUS,
        "age_band": AgeBand.FROM_12_TO_14,
        "in_danger": False,
        "note": NOTE,
    }
    return remedy.Alert(**{**values, **changes})


def opened(tenant: Tenant, **changes: object) -> RemediationCase:
    return remedy.open_case(make_finding(), alert(**changes), act=Act(tenant.manager, NOW))


def second_officer(tenant: Tenant) -> Identity:
    return make_officer(tenant, "second@acme.example", "Second officer", at=NOW)


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def test_case_is_open_to_the_assigned_officer_and_absent_for_everybody_else(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)

        found, assignment = get_case_for(case.code, officer.user_id, today=NOW.date())
        assert found is case and not assignment.is_verifier
        assert [row.code for row in list_cases_of(officer.user_id, today=NOW.date())] == [case.code]
        with pytest.raises(NotFound):
            get_case_for(case.code, tenant.manager.user_id, today=NOW.date())


def test_database_holds_nothing_readable_about_the_child(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        remedy.take_step(
            case,
            "REM-02",
            ticked=["safety_checklist_done"],
            note=NOTE,
            act=Act(officer, NOW),
        )
        remedy.judge_criterion(case, "CLO-1", is_met=True, basis=NOTE, act=Act(officer, NOW))

    with acting_in(tenant.id):
        kept = b"".join(
            bytes(value)
            for table, column in (
                ("remediation_case", RemediationCase.sealed_facts),
                ("remediation_step", RemediationStep.sealed_note),
            )
            for value in db.session.scalars(select(column))
        )
    assert NOTE.encode() not in kept
    assert b"hazardous" not in kept and b"12_to_14" not in kept


def test_sealed_value_moved_to_another_case_does_not_open(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        one, other = opened(tenant), opened(tenant)
        other.sealed_facts = one.sealed_facts

        with pytest.raises(SealBroken):
            open_facts(other)
        assert open_facts(one).age_band is AgeBand.FROM_12_TO_14


def test_erased_case_cannot_be_read_by_anybody(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        case.key_wrapped = None

        with pytest.raises(NotFound):
            open_facts(case)


@pytest.mark.parametrize(
    "note", ["Her name is Awa Koné", "call 0707 123 456", "born 12.03.2014", "x" * 281]
)
def test_text_that_could_show_who_the_child_is_is_not_kept(
    context: Flask, tenant: Tenant, note: str
):
    with acting_in(tenant.id), pytest.raises(Invalid):
        opened(tenant, note=note)


def test_potential_impact_opens_no_case(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), pytest.raises(Conflict):
        remedy.open_case(make_finding(is_actual=False), alert(), act=Act(tenant.manager, NOW))


def test_unknown_source_of_the_alert_is_refused(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), pytest.raises(Invalid):
        opened(tenant, alert_source="a dream")


def test_stage_that_is_not_reached_names_what_has_to_be_done_first(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id):
        case = opened(tenant)
        remedy.move(case, S.TRIAGED, act=Act(officer, NOW))

        with pytest.raises(StepNotAllowed) as refused:
            remedy.move(case, S.IMMEDIATE_PROTECTION, act=Act(officer, NOW))

    assert "Go through the safety checklist." in refused.value.missing


def go_to_closure(case: RemediationCase, officer: Identity) -> None:
    """Everything the protocol asks for, over half a year."""
    for ref in ("REM-02", "REM-03", "REM-06", "REM-07", "REM-08"):
        ticked = [
            flag for flag in remedy_steps()[ref].records if flag != "informing_caregiver_unsafe"
        ]
        remedy.take_step(case, ref, ticked=ticked, note="", act=Act(officer, NOW))
    for days in (14, 200):
        remedy.take_step(
            case,
            "REM-11",
            ticked=["first_goals_met", "safe_and_out_of_work"],
            note="",
            act=Act(officer, NOW + timedelta(days=days)),
        )
    for number in range(1, 10):
        remedy.judge_criterion(
            case,
            f"CLO-{number}",
            is_met=True,
            basis="two visits",
            act=Act(officer, NOW),
        )
    later = NOW + timedelta(days=400)
    for state in (
        S.TRIAGED,
        S.IMMEDIATE_PROTECTION,
        S.ASSESSED,
        S.PLAN_AGREED,
        S.IN_REMEDIATION,
        S.FOLLOW_UP,
        S.CLOSURE_PROPOSED,
    ):
        remedy.move(case, state, act=Act(officer, later))
    records = list(remedy_steps()["REM-12"].records)
    remedy.take_step(case, "REM-12", ticked=records, note="", act=Act(officer, later))


def test_case_manager_cannot_verify_the_closure_but_an_independent_officer_can(
    context: Flask, tenant: Tenant, officer: Identity
):
    later = NOW + timedelta(days=401)
    with acting_in(tenant.id), unit_of_work():
        verifier = second_officer(tenant)
        case = opened(tenant)
        remedy.assign(case, verifier.user_id, is_verifier=True, act=Act(officer, NOW))
        go_to_closure(case, officer)
        with pytest.raises(StepNotAllowed, match="someone other than the case manager"):
            remedy.move(case, S.CLOSED_VERIFIED, act=Act(officer, later))

        remedy.move(case, S.CLOSED_VERIFIED, act=Act(verifier, later))

        assert (case.closed_at, case.closed_by_id) == (later, verifier.user_id)


def test_verified_closure_ends_the_confirmed_fact_and_leaves_the_recurrence_floor(
    context: Flask, tenant: Tenant, officer: Identity
):
    later = NOW + timedelta(days=401)
    with acting_in(tenant.id), unit_of_work():
        verifier = second_officer(tenant)
        case = opened(tenant)
        finding = db.session.get(Finding, case.finding_id)
        risk.add_fact(
            finding.node_id,
            Issue.HZ,
            FactKind.CONFIRMED,
            cause_type="finding",
            cause_id=finding.id,
            since=NOW,
        )
        remedy.assign(case, verifier.user_id, is_verifier=True, act=Act(officer, NOW))
        go_to_closure(case, officer)
        remedy.move(case, S.CLOSED_VERIFIED, act=Act(verifier, later))
        kinds = {fact.kind: fact.ended_at for fact in db.session.scalars(select(RiskFact))}
        assert kinds == {FactKind.CONFIRMED: later, FactKind.CLOSED: None}

        remedy.move(case, S.REOPENED, act=Act(verifier, later), reason="new information")

        open_kinds = set(
            db.session.scalars(select(RiskFact.kind).where(RiskFact.ended_at.is_(None)))
        )
        assert FactKind.CONFIRMED in open_kinds
        assert case.closed_at is None


def test_closed_case_takes_no_step(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id):
        case = opened(tenant)
        case.closed_at, case.closed_by_id = NOW, officer.user_id
        with pytest.raises(Conflict):
            remedy.take_step(case, "REM-08", ticked=[], note="", act=Act(officer, NOW))


def test_step_and_its_statements_must_be_of_the_protocol(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id):
        case = opened(tenant)
        for step, ticked in (("REM-99", []), ("REM-02", ["child_heard"])):
            with pytest.raises(Invalid):
                remedy.take_step(case, step, ticked=ticked, note="", act=Act(officer, NOW))
        for criterion, basis in (("CLO-99", "x"), ("CLO-1", " ")):
            with pytest.raises(Invalid):
                remedy.judge_criterion(
                    case,
                    criterion,
                    is_met=True,
                    basis=basis,
                    act=Act(officer, NOW),
                )


def test_help_is_planned_paid_by_somebody_and_delivered(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        with pytest.raises(Invalid) as refused:
            remedy.plan_support(
                case,
                "SUP-0",
                payer="nobody",
                amount=5,
                currency=None,
                act=Act(officer, NOW),
            )
        assert set(refused.value.fields) == {"item", "payer", "amount"}
        item = remedy.plan_support(
            case,
            "SUP-1",
            payer="shared",
            amount=60,
            currency="EUR",
            act=Act(officer, NOW),
        )
        remedy.set_support_status(case, item, SupportStatus.DELIVERED, act=Act(officer, NOW))

        assert [row.status for row in list_support_items(case.id)] == [SupportStatus.DELIVERED]


def test_only_safeguarding_officers_can_be_given_a_case(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id):
        case = opened(tenant)
        with pytest.raises(Invalid):
            remedy.assign(case, tenant.manager.user_id, is_verifier=False, act=Act(officer, NOW))
        with pytest.raises(Conflict):
            remedy.assign(case, officer.user_id, is_verifier=False, act=Act(officer, NOW))


def test_officer_appointed_later_is_given_a_case_once_for_each_part(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id):
        case = opened(tenant)
        late = second_officer(tenant)
        given = remedy.assign(case, late.user_id, is_verifier=False, act=Act(officer, NOW))
        with pytest.raises(Conflict, match="may open the case already"):
            remedy.assign(case, late.user_id, is_verifier=False, act=Act(officer, NOW))
        changed = remedy.assign(case, late.user_id, is_verifier=True, act=Act(officer, NOW))

    assert given.created_by_id == officer.user_id
    assert changed is given
    assert changed.is_verifier


def confirmed(tenant: Tenant, officer: Identity, *, at: datetime, **facts: object) -> None:
    """A case that an officer confirmed: the child is safe and a provider was called."""
    case = remedy.open_case(make_finding(), alert(**facts), act=Act(tenant.manager, at))
    for step, flag in (("REM-02", "safety_checklist_done"), ("REM-03", "provider_contacted")):
        remedy.take_step(case, step, ticked=[flag], note="", act=Act(officer, at))
    for minutes, state in enumerate((S.TRIAGED, S.IMMEDIATE_PROTECTION)):
        remedy.move(case, state, act=Act(officer, at + timedelta(minutes=minutes)))


LAST_MONTH, THIS_MONTH = NOW - timedelta(days=30), NOW - timedelta(days=2)


def test_everybody_else_sees_figures_of_the_last_month_alone(
    app: Flask, tenant: Tenant, officer: Identity
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        for _ in range(6):
            confirmed(tenant, officer, at=LAST_MONTH)
        before = count_cases_by_stage(on=NOW.date())
        confirmed(tenant, officer, at=THIS_MONTH)
        code = opened(tenant).code
        after = count_cases_by_stage(on=NOW.date())
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    assert before == after
    assert (before.stages[0].shown, before.total) == ("5–9", "5–9")
    assert before.as_of == date(2026, 10, 31)
    assert code not in manager.get(f"/o/{tenant.slug}/remedy/").text
    assert manager.get(f"/o/{tenant.slug}/remedy/{code}").status_code == 403


def test_reports_of_harm_that_no_officer_confirmed_move_no_figure(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        for _ in range(4):
            confirmed(tenant, officer, at=LAST_MONTH)
        for number in range(9):
            case = remedy.open_case(make_finding(), alert(), act=Act(tenant.manager, LAST_MONTH))
            if number % 2:
                remedy.move(case, S.TRIAGED, act=Act(officer, LAST_MONTH))
        figures = count_cases_by_stage(on=NOW.date())

    assert {figures.total, *(one.shown for one in figures.stages)} == {"<5"}


def test_class_of_harm_changes_no_figure(context: Flask, tenant: Tenant, officer: Identity):
    sensitive = WorkClass.TRAFFICKING_SUSPECTED
    with acting_in(tenant.id), unit_of_work():
        for _ in range(6):
            confirmed(tenant, officer, at=LAST_MONTH, work_class=sensitive)
        figures = count_cases_by_stage(on=NOW.date())

    assert [one.shown for one in figures.stages] == ["5–9", *["<5"] * 5]


def test_each_reading_of_a_case_is_shown_on_it(app: Flask, tenant: Tenant, officer: Identity):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case_id, code = (case := opened(tenant)).id, case.code
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = client.get(f"/o/{tenant.slug}/remedy/{code}")

    assert page.status_code == 200 and "Hazardous work" in page.text
    with app.app_context(), acting_in(tenant.id):
        assert [row.name for row in list_accesses(case_id)] == [officer.name]


def test_officer_works_through_the_pages_of_a_case(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        code = opened(tenant).code
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    case = f"/o/{tenant.slug}/remedy/{code}"
    token = csrf_token(client, f"{case}/steps/REM-02")

    def post(page: str, **data: str) -> int:
        return client.post(f"{case}/{page}", data={**data, "csrf_token": token}).status_code

    assert post("steps/REM-02", ticked="safety_checklist_done", note="all calm") == 302
    assert post("steps/REM-02", note="ask Kofi Mensah, 0244123456") == 422
    assert post("move/triaged") == 302
    assert post("move/assessed") == 404
    assert post("support", item="SUP-2", payer="us", amount="100", currency="EUR") == 302
    assert post("support", item="SUP-2", payer="us", amount="100", currency="") == 422
    assert post("criteria/CLO-1", is_met="y", basis="two visits") == 302
    assert post("criteria/CLO-1", basis="") == 422
    assert post("assign", user=str(tenant[RoleId.SAFEGUARDING_OFFICER].user_id)) == 409
    with app.app_context(), acting_in(tenant.id):
        item = list_support_items(get_id(code))[0].id
    assert post(f"support/{item}", status="delivered") == 302
    text_of_page = client.get(case).text
    assert "all calm" in text_of_page and "Schooling" in text_of_page


def test_a_case_shows_its_stage_and_the_steps_left_open_behind_it(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        code, case.status = case.code, S.ASSESSED
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = client.get(f"/o/{tenant.slug}/remedy/{code}").text

    stages = re.findall(
        r'<li class="(\w*)"( aria-current="step")?><b>.*?([A-Z][a-z, -]+)</b>', page
    )
    assert stages[:3] == [
        ("late", "", "Make safe"),
        ("late", "", "Best interests"),
        ("now", ' aria-current="step"', "Plan and money"),
    ]
    assert "2 steps still open" in page


def get_id(code: str) -> object:
    return db.session.scalar(select(RemediationCase.id).where(RemediationCase.code == code))


def test_refused_note_stays_in_the_form(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        code = opened(tenant).code
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    page = f"/o/{tenant.slug}/remedy/{code}/steps/REM-04"

    answer = client.post(
        page, data={"note": "told on 12.03.2026", "csrf_token": csrf_token(client, page)}
    )

    assert answer.status_code == 422
    assert "told on 12.03.2026" in answer.text


def test_manager_hands_an_actual_impact_over_and_sees_no_case(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        finding_id = make_finding().id
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = f"/o/{tenant.slug}/remedy/open/{finding_id}"
    data = {
        "alert_source": "own_check",
        "work_class": "hazardous",
        "age_band": "12_to_14",
        "danger": "unknown",
        "note": "",
    }

    answer = client.post(page, data={**data, "csrf_token": csrf_token(client, page)})

    assert "read your request" in answer.text
    with app.app_context(), acting_in(tenant.id):
        case = db.session.scalar(select(RemediationCase))
        assert case.code not in answer.text
        assert open_facts(case).in_danger is None


def test_handing_an_impact_over_asks_for_its_source_and_kind_and_presumes_none(
    app: Flask, tenant: Tenant
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        finding_id = make_finding().id
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = f"/o/{tenant.slug}/remedy/open/{finding_id}"

    shown = client.get(page).text
    token = csrf_token(client, page)
    sent = client.post(page, data={"alert_source": "", "work_class": "", "csrf_token": token})

    for name in ("alert_source", "work_class"):
        options = shown.split(f'name="{name}"')[1].split("</select>")[0].split("<option")
        assert 'value=""' in options[1] and "Choose" in options[1]
        assert not any("selected" in one for one in options[2:])
    assert sent.status_code == 422
    assert "Choose the source of the alert." in sent.text
    assert "Choose the type of work." in sent.text


def test_steps_are_opened_in_their_order(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id):
        case = opened(tenant)
        for day, ref in enumerate(("REM-02", "REM-03")):
            remedy.take_step(
                case,
                ref,
                ticked=[],
                note=ref.lower(),
                act=Act(officer, NOW + timedelta(days=day)),
            )

        assert [(note.step, note.note) for note in open_steps(case)] == [
            ("REM-02", "rem-02"),
            ("REM-03", "rem-03"),
        ]


def test_lost_contact_needs_five_tries_over_half_a_year_by_two_means(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id):
        case = opened(tenant)
        case.status = S.FOLLOW_UP
        for number in range(5):
            remedy.take_step(
                case,
                "REM-11",
                ticked=["child_not_reached", "partner_signed_off"],
                note=("visit", "through the school")[number % 2],
                act=Act(officer, NOW + timedelta(days=50 * number)),
            )

        remedy.move(case, S.LOST_CONTACT, act=Act(officer, NOW + timedelta(days=210)))

        assert case.status is S.LOST_CONTACT
        assert case.closed_at is None
