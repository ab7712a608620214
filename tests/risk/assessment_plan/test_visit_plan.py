"""Plans of questionnaires and visits: made for a budget, kept with reasons, assigned once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.risk.assessment_plan import views as words
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlan
from ddplatform.risk.assessment_plan.queries import plans as looking
from ddplatform.risk.assessment_plan.services.assign import Assigned, Assigning, assign
from ddplatform.risk.assessment_plan.services.plans import MOST, Wish, make_plan
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import list_library
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.analysis.visit_plan_field import Aim, Spread
from supply_chain.vocabulary import Issue, NodeKind
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.imports.test_map_import import _work

SOON = NOW.date() + timedelta(days=30)
EMAIL = "contact@site.example"
LISTED = "/o/acme/visit-plan/"


@pytest.fixture
def manager(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def make(tenant: Tenant, cocoa: CocoaMap, **wish: object) -> UUID:
    asked = {"name": "Spring", "visits": 2, "questionnaires": 2, **wish}
    with acting(tenant):
        return make_plan(cocoa.chain, Wish(**asked), act=Act(tenant.analyst, NOW)).id  # type: ignore[arg-type]


def steps_of(tenant: Tenant, plan_id: UUID) -> list[looking.StepRow]:
    with acting(tenant):
        return list(looking.list_steps(looking.get_plan_row(plan_id)))


def a_questionnaire(tenant: Tenant) -> UUID:
    with acting(tenant):
        publish_shipped(NOW)
        return list_library()[0].version_id


def all_of(tenant: Tenant, plan_id: UUID, **more: object) -> Assigning:
    steps = steps_of(tenant, plan_id)
    version = a_questionnaire(tenant)
    given = {
        "places": frozenset(step.place for step in steps),
        "version_id": version,
        "answers_due": SOON,
        "owner_id": tenant.analyst.user_id,
        "visits_due": SOON,
        "emails": {step.place: EMAIL for step in steps},
        **more,
    }
    return Assigning(**given)  # type: ignore[arg-type]


def do_assign(tenant: Tenant, plan_id: UUID, wanted: Assigning) -> Assigned:
    with acting(tenant):
        return assign(plan_id, wanted, act=Act(tenant.analyst, NOW))


def counted(tenant: Tenant, model: type[Base]) -> int:
    with acting(tenant):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


# ---- made ------------------------------------------------------------------------------------


def test_a_plan_keeps_its_lines_with_reasons_and_is_one_event(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    plan_id = make(tenant, cocoa)
    steps = steps_of(tenant, plan_id)
    assert [step.place for step in steps] == [1, 2, 3, 4]
    assert {step.kind for step in steps} == set(StepKind)
    assert len({(step.node_ref, step.kind) for step in steps}) == 4
    first = steps[0]
    assert first.kind is StepKind.VISIT and first.nth_in_region == 1
    assert 0 < first.gain < 1
    assert "of 100, between" in words.reason(first)
    assert first.low <= first.index <= first.high and first.grade in "ABCDE"
    with acting(tenant):
        plan = looking.get_plan_row(plan_id)
        assert (plan.name, plan.chain_name, plan.is_stale) == ("Spring", "Cocoa", False)
        assert len(plan.curves["ours"]) == 4
        assert plan.curves["ours"][-1] >= max(plan.curves["volume"][-1], plan.curves["country"][-1])
        assert 0.5 <= plan.at_least <= 1
        actions = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.like("visit_plan%"))
        ).all()
        assert actions == ["visit_plan:make"]
        assert looking.get_plan_for_change(plan_id).row_version == 1
        with pytest.raises(NotFound):
            looking.get_plan_row(uuid4())
        with pytest.raises(NotFound):
            looking.get_plan_for_change(uuid4())


def test_an_amount_is_not_overspent(tenant: Tenant, cocoa: CocoaMap) -> None:
    plan_id = make(
        tenant, cocoa, visits=None, questionnaires=None, amount=5000, currency="EUR",
        cost_visit=2000, cost_questionnaire=300,
    )  # fmt: skip
    spent = sum({"visit": 2000, "questionnaire": 300}[s.kind] for s in steps_of(tenant, plan_id))
    assert 0 < spent <= 5000
    with acting(tenant):
        plan = looking.get_plan_row(plan_id)
        assert words.budget(plan) == "5,000 EUR (a visit 2,000, a questionnaire 300)"
        assert "32 %" in words.guarantee(plan)


NO_PLANS: list[tuple[dict[str, object], str]] = [
    ({"name": ""}, "name"),
    ({"visits": None, "questionnaires": None}, "visits"),
    ({"visits": MOST + 1}, "visits"),
    ({"questionnaires": -1}, "questionnaires"),
    ({"visits": None, "amount": 100, "currency": "EUR"}, "cost_visit"),
    ({"amount": 0, "currency": "EUR", "cost_visit": 1, "cost_questionnaire": 1}, "amount"),
    ({"amount": 10, "cost_visit": 1, "cost_questionnaire": 1}, "currency"),
    (
        {"amount": 10**8, "currency": "EUR", "cost_visit": 1, "cost_questionnaire": 1},
        "amount",
    ),
    (
        {
            "visits": 0,
            "questionnaires": None,
            "amount": 1,
            "currency": "EUR",
            "cost_questionnaire": 2,
        },
        "chain_id",
    ),
]


def test_a_budget_that_makes_no_plan_is_refused_at_its_field(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    for wish, field in NO_PLANS:
        with pytest.raises(Invalid) as error:
            make(tenant, cocoa, **wish)
        assert set(error.value.fields) == {field}, wish


def test_unknown_origins_and_what_is_under_way_are_left_out(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    with acting(tenant):
        value_chain.add_node(
            cocoa.chain,
            NodeFields(name="Somewhere", kind=NodeKind.UNKNOWN_ORIGIN),
            act=Act(tenant.analyst, NOW),
        )
    first = make(tenant, cocoa, visits=9, questionnaires=9)
    steps = steps_of(tenant, first)
    assert "Somewhere" not in {step.node_name for step in steps}
    assert len(steps) == 4
    do_assign(tenant, first, all_of(tenant, first))
    with acting(tenant):
        value_chain.archive_node(cocoa.farms, act=Act(tenant.analyst, NOW))
    with pytest.raises(Invalid) as error:
        make(tenant, cocoa, visits=9, questionnaires=9)
    assert "Nothing is left" in error.value.fields["chain_id"]


# ---- assigned --------------------------------------------------------------------------------


def test_in_one_step_questionnaires_are_sent_and_visits_become_actions(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    plan_id = make(tenant, cocoa)
    assert do_assign(tenant, plan_id, all_of(tenant, plan_id)) == Assigned(2, 2)
    steps = steps_of(tenant, plan_id)
    assert all(step.is_assigned for step in steps)
    with acting(tenant):
        sent = db.session.scalars(select(Assignment)).all()
        assert {one.due_on for one in sent} == {SOON}
        visits = db.session.scalars(select(MitigationAction)).all()
        assert {(one.owner_id, one.due_on) for one in visits} == {(tenant.analyst.user_id, SOON)}
        found = db.session.scalars(select(Finding)).all()
        assert {one.is_actual for one in found} == {False}
        assert all(one.title.startswith("Too little is known") for one in found)
    plan = next(step for step in steps if step.kind is StepKind.VISIT)
    assert plan.action_status == "planned"


def test_a_line_is_never_assigned_twice(tenant: Tenant, cocoa: CocoaMap) -> None:
    plan_id = make(tenant, cocoa)
    wanted = all_of(tenant, plan_id)
    do_assign(tenant, plan_id, all_of(tenant, plan_id, places=frozenset({1})))
    assert do_assign(tenant, plan_id, wanted) == Assigned(2, 1)
    with pytest.raises(Conflict, match="assigned already"):
        do_assign(tenant, plan_id, wanted)
    assert (counted(tenant, Assignment), counted(tenant, MitigationAction)) == (2, 2)


def test_two_plans_do_not_send_two_people_to_one_place(tenant: Tenant, cocoa: CocoaMap) -> None:
    first, second = make(tenant, cocoa), make(tenant, cocoa, name="Again")
    do_assign(tenant, first, all_of(tenant, first))
    with pytest.raises(Invalid) as error:
        do_assign(tenant, second, all_of(tenant, second))
    assert "A visit is planned already" in error.value.fields["places"]
    asked = frozenset(s.place for s in steps_of(tenant, second) if s.kind is StepKind.QUESTIONNAIRE)
    with pytest.raises(Invalid) as error:
        do_assign(tenant, second, all_of(tenant, second, places=asked))
    assert all(name.startswith("email-") for name in error.value.fields)
    assert (counted(tenant, Assignment), counted(tenant, MitigationAction)) == (2, 2)


def test_a_visit_stands_under_the_open_finding_on_its_issue(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    plan_id = make(tenant, cocoa, visits=1, questionnaires=None)
    (step,) = steps_of(tenant, plan_id)
    with acting(tenant):
        assert step.node_id is not None
        told = FindingFields(issue=Issue(step.issue), title="Seen", description="At harvest",
                             source=FindingSource.MEDIA)  # fmt: skip
        key = findings.record(step.node_id, told, act=Act(tenant.analyst, NOW)).id
    do_assign(tenant, plan_id, all_of(tenant, plan_id))
    assert counted(tenant, Finding) == 1
    with acting(tenant):
        assert db.session.scalars(select(MitigationAction.finding_id)).one() == key


MISSING: list[tuple[dict[str, object], set[str]]] = [
    ({"places": frozenset()}, {"places"}),
    ({"version_id": None}, {"version_id"}),
    ({"answers_due": NOW.date() - timedelta(days=1)}, {"answers_due"}),
    ({"owner_id": None}, {"owner_id"}),
    ({"visits_due": None}, {"visits_due"}),
]


def test_what_is_missing_is_named_and_nothing_is_assigned(tenant: Tenant, cocoa: CocoaMap) -> None:
    plan_id = make(tenant, cocoa)
    whole = all_of(tenant, plan_id)
    for change, fields in MISSING:
        with pytest.raises(Invalid) as error:
            do_assign(tenant, plan_id, replace(whole, **change))
        assert set(error.value.fields) == fields, change
    assert (counted(tenant, Assignment), counted(tenant, MitigationAction)) == (0, 0)


def test_a_node_that_left_the_map_is_named(tenant: Tenant, cocoa: CocoaMap) -> None:
    plan_id = make(tenant, cocoa, visits=3, questionnaires=None)
    with acting(tenant):
        value_chain.archive_node(cocoa.farms, act=Act(tenant.analyst, NOW))
    with pytest.raises(Invalid) as error:
        do_assign(tenant, plan_id, all_of(tenant, plan_id))
    assert "Espoir farm group" in error.value.fields["places"]
    with acting(tenant):
        assert looking.get_plan_row(plan_id).is_stale


# ---- pages -----------------------------------------------------------------------------------


def test_a_plan_is_made_shown_and_assigned_in_the_browser(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
) -> None:
    page = f"{LISTED}new"
    sent = {"csrf_token": csrf_token(manager, page), "name": "Spring", "chain_id": cocoa.chain,
            "aim": Aim.FIND.value, "spread": Spread.WIDE.value, "visits": 1,
            "questionnaires": 1}  # fmt: skip
    asked = manager.post(page, data=sent)
    assert asked.status_code == 302
    _work()
    made = manager.get(asked.location)
    shown = manager.get(made.location).text
    assert "Spring" in shown and "volume first" in shown
    assert "one half" in shown and "Assign 2 lines" in shown
    assert "Spring" in manager.get(LISTED).text
    assigning = f"{made.location}/assign"
    token = csrf_token(manager, assigning)
    steps = steps_of(tenant, UUID(made.location.rsplit("/", 1)[1]))
    in_a_month = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    data = {
        "csrf_token": token,
        "place": [step.place for step in steps],
        "owner_id": str(tenant.analyst.user_id),
        "visits_due": in_a_month,
        "answers_due": in_a_month,
    }
    data["version_id"] = str(a_questionnaire(tenant))
    refused = manager.post(assigning, data=data)
    assert refused.status_code == 422 and "Enter the e-mail address" in refused.text
    mails = {f"email-{step.place}": EMAIL for step in steps}
    done = manager.post(assigning, data={**data, **mails})
    assert done.status_code == 302
    after = manager.get(made.location).text
    assert "Visit planned" in after and ">Sent<" in after and "Assign 2 lines" not in after
    assert "Every line is assigned" in manager.get(assigning).text
    again = manager.post(assigning, data={**data, **mails})
    assert again.status_code == 409 and "assigned already" in again.text


def test_a_form_without_a_budget_is_shown_again_with_all_input(
    cocoa: CocoaMap, manager: FlaskClient
) -> None:
    page = f"{LISTED}new"
    sent = {"csrf_token": csrf_token(manager, page), "name": "Spring", "chain_id": cocoa.chain,
            "aim": "learn", "spread": "some"}  # fmt: skip
    refused = manager.post(page, data=sent)
    assert refused.status_code == 422
    assert "Enter how many questionnaires or visits" in refused.text and "Spring" in refused.text


def test_an_organisation_without_a_map_is_led_to_one(app: Flask, tenant: Tenant) -> None:
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    assert "No suppliers yet" in client.get(LISTED).text


def test_a_reader_sees_plans_and_makes_none(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> None:
    plan_id = make(tenant, cocoa)
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    page = auditor.get(f"{LISTED}{plan_id}")
    assert page.status_code == 200 and "/assign" not in page.text
    assert auditor.get(f"{LISTED}new").status_code == 403
    assert auditor.get(f"{LISTED}{plan_id}/assign").status_code == 403


def test_reasons_tell_small_flows_known_places_and_further_steps(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    steps = steps_of(tenant, make(tenant, cocoa, visits=3, questionnaires=None))
    text = words.reason(steps[0])
    assert "% of your input passes here" in text
    later = replace(steps[0], flow=0.001, index=60.0, low=58.0, high=72.4, grade="B",
                    issue="ISS-CL", nth_in_region=3, region="Soubré")  # fmt: skip
    assert "Less than 1 %" in words.reason(later)
    assert words.reason(later).startswith(
        "Child labour below the minimum age is critical here: 60 of 100, between 58 and 72 "
        "(evidence B, well documented). "
    )
    apart = replace(steps[0], flow=0.0)
    assert "No part of your input is stated to pass here" in words.reason(apart)
    assert words.reason(later).endswith("step 3 of the plan in Soubré.")
    nowhere = replace(later, country=None, region=None, index=35.0, low=20.0, flow=0.2)
    assert "is medium here and could be critical: 35 of 100" in words.reason(nowhere)
    assert words.reason(nowhere).endswith("passes here.")


def test_a_long_curve_is_thinned_and_keeps_its_end(tenant: Tenant, cocoa: CocoaMap) -> None:
    plan_id = make(tenant, cocoa, visits=2, questionnaires=None)
    with acting(tenant):
        plan = looking.get_plan_row(plan_id)
        assert words.guarantee(replace(plan, at_least=0.996)) == (
            "Taking the largest gain first always reaches 1 − 1/e, about 63 %, of what the best "
            "possible plan reaches. This very plan reaches at least 99 %."
        )
        plan.curves.update(ours=[n / 500 for n in range(500)], volume=[0.1], country=[])
        series, labels = words.curve(plan)
    assert len(labels) <= 61 and labels[0] == "1" and labels[-1] == "500"
    assert series[0]["values"][-1] == pytest.approx(99.8)
    assert series[1]["values"][:2] == [10.0, None]


def test_the_node_of_a_line_is_that_of_its_map(tenant: Tenant, cocoa: CocoaMap) -> None:
    steps = steps_of(tenant, make(tenant, cocoa))
    with acting(tenant):
        for step in steps:
            assert step.node_id is not None
            assert get_node(step.node_id).name == step.node_name


# Commands and files


def asked(app: Flask, *arguments: str) -> Result:
    command = ("visit-plan", arguments[0], "--organisation", "acme")
    return app.test_cli_runner().invoke(args=[*command, *arguments[1:]])


def test_the_command_proposes_a_plan_with_reasons_and_guarantee_and_keeps_nothing(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
) -> None:
    wanted = ("propose", "--chain", "Cocoa", "--visits", "1", "--questionnaires", "1")
    done = asked(app, *wanted, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert [line["place"] for line in found["lines"]] == [1, 2]
    assert {line["kind"] for line in found["lines"]} == {"visit", "questionnaire"}
    assert all("(evidence " in line["reason"] for line in found["lines"])
    assert all(line["index_low"] <= line["index_high"] for line in found["lines"])
    assert "one half" in found["guarantee"] and 0.5 <= found["at_least"] <= 1
    gains = [line["gain"] for line in found["lines"]]
    assert gains == sorted(gains, reverse=True)
    with acting(tenant):
        assert looking.list_plans() == []
    assert "1. " in asked(app, *wanted).output
    assert asked(app, "propose", "--chain", "Nothing", "--visits", "1").exit_code == 1
    assert asked(app, "propose", "--chain", "Cocoa").exit_code == 1


@pytest.mark.parametrize("ending", ["xlsx", "zip"])
def test_a_kept_plan_goes_out_as_a_file_and_leaves_an_event(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, tmp_path: Path, ending: str
) -> None:
    make(tenant, cocoa)
    out = tmp_path / f"plan.{ending}"
    done = asked(app, "export", "--plan", "Spring", "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    lines = json.loads(done.output)["lines"]
    assert asked(app, "export", "--plan", "Autumn").exit_code == 1
    if ending == "xlsx":
        rows = list(load_workbook(out)["Lines"].values)
        assert [row[2] for row in rows[1:]] == [line["name"] for line in lines]
        assert rows[1][-1] == lines[0]["reason"]
    else:
        with ZipFile(out) as pack:
            assert pack.namelist() == ["lines.csv", "about.csv"]
            assert "guarantee" in pack.read("about.csv").decode()
    with acting(tenant):
        event = select(AuditEvent).where(AuditEvent.action == "visit_plan:export")
        assert len(db.session.scalars(event).all()) == 1


def test_a_plan_is_found_by_its_name_however_many_are_newer_and_by_its_map(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make(tenant, cocoa, name="Spring")
    make(tenant, cocoa, name="Autumn", visits=1)
    monkeypatch.setattr(looking, "SHOWN", 1)
    with acting(tenant):
        value_chain.create_chain("Coffee", own_business="Roaster", act=Act(tenant.analyst, NOW))
        other = value_chain.create_chain("Tea", own_business="House", act=Act(tenant.analyst, NOW))
        plan = db.session.get_one(VisitPlan, first)
        values = {column.key: getattr(plan, column.key) for column in VisitPlan.__table__.columns}
        db.session.add(VisitPlan(**{**values, "id": uuid4(), "chain_id": other.id}))

    assert asked(app, "export", "--plan", "Autumn", "--json").exit_code == 0
    either = asked(app, "export", "--plan", "Spring")
    assert either.exit_code == 1
    assert "“Spring” is a plan of several maps: “Cocoa”, “Tea”." in either.output
    ours = asked(app, "export", "--plan", "Spring", "--chain", "Cocoa", "--json")
    assert len(json.loads(ours.output)["lines"]) == 4
    assert asked(app, "export", "--plan", "Spring", "--chain", "Coffee").exit_code == 1


def test_the_page_of_a_plan_gives_it_as_a_workbook(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
) -> None:
    page = f"{LISTED}{make(tenant, cocoa)}"
    token = csrf_token(manager, page)
    assert f"{page}/export" in manager.get(page).text
    answer = manager.post(f"{page}/export", data={"csrf_token": token, "form": "csv"})
    assert answer.status_code == 200 and answer.data[:2] == b"PK"
    wrong = manager.post(f"{page}/export", data={"csrf_token": token, "form": "doc"})
    assert wrong.status_code == 404


def test_the_page_names_who_answers_for_each_node_and_the_file_names_no_colleague(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
) -> None:
    page = f"{LISTED}{make(tenant, cocoa, visits=2, questionnaires=None)}"
    with acting(tenant):
        get_node(cocoa.farms).owner_id = tenant.analyst.user_id
    shown = manager.get(page).text
    sent = {"csrf_token": csrf_token(manager, page), "form": "csv"}
    with ZipFile(BytesIO(manager.post(f"{page}/export", data=sent).data)) as packed:
        told = "".join(packed.read(name).decode() for name in packed.namelist())

    assert shown.count(f"<bdi>{tenant.analyst.name}</bdi></td>") == 1
    assert '<span class="muted">unassigned</span>' in shown
    assert "Espoir farm group" in told and tenant.analyst.name not in told
