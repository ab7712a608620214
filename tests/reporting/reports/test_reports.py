"""Reports: asked for, frozen, made, sealed; the same facts give the same bytes."""

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from ddplatform.accounts.organisations.models import Membership
from ddplatform.audit.models import AuditEvent
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import ActionState, QuestionnaireState
from ddplatform.documents.errors import FactsRefused
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound, TooMany
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.tenancy import acting_in, nobody
from ddplatform.reporting.report_facts.queries import risks as report_risks
from ddplatform.reporting.report_facts.queries.scope import load_scope
from ddplatform.reporting.report_facts.views import chain as report_chain
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.reporting.reports.queries import get_report_with_facts, list_reports, report_name
from ddplatform.reporting.reports.services import preview as report_preview
from ddplatform.reporting.reports.services import requests as reports
from ddplatform.reporting.reports.services import sealing as report_sealing
from ddplatform.reporting.reports.services.requests import Wanted
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from tests.conftest import NOW
from tests.factories import Tenant
from tests.report_world import (
    TODAY,
    World,
    acting,
    add_action,
    add_assignment,
    add_cases,
    add_finding,
    assess,
    make_map,
    work_off,
)
from tests.stored_worlds import stored_world

PERIOD = (date(2026, 1, 1), TODAY)


@stored_world
def world(context: Flask, tenant: Tenant) -> World:
    return make_map(tenant)


def _wanted(world: World, **changes: object) -> Wanted:
    values = {
        "definition_ref": "action-6-due-diligence",
        "chain_id": world.chain_id,
        "period": PERIOD,
        "audience": "auditor",
    }
    return Wanted(**{**values, **changes})  # type: ignore[arg-type]


def _made(app: Flask, tenant: Tenant, wanted: Wanted) -> Report:
    """A report asked for and made by the worker."""
    with acting(tenant):
        report_id = reports.request(wanted, act=Act(tenant.manager, NOW)).id
    work_off(app)
    with acting(tenant):
        return get_report_with_facts(report_id)


