"""What an organisation can show for what a framework asks."""

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.errors import UnknownFramework
from ddplatform.core.due_diligence.frameworks import Coverage, Fact
from ddplatform.core.due_diligence.protection_services import shipped_services
from ddplatform.core.due_diligence.vocabulary import ActionState, ImpactState, QuestionnaireState
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.frameworks.queries.coverage import (
    framework_facts,
    load_coverage,
    load_facts,
)
from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import SeverityJudgement
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.vocabulary import Issue, NodeKind
from tests.conftest import NOW
from tests.factories import Tenant
from tests.report_world import (
    TODAY,
    acting,
    add_action,
    add_assignment,
    add_cases,
    add_finding,
    make_map,
)


def _kinds(tenant: Tenant, as_of: date = TODAY) -> set[str]:
    with acting(tenant):
        return {fact.kind for fact in load_facts(as_of=as_of)}


def test_an_empty_organisation_shows_only_that_somebody_is_responsible(
    context: Flask, other_tenant: Tenant
) -> None:
    assert _kinds(other_tenant) == {"responsibility_assigned"}


def test_an_assessed_map_is_evidence_for_mapping_and_assessing(
    context: Flask, tenant: Tenant
) -> None:
    make_map(tenant)
    assert _kinds(tenant) >= {
        "value_chain_mapped",
        "own_site_mapped",
        "deeper_tier_mapped",
        "risk_assessed",
        "risks_prioritised",
        "own_site_assessed",
        "supplier_risk_assessed",
        "trafficking_assessed",
        "context_data_current",
    }


def test_a_map_that_is_not_assessed_is_no_evidence_of_assessing(
    context: Flask, other_tenant: Tenant
) -> None:
    make_map(other_tenant, assessed=False)
    assert _kinds(other_tenant) == {
        "responsibility_assigned",
        "value_chain_mapped",
        "own_site_mapped",
        "deeper_tier_mapped",
    }


def test_a_head_of_the_log_that_is_signed_later_hides_none_of_before(
    context: Flask, tenant: Tenant
) -> None:
    world = make_map(tenant)
    with acting(tenant):
        audit.sign_checkpoint(at=NOW)
        add_finding(tenant, world)
        later = audit.sign_checkpoint(at=NOW + timedelta(days=1))
        assert later is not None
    assert "audit_trail_verified" in _kinds(tenant)
    assert "audit_trail_verified" not in _kinds(tenant, TODAY - timedelta(days=1))


def test_what_is_done_later_hides_nothing_of_before(context: Flask, tenant: Tenant) -> None:
    world = make_map(tenant)
    with acting(tenant):
        for at in (NOW, NOW + timedelta(days=3)):
            finding = add_finding(tenant, world)
            values = {"is_actual": False, "created_at": at, "closed_at": at}
            values |= {"closed_by_id": tenant.manager.user_id}
            db.session.execute(update(Finding).where(Finding.id == finding).values(**values))
    assert "effect_reviewed" in _kinds(tenant)
    assert "effect_reviewed" not in _kinds(tenant, TODAY - timedelta(days=1))


def test_work_done_is_evidence_of_its_kind(context: Flask, tenant: Tenant) -> None:
    world = make_map(tenant)
    with acting(tenant):
        finding = add_finding(tenant, world)
        action = add_action(tenant, world, finding, due_on=TODAY)
        assignment = add_assignment(tenant, world, due_on=TODAY)
        add_cases(finding, 5, status=ImpactState.CLOSED_VERIFIED)
        db.session.add(
            SeverityJudgement(
                node_id=world.trader_id,
                issue=Issue.HZ,
                scale=4,
                scope=3,
                irremediability=3,
                reasons={},
                created_at=NOW,
                created_by_id=tenant.analyst.user_id,
            )
        )
        for model, row, values in (
            (
                MitigationAction,
                action,
                {
                    "budget_amount": 100,
                    "indicator": "IND-01",
                    "is_own_practice": True,
                    "status": ActionState.VERIFIED,
                    "verified_at": NOW,
                    "verified_by_id": tenant.analyst.user_id,
                },
            ),
            (
                Assignment,
                assignment,
                {"status": QuestionnaireState.ACCEPTED, "decided_at": NOW},
            ),
            (
                Finding,
                finding,
                {
                    "is_actual": False,
                    "closed_at": NOW,
                    "closed_by_id": tenant.manager.user_id,
                    "step_data": {
                        "involvement": {"approved_by": str(tenant.manager.user_id)},
                        "leverage": {"ref": "LD-1", "on": TODAY.isoformat()},
                        "review": {"feedback": "Two families agreed.", "on": TODAY.isoformat()},
                    },
                },
            ),
            (ValueChainNode, world.farm_id, {"kind": NodeKind.INVESTEE}),
        ):
            db.session.execute(update(model).where(model.id == row).values(**values))
        audit.sign_checkpoint(at=NOW)
    assert _kinds(tenant) >= {
        "severity_rated",
        "questionnaire_accepted",
        "involvement_decided",
        "effect_reviewed",
        "leverage_planned",
        "affected_feedback",
        "action_planned",
        "action_verified",
        "prevention_planned",
        "downstream_mapped",
        "audit_trail_verified",
    }
    # An action on the own practice plans a change; only data of purchasing would show a review.
    assert "purchasing_reviewed" not in _kinds(tenant)
    with acting(tenant):
        closed = [fact for fact in load_facts(as_of=TODAY) if fact.kind == "case_verified"]
    assert closed[0].on == date(2026, 7, 1)  # by quarter alone: they were closed in September


