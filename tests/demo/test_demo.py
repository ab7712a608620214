"""The sample company: loaded once, true to the services, gone with one click."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Organisation, OrganisationKind, User
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import ActionState, QuestionnaireState
from ddplatform.core.due_diligence.vocabulary import ImpactState as S
from ddplatform.demo.load import load_sample
from ddplatform.demo.removal import remove_sample
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.follow_up_visits.services import open_visits, rhythm_of
from ddplatform.due_diligence.frameworks.queries.coverage import load_facts
from ddplatform.due_diligence.governance.models import RecordKind
from ddplatform.due_diligence.governance.queries import list_records
from ddplatform.due_diligence.governance.views import coverage_rows
from ddplatform.due_diligence.policies.models import PolicyState
from ddplatform.due_diligence.policies.queries import list_policies
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services.limits import load_limits
from ddplatform.factory import create_app
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.db import Base, db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import TenantScoped, across_tenants, acting_in, nobody
from ddplatform.risk.assessment_plan.models import StepKind
from ddplatform.risk.assessment_plan.queries.plans import list_plans, list_steps
from ddplatform.risk.judgement.queries.judged import list_past_scores
from ddplatform.risk.runs.models import RiskAssessment
from ddplatform.risk.scenarios.queries.scenarios import list_saved
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport, ValueChainNode
from supply_chain.vocabulary import Issue, NodeKind
from tests.conftest import settings_for
from tests.factories import csrf_token
from tests.second_factors import set_up

pytestmark = pytest.mark.long  # the first test waits for the sample
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture
def sample(loaded_sample: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application on a copy of the sample company."""
    shutil.copytree(loaded_sample, tmp_path / "copy")
    folder = tmp_path / "copy"
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'platform.db'}"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _organisation(slug: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.slug == slug)).one()


def _sign_in(app: Flask, role: str) -> FlaskClient:
    listed = json.loads(adapters().sample_sign_ins.read_text(encoding="utf-8"))
    found = next(one for one in listed if one["role"] == role)
    client = app.test_client()
    form = {"email": found["email"], "password": found["password"]}
    form["csrf_token"] = csrf_token(client, "/sign-in")
    assert client.post("/sign-in", data=form).status_code == 302
    return client


