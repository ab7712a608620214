"""What asks for a new assessment, looked for each day with a clock that moves."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from ddplatform.accounts.organisations.models import User
from ddplatform.core.due_diligence.vocabulary import Harm, QuestionnaireState
from ddplatform.due_diligence.actions.queries.reminders import list_reminders
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs import periodic
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.risk.facts.services.facts import add_fact
from ddplatform.risk.monitoring.services import LOOK, look_for_changes
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.risk.reassessment.queries.tasks import list_reasons
from ddplatform.risk.reassessment.services import tasks as reassessment_tasks
from ddplatform.risk.runs.models import AssessmentRun, FactKind
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.mapping.queries.maps import get_link, get_node
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import FlowEvidence, Issue
from tests.conftest import NOW
from tests.report_world import World as ReportWorld
from tests.report_world import add_assignment
from tests.risk_maps import acting, assess


def look(tenant, at):
    return look_for_changes(act=Act(tenant.manager, at), unit=lambda: acting(tenant))


def days(number):
    return timedelta(days=number)


def open_ones(tenant):
    with acting(tenant):
        rows = db.session.execute(
            select(ReviewTask.node_id, ReviewTask.trigger).where(ReviewTask.closed_at.is_(None))
        )
        return {(node_id, trigger) for node_id, trigger in rows}


def reason_of(tenant, node_id, trigger):
    with acting(tenant):
        task = db.session.scalars(
            select(ReviewTask.id).where(
                ReviewTask.node_id == node_id, ReviewTask.trigger == trigger
            )
        ).one()
        return [reason.text for reason in list_reasons([task])[task]]


def test_twelve_months_after_a_site_joined_it_waits_to_be_looked_at(tenant, cocoa):
    assert look(tenant, NOW + days(365)) == {}

    found = look(tenant, NOW + days(367))

    assert found == {"TRG-01": 3}
    assert (cocoa.farms, "TRG-01") in open_ones(tenant)
    assert reason_of(tenant, cocoa.farms, "TRG-01") == ["In the map since 25 November 2026"]
    assert look(tenant, NOW + days(368)) == {}


def test_a_look_begins_the_twelve_months_anew(tenant, cocoa):
    look(tenant, NOW + days(367))
    with acting(tenant):
        task = db.session.scalars(
            select(ReviewTask.id).where(ReviewTask.node_id == cocoa.farms)
        ).one()
        reassessment_tasks.close_task(task, "Visited.", act=Act(tenant.analyst, NOW + days(370)))

    assert look(tenant, NOW + days(700)) == {}
    assert look(tenant, NOW + days(737)) == {"TRG-01": 1}


@pytest.mark.parametrize(
    ("state", "waiting"),
    [
        (QuestionnaireState.ACCEPTED, 2),
        (QuestionnaireState.EXPIRED, 3),
        (QuestionnaireState.WITHDRAWN, 3),
    ],
)
def test_answers_that_never_came_are_no_look(tenant, cocoa, state, waiting):
    with acting(tenant):
        world = ReportWorld(cocoa.chain, cocoa.farms, cocoa.farms)
        key = add_assignment(tenant, world, due_on=NOW.date() + days(30))
        asked = db.session.get(Assignment, key)
        asked.status, asked.decided_at = state, NOW + days(300)

    assert look(tenant, NOW + days(367)) == {"TRG-01": waiting}


def test_a_supplier_that_joins_after_the_first_assessment_is_new(tenant, cocoa):
    assess(tenant, cocoa.chain)
    assert look(tenant, NOW) == {}
    with acting(tenant):
        new = value_chain.add_node(
            cocoa.chain,
            NodeFields(name="New co-op"),
            act=Act(tenant.analyst, NOW + days(1)),
        ).id

    assert look(tenant, NOW + days(1)) == {"TRG-02": 1}
    assert open_ones(tenant) == {(new, "TRG-02")}


def set_share(tenant, link_id, share):
    with acting(tenant):
        link = get_link(link_id)
        wanted = LinkFields(kind=link.kind, share=share, flow_evidence=FlowEvidence.PROBABLE)
        supply_links.change_link(
            link_id,
            wanted,
            row_version=link.row_version,
            act=Act(tenant.analyst, NOW),
        )


def test_a_share_that_moves_by_more_than_a_fifth_in_one_or_many_steps_is_seen(tenant, cocoa):
    with acting(tenant):
        link = supply_links.add_link(
            cocoa.farms,
            cocoa.own,
            LinkFields(share=0.5),
            act=Act(tenant.analyst, NOW),
        ).id
    assert look(tenant, NOW) == {}  # remembers

    set_share(tenant, link, 0.55)
    assert look(tenant, NOW) == {}
    set_share(tenant, link, 0.62)
    assert look(tenant, NOW) == {"TRG-04": 1}

    assert reason_of(tenant, cocoa.farms, "TRG-04") == [
        "Its share of a buyer's input went from 50% to 62%"
    ]
    assert look(tenant, NOW) == {}


def test_an_allegation_asks_for_a_look_and_a_restricted_case_does_not(tenant, cocoa):
    with acting(tenant):
        findings.record(
            cocoa.farms,
            FindingFields(
                issue=Issue.CL,
                title="Children carry loads",
                description="Told by a radio station.",
                source=FindingSource.MEDIA,
                harm=Harm.ALLEGED,
            ),
            act=Act(tenant.analyst, NOW),
        )
        add_fact(
            cocoa.exporter,
            Issue.CL,
            FactKind.CREDIBLE,
            cause_type="case",
            cause_id=uuid4(),
            since=NOW,
        )

    assert look(tenant, NOW) == {"TRG-06": 1}
    assert open_ones(tenant) == {(cocoa.farms, "TRG-06")}


def add_finding(node_id, by):
    finding = Finding(
        node_id=node_id,
        issue=Issue.CL,
        title="Loads",
        description="x",
        is_actual=False,
        source=FindingSource.AUDIT,
        owner_id=by.user_id,
        created_at=NOW,
    )
    db.session.add(finding)
    db.session.flush()
    return finding


def test_a_document_that_runs_out_asks_for_a_look_at_its_site(tenant, cocoa):
    with acting(tenant):
        finding = add_finding(cocoa.farms, tenant.analyst)
        paper = Evidence(
            sha256="0" * 64,
            storage_organisation_id=tenant.id,
            filename="audit.pdf",
            media_type="application/pdf",
            size_bytes=1,
            valid_until=date(2026, 12, 1),
            created_at=NOW,
        )
        db.session.add(paper)
        db.session.flush()
        db.session.add(
            EvidenceLink(
                evidence_id=paper.id,
                target_type="finding",
                target_id=finding.id,
                created_at=NOW,
            )
        )

    assert look(tenant, datetime.combine(date(2026, 12, 1), NOW.timetz())) == {}
    assert look(tenant, datetime.combine(date(2026, 12, 2), NOW.timetz())) == {"TRG-10": 1}
    assert reason_of(tenant, cocoa.farms, "TRG-10") == [
        "A document was valid until 1 December 2026"
    ]


def test_a_site_that_leaves_with_a_finding_open_is_not_forgotten(tenant, cocoa):
    with acting(tenant):
        add_finding(cocoa.farms, tenant.analyst)
        for node_id in (cocoa.farms, cocoa.exporter):
            value_chain.archive_node(node_id, act=Act(tenant.analyst, NOW))

    assert look(tenant, NOW) == {"TRG-12": 1}
    assert open_ones(tenant) == {(cocoa.farms, "TRG-12")}


def test_the_owner_of_an_open_finding_is_asked_and_told_by_mail_in_time(tenant, cocoa):
    with acting(tenant):
        add_finding(cocoa.farms, tenant.analyst)
        reassessment_tasks.report_change(
            cocoa.farms,
            "TRG-03",
            "New owner.",
            act=Act(tenant.manager, NOW),
        )

    with acting(tenant):
        task = db.session.scalars(select(ReviewTask)).one()
        assert task.owner_id == tenant.analyst.user_id
        assert len(list_reminders(NOW.date() + days(1))[tenant.analyst.user_id]) == 1
        assert list_reminders(NOW.date() + days(20)) == {}
        told = list_reminders(NOW.date() + days(23))[tenant.analyst.user_id]
    assert [(one.task, one.title, one.node_name) for one in told] == [
        ("reassessment", "Change of ownership or management", "Espoir farm group")
    ]


def test_nobody_who_left_is_told(tenant, cocoa):
    with acting(tenant):
        add_finding(cocoa.farms, tenant.analyst)
        reassessment_tasks.report_change(
            cocoa.farms,
            "TRG-03",
            "New owner.",
            act=Act(tenant.manager, NOW),
        )
        db.session.get(User, tenant.analyst.user_id).is_active = False
        db.session.flush()
        assert list_reminders(NOW.date() + days(40)) == {}


def test_the_look_is_done_once_a_day_by_the_worker(tenant, cocoa):
    with acting(tenant):
        periodic.enqueue_due(NOW)
        periodic.enqueue_due(NOW + timedelta(minutes=5))
        wanted = select(Job.id).where(Job.name == LOOK, Job.organisation_id == tenant.id)
        assert len(db.session.scalars(wanted).all()) == 1
    assert HANDLERS.get(LOOK).every_s == 86_400

    job = JobContext({}, Act(tenant.manager, NOW + days(367)), lambda done, total: None)
    assert HANDLERS.get(LOOK).run(job) == {"TRG-01": 3}


def test_each_map_is_remembered_apart_and_an_empty_one_too(tenant, cocoa):
    with acting(tenant):
        value_chain.create_chain("Empty", own_business="Us", act=Act(tenant.analyst, NOW))
        assert get_node(cocoa.own).own_operation

    assert look(tenant, NOW) == {}
    with acting(tenant):
        assert db.session.scalars(select(AssessmentRun)).all() == []
