"""A decision on very many flows: recorded at once, taken in the background, never half unsaid."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from ddplatform.accounts.organisations.models import Membership
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.risk.approvals.services import work as approval_work
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalState,
)
from ddplatform.value_chain.approvals.queries.approvals import list_active
from ddplatform.value_chain.history.models import MapChange
from ddplatform.value_chain.import_steps.services import undo as map_undo
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from supply_chain.vocabulary import FlowEvidence as Flow
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.value_chain.approvals.test_approvals_of_lists import chain_id as chain_id
from tests.value_chain.imports.test_map_import import _csv, _import, _work, acting

pytestmark = pytest.mark.both_databases

SITES, CHUNK = 24, 5
LATER = NOW + timedelta(minutes=5)
State = ApprovalState


@pytest.fixture(autouse=True)
def _small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands for a hundred thousand flows is quick to make."""
    monkeypatch.setattr(approval_steps, "AT_ONCE", 10)
    monkeypatch.setattr(approval_work, "CHUNK", CHUNK)


@pytest.fixture
def listed(tenant: Tenant, chain_id: UUID) -> UUID:
    """The list came in with its flows called confirmed; nobody has decided on it."""
    sites = "".join(f"s{n},Site {n},CI\n" for n in range(SITES))
    flows = "".join(f"s{n},m,0.05,confirmed\n" for n in range(SITES))
    return _import(
        tenant,
        chain_id,
        _csv(f"id,name,country\nm,Mill,CI\n{sites}"),
        _csv(f"supplier,buyer,share,flow_evidence\n{flows}", "links.csv"),
    )


@pytest.fixture
def request_id(tenant: Tenant, listed: UUID) -> UUID:
    with acting(tenant):
        return db.session.scalars(select(ApprovalRequest.id)).one()


def decide(tenant: Tenant, request_id: UUID, *, approve: bool = True, note: str = "Seen."):
    with acting(tenant):
        return approval_steps.decide(
            request_id,
            approve=approve,
            note=note,
            act=Act(tenant.manager, LATER),
        )


def end(tenant: Tenant, request_id: UUID):
    with acting(tenant):
        return approval_steps.end(
            request_id, reason="Contract over.", act=Act(tenant.manager, LATER)
        )


def work_until(tenant: Tenant, chunks: int, then: Callable[[], None] | None = None) -> None:
    """The worker takes so many chunks; then something happens, or it is killed."""
    done = 0

    def progress(_done: int, _total: int) -> None:
        nonlocal done
        done += 1
        if done == chunks:
            if then is None:
                raise KeyboardInterrupt
            then()

    with acting(tenant):
        key = db.session.scalars(
            select(ApprovalDecision.id).where(ApprovalDecision.finished_at.is_(None))
        ).one()
    job = JobContext({"decision_id": str(key)}, Act(tenant.manager, LATER), progress)
    HANDLERS.get(approval_work.DECIDE).run(job)