def test_the_sample_company_has_every_kind_of_node_over_five_tiers(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        kinds = db.session.execute(
            select(ValueChainNode.kind, func.count()).group_by(ValueChainNode.kind)
        ).all()
        deepest = db.session.scalar(select(func.max(RiskAssessment.tier)))
    assert {kind for kind, _ in kinds} == set(NodeKind)
    assert 60 <= sum(count for _, count in kinds) <= 150
    assert deepest is not None and deepest >= 4


def test_the_sample_holds_questionnaires_and_actions_in_all_their_states(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        asked = set(db.session.scalars(select(Assignment.status)))
        actions = set(db.session.scalars(select(MitigationAction.status)))
        cases = db.session.scalars(select(RemediationCase)).all()
    never_kept = {QuestionnaireState.DRAFT, QuestionnaireState.ESCALATED}
    assert asked == set(QuestionnaireState) - never_kept
    assert actions == set(ActionState)
    assert {case.status for case in cases} == {S.FOLLOW_UP, S.IMMEDIATE_PROTECTION}


def test_the_case_of_the_sample_was_visited_three_times_and_the_next_visit_is_told(
    sample: Flask,
) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        followed = RemediationCase.status == S.FOLLOW_UP
        case = db.session.scalars(select(RemediationCase).where(followed)).one()
        recorded, draft = open_visits(case, at=NOW)
        due = [one.label for one in rhythm_of(case, recorded, at=NOW) if one.visit is None]
    assert len(recorded) == 3 and draft is None
    assert due[0] == "After 6 months"


def test_one_case_of_the_sample_has_a_step_overdue_and_one_has_no_limit_now(
    sample: Flask,
) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        limits = load_limits(list(db.session.scalars(select(RemediationCase.id))))
    (due,) = limits.values()
    assert due.step.title == "Assess best interests" and due.is_late(datetime.now(UTC))


def test_a_finding_of_the_sample_shows_conditions_for_leaving_met_and_missing(
    sample: Flask,
) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        found = [
            finding.step_data["exit"]["conditions"]
            for finding in db.session.scalars(select(Finding))
            if "exit" in finding.step_data
        ]
    assert [{ref: one["is_met"] for ref, one in told.items()} for told in found] == [
        {"RDG-1": True, "RDG-2": False, "RDG-3": True, "RDG-7": False}
    ]


def test_the_sample_holds_two_what_ifs_and_a_plan_with_visits_to_come(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        kept = list_saved()
        (plan,) = list_plans()
        steps = list_steps(plan)
    assert len(kept) == 2
    assert len({row.chain_id for row in kept}) == 1  # so that they can be compared
    assert {step.kind for step in steps} == set(StepKind)
    assert sum(step.is_assigned for step in steps) == 2


def test_the_sample_holds_a_list_that_waits_to_be_mended(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        waiting = select(MapImport).where(MapImport.status == ImportStatus.PREVIEWED)
        counts = db.session.scalars(waiting).one().counts

    assert counts["kinds"]["problems"]["country"][1] == 6
    assert counts["new"] > 0


def test_the_verified_action_of_the_sample_lowered_the_residual_risk(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        lagune = db.session.scalars(
            select(ValueChainNode.id).where(ValueChainNode.external_ref == "lagune")
        ).one()
        past = list_past_scores(lagune, Issue.CL)
    assert past[0].residual_index < past[-1].residual_index - 15


def test_the_logs_of_all_sample_organisations_are_sound(sample: Flask) -> None:
    with sample.app_context(), across_tenants():
        organisations = db.session.scalars(
            select(Organisation.id).where(Organisation.kind == OrganisationKind.COMPANY)
        ).all()
        assert len(organisations) >= 3
    for organisation_id in organisations:
        with sample.app_context(), acting_in(organisation_id):
            checked = audit.verify()
            assert checked.size > 0
            assert checked.faults == ()


def test_loading_a_second_time_changes_nothing(sample: Flask) -> None:
    with sample.app_context(), across_tenants():
        before = _counts()
    done = sample.test_cli_runner().invoke(args=["demo", "load"])
    assert done.exit_code == 0
    assert "nothing changed" in done.output
    with sample.app_context(), across_tenants():
        assert _counts() == before


def test_every_role_of_the_sample_signs_in_and_lands_on_its_start_page(sample: Flask) -> None:
    listed = json.loads(adapters().sample_sign_ins.read_text(encoding="utf-8"))
    assert {one["role"] for one in listed} >= {
        "sustainability_manager",
        "analyst",
        "supplier",
        "auditor",
        "safeguarding_officer",
        "admin",
    }
    for role in sorted({one["role"] for one in listed}):
        client = _sign_in(sample, role)
        start = next(one["start"] for one in listed if one["role"] == role)
        page = client.get(start)
        assert page.status_code == 200, (role, start)
        assert "Sample data" in page.text


def test_the_sample_is_refused_beside_real_data(context: Flask) -> None:
    with unit_of_work(), nobody():
        found_organisation(name="Real", slug="real", at=NOW)
    with pytest.raises(Conflict, match="real data"), nobody(), unit_of_work():
        load_sample(NOW)


def test_one_click_of_the_administrator_empties_the_platform(sample: Flask) -> None:
    client = _sign_in(sample, "admin")
    assert set_up(client).status_code == 200  # a second factor goes with its person
    assert "Remove sample data" in client.get("/o/maison-cacao/settings/").text
    page = "/o/maison-cacao/settings/sample/remove"
    assert "cannot be undone" in client.get(page).text
    gone = client.post(page, data={"csrf_token": csrf_token(client, page)})
    assert gone.status_code == 302, gone.text
    assert "is removed" in client.get(gone.location).text
    assert client.get("/o/maison-cacao/").status_code == 302
    with sample.app_context():
        with across_tenants():
            assert db.session.scalars(select(User.id)).all() == []
            assert [row.slug for row in db.session.scalars(select(Organisation))] == [
                "installation"
            ]
            assert _tenant_rows_besides_the_installation() == {}
        with nobody():
            worker = Worker(sample)
            while worker.work_once():
                pass
        assert not adapters().sample_sign_ins.exists()
        kept = Path(sample.instance_path) / "files"
        assert [path for path in kept.rglob("*") if path.is_file()] == []


def test_real_organisations_stay_when_the_sample_goes(sample: Flask) -> None:
    with sample.app_context():
        with unit_of_work(), nobody():
            found_organisation(name="Real", slug="real", at=NOW)
        with unit_of_work(), nobody():
            remove_sample(at=NOW)
        with across_tenants():
            assert not db.session.scalars(select(Organisation).where(Organisation.is_sample)).all()
            assert _organisation("real").name == "Real"
        with acting_in(_organisation("real").id):
            assert audit.verify().size == 1
        with pytest.raises(Conflict, match="no sample"), unit_of_work(), nobody():
            remove_sample(at=NOW)


def test_a_real_organisation_offers_no_removal_of_sample_data(sample: Flask) -> None:
    client = _sign_in(sample, "admin")
    with sample.app_context(), unit_of_work(), across_tenants():
        _organisation("maison-cacao").is_sample = False
    assert client.get("/o/maison-cacao/settings/sample/remove").status_code == 404
    assert "Remove sample data" not in client.get("/o/maison-cacao/settings/").text


def _counts() -> dict[str, int]:
    return {
        mapper.class_.__name__: db.session.scalar(select(func.count()).select_from(mapper.class_))
        or 0
        for mapper in Base.registry.mappers
        if mapper.class_.__name__ not in ("UserSession", "RateCount")
    }


def _tenant_rows_besides_the_installation() -> dict[str, int]:
    keeper = _organisation("installation").id
    found = {}
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if issubclass(model, TenantScoped):
            count = db.session.scalar(
                select(func.count()).select_from(model).where(model.organisation_id != keeper)
            )
            found[model.__name__] = count or 0
    return {name: count for name, count in found.items() if count}


def test_sample_files_are_dropped_only_for_the_organisations_that_went(tmp_path: Path) -> None:
    install(settings_for(tmp_path, f"sqlite:///{tmp_path / 'x.db'}"))
    one, other = UUID(int=1), UUID(int=2)
    store = adapters().files
    kept = store.put(other, b"other")
    store.put(one, b"one")
    store.drop_tenant(one)
    assert store.has(other, kept)
    assert not (tmp_path / "files" / one.hex).exists()


def test_the_sample_has_a_policy_that_the_board_approved_and_one_draft(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        by_title = {row.title: row for row in list_policies()}
        kinds = {fact.kind for fact in load_facts(as_of=NOW.date())}
    approved = by_title["Children's rights policy"]
    draft = by_title["Responsible purchasing policy"]
    assert (approved.state, approved.answered, approved.met) == (PolicyState.APPROVED, 10, 5)
    assert (draft.state, draft.answered) == (PolicyState.DRAFT, 2)
    # Without a child-friendly version the criterion is met in part, which is no evidence.
    assert {"policy_approved", "grievance_self_checked"} <= kinds
    assert "policy_public" not in kinds


def test_the_sample_has_reviews_by_the_board_and_trained_staff(sample: Flask) -> None:
    with sample.app_context(), acting_in(_organisation("maison-cacao").id):
        notes = list_records(RecordKind.BOARD_NOTE)
        coverage = coverage_rows(list_records(RecordKind.TRAINING), NOW.date())
        kinds = {fact.kind for fact in load_facts(as_of=NOW.date())}
    shares = {one.group.ref: one.share for one in coverage}
    assert len(notes) == 3
    assert (shares["management"], shares["site_visits"], shares["legal"]) == (1.0, 0.6, None)
    assert {"board_reviewed", "staff_trained"} <= kinds
