"""Findings: recorded, reworded, graded, tied to the company, given to an owner."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.impacts import InvolvementAnswer
from ddplatform.core.due_diligence.vocabulary import Harm, RiskState
from ddplatform.due_diligence.finding_judgements.queries import severity_of, severity_of_finding
from ddplatform.due_diligence.finding_judgements.services.judgements import (
    Grade,
    grade,
    judge_involvement,
)
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.due_diligence.findings.queries import (
    FindingFilter,
    count_findings,
    find_open_fact,
    get_finding,
    get_finding_place,
    list_findings,
)
from ddplatform.due_diligence.findings.services import findings, harm
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.risk.runs.models import FactKind, RiskFact, SalienceNote, SeverityJudgement
from ddplatform.value_chain.mapping.models import NodeSummary
from supply_chain.vocabulary import Issue, SeverityBand
from tests.conftest import NOW
from tests.finding_worlds import REASONS, World, acting, finding_now, graded, planned, recorded

pytestmark = pytest.mark.usefixtures("context")


def _actions_of_log() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)))


def _jobs() -> list[str]:
    return list(db.session.scalars(select(Job.name)))


def test_recorded_finding_stands_at_the_site_as_identified_and_is_one_event(world: World):
    finding_id = recorded(world)

    with acting(world.tenant):
        place = get_finding_place(finding_id)
        assert place.finding.status is RiskState.IDENTIFIED
        assert (place.node_name, place.country) == ("Espoir farm group", "CI")
        assert place.recorded_by == world.tenant.analyst.name
        assert (place.severity, place.scores, place.owner_name) == (None, None, None)
        assert _actions_of_log()[-1] == "finding:record"
        assert find_open_fact(finding_id) is None
        summary = db.session.scalar(select(NodeSummary).where(NodeSummary.node_id == world.node_id))
        assert summary is not None and summary.open_findings == 1


@pytest.mark.parametrize(
    ("told", "fact"), [(Harm.ALLEGED, FactKind.CREDIBLE), (Harm.CONFIRMED, FactKind.CONFIRMED)]
)
def test_harm_that_is_told_when_a_finding_is_recorded_is_a_fact_of_the_method_at_once(
    world: World, told: Harm, fact: FactKind
):
    finding_id = recorded(world, harm=told)

    with acting(world.tenant):
        stated = find_open_fact(finding_id)
        assert stated is not None and stated.kind is fact
        assert get_finding(finding_id).is_actual
        assert "risk:assess" in _jobs()


def test_finding_with_faulty_words_is_refused_with_every_fault_at_its_field(world: World):
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        fields = FindingFields(
            issue=Issue.CL,
            title=" ",
            description="Call the mother at +225 07 08 09 10 11",
            source=FindingSource.MEDIA,
        )
        findings.record(world.node_id, fields, act=Act(world.tenant.analyst, NOW))

    assert set(refused.value.fields) == {"title", "description"}
    assert "phone number" in refused.value.fields["description"]


def test_finding_that_names_an_answer_nobody_gave_is_not_recorded(world: World):
    fields = FindingFields(
        issue=Issue.CL,
        title="Heavy loads",
        description="Told in an answer.",
        source=FindingSource.QUESTIONNAIRE,
        response_id=UUID(int=1),
        answer_path="children/present",
    )
    with pytest.raises(NotFound), acting(world.tenant):
        findings.record(world.node_id, fields, act=Act(world.tenant.analyst, NOW))

    with acting(world.tenant):
        assert list_findings(FindingFilter(), today=NOW.date()) == []


def test_control_that_detects_nothing_is_refused_as_the_finder_of_confirmed_harm(world: World):
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        fields = FindingFields(
            issue=Issue.HZ,
            title="Heavy loads",
            description="Seen at harvest.",
            source=FindingSource.OWN_CHECK,
            harm=Harm.CONFIRMED,
            found_by_control="CTL-01",
        )
        findings.record(world.node_id, fields, act=Act(world.tenant.analyst, NOW))

    assert "found_by_control" in refused.value.fields


def test_words_of_a_finding_change_and_a_stale_change_shows_both_versions(world: World):
    finding_id = recorded(world)
    shown = finding_now(world, finding_id).row_version
    with acting(world.tenant):
        findings.rewrite(
            finding_id,
            title="Heavy sacks",
            description="At harvest.",
            version=shown,
            act=Act(world.tenant.analyst, NOW),
        )

    with acting(world.tenant), pytest.raises(Conflict) as refused:
        findings.rewrite(
            finding_id,
            title="My words",
            description="",
            version=shown,
            act=Act(world.tenant.manager, NOW),
        )

    assert refused.value.theirs == {"Title": "Heavy sacks", "Description": "At harvest."}
    assert refused.value.mine == {"Title": "My words", "Description": "not set"}


def test_severity_follows_the_method_with_its_floor_and_the_extra_step_for_young_children():
    assert severity_of(Issue.HZ, 5, 4, 4, vulnerable=False) == pytest.approx(0.6 * 5 + 0.4 * 13 / 3)
    assert severity_of(Issue.MK, 3, 3, 3, vulnerable=True) > severity_of(
        Issue.MK, 3, 3, 3, vulnerable=False
    )
    assert severity_of(Issue.SE, 1, 1, 1, vulnerable=False) >= 4
    assert severity_of(Issue.HZ, 5, 5, 5, vulnerable=True) == pytest.approx(5)


def test_graded_finding_feeds_the_judgement_of_the_site_and_asks_for_a_new_assessment(
    world: World,
):
    finding_id = recorded(world)
    graded(world, finding_id)

    with acting(world.tenant):
        judgement = db.session.scalar(select(SeverityJudgement))
        assert judgement is not None
        assert (judgement.scale, judgement.scope, judgement.irremediability) == (5, 4, 4)
        assert judgement.reasons == REASONS
        assert severity_of_finding(get_finding(finding_id)) == pytest.approx(4.7333, abs=1e-3)
        assert list_findings(FindingFilter(), today=NOW.date())[0].severity_band is (
            SeverityBand.VERY_SEVERE
        )
        assert "risk:assess" in _jobs()


def test_grade_without_reasons_or_outside_its_scale_is_refused(world: World):
    finding_id = recorded(world)
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        grade(
            finding_id,
            Grade(scale=6, scope=4, irremediability=4, reasons={"scope": "Counted."}),
            version=1,
            act=Act(world.tenant.analyst, NOW),
        )

    assert set(refused.value.fields) == {"scale", "scale_reason", "irremediability_reason"}


def test_grade_begun_on_an_older_version_shows_both_grades(world: World):
    finding_id = recorded(world)
    graded(world, finding_id)
    with acting(world.tenant), pytest.raises(Conflict) as refused:
        grade(
            finding_id,
            Grade(scale=1, scope=1, irremediability=1, reasons=REASONS),
            version=1,
            act=Act(world.tenant.manager, NOW),
        )

    assert refused.value.theirs["Scale"] == "5"
    assert refused.value.mine["Scale"] == "1"


def _involved(world: World, finding_id, answers: dict[str, InvolvementAnswer]) -> None:
    with acting(world.tenant):
        judge_involvement(
            finding_id,
            answers,
            minority_view="One of four saw a direct link only.",
            version=get_finding(finding_id).row_version,
            act=Act(world.tenant.analyst, NOW),
        )


def test_involvement_is_decided_by_the_first_yes_and_kept_with_reasons_for_the_salience_order(
    world: World,
):
    finding_id = recorded(world)
    graded(world, finding_id)
    _involved(
        world,
        finding_id,
        {
            "INV-1": InvolvementAnswer(False, "We own no farm."),
            "INV-2": InvolvementAnswer(True, "Late orders at harvest."),
        },
    )

    with acting(world.tenant):
        finding = get_finding(finding_id)
        assert finding.involvement == "contribute"
        assert finding.involvement_answers["minority_view"] == "One of four saw a direct link only."
        notes = db.session.scalars(select(SalienceNote).order_by(SalienceNote.created_at)).all()
        assert {note.involvement for note in notes} == {None, "contribute"}
        assert "Late orders at harvest." in {note.reason for note in notes}


def test_nobody_involved_gives_the_first_reason_for_the_salience_order(world: World):
    finding_id = recorded(world)
    no = InvolvementAnswer(False, "Not ours.")
    _involved(world, finding_id, {"INV-1": no, "INV-2": no, "INV-3": no})

    assert finding_now(world, finding_id).involvement == "not_involved"


def test_involvement_without_answers_names_each_question(world: World):
    finding_id = recorded(world)
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        judge_involvement(
            finding_id,
            {"INV-1": InvolvementAnswer(False, "")},
            version=1,
            act=Act(world.tenant.analyst, NOW),
        )

    assert set(refused.value.fields) == {"INV-1", "INV-2", "INV-3"}


def test_involvement_with_words_that_lead_to_a_person_is_refused_at_each_text(world: World):
    finding_id = recorded(world)
    leads_to_somebody = "Ask me@home.example"
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        judge_involvement(
            finding_id,
            {"INV-1": InvolvementAnswer(True, leads_to_somebody)},
            minority_view=leads_to_somebody,
            version=1,
            act=Act(world.tenant.analyst, NOW),
        )

    assert set(refused.value.fields) == {"INV-1_reason", "minority_view"}
    assert finding_now(world, finding_id).involvement is None


def test_owner_is_a_member_or_nobody(world: World):
    finding_id = recorded(world)
    with acting(world.tenant):
        findings.set_owner(
            finding_id,
            world.tenant.analyst.user_id,
            version=1,
            act=Act(world.tenant.manager, NOW),
        )
    with acting(world.tenant):
        assert get_finding_place(finding_id).owner_name == world.tenant.analyst.name

    with acting(world.tenant), pytest.raises(Invalid) as refused:
        findings.set_owner(
            finding_id,
            world.seller.user_id,
            version=2,
            act=Act(world.tenant.manager, NOW),
        )
    with acting(world.tenant), pytest.raises(Conflict) as stale:
        findings.set_owner(finding_id, None, version=1, act=Act(world.tenant.manager, NOW))

    assert "owner_id" in refused.value.fields
    assert stale.value.theirs == {"Owner": world.tenant.analyst.name}


def test_allegation_becomes_confirmed_harm_and_only_one_fact_stays_open(world: World):
    finding_id = recorded(world)
    for confirmed in (False, True):
        with acting(world.tenant):
            harm.report_harm(
                finding_id,
                confirmed=confirmed,
                self_disclosed=True,
                act=Act(world.tenant.analyst, NOW),
            )

    with acting(world.tenant):
        facts = db.session.scalars(select(RiskFact)).all()
        assert {(fact.kind, fact.ended_at is None) for fact in facts} == {
            (FactKind.CREDIBLE, False),
            (FactKind.CONFIRMED, True),
        }
        assert get_finding(finding_id).self_disclosed
    with acting(world.tenant), pytest.raises(Conflict, match="already recorded"):
        harm.report_harm(finding_id, confirmed=False, act=Act(world.tenant.analyst, NOW))


def test_allegation_is_refuted_by_somebody_else_with_a_reason(world: World):
    finding_id = recorded(world, harm=Harm.ALLEGED)
    with acting(world.tenant), pytest.raises(Conflict, match="person who recorded it"):
        harm.refute_allegation(finding_id, reason="Checked.", act=Act(world.tenant.analyst, NOW))
    with acting(world.tenant), pytest.raises(Invalid):
        harm.refute_allegation(finding_id, reason="", act=Act(world.tenant.manager, NOW))
    with acting(world.tenant):
        harm.refute_allegation(
            finding_id,
            reason="Three visits, no sign.",
            act=Act(world.tenant.manager, NOW),
        )

    with acting(world.tenant):
        assert find_open_fact(finding_id) is None
        assert not get_finding(finding_id).is_actual
    with acting(world.tenant), pytest.raises(Conflict, match="no open allegation"):
        harm.refute_allegation(finding_id, reason="Again.", act=Act(world.tenant.manager, NOW))


def test_list_is_filtered_paged_and_counted(world: World):
    first = recorded(world, title="Night work")
    second = recorded(world, harm=Harm.ALLEGED, title="Heavy loads")
    planned(world, first)
    with acting(world.tenant):
        everything = list_findings(FindingFilter(), today=NOW.date())
        assert {row.id for row in everything} == {first, second}
        page = list_findings(FindingFilter(), today=NOW.date(), limit=1)
        rest = list_findings(
            FindingFilter(), today=NOW.date(), before=(page[0].created_at, page[0].id)
        )
        assert [page[0].id, *(row.id for row in rest)] == [row.id for row in everything]

        def found(**wanted: object) -> set[str]:
            rows = list_findings(FindingFilter(**wanted), today=NOW.date())  # type: ignore[arg-type]
            return {row.title for row in rows}

        assert found(search="night") == {"Night work"}
        assert found(search="espoir") == {"Night work", "Heavy loads"}
        assert found(is_actual=True) == {"Heavy loads"}
        assert found(status=RiskState.ASSESSED) == set()
        assert found(issue=Issue.HZ, node_id=world.node_id, only_open=True) == {
            "Night work",
            "Heavy loads",
        }
        assert found(owner_id=world.tenant.analyst.user_id) == set()
        assert count_findings(FindingFilter(search="night")) == 1
        assert next(row.open_actions for row in everything if row.id == first) == 1


def test_findings_of_one_company_do_not_exist_for_another(world: World):
    finding_id = recorded(world)

    with acting(world.supplier):
        with pytest.raises(NotFound):
            get_finding(finding_id)
        with pytest.raises(NotFound):
            get_finding_place(finding_id)
        assert list_findings(FindingFilter(), today=NOW.date()) == []
        assert db.session.scalar(select(func.count()).select_from(SeverityJudgement)) == 0