def test_a_report_is_queued_made_by_the_worker_and_sealed(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report = _made(app, tenant, _wanted(world))
    assert report.status is ReportStatus.SEALED
    assert set(report.files) == {"pdf", "xlsx", "json", "csv"}
    assert report.method_version == "RM-2.0"
    assert report.release_name
    assert report.facts is not None
    with acting(tenant):
        for kept in report.files.values():
            content = adapters().files.get(tenant.id, kept["sha256"])
            assert len(content) == kept["size_bytes"]
        head = audit.read_checkpoint(report.checkpoint or "")
        assert (head.size, head.root.hex()) == (report.audit_size, report.audit_root)
        pdf = adapters().files.get(tenant.id, report.files["pdf"]["sha256"])
        facts = adapters().files.get(tenant.id, report.files["json"]["sha256"])
        book = adapters().files.get(tenant.id, report.files["xlsx"]["sha256"])
        pack = adapters().files.get(tenant.id, report.files["csv"]["sha256"])
    assert pdf.startswith(b"%PDF")
    assert sha256(facts).hexdigest() == report.facts_sha256
    assert json.loads(facts)["value_chain"]["node_count"] == 3
    assert "About" in load_workbook(BytesIO(book)).sheetnames
    assert "risks.csv" in ZipFile(BytesIO(pack)).namelist()


def test_the_facts_say_what_the_records_say(app: Flask, tenant: Tenant, world: World) -> None:
    with acting(tenant):
        finding = add_finding(tenant, world)
        add_action(tenant, world, finding, due_on=TODAY - timedelta(days=3))
        add_assignment(tenant, world, due_on=TODAY - timedelta(days=1))
    facts = _made(app, tenant, _wanted(world)).facts
    assert facts is not None
    assert [row["title"] for row in facts["findings"]] == ["Children carry heavy loads"]
    assert facts["findings"][0]["owner"] == "Sustainability manager"
    assert [row["status"] for row in facts["actions"]] == ["overdue"]
    questionnaires = facts["questionnaires"]
    assert (questionnaires["sent"], questionnaires["overdue"]) == (1, 1)
    tiers = {row["tier"]: row for row in facts["value_chain"]["tiers"]}
    assert tiers[0]["unknown_share"] == pytest.approx(0.4)
    assert tiers[1]["unknown_share"] == 0
    assert facts["value_chain"]["unknown_share"] == pytest.approx(1.0)
    assert facts["risk_counts"]["scored"] == sum(cell["count"] for cell in facts["risk_cells"])
    assert facts["risks"][0]["rank"] == 1
    assert facts["report"]["id"] == "R-2026-001"
    assert facts["audit"]["checkpoint"]["key"].startswith("ddplatform-log+")  # no address was set


def test_the_same_facts_give_the_same_bytes(app: Flask, tenant: Tenant, world: World) -> None:
    report = _made(app, tenant, _wanted(world))
    assert report.facts is not None
    frozen = report_sealing.Frozen(
        report.id, report.definition_ref, report_name(report), report.facts, report.audit_size or 0
    )
    first, second = report_sealing.render(frozen), report_sealing.render(frozen)
    assert first == second
    kept = {form: sha256(content).hexdigest() for form, content in first.items()}
    assert kept == {form: file["sha256"] for form, file in report.files.items()}


def test_asking_again_while_nothing_changed_finds_the_sealed_report(
    app: Flask, tenant: Tenant, world: World
) -> None:
    work_off(app)  # the assessment that the map still waits for would change what is known
    report = _made(app, tenant, _wanted(world))
    with acting(tenant):
        same = report_preview.find_same(_wanted(world), at=NOW + timedelta(hours=1))
        assert same is not None
        assert same.id == report.id
        add_finding(tenant, world)
        assert report_preview.find_same(_wanted(world), at=NOW) is None
        assert report_preview.find_same(_wanted(world, audience="board"), at=NOW) is None


def test_a_sealed_report_cannot_be_changed(app: Flask, tenant: Tenant, world: World) -> None:
    report = _made(app, tenant, _wanted(world))
    with pytest.raises(DatabaseError), acting(tenant):
        db.session.execute(
            update(Report).where(Report.id == report.id).values(title="Everything is fine")
        )


def test_building_a_sealed_report_again_changes_nothing(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report = _made(app, tenant, _wanted(world))
    with acting(tenant):
        assert report_sealing.freeze(report.id, act=Act(tenant.manager, NOW)) is None
        again = report_sealing.seal(report.id, {"pdf": b"other"}, act=Act(tenant.manager, NOW))
    assert again == {"report_id": str(report.id)}
    with acting(tenant):
        assert get_report_with_facts(report.id).files == report.files


def test_a_worker_that_died_after_freezing_seals_the_frozen_facts(
    app: Flask, tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
    with acting(tenant):
        frozen = report_sealing.freeze(report_id, act=Act(tenant.manager, NOW))
        assert frozen is not None
    with acting(tenant):
        add_finding(tenant, world)
    work_off(app)
    with acting(tenant):
        report = get_report_with_facts(report_id)
    assert report.facts == frozen.facts
    assert report.facts["findings"] == []


def test_nothing_is_sealed_before_it_is_frozen(tenant: Tenant, world: World) -> None:
    with acting(tenant):
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
    with pytest.raises(Conflict), acting(tenant):
        report_sealing.seal(report_id, {"pdf": b"x"}, act=Act(tenant.manager, NOW))


def test_each_step_leaves_one_event(app: Flask, tenant: Tenant, world: World) -> None:
    report = _made(app, tenant, _wanted(world))
    with acting(tenant):
        actions = db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.target_id == str(report.id))
            .order_by(AuditEvent.sequence)
        ).all()
    assert list(actions) == ["report:request", "report:freeze", "report:seal"]


def test_a_job_of_somebody_who_lost_the_right_fails(
    app: Flask, tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
        db.session.execute(
            update(Membership)
            .where(Membership.user_id == tenant.manager.user_id)
            .values(role=RoleId.ADMIN)
        )
    work_off(app)
    with acting(tenant):
        report = get_report_with_facts(report_id)
        row = list_reports()[0]
        job = db.session.scalar(select(Job).where(Job.id == report.job_id))
    assert report.status is ReportStatus.QUEUED
    assert report.facts is None
    assert row.has_failed
    assert job is not None
    assert job.state is JobState.FAILED
    assert "may not do it any more" in (job.last_error or "")


def test_facts_that_do_not_fit_close_the_report_as_failed(
    app: Flask, tenant: Tenant, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_frozen: object) -> None:
        raise FactsRefused("Fact 'risks' must be a list of objects.")

    monkeypatch.setattr(report_sealing, "render", refuse)
    report = _made(app, tenant, _wanted(world))
    assert report.status is ReportStatus.FAILED
    assert report.failure == "Fact 'risks' must be a list of objects."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"audience": "press"}, "audience"),
        ({"period": (TODAY, date(2026, 1, 1))}, "period_from"),
        ({"period": (date(2027, 1, 1), date(2027, 2, 1))}, "period_from"),
        ({"as_of": date(2027, 1, 1)}, "as_of"),
        ({"definition_ref": "no-such"}, "definition"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_with_the_field(
    tenant: Tenant, world: World, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal, acting(tenant):
        reports.request(_wanted(world, **changes), act=Act(tenant.manager, NOW))
    assert field in refusal.value.fields


def _facts_of_past(tenant: Tenant, wanted: Wanted) -> dict[str, Any]:
    """The facts of a report that is asked for a month after `TODAY`."""
    later = NOW + timedelta(days=30)
    with acting(tenant):
        report_id = reports.request(wanted, act=Act(tenant.manager, later)).id
        db.session.flush()
        frozen = report_sealing.freeze(report_id, act=Act(tenant.manager, later))
    assert frozen is not None
    return dict(frozen.facts)


def test_a_past_day_tells_what_was_on_record_then_and_leaves_out_what_changed_since(
    tenant: Tenant, world: World
) -> None:
    later = NOW + timedelta(days=5)
    with acting(tenant):
        kept, changed = add_finding(tenant, world), add_finding(tenant, world)
        actions = [
            add_action(tenant, world, kept, due_on=TODAY - timedelta(days=3), title=title)
            for title in ("Runs late", "Moved since", "Dropped since", "Dropped then")
        ]
        asked = add_assignment(tenant, world, due_on=TODAY - timedelta(days=1))
        add_cases(kept, 7)
        for row_id in actions[2:]:
            action = db.session.get_one(MitigationAction, row_id)
            action.status, action.dropped_reason = ActionState.DROPPED, "No longer needed."
        assignment = db.session.get_one(Assignment, asked)
        assignment.status = QuestionnaireState.ACCEPTED
        assignment.submitted_at = assignment.decided_at = later
        audit.record(
            "finding:grade",
            db.session.get_one(Finding, changed),
            act=Act(tenant.manager, later),
        )
        for row_id in actions[1:3]:
            action = db.session.get_one(MitigationAction, row_id)
            audit.record("action:move", action, act=Act(tenant.manager, later))
    facts = _facts_of_past(tenant, _wanted(world, as_of=TODAY))
    assert facts["as_of"] == TODAY.isoformat()
    by_id = {row["id"]: row for row in facts["findings"]}
    assert by_id[str(kept)]["severity"] is not None
    assert by_id[str(kept)]["owner"] == "Sustainability manager"
    assert [by_id[str(changed)][key] for key in ("severity", "involvement", "owner")] == [None] * 3
    statuses = {row["title"]: row["status"] for row in facts["actions"]}
    assert statuses == {"Runs late": "overdue", "Moved since": None, "Dropped since": None}
    asked_facts = facts["questionnaires"]
    assert (asked_facts["sent"], asked_facts["submitted"], asked_facts["accepted"]) == (1, 0, 0)
    assert asked_facts["overdue"] == 1
    states = {row["name"]: row.get("questionnaire") for row in facts["value_chain"]["nodes"]}
    assert states["Golfe Négoce"] == "sent"
    assert (facts["remediation"], facts["frameworks"]) == (None, None)
    assert facts["gaps"][0]["key"] == "past_day"
    assert "findings_owner" not in {gap["key"] for gap in facts["gaps"]}


def test_a_past_day_knows_answers_that_had_come_and_actions_that_were_verified(
    tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        finding = add_finding(tenant, world)
        add_action(tenant, world, finding, due_on=TODAY)
        for status, decided in (
            (QuestionnaireState.ACCEPTED, 1),
            (QuestionnaireState.SUBMITTED, 0),
        ):
            row = db.session.get_one(Assignment, add_assignment(tenant, world, due_on=TODAY))
            row.status, row.submitted_at = status, NOW - timedelta(days=2)
            row.decided_at = NOW - timedelta(days=decided) if decided else None
        action = db.session.scalars(select(MitigationAction)).one()
        action.status, action.verified_at = ActionState.VERIFIED, NOW - timedelta(days=1)
        action.verified_by_id = tenant.analyst.user_id
    facts = _facts_of_past(tenant, _wanted(world, as_of=TODAY))
    asked = facts["questionnaires"]
    assert (asked["sent"], asked["submitted"], asked["accepted"]) == (2, 2, 1)
    (done,) = facts["actions"]
    assert (done["status"], done["verified_by"]) == ("done", "Analyst")
    assert done["verified_on"] == (TODAY - timedelta(days=1)).isoformat()
    states = {row["name"]: row.get("questionnaire") for row in facts["value_chain"]["nodes"]}
    assert states["Golfe Négoce"] in ("accepted", "submitted")


def test_a_past_day_is_told_from_the_map_and_the_assessment_of_then_once_the_map_has_changed(
    tenant: Tenant, world: World
) -> None:
    wanted = _wanted(world, as_of=TODAY)
    later = Act(tenant.analyst, NOW + timedelta(days=10))
    with acting(tenant):
        on_the_day = reports.gather(reports.add_report(wanted, act=Act(tenant.manager, NOW)))
        value_chain.add_node(world.chain_id, NodeFields(name="New farm", country="GH"), act=later)
        renamed = NodeFields(name="Soubré Union", country="CI")
        value_chain.change_node(world.farm_id, renamed, row_version=1, act=later)
    assess(tenant, world, as_of=later.at.date())

    with acting(tenant):
        asked = Act(tenant.manager, NOW + timedelta(days=30))
        facts = reports.gather(reports.add_report(wanted, act=asked))

    names = [node["name"] for node in facts["value_chain"]["nodes"]]
    assert "Coopérative Soubré" in names
    assert not {"Soubré Union", "New farm"} & set(names)
    assert facts["value_chain"] == on_the_day["value_chain"]
    assert facts["risks"] == on_the_day["risks"]
    assert {gap["key"] for gap in facts["gaps"]} >= {"past_day"}


def test_an_assessment_made_later_for_a_past_day_is_not_that_of_the_map_of_then(
    tenant: Tenant, world: World
) -> None:
    later = Act(tenant.analyst, NOW + timedelta(days=10))
    with acting(tenant):
        value_chain.add_node(world.chain_id, NodeFields(name="New farm", country="GH"), act=later)
    assess(tenant, world, as_of=TODAY)

    with acting(tenant):
        scope = load_scope(world.chain_id, period=PERIOD, as_of=TODAY, today=later.at.date())

    assert scope.run is not None
    assert scope.run.chain_version == scope.map_version < scope.chain.version


def test_a_day_before_the_map_began_is_refused(tenant: Tenant, world: World) -> None:
    day = TODAY - timedelta(days=1)
    with pytest.raises(Invalid) as refusal, acting(tenant):
        reports.request(_wanted(world, as_of=day), act=Act(tenant.manager, NOW))
    assert f"began on {TODAY.isoformat()}" in refusal.value.fields["as_of"]


def test_records_of_after_the_period_stay_out(tenant: Tenant, world: World) -> None:
    with acting(tenant):
        add_action(tenant, world, add_finding(tenant, world), due_on=TODAY)
        add_assignment(tenant, world, due_on=TODAY)
    period = (date(2026, 1, 1), TODAY - timedelta(days=60))
    with acting(tenant):
        report_id = reports.request(_wanted(world, period=period), act=Act(tenant.manager, NOW)).id
        db.session.flush()
        frozen = report_sealing.freeze(report_id, act=Act(tenant.manager, NOW))
    assert frozen is not None
    assert (frozen.facts["findings"], frozen.facts["actions"]) == ([], [])
    assert frozen.facts["questionnaires"]["sent"] == 0


def test_the_first_risks_name_the_figures_of_their_country_with_source_and_year(
    tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
        db.session.flush()
        frozen = report_sealing.freeze(report_id, act=Act(tenant.manager, NOW))
    assert frozen is not None
    named = [row for row in frozen.facts["risks"] if row["node_name"] == "Golfe Négoce"]
    told = [reason for row in named for reason in row["reasons"] if "Figures of" in reason]
    assert told
    assert all(reason.startswith("Figures of Côte d’Ivoire, 1 the worst: ") for reason in told)
    assert all(reason.count(" (") >= 3 for reason in told)


@pytest.mark.both_databases
def test_a_number_stands_for_one_report_of_an_organisation_alone(
    tenant: Tenant, other_tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        first = reports.request(_wanted(world), act=Act(tenant.manager, NOW))
        taken = first.number
        second = reports.request(_wanted(world), act=Act(tenant.manager, NOW))
        assert second.number == taken + 1
    with acting(other_tenant):
        chain = value_chain.create_chain(
            "Tea",
            own_business="Other",
            country="FR",
            act=Act(other_tenant.analyst, NOW),
        )
        db.session.flush()
        theirs = replace(_wanted(world), chain_id=chain.id)
        assert reports.request(theirs, act=Act(other_tenant.manager, NOW)).number == taken
    with pytest.raises(DatabaseError, match=r"(?i)unique"), acting(tenant):
        db.session.get_one(Report, second.id).number = taken
        db.session.flush()


@pytest.mark.both_databases
def test_reports_asked_for_in_the_same_moment_get_numbers_of_their_own(
    context: Flask, tenant: Tenant, world: World
) -> None:
    start = Barrier(2)
    numbers: list[int] = []

    def ask() -> None:
        with context.app_context(), nobody():
            start.wait()
            with acting(tenant):
                numbers.append(reports.request(_wanted(world), act=Act(tenant.manager, NOW)).number)
            db.session.remove()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2]


def test_a_foreign_map_is_not_found(tenant: Tenant, other_tenant: Tenant, world: World) -> None:
    with pytest.raises(NotFound), acting(other_tenant):
        reports.request(_wanted(world), act=Act(other_tenant.manager, NOW))


def test_a_map_without_an_assessment_reads_not_assessed_everywhere(
    tenant: Tenant, context: Flask
) -> None:
    world = make_map(tenant, assessed=False)
    with acting(tenant):
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
    with acting(tenant):
        report_sealing.freeze(report_id, act=Act(tenant.manager, NOW))
        report = get_report_with_facts(report_id)
    assert report.facts is not None
    assert report.facts["risks"] is None
    assert report.facts["value_chain"]["assessed_share"] == 0
    assert all(node["band"] is None for node in report.facts["value_chain"]["nodes"])
    assert any("map has not been assessed" in gap["what"] for gap in report.gaps)


def test_the_report_lists_its_own_gaps(app: Flask, tenant: Tenant, world: World) -> None:
    with acting(tenant):
        finding = add_finding(tenant, world, owned=False)
        add_action(tenant, world, finding, due_on=TODAY - timedelta(days=3))
        add_assignment(tenant, world, due_on=TODAY + timedelta(days=9))
    said = " / ".join(gap["what"] for gap in _made(app, tenant, _wanted(world)).gaps)
    assert "nodes buy from an unknown origin" in said
    assert "1 of 1 questionnaires are not answered" in said
    assert "1 of 1 open findings have no owner" in said
    assert "1 of 1 actions are overdue" in said
    assert "requirements have no evidence on the platform" in said


def test_a_node_that_came_after_the_assessment_is_a_gap(tenant: Tenant, world: World) -> None:
    with acting(tenant):
        value_chain.add_node(
            world.chain_id,
            NodeFields(name="New", country="GH"),
            act=Act(tenant.analyst, NOW),
        )
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
    with acting(tenant):
        report_sealing.freeze(report_id, act=Act(tenant.manager, NOW))
        said = " / ".join(gap["what"] for gap in get_report_with_facts(report_id).gaps)
    assert "1 of 4 nodes are not assessed" in said
    assert "The scores are based on map version" in said


def test_what_a_reader_may_not_see_is_in_no_file(app: Flask, tenant: Tenant, world: World) -> None:
    with acting(tenant):
        add_finding(tenant, world)
    report = _made(app, tenant, _wanted(world, audience="public"))
    assert report.facts is not None
    assert "nodes" not in report.facts["value_chain"]
    with acting(tenant):
        for form in ("json", "csv", "xlsx"):
            content = adapters().files.get(tenant.id, report.files[form]["sha256"])
            if form != "json":
                pack = ZipFile(BytesIO(content))
                content = b"".join(pack.read(name) for name in pack.namelist())
            assert b"Golfe" not in content
            assert b"Children carry heavy loads" not in content
            assert str(world.trader_id).encode() not in content


@pytest.mark.parametrize("sensitive", [False, True])
def test_small_numbers_of_children_never_enter_a_report(
    app: Flask, tenant: Tenant, world: World, sensitive: bool
) -> None:
    with acting(tenant):
        add_cases(add_finding(tenant, world), 3, sensitive=sensitive)
    facts = _made(app, tenant, _wanted(world)).facts
    assert facts is not None
    counts = {row["measure"]: row["count"] for row in facts["remediation"]["rows"]}
    assert counts["Support in progress"] == "<5"
    assert 3 not in counts.values()
    assert facts["grievances"] is None


def test_two_reports_that_differ_by_one_case_say_the_same(
    app: Flask, tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        finding = add_finding(tenant, world)
        add_cases(finding, 10)
    first = _made(app, tenant, _wanted(world)).facts
    with acting(tenant):
        add_cases(finding, 1)
    second = _made(app, tenant, _wanted(world)).facts
    assert first is not None and second is not None
    assert first["remediation"] == second["remediation"]


def test_what_is_cut_from_the_lists_is_a_gap(
    tenant: Tenant, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_chain, "NODES_LISTED", 1)
    monkeypatch.setattr(report_risks, "RISKS_LISTED", 3)
    with acting(tenant):
        report_id = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
        db.session.flush()
        frozen = report_sealing.freeze(report_id, act=Act(tenant.manager, NOW))
    assert frozen is not None
    gaps = {gap["key"]: gap["count"] for gap in frozen.facts["gaps"]}
    assert gaps["nodes_cut"] == 2
    assert gaps["risks_cut"] == frozen.facts["risk_counts"]["scored"] - 3
    assert len(frozen.facts["risks"]) == 3


def test_a_download_is_an_event_and_is_limited(app: Flask, tenant: Tenant, world: World) -> None:
    report = _made(app, tenant, _wanted(world))
    with acting(tenant):
        file = report_sealing.export(report.id, "pdf", act=Act(tenant.manager, NOW))
        assert file.name == "R-2026-001.pdf"
        assert sha256(file.content).hexdigest() == report.files["pdf"]["sha256"]
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "report:export"))
        assert event is not None
        assert event.target_id == str(report.id)
    with pytest.raises(TooMany), acting(tenant):
        for _ in range(21):
            report_sealing.export(report.id, "json", act=Act(tenant.manager, NOW))
            db.session.flush()


def test_an_unsealed_report_or_an_unknown_format_has_no_file(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report = _made(app, tenant, _wanted(world))
    with acting(tenant):
        waiting = reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id
        for report_id, form in ((waiting, "pdf"), (report.id, "docx"), (uuid4(), "pdf")):
            with pytest.raises(NotFound):
                report_sealing.export(report_id, form, act=Act(tenant.manager, NOW))


def test_reports_of_another_company_are_not_listed(
    app: Flask, tenant: Tenant, other_tenant: Tenant, world: World
) -> None:
    report = _made(app, tenant, _wanted(world))
    with unit_of_work(), acting_in(other_tenant.id):
        assert list_reports() == []
        with pytest.raises(NotFound):
            get_report_with_facts(report.id)


def test_the_list_is_paged_by_number(tenant: Tenant, world: World) -> None:
    with acting(tenant):
        ids: list[UUID] = [
            reports.request(_wanted(world), act=Act(tenant.manager, NOW)).id for _ in range(3)
        ]
        assert [row.number for row in list_reports(limit=2)] == [3, 2]
        assert [row.id for row in list_reports(before=2)] == [ids[0]]
