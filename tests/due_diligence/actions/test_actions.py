"""Actions: planned, done, verified by somebody else; the residual risk falls afterwards."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.actions.queries.actions import (
    ActionFilter,
    count_work,
    get_action,
    get_action_row,
    list_actions,
    list_notes,
    load_board,
    place_of,
)
from ddplatform.due_diligence.actions.queries.suppliers import get_asked_action, list_asked_actions
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.actions.services import verification
from ddplatform.due_diligence.actions.services.verification import Judgement
from ddplatform.due_diligence.finding_judgements.queries import (
    ScorePoint,
    effect_of,
    list_score_history,
)
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.services import SentFile
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.risk.runs.models import ControlRecord
from ddplatform.value_chain.mapping.models import NodeSummary
from supply_chain.errors import FileRefused
from supply_chain.vocabulary import RiskBand
from tests.conftest import NOW
from tests.finding_worlds import (
    IN_A_MONTH,
    World,
    a_plan,
    acting,
    action_now,
    days,
    graded,
    planned,
    recorded,
)

pytestmark = pytest.mark.usefixtures("context")
A_TEXT = SentFile("visit.txt", b"Three visits, adults carry the sacks.")
WELL_DONE = Judgement(coverage=0.9, evidence_level=0.75, note="Process data of nine communities.")


def assessed(world: World, at: datetime) -> None:
    """Assess the map for real."""

    @contextlib.contextmanager
    def unit() -> Iterator[None]:
        with unit_of_work(), acting_in(world.tenant.id):
            yield

    assess_chain(
        world.chain_id,
        "request",
        as_of=at.date(),
        act=Act(world.tenant.analyst, at),
        unit=unit,
        progress=lambda _done, _total: None,
    )


def move(world: World, action_id: UUID, to: ActionState, reason: str = "") -> None:
    with acting(world.tenant):
        mitigation.move(
            action_id,
            to,
            reason=reason,
            version=get_action(action_id).row_version,
            act=Act(world.tenant.analyst, NOW),
        )


def report(
    world: World,
    action_id: UUID,
    *,
    by: Identity | None = None,
    files: tuple[SentFile, ...] = (A_TEXT,),
    at: datetime = NOW,
) -> None:
    by = by or world.tenant.analyst
    with unit_of_work(), acting_in(by.organisation_id):
        verification.report_done(
            action_id,
            note="Adults carry the sacks now.",
            files=files,
            version=get_action(action_id, either_side=True).row_version,
            act=Act(by, at),
        )


def verify(
    world: World,
    action_id: UUID,
    judged: Judgement = WELL_DONE,
    *,
    by: Identity | None = None,
    at: datetime = NOW,
) -> None:
    with acting(world.tenant):
        verification.verify(
            action_id,
            judged,
            version=get_action(action_id).row_version,
            act=Act(by or world.tenant.manager, at),
        )


def ready(world: World, **changes: object) -> UUID:
    """An action that is being done."""
    action_id = planned(world, recorded(world), **changes)
    move(world, action_id, ActionState.DOING)
    return action_id


# ---- planning --------------------------------------------------------------------------------


def test_planned_action_keeps_what_was_agreed(world: World):
    action_id = planned(world, recorded(world))

    with acting(world.tenant):
        row = get_action_row(action_id)
        assert (row.node_name, row.owner_name) == ("Espoir farm group", world.tenant.analyst.name)
        assert (row.status, row.control, row.supplier_name) == (ActionState.PLANNED, "CTL-05", None)
        action = get_action(action_id)
        assert action.first_due_on == action.due_on == IN_A_MONTH
        assert (action.budget_amount, action.budget_currency) == (12000, "EUR")


def test_every_fault_of_a_plan_is_named_at_its_field(world: World):
    wanted = a_plan(
        world,
        title="",
        success_measure="Call +225 07 08 09 10 11",
        control="CTL-99",
        indicator="IND-99",
        owner_id=None,
        due_on=NOW.date() - days(1),
        budget_amount=-1,
        budget_currency=None,
    )
    finding_id = recorded(world)
    with acting(world.tenant), pytest.raises(Invalid) as refused:
        mitigation.plan(finding_id, wanted, act=Act(world.tenant.analyst, NOW))

    assert set(refused.value.fields) == {
        *("title", "success_measure", "control", "indicator", "owner_id", "due_on"),
        *("budget_amount", "budget_currency"),
    }


def test_action_cannot_be_given_to_a_stranger_or_to_a_supplier_without_an_account(world: World):
    finding_id = recorded(world)
    with acting(world.tenant), pytest.raises(Invalid) as stranger:
        mitigation.plan(
            finding_id,
            a_plan(world, owner_id=uuid4()),
            act=Act(world.tenant.analyst, NOW),
        )
    with acting(world.tenant), pytest.raises(Invalid) as nobody:
        node = mitigation.get_node(world.node_id)
        node.supplier_organisation_id = None
        mitigation.plan(
            finding_id,
            a_plan(world, by_supplier=True),
            act=Act(world.tenant.analyst, NOW),
        )

    assert set(stranger.value.fields) == {"owner_id"}
    assert set(nobody.value.fields) == {"by_supplier"}


# ---- steps -----------------------------------------------------------------------------------


def test_action_waits_goes_on_and_is_dropped_with_reasons_in_its_history(world: World):
    action_id = ready(world)
    move(world, action_id, ActionState.WAITING, "The partner's contract.")
    move(world, action_id, ActionState.DOING)
    move(world, action_id, ActionState.DROPPED, "Another action covers it.")

    with acting(world.tenant):
        texts = {note.text for note in list_notes(action_id)}
        assert texts == {
            "Started",
            "Waits for: The partner's contract.",
            "Goes on",
            "Dropped: Another action covers it.",
        }
        assert get_action(action_id).dropped_reason == "Another action covers it."
    with acting(world.tenant), pytest.raises(Conflict, match="closed"):
        mitigation.tell_progress(action_id, "More.", act=Act(world.tenant.analyst, NOW))


def test_waiting_without_saying_what_for_is_refused(world: World):
    action_id = ready(world)
    with pytest.raises(StepNotAllowed, match="what the action waits for"):
        move(world, action_id, ActionState.WAITING)
    with pytest.raises(Invalid):
        move(world, action_id, ActionState.WAITING, "Mail a@b.example")
    with pytest.raises(Conflict, match="page of the action"):
        move(world, action_id, ActionState.VERIFIED)


def test_extension_keeps_both_days_and_the_reason(world: World):
    action_id = ready(world)
    later = IN_A_MONTH + days(30)
    with acting(world.tenant):
        mitigation.extend(
            action_id,
            due_on=later,
            reason="Rains.",
            version=get_action(action_id).row_version,
            act=Act(world.tenant.analyst, NOW),
        )

    with acting(world.tenant):
        action = get_action(action_id)
        assert (action.first_due_on, action.due_on) == (IN_A_MONTH, later)
        note = next(n for n in list_notes(action_id) if n.due_before)
        assert (note.due_before, note.due_after, note.text) == (IN_A_MONTH, later, "Rains.")


def test_extension_without_reason_to_the_same_day_or_of_a_closed_action_is_refused(world: World):
    action_id = ready(world)

    def extend(**changes: object) -> None:
        with acting(world.tenant):
            values: dict[str, object] = {
                "due_on": IN_A_MONTH,
                "reason": "",
                "version": get_action(action_id).row_version,
                **changes,
            }
            mitigation.extend(action_id, act=Act(world.tenant.analyst, NOW), **values)  # type: ignore[arg-type]

    with pytest.raises(Invalid) as refused:
        extend()
    with pytest.raises(Conflict) as stale:
        extend(version=1, due_on=IN_A_MONTH + days(1))
    report(world, action_id)
    with pytest.raises(Conflict, match="still to be done"):
        extend(due_on=IN_A_MONTH + days(1), reason="Rains.")

    assert set(refused.value.fields) == {"due_on", "reason"}
    assert stale.value.theirs == {"Due date": str(IN_A_MONTH)}


def test_progress_note_is_kept_and_an_empty_one_refused(world: World):
    action_id = ready(world)
    with acting(world.tenant):
        mitigation.tell_progress(action_id, "Four of nine.", act=Act(world.tenant.analyst, NOW))
    with acting(world.tenant):
        assert "Four of nine." in {note.text for note in list_notes(action_id)}
    with acting(world.tenant), pytest.raises(Invalid):
        mitigation.tell_progress(action_id, " ", act=Act(world.tenant.analyst, NOW))


# ---- report and verification -----------------------------------------------------------------


def test_report_without_any_document_is_not_taken(world: World):
    action_id = ready(world)
    with pytest.raises(Invalid) as refused:
        report(world, action_id, files=())

    assert refused.value.fields == {"files": "Add at least one photo or document that shows it."}


def test_report_with_a_hostile_file_or_without_words_changes_nothing(world: World):
    action_id = ready(world)
    with pytest.raises(FileRefused):
        report(world, action_id, files=(SentFile("photo.jpg", b"MZ not a photo"),))
    with acting(world.tenant), pytest.raises(Invalid):
        verification.report_done(
            action_id,
            note=" ",
            files=(A_TEXT,),
            version=get_action(action_id).row_version,
            act=Act(world.tenant.analyst, NOW),
        )

    assert action_now(world, action_id).status is ActionState.DOING


def test_owner_and_reporter_do_not_verify_their_own_work(world: World):
    action_id = ready(world, owner_id=world.tenant.manager.user_id)
    report(world, action_id)

    with pytest.raises(StepNotAllowed, match="someone other than the owner"):
        verify(world, action_id, by=world.tenant.manager)
    with pytest.raises(NotAllowed, match="person who reported it"):
        verify(world, action_id, by=world.tenant.analyst)


def test_verified_action_becomes_a_control_of_the_site_and_asks_for_a_new_assessment(
    world: World,
):
    action_id = ready(world)
    report(world, action_id)
    verify(world, action_id)

    with acting(world.tenant):
        record = db.session.scalar(select(ControlRecord))
        assert record is not None
        assert (record.node_id, record.control) == (world.node_id, "CTL-05")
        assert (record.coverage, record.evidence) == (0.9, 0.75)
        assert (record.cause_type, record.cause_id) == ("action", action_id)
        assert "risk:assess" in set(db.session.scalars(select(Job.name)))
        action = get_action(action_id)
        assert (action.status, action.verified_by_id) == (
            ActionState.VERIFIED,
            world.tenant.manager.user_id,
        )


def test_verification_outside_its_scales_is_refused_at_each_field(world: World):
    action_id = ready(world, control=None)
    report(world, action_id)
    with pytest.raises(Invalid) as refused:
        verify(world, action_id, Judgement(coverage=1.2, evidence_level=0.6, note=""))

    assert set(refused.value.fields) == {"coverage", "evidence_level", "note"}
    verify(world, action_id)
    with acting(world.tenant):
        assert db.session.scalar(select(func.count()).select_from(ControlRecord)) == 0


def test_report_that_is_sent_back_is_done_again_and_both_sides_read_why(world: World):
    action_id = ready(world)
    report(world, action_id)

    def send_back(reason: str, by: Identity) -> None:
        with acting(world.tenant):
            verification.send_back(
                action_id,
                reason=reason,
                version=get_action(action_id).row_version,
                act=Act(by, NOW),
            )

    with pytest.raises(NotAllowed):
        send_back("No.", world.tenant.analyst)
    with pytest.raises(Invalid):
        send_back("", world.tenant.manager)
    send_back("The photo shows another site.", world.tenant.manager)

    action = action_now(world, action_id)
    assert (action.status, action.reported_at) == (ActionState.DOING, None)
    with acting(world.tenant):
        assert "Sent back: The photo shows another site." in {
            note.text for note in list_notes(action_id)
        }


def test_residual_risk_falls_after_an_action_is_verified_and_not_before(world: World):
    finding_id = recorded(world)
    graded(world, finding_id)
    action_id = planned(world, finding_id)
    assessed(world, NOW)
    move(world, action_id, ActionState.DOING)
    report(world, action_id)
    assessed(world, NOW + timedelta(hours=1))
    verify(world, action_id, at=NOW + timedelta(hours=2))
    assessed(world, NOW + timedelta(hours=3))

    with acting(world.tenant):
        row = get_action_row(action_id)
        history = list_score_history(row.node_id, row.issue)
        effect = effect_of(row.verified_at, history)
        assert effect.before is not None and effect.after is not None
        assert effect.before.residual_index == history[0].residual_index
        assert effect.after.residual_index < effect.before.residual_index
        assert row.residual_band is effect.after.residual_band


def test_effect_says_nothing_where_nothing_was_assessed():
    point = ScorePoint(NOW, 60.0, RiskBand.HIGH)

    assert effect_of(None, []).before is None
    assert effect_of(None, [point]).before is point
    assert effect_of(NOW, [point]).after is None
    assert effect_of(NOW - timedelta(days=1), [point]).before is None


# ---- supplier --------------------------------------------------------------------------------


def test_supplier_carries_out_an_action_and_the_buyer_reads_the_report(world: World):
    action_id = planned(world, recorded(world), by_supplier=True, owner_id=None)
    with acting(world.supplier):
        asked = list_asked_actions()
        assert [(row.id, row.requester_name, row.node_name) for row in asked] == [
            (action_id, "Acme", "Espoir farm group")
        ]
        mitigation.start(action_id, version=asked[0].row_version, act=Act(world.seller, NOW))
        mitigation.tell_progress(action_id, "Teams hired.", act=Act(world.seller, NOW))
    report(world, action_id, by=world.seller)

    with acting(world.tenant):
        assert get_action(action_id).status is ActionState.TO_VERIFY
        assert {note.author_name for note in list_notes(action_id)} == {world.seller.name}
        document = db.session.scalar(select(Evidence))
        assert document is not None
        assert document.organisation_id == world.tenant.id
        assert document.respondent_organisation_id == world.supplier.id
    verify(world, action_id)
    with acting(world.supplier):
        assert get_asked_action(action_id).status is ActionState.VERIFIED
        log = set(db.session.scalars(select(AuditEvent.action)))
        assert {"action:move", "action:progress", "action:report", "evidence:add"} <= log


def test_company_does_not_report_what_the_supplier_carries_out(world: World):
    action_id = planned(world, recorded(world), by_supplier=True)
    move(world, action_id, ActionState.DOING)
    with pytest.raises(NotAllowed, match="The supplier carries this action out"):
        report(world, action_id)


def test_supplier_sees_own_actions_alone_and_never_a_finding(world: World):
    finding_id = recorded(world)
    ours = planned(world, finding_id)
    theirs = planned(world, finding_id, by_supplier=True)

    with acting(world.supplier):
        assert [row.id for row in list_asked_actions()] == [theirs]
        for read in (get_action, get_asked_action):
            with pytest.raises(NotFound):
                read(ours)
        assert db.session.scalars(select(Finding)).all() == []
        with pytest.raises(NotFound):
            get_action_row(theirs)
    with acting(world.tenant):
        assert list_asked_actions() == []


# ---- lists -----------------------------------------------------------------------------------


def test_late_actions_lead_the_list_and_closed_ones_end_it(world: World):
    finding_id = recorded(world)
    late = planned(world, finding_id, title="Late", due_on=NOW.date())
    soon = planned(world, finding_id, title="Soon")
    own = planned(world, finding_id, title="Own", due_on=IN_A_MONTH + days(5), is_own_practice=True)
    closed = planned(world, finding_id, title="Closed", due_on=NOW.date())
    move(world, closed, ActionState.DROPPED, "Not needed.")
    tomorrow = NOW.date() + days(1)

    with acting(world.tenant):
        rows = list_actions(ActionFilter())
        assert [row.id for row in rows] == [late, soon, own, closed]
        assert [row.is_late(tomorrow) for row in rows] == [True, False, False, False]
        rest = list_actions(ActionFilter(), after=place_of(rows[1]))
        assert [row.id for row in rest] == [own, closed]
        assert [r.id for r in list_actions(ActionFilter(overdue_on=tomorrow))] == [late]
        assert [r.id for r in list_actions(ActionFilter(own_practice=True))] == [own]
        assert [r.id for r in list_actions(ActionFilter(status=ActionState.DROPPED))] == [closed]
        assert [r.id for r in list_actions(ActionFilter(due_before=IN_A_MONTH))] == [late, closed]
        assert list_actions(ActionFilter(owner_id=world.tenant.manager.user_id)) == []


def test_board_has_a_column_for_each_state_with_its_count(world: World):
    finding_id = recorded(world)
    planned(world, finding_id)
    doing = planned(world, finding_id)
    move(world, doing, ActionState.DOING)

    with acting(world.tenant):
        board = {column.state: column for column in load_board(ActionFilter())}
        assert list(board) == list(ActionState)[:5]
        assert board[ActionState.PLANNED].total == 1
        assert [row.id for row in board[ActionState.DOING].rows] == [doing]
        assert board[ActionState.VERIFIED].rows == ()


def test_work_is_counted_with_the_share_that_was_on_time(world: World):
    finding_id = recorded(world)
    with acting(world.tenant):
        assert count_work(NOW.date()).on_time_share is None
    in_time = planned(world, finding_id)
    move(world, in_time, ActionState.DOING)
    report(world, in_time)
    too_late = planned(world, finding_id, due_on=NOW.date())
    move(world, too_late, ActionState.DOING)
    report(world, too_late, at=NOW + timedelta(days=2))
    planned(world, finding_id, due_on=NOW.date())

    with acting(world.tenant):
        counts = count_work(NOW.date() + days(3))
        assert (counts.open, counts.overdue, counts.due, counts.on_time) == (3, 1, 3, 1)
        assert counts.on_time_share == pytest.approx(1 / 3)


def test_summary_of_a_site_counts_open_findings_and_late_actions_day_by_day(world: World):
    planned(world, recorded(world), due_on=NOW.date())
    with acting(world.tenant):
        assert finding_counts.refresh(today=NOW.date()) == 0
        assert finding_counts.refresh(today=NOW.date() + days(1)) == 1
        summary = db.session.scalar(select(NodeSummary).where(NodeSummary.node_id == world.node_id))
        assert summary is not None
        assert (summary.open_findings, summary.overdue_actions) == (1, 1)