def killed(tenant: Tenant, chunks: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        work_until(tenant, chunks)


def states(tenant: Tenant) -> dict[State, int]:
    with acting(tenant):
        rows = db.session.execute(select(Approval.state, func.count()).group_by(Approval.state))
        return {state: count for state, count in rows}


def confirmed(tenant: Tenant) -> int:
    with acting(tenant):
        found = select(func.count()).where(
            SupplyLink.flow_evidence == Flow.CONFIRMED, SupplyLink.organisation_id.is_not(None)
        )
        return db.session.scalar(found) or 0


def events(tenant: Tenant, action: str) -> list[AuditEvent]:
    with acting(tenant):
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def told(tenant: Tenant, event: AuditEvent) -> dict[str, object]:
    with acting(tenant):
        rows = db.session.scalars(select(AuditValue).where(AuditValue.event_id == event.id))
        return {row.name: row.value["after"] for row in rows}


def test_a_decision_on_many_flows_is_recorded_at_once_and_taken_by_the_worker(
    tenant: Tenant, request_id: UUID
):
    done = decide(tenant, request_id)
    assert (done.parts, done.left, done.is_going_on) == (SITES, 0, True)
    assert states(tenant) == {State.WAITING: SITES} and confirmed(tenant) == 0
    with acting(tenant):
        made = db.session.scalars(select(ApprovalDecision)).one()
        assert (made.decided_by_id, made.decided_at) == (tenant.manager.user_id, LATER)
        db.session.execute(
            update(Job).where(Job.name == REASSESS).values(state=JobState.DONE)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    work_until(tenant, SITES, then=lambda: None)
    assert states(tenant) == {State.IN_FORCE: SITES} and confirmed(tenant) == SITES
    with acting(tenant):
        one = db.session.scalars(select(Approval)).first()
        assert one is not None
        assert (one.decided_by_id, one.decided_at, one.decision_note) == (
            tenant.manager.user_id, LATER, "Seen.",
        )  # fmt: skip
        before = [row.before for row in db.session.scalars(select(MapChange))]
        assert before.count({"flow_evidence": "probable"}) == SITES
        asked = select(Job.id).where(Job.name == REASSESS, Job.state == JobState.QUEUED)
        assert len(db.session.scalars(asked).all()) == 1
    (event,) = events(tenant, "approval:approve")
    assert told(tenant, event)["parts"] == SITES


def test_a_few_flows_take_their_decision_without_a_worker(
    tenant: Tenant, request_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(approval_steps, "AT_ONCE", SITES)
    assert not decide(tenant, request_id).is_going_on
    assert confirmed(tenant) == SITES


def test_a_killed_worker_leaves_whole_chunks_and_the_next_one_goes_on_from_there(
    tenant: Tenant, request_id: UUID
):
    decide(tenant, request_id)
    killed(tenant, 2)
    assert states(tenant) == {State.IN_FORCE: 2 * CHUNK, State.WAITING: SITES - 2 * CHUNK}
    assert confirmed(tenant) == 2 * CHUNK
    _work()  # the job is claimed by another worker
    assert confirmed(tenant) == SITES
    with acting(tenant):
        made = db.session.scalars(select(ApprovalDecision)).one()
        assert made.done == SITES and made.finished_at is not None
        jobs = select(Job.state).where(Job.name == approval_work.DECIDE)
        assert db.session.scalars(jobs).all() == [JobState.DONE]


def test_nobody_decides_beside_a_decision_at_work(tenant: Tenant, request_id: UUID):
    decide(tenant, request_id)
    killed(tenant, 1)
    with pytest.raises(Conflict, match="being carried out") as refused:
        decide(tenant, request_id, approve=False)
    assert f"{CHUNK:,} of {SITES:,}" in refused.value.advice
    assert len(events(tenant, "approval:refuse")) == 0


def test_what_left_the_map_meanwhile_is_not_confirmed_and_the_result_says_so(
    tenant: Tenant, request_id: UUID
):
    def archive() -> None:
        with acting(tenant):
            waiting = select(Approval.link_id).where(Approval.state == State.WAITING).limit(3)
            for key in db.session.scalars(waiting).all():
                link = db.session.get_one(SupplyLink, key)
                link.archived_at, link.archived_by_id = LATER, tenant.manager.user_id

    decide(tenant, request_id)
    work_until(tenant, 1, then=archive)
    assert states(tenant) == {State.IN_FORCE: SITES - 3, State.WAITING: 3}
    assert confirmed(tenant) == SITES - 3
    with acting(tenant):
        made = db.session.scalars(select(ApprovalDecision)).one()
        assert (made.done, made.parts) == (SITES - 3, SITES)


def test_a_site_that_the_person_answers_for_by_now_waits_for_another(
    tenant: Tenant, request_id: UUID
):
    def own() -> None:
        with acting(tenant):
            waiting = select(Approval.node_id).where(Approval.state == State.WAITING).limit(2)
            for key in db.session.scalars(waiting).all():
                db.session.get_one(ValueChainNode, key).owner_id = tenant.manager.user_id

    decide(tenant, request_id)
    work_until(tenant, 1, then=own)
    assert states(tenant) == {State.IN_FORCE: SITES - 2, State.WAITING: 2}


def test_ending_the_request_stops_its_approval_and_sets_all_of_it_back(
    tenant: Tenant, request_id: UUID
):
    decide(tenant, request_id)
    killed(tenant, 2)
    ended = end(tenant, request_id)
    assert ended.is_going_on and ended.parts == SITES
    (event,) = events(tenant, "approval:end")
    assert told(tenant, event)["stopped_after"] == 2 * CHUNK
    with pytest.raises(Conflict):
        end(tenant, request_id)
    _work()  # the job of the approval too, which has nothing left to do
    assert states(tenant) == {State.ENDED: SITES} and confirmed(tenant) == 0
    with acting(tenant):
        assert list_active(Approval.request_id == request_id) == []
        before = [row.before for row in db.session.scalars(select(MapChange))]
        assert before.count({"flow_evidence": "confirmed"}) == 2 * CHUNK


def test_a_stopped_approval_keeps_what_took_it_and_the_rest_can_be_decided_again(
    tenant: Tenant, request_id: UUID
):
    decide(tenant, request_id)
    killed(tenant, 1)
    with acting(tenant):
        key = db.session.scalars(select(ApprovalDecision.id)).one()
        approval_work.stop(key, act=Act(tenant.manager, LATER))
    _work()
    assert states(tenant) == {State.IN_FORCE: CHUNK, State.WAITING: SITES - CHUNK}
    assert len(events(tenant, "approval:stop")) == 1
    with acting(tenant), pytest.raises(Conflict):
        approval_work.stop(key, act=Act(tenant.manager, LATER))
    assert decide(tenant, request_id, approve=False).parts == SITES - CHUNK
    _work()
    assert states(tenant) == {State.IN_FORCE: CHUNK, State.REFUSED: SITES - CHUNK}


def test_a_list_cannot_be_undone_while_flows_of_it_are_being_approved(
    tenant: Tenant, listed: UUID, request_id: UUID
):
    decide(tenant, request_id)
    killed(tenant, 1)
    with acting(tenant), pytest.raises(Conflict):
        map_undo.undo_import(listed, act=Act(tenant.analyst, LATER))
    _work()
    assert confirmed(tenant) == SITES


def test_a_list_undone_before_the_work_began_leaves_it_nothing_to_do(
    tenant: Tenant, listed: UUID, request_id: UUID
):
    decide(tenant, request_id)
    with acting(tenant):
        map_undo.undo_import(listed, act=Act(tenant.analyst, LATER))
    _work()
    assert states(tenant) == {State.ENDED: SITES} and confirmed(tenant) == 0


def lose_the_right(tenant: Tenant) -> None:
    with acting(tenant):
        of = select(Membership).where(Membership.user_id == tenant.manager.user_id)
        for membership in db.session.scalars(of):
            membership.role = RoleId.ANALYST


def test_work_of_a_person_who_may_not_approve_any_more_ends_and_another_may_decide(
    tenant: Tenant, request_id: UUID, app: Flask
):
    decide(tenant, request_id)
    killed(tenant, 1)
    lose_the_right(tenant)
    _work()
    assert confirmed(tenant) == CHUNK
    browser = signed_in_client(app, tenant, RoleId.ADMIN_MANAGER)
    page = f"/o/acme/risk/approvals/{request_id}"
    text = browser.get(page).text
    assert "Approval ended early" in text
    assert f"{CHUNK} of {SITES} flows confirmed. The others are unchanged" in text
    data = {"csrf_token": csrf_token(browser, page), "what": "approve", "scope": "all"}
    assert browser.post(f"{page}/decide", data=data).status_code == 302
    _work()
    assert confirmed(tenant) == SITES


# ---- pages -----------------------------------------------------------------------------------


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def test_the_page_says_how_many_flows_are_confirmed_so_far_and_offers_to_stop(
    tenant: Tenant, manager: FlaskClient, request_id: UUID
):
    page = f"/o/acme/risk/approvals/{request_id}"
    data = {"csrf_token": csrf_token(manager, page), "what": "approve", "scope": "all"}
    answer = manager.post(f"{page}/decide", data=data, follow_redirects=True)
    assert "Your decision is recorded." in answer.text
    killed(tenant, 2)
    text = manager.get(page).text
    assert "Approval in progress" in text and 'data-progress="2"' in text
    assert f"{2 * CHUNK} / {SITES}</span> flows confirmed so far." in text
    assert 'value="approve"' not in text
    assert "approval in progress" in manager.get("/o/acme/risk/approvals/").text
    stop = text.split("/stop")[0].rsplit("/", 1)[1]
    manager.post(f"/o/acme/risk/approvals/decisions/{stop}/stop", data=data)
    text = manager.get(page).text
    assert "Approval stopped" in text and 'value="approve"' in text
    assert 'data-progress="2"' not in text


def test_the_page_says_who_decided_once_all_flows_have_taken_it(
    tenant: Tenant, manager: FlaskClient, request_id: UUID
):
    decide(tenant, request_id)
    work_until(tenant, SITES, then=lambda: None)
    text = manager.get(f"/o/acme/risk/approvals/{request_id}").text
    assert "Approval completed" in text and f"{SITES} flows confirmed." in text
    assert "Decided by Sustainability manager of acme on 25 November 2026." in text


def test_versions_of_the_map_rise_with_each_chunk_so_that_no_page_mixes_two(
    tenant: Tenant, chain_id: UUID, request_id: UUID
):
    def version() -> int:
        with acting(tenant):
            return db.session.get_one(ValueChain, chain_id).version

    before = version()
    decide(tenant, request_id)
    killed(tenant, 2)
    assert version() == before + 2
