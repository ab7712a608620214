"""A second person approves flows, origins and absent factors; until then they do not count."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.approvals.services import absences as approval_absences
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.risk.explanation.queries.issues import ExplainedRisk, explain_risk
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.risk.runs.models import FreshEvidence
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalRequest,
    ApprovalState,
    EndCause,
)
from ddplatform.value_chain.approvals.services.requests import REASON, UNTIL, Wish
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_link, get_node
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import FlowEvidence as Flow
from supply_chain.vocabulary import Issue
from tests.approved import wish
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.both_databases]

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def link(tenant: Tenant, cocoa: CocoaMap) -> UUID:
    """A probable flow from the farm group to the own business."""
    with acting(tenant):
        fields = LinkFields(share=0.2, flow_evidence=Flow.PROBABLE)
        made = supply_links.add_link(cocoa.farms, cocoa.own, fields, act=Act(tenant.analyst, NOW))
        return made.id


def ask(tenant: Tenant, link_id: UUID, *, by: Identity | None = None, until: int = 200) -> UUID:
    """Ask that a flow is confirmed; the request."""
    with acting(tenant):
        found = get_link(link_id)
        wanted = LinkFields(share=found.share, flow_evidence=Flow.CONFIRMED)
        supply_links.change_link(
            link_id, wanted, row_version=found.row_version, wish=wish(NOW, days=until),
            act=Act(by or tenant.analyst, NOW), )  # fmt: skip
    return newest(tenant)


def newest(tenant: Tenant) -> UUID:
    with acting(tenant):
        order = ApprovalRequest.created_at.desc(), ApprovalRequest.id
        return db.session.scalars(select(ApprovalRequest.id).order_by(*order)).first() or uuid4()


def decide(
    tenant: Tenant,
    request: UUID,
    *,
    by: Identity | None = None,
    at: datetime = LATER,
    approve: bool = True,
    **more: Any,
) -> None:
    with acting(tenant):
        act = Act(by or tenant.manager, at)
        approval_steps.decide(request, approve=approve, act=act, **more)


def flow(tenant: Tenant, link_id: UUID) -> Flow:
    with acting(tenant):
        return get_link(link_id).flow_evidence


def part(tenant: Tenant, request: UUID) -> Approval:
    with acting(tenant):
        found = db.session.scalars(select(Approval).where(Approval.request_id == request)).one()
        db.session.expunge(found)
        return found


def actions(tenant: Tenant) -> list[str]:
    with acting(tenant):
        return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)))


def second_manager(tenant: Tenant, name: str = "Second") -> Identity:
    """One more person who may approve."""
    with unit_of_work(), acting_in(tenant.id):
        user = add_person(
            email=f"{name.lower()}@{tenant.slug}.example", name=name,
            role=RoleId.SUSTAINABILITY_MANAGER, password="four random words here",
            act=Act(tenant.manager, NOW), )  # fmt: skip
        return replace(tenant.manager, user_id=user.id, name=name)


# ---- flows -----------------------------------------------------------------------------------


def test_a_confirmed_flow_is_probable_until_a_second_person_approves_it(
    tenant: Tenant, cocoa: CocoaMap, link: UUID
):
    request = ask(tenant, link)
    assert flow(tenant, link) is Flow.PROBABLE
    with acting(tenant):
        version = get_chain(cocoa.chain).version
    decide(tenant, request, note="Invoices seen.")
    assert flow(tenant, link) is Flow.CONFIRMED
    found = part(tenant, request)
    assert (found.state, found.decided_at) == (ApprovalState.IN_FORCE, LATER)
    assert (found.decided_by_id, found.decision_note) == (tenant.manager.user_id, "Invoices seen.")
    assert actions(tenant)[-2:] == ["link:change", "approval:approve"]
    with acting(tenant):
        assert get_chain(cocoa.chain).version == version + 1
        assert db.session.scalars(select(Job).where(Job.name == REASSESS)).all()


def test_a_new_link_and_a_possible_one_become_probable_when_their_confirmation_is_asked(
    tenant: Tenant, cocoa: CocoaMap
):
    with acting(tenant):
        fields = LinkFields(share=0.1, flow_evidence=Flow.CONFIRMED)
        made = supply_links.add_link(
            cocoa.farms,
            cocoa.own,
            fields,
            wish=wish(NOW),
            act=Act(tenant.analyst, NOW),
        ).id
    assert flow(tenant, made) is Flow.PROBABLE
    assert part(tenant, newest(tenant)).state is ApprovalState.WAITING
    assert actions(tenant)[-1] == "link:add"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (None, {REASON, UNTIL}),
        (Wish(reason="  ", expires_on=NOW.date() + DAY), {REASON}),
        (Wish(reason="x" * 2001, expires_on=NOW.date() + DAY), {REASON}),
        (Wish(reason="Seen", expires_on=None), {UNTIL}),
        (Wish(reason="Seen", expires_on=NOW.date()), {UNTIL}),
        (Wish(reason="Seen", expires_on=NOW.date() + 400 * DAY), {UNTIL}),
    ],
)
def test_a_confirmation_needs_a_reason_and_a_last_day_within_twelve_months(
    tenant: Tenant, link: UUID, given: Wish | None, fields: set[str]
):
    wanted = LinkFields(share=0.2, flow_evidence=Flow.CONFIRMED)
    with acting(tenant), pytest.raises(Invalid) as caught:
        supply_links.change_link(
            link, wanted, row_version=1, wish=given, act=Act(tenant.analyst, NOW)
        )
    assert set(caught.value.fields) == fields
    assert flow(tenant, link) is Flow.PROBABLE


def test_the_same_wish_twice_is_one_request_and_other_facts_keep_it(tenant: Tenant, link: UUID):
    first = ask(tenant, link)
    assert ask(tenant, link) == first
    with acting(tenant):
        found = get_link(link)
        fields = LinkFields(share=0.3, flow_evidence=Flow.PROBABLE)
        supply_links.change_link(
            link,
            fields,
            row_version=found.row_version,
            act=Act(tenant.analyst, NOW),
        )
    assert part(tenant, first).state is ApprovalState.WAITING


def test_setting_back_takes_nobody_and_ends_what_was_approved_or_asked(tenant: Tenant, link: UUID):
    for is_approved in (True, False):
        request = ask(tenant, link)
        if is_approved:
            decide(tenant, request)
        with acting(tenant):
            found = get_link(link)
            fields = LinkFields(share=0.2, flow_evidence=Flow.POSSIBLE)
            supply_links.change_link(
                link,
                fields,
                row_version=found.row_version,
                act=Act(tenant.analyst, LATER),
            )
        over = part(tenant, request)
        assert (over.state, over.end_cause) == (ApprovalState.ENDED, EndCause.SET_BACK)
        assert flow(tenant, link) is Flow.POSSIBLE


def test_refusing_needs_a_reason_and_changes_nothing_on_the_map(tenant: Tenant, link: UUID):
    request = ask(tenant, link)
    with pytest.raises(Invalid):
        decide(tenant, request, approve=False)
    decide(tenant, request, approve=False, note="The contract is of last year.")
    assert flow(tenant, link) is Flow.PROBABLE
    assert part(tenant, request).state is ApprovalState.REFUSED
    with pytest.raises(Conflict):
        decide(tenant, request)
    assert actions(tenant)[-1] == "approval:refuse"


# ---- who decides -----------------------------------------------------------------------------


def test_nobody_decides_on_an_own_request_and_no_role_without_the_right(tenant: Tenant, link: UUID):
    request = ask(tenant, link, by=tenant.manager)
    for person in (tenant.manager, tenant.analyst, tenant[RoleId.AUDITOR], tenant[RoleId.ADMIN]):
        with pytest.raises(NotAllowed):
            decide(tenant, request, by=person)
    decide(tenant, request, by=second_manager(tenant))
    assert flow(tenant, link) is Flow.CONFIRMED


@pytest.mark.parametrize("end", ["farms", "own"])
def test_who_answers_for_an_end_of_a_flow_does_not_decide_on_it(
    tenant: Tenant, cocoa: CocoaMap, link: UUID, end: str
):
    with acting(tenant):
        get_node(getattr(cocoa, end)).owner_id = tenant.manager.user_id
    request = ask(tenant, link)
    with pytest.raises(Conflict, match="waiting for you"):
        decide(tenant, request)
    decide(tenant, request, by=second_manager(tenant))
    assert flow(tenant, link) is Flow.CONFIRMED


def test_a_member_of_the_organisation_of_the_site_does_not_decide_on_it(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap, link: UUID
):
    with unit_of_work(), acting_in(other_tenant.id):
        add_person(
            email=tenant.email(RoleId.SUSTAINABILITY_MANAGER), name="Both",
            role=RoleId.SUPPLIER, password="four random words here",
            act=Act(other_tenant.manager, NOW), )  # fmt: skip
    with acting(tenant):
        get_node(cocoa.farms).supplier_organisation_id = other_tenant.id
    request = ask(tenant, link)
    with pytest.raises(Conflict):
        decide(tenant, request)
    decide(tenant, request, by=second_manager(tenant))
    assert flow(tenant, link) is Flow.CONFIRMED


def test_requests_of_another_organisation_are_not_found(
    tenant: Tenant, other_tenant: Tenant, link: UUID
):
    request = ask(tenant, link)
    with acting(other_tenant), pytest.raises(NotFound):
        approval_steps.decide(request, approve=True, act=Act(other_tenant.manager, LATER))


def test_what_left_the_map_is_not_decided_and_waits_until_it_comes_back(tenant: Tenant, link: UUID):
    request = ask(tenant, link)
    with acting(tenant):
        supply_links.archive_link(link, act=Act(tenant.analyst, LATER))
    with pytest.raises(Conflict):
        decide(tenant, request)
    with acting(tenant):
        supply_links.restore_link(link, act=Act(tenant.analyst, LATER))
    decide(tenant, request)
    assert flow(tenant, link) is Flow.CONFIRMED


# ---- the end ---------------------------------------------------------------------------------


def expire(tenant: Tenant, at: datetime) -> dict[str, int]:
    with acting(tenant):
        return approval_steps.expire(act=Act(tenant.manager, at))


def test_a_flow_falls_back_the_day_after_its_last_one_even_while_it_is_archived(
    tenant: Tenant, link: UUID
):
    request = ask(tenant, link, until=30)
    decide(tenant, request)
    with acting(tenant):
        supply_links.archive_link(link, act=Act(tenant.analyst, LATER))
    assert expire(tenant, NOW + 30 * DAY) == {"ended": 0}
    assert flow(tenant, link) is Flow.CONFIRMED
    assert expire(tenant, NOW + 31 * DAY) == {"ended": 1}
    assert flow(tenant, link) is Flow.PROBABLE
    over = part(tenant, request)
    assert (over.state, over.end_cause) == (ApprovalState.ENDED, EndCause.EXPIRED)
    assert actions(tenant)[-1] == "approval:expire"
    assert expire(tenant, NOW + 32 * DAY) == {"ended": 0}


def test_what_nobody_decided_on_ends_with_its_last_day(tenant: Tenant, link: UUID):
    request = ask(tenant, link, until=10)
    expire(tenant, NOW + 11 * DAY)
    assert part(tenant, request).end_cause is EndCause.EXPIRED
    with pytest.raises(Conflict):
        decide(tenant, request, at=NOW + 11 * DAY)


def test_what_a_person_ended_while_the_map_was_waited_for_does_not_end_a_second_time(
    tenant: Tenant, link: UUID, monkeypatch: pytest.MonkeyPatch
):
    request, late = ask(tenant, link, until=30), NOW + 31 * DAY
    decide(tenant, request)
    hold = approval_steps.get_chain_for_change

    def hold_after_a_person(chain_id: UUID) -> ValueChain:
        monkeypatch.setattr(approval_steps, "get_chain_for_change", hold)
        approval_steps.end(request, reason="Contract ended.", act=Act(tenant.analyst, late))
        return hold(chain_id)

    monkeypatch.setattr(approval_steps, "get_chain_for_change", hold_after_a_person)
    assert expire(tenant, late) == {"ended": 0}
    assert part(tenant, request).end_reason == "Contract ended."
    assert actions(tenant)[-1] == "approval:end"


def test_anybody_who_assesses_ends_an_approval_with_a_reason(tenant: Tenant, link: UUID):
    request = ask(tenant, link)
    decide(tenant, request)
    with acting(tenant), pytest.raises(Invalid):
        approval_steps.end(request, reason=" ", act=Act(tenant.analyst, LATER))
    with acting(tenant):
        approval_steps.end(request, reason="Contract ended.", act=Act(tenant.analyst, LATER))
    assert flow(tenant, link) is Flow.PROBABLE
    assert part(tenant, request).end_reason == "Contract ended."
    with acting(tenant), pytest.raises(Conflict):
        approval_steps.end(request, reason="Again.", act=Act(tenant.analyst, LATER))
    assert actions(tenant)[-1] == "approval:end"


# ---- origins ---------------------------------------------------------------------------------


def mark_origin(tenant: Tenant, node_id: UUID, *, origin: bool | None = True) -> None:
    with acting(tenant):
        node = get_node(node_id)
        fields = NodeFields(
            name=node.name, kind=node.kind, country=node.country,
            commodity_refs=tuple(node.commodity_refs), is_origin=origin,
        )  # fmt: skip
        value_chain.change_node(
            node_id, fields, row_version=node.row_version, wish=wish(NOW),
            act=Act(tenant.analyst, NOW), )  # fmt: skip


def is_origin(tenant: Tenant, node_id: UUID) -> bool | None:
    with acting(tenant):
        return get_node(node_id).is_origin


def test_an_origin_stays_what_it_was_until_it_is_approved_and_is_unknown_after_its_end(
    tenant: Tenant, cocoa: CocoaMap
):
    mark_origin(tenant, cocoa.exporter)
    assert is_origin(tenant, cocoa.exporter) is None
    request = newest(tenant)
    decide(tenant, request)
    assert is_origin(tenant, cocoa.exporter) is True
    mark_origin(tenant, cocoa.exporter)  # the same form again asks for nothing
    assert newest(tenant) == request
    expire(tenant, NOW + 201 * DAY)
    assert is_origin(tenant, cocoa.exporter) is None


def test_the_form_of_a_site_sent_again_while_its_origin_waits_asks_for_nothing_more(
    tenant: Tenant, cocoa: CocoaMap
):
    mark_origin(tenant, cocoa.exporter)
    request = newest(tenant)
    mark_origin(tenant, cocoa.exporter)
    assert part(tenant, request).state is ApprovalState.WAITING
    with acting(tenant):
        assert db.session.scalars(select(ApprovalRequest.id)).all() == [request]
    assert is_origin(tenant, cocoa.exporter) is None


def test_that_a_site_is_no_origin_any_more_takes_nobody(tenant: Tenant, cocoa: CocoaMap):
    mark_origin(tenant, cocoa.exporter)
    request = newest(tenant)
    decide(tenant, request)
    mark_origin(tenant, cocoa.exporter, origin=False)
    assert is_origin(tenant, cocoa.exporter) is False
    assert part(tenant, request).end_cause is EndCause.SET_BACK


# ---- factors ---------------------------------------------------------------------------------


def ask_absence(tenant: Tenant, node_id: UUID, factor: str = "WRK-11", **more: Any) -> UUID:
    given = {"code": "no_such_work", "wish": wish(NOW), "act": Act(tenant.analyst, NOW), **more}
    with acting(tenant):
        return approval_absences.ask_not_applicable(node_id, factor, **given).id


def risk(tenant: Tenant, node_id: UUID, as_of: date | None = None) -> ExplainedRisk:
    with acting(tenant):
        return explain_risk(get_node(node_id), Issue.CL, as_of or NOW.date())


def test_an_absent_factor_narrows_the_range_once_approved_and_changes_no_estimate(
    tenant: Tenant, cocoa: CocoaMap
):
    before = risk(tenant, cocoa.farms)
    assert "WRK-11" in before.missing
    request = ask_absence(tenant, cocoa.farms)
    waiting = risk(tenant, cocoa.farms)
    assert waiting.explanation.figures == before.explanation.figures
    assert [one.is_in_force for one in waiting.absences] == [False]
    decide(tenant, request)
    after = risk(tenant, cocoa.farms)
    assert after.explanation.figures.points == before.explanation.figures.points
    assert after.explanation.figures.high < before.explanation.figures.high
    assert "WRK-11" not in after.missing
    with acting(tenant):
        marked = db.session.scalars(select(FreshEvidence.node_id)).all()
        assert marked == [cocoa.farms]
        assert db.session.scalars(select(Job).where(Job.name == REASSESS)).all()


def test_a_run_of_an_earlier_or_later_day_reads_what_was_in_force_then(
    tenant: Tenant, cocoa: CocoaMap
):
    request = ask_absence(tenant, cocoa.farms, wish=wish(NOW, days=20))
    decide(tenant, request, at=NOW + 2 * DAY)
    with acting(tenant):
        approval_steps.end(request, reason="Seen.", act=Act(tenant.analyst, NOW + 9 * DAY))

    def said(days: int) -> int:
        with acting(tenant):
            day = (NOW + days * DAY).date()
            return len(load_evidence(cocoa.chain, [cocoa.farms], day).not_applicable.node)

    assert [said(days) for days in (0, 1, 2, 8, 9, 30)] == [0, 0, 1, 1, 0, 0]


def test_what_is_observed_later_applies_although_it_was_approved_as_absent(
    tenant: Tenant, cocoa: CocoaMap
):
    decide(tenant, ask_absence(tenant, cocoa.farms))
    with acting(tenant):
        told = {"source_type": "audit", "quality": None, "causes": [], "observed_at": LATER}
        db.session.add(RiskSignal(node_id=cocoa.farms, factor="WRK-11", value=1.0, **told))
    found = risk(tenant, cocoa.farms)
    assert "WRK-11" in [one.factor for one in found.explanation.items]
    with acting(tenant):
        evidence = load_evidence(cocoa.chain, [cocoa.farms], NOW.date())
        assert len(evidence.not_applicable.node) == 0


@pytest.mark.parametrize("factor", ["CTY-01", "SEC-04", "COM-01", "ONL-01"])
def test_what_belongs_to_the_place_or_does_not_count_here_is_refused(
    tenant: Tenant, cocoa: CocoaMap, factor: str
):
    with pytest.raises(Conflict):
        ask_absence(tenant, cocoa.farms, factor)


def test_a_factor_that_is_observed_asked_for_or_of_an_own_operation_is_refused(
    tenant: Tenant, cocoa: CocoaMap
):
    with pytest.raises(Conflict, match="own operation"):
        ask_absence(tenant, cocoa.own)
    ask_absence(tenant, cocoa.farms)
    with pytest.raises(Conflict, match="already"):
        ask_absence(tenant, cocoa.farms)
    with acting(tenant):
        told = {"source_type": "audit", "quality": None, "causes": [], "observed_at": NOW}
        db.session.add(RiskSignal(node_id=cocoa.farms, factor="WRK-09", value=0.0, **told))
    with pytest.raises(Conflict, match="has been observed"):
        ask_absence(tenant, cocoa.farms, "WRK-09")
    with pytest.raises(Invalid):
        ask_absence(tenant, cocoa.exporter, code="because")


def test_who_answers_for_a_site_does_not_approve_what_is_absent_there(
    tenant: Tenant, cocoa: CocoaMap
):
    with acting(tenant):
        get_node(cocoa.farms).owner_id = tenant.manager.user_id
    request = ask_absence(tenant, cocoa.farms)
    with pytest.raises(Conflict):
        decide(tenant, request)


@pytest.fixture(autouse=True)
def no_part_is_without_its_trace(context: Flask, tenant: Tenant) -> Iterator[None]:
    """Whatever a test did: what is confirmed or an origin by an approval has one in force."""
    yield
    with acting(tenant):
        rows = db.session.execute(
            select(Approval.state, SupplyLink.flow_evidence)
            .join(SupplyLink, SupplyLink.id == Approval.link_id)
            .where(Approval.state == ApprovalState.IN_FORCE)
        )
        assert {flow_now for _, flow_now in rows} <= {Flow.CONFIRMED}
        origins = select(ValueChainNode.is_origin).join(
            Approval, Approval.node_id == ValueChainNode.id
        )
        in_force = origins.where(
            Approval.state == ApprovalState.IN_FORCE, Approval.kind == "origin"
        )
        assert set(db.session.scalars(in_force)) <= {True}