def test_a_review_without_feedback_or_of_a_later_day_is_no_evidence_of_feedback(
    context: Flask, tenant: Tenant
) -> None:
    world = make_map(tenant)
    with acting(tenant):
        finding = add_finding(tenant, world)
        review = {"feedback": "", "on": TODAY.isoformat()}
        leverage = {"ref": "LD-1", "on": (TODAY + timedelta(days=1)).isoformat()}
        db.session.execute(
            update(Finding)
            .where(Finding.id == finding)
            .values(step_data={"review": review, "leverage": leverage})
        )
    assert not {"affected_feedback", "leverage_planned"} & _kinds(tenant)


def test_fewer_than_five_closed_cases_are_no_evidence(context: Flask, tenant: Tenant) -> None:
    world = make_map(tenant)
    with acting(tenant):
        add_cases(add_finding(tenant, world), 4, status=ImpactState.CLOSED_VERIFIED)
    assert "case_verified" not in _kinds(tenant)


def test_what_came_after_the_day_does_not_count(context: Flask, tenant: Tenant) -> None:
    make_map(tenant)
    assert "value_chain_mapped" not in _kinds(tenant, TODAY - timedelta(days=1))


def test_a_requirement_without_records_is_missing_and_says_so(
    context: Flask, tenant: Tenant
) -> None:
    with acting(tenant):
        found = {one.requirement.ref: one for one in load_coverage("ungp", as_of=TODAY)}
    assert found["UNGP-16"].coverage is Coverage.MISSING
    assert "nothing shows this yet" in found["UNGP-16"].reasons[0]


def test_an_unknown_framework_is_refused(context: Flask, tenant: Tenant) -> None:
    with acting(tenant), pytest.raises(UnknownFramework):
        load_coverage("nothing", as_of=TODAY)


def test_a_report_says_evidence_and_never_judges(context: Flask, tenant: Tenant) -> None:
    make_map(tenant)
    with acting(tenant):
        facts = {one["ref"]: one for one in framework_facts(as_of=TODAY)}
    assert set(facts) == {"ICAT-A6", "UNGP"}
    rows = {row["id"]: row for row in facts["ICAT-A6"]["requirements"]}
    assert rows["A6.04"]["status"] == "evidence_partly"
    assert rows["A6.04"]["evidence"]
    assert {row["status"] for row in rows.values()} <= {
        "evidence_complete",
        "evidence_partly",
        "evidence_missing",
    }


def test_the_command_tells_coverage_in_words_and_as_json(app: Flask, tenant: Tenant) -> None:
    runner = app.test_cli_runner()
    words = runner.invoke(args=["frameworks", "coverage", "ungp", "--organisation", "acme"])
    assert words.exit_code == 0
    assert "UNGP-16" in words.output
    found = runner.invoke(
        args=["frameworks", "coverage", "icat-action-6", "--organisation", "acme", "--json"]
    )
    document = json.loads(found.stdout)
    assert len(document["requirements"]) == 20
    assert sum(document["counts"].values()) == 20
    refused = runner.invoke(args=["frameworks", "coverage", "x", "--organisation", "acme"])
    assert refused.exit_code == 1
    assert "icat-action-6" in refused.stderr


def test_a_directory_counts_where_every_country_of_the_maps_has_a_service(
    context: Flask, tenant: Tenant
) -> None:
    make_map(tenant)
    with acting(tenant):
        db.session.execute(update(ValueChainNode).values(country="CI"))
        fact = _directory()
        assert fact is not None
        assert fact.on == max(one.read_on for one in shipped_services()["CI"])
        one = db.session.scalars(select(ValueChainNode.id).limit(1)).one()
        without = update(ValueChainNode).where(ValueChainNode.id == one).values(country="AQ")
        db.session.execute(without)
        assert _directory() is None
        settings = context.extensions["settings"]
        (settings.instance_path / "protection-services.yaml").write_text(OWN_SERVICE, "utf-8")
        assert _directory() is not None


OWN_SERVICE = """
- country: AQ
  name: Station manager on duty
  phones: ["112"]
  source: Agreement with the station
  read_on: 2026-01-05
"""


def _directory() -> Fact | None:
    found = (one for one in load_facts(as_of=date(2030, 1, 1)))
    return next((one for one in found if one.kind == "referral_directory_kept"), None)
