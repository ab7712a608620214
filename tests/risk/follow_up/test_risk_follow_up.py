"""Owner and deferral of one risk: the rules, the log, the forms, the page."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.risk.follow_up import services
from ddplatform.risk.follow_up.queries import FollowUp, load_of_places
from ddplatform.risk.follow_up.services import Wanted
from ddplatform.risk.judgement.services import Urgency, note_salience
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.runs import find_current_head
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.risk.follow_up import OpenStep
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting, assess
from tests.stored_worlds import stored_world

ROOT = "/o/acme/risk/follow-up"
MARCH = (NOW + timedelta(days=98)).date()
ISSUE = Issue.FF


@stored_world
def scored(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    assess(tenant, cocoa.chain)
    return cocoa


def follow_up(tenant: Tenant, node_id: UUID, *, later: int = 0) -> FollowUp:
    with acting(tenant):
        today = (NOW + timedelta(days=later)).date()
        return load_of_places([node_id], today).of(node_id, ISSUE)


def own(tenant: Tenant, node_id: UUID, owner: UUID | None, *, minutes: int = 0) -> None:
    with acting(tenant):
        at = NOW + timedelta(minutes=minutes)
        services.set_owner(node_id, ISSUE, owner, act=Act(tenant.analyst, at))


def defer(tenant: Tenant, node_id: UUID, *, owner: UUID | None = None, minutes: int = 0) -> None:
    with acting(tenant):
        services.defer(
            node_id,
            ISSUE,
            Wanted(MARCH, "Harvest ends in February.", owner),
            act=Act(tenant.analyst, NOW + timedelta(minutes=minutes)),
        )


def in_danger(tenant: Tenant, node_id: UUID, *, minutes: int = 0, danger: bool = True) -> None:
    with acting(tenant):
        note_salience(
            node_id,
            ISSUE,
            Urgency(is_emergency=danger),
            reason="Told by phone",
            act=Act(tenant.analyst, NOW + timedelta(minutes=minutes)),
        )


def events(tenant: Tenant, action: str) -> int:
    with acting(tenant):
        return len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all())


def test_without_an_owner_of_its_own_a_risk_has_that_of_its_place(
    tenant: Tenant, scored: CocoaMap
) -> None:
    assert follow_up(tenant, scored.farms).owner is None
    with acting(tenant):
        node = db.session.get(ValueChainNode, scored.farms)
        assert node is not None
        node.owner_id = tenant.manager.user_id
    found = follow_up(tenant, scored.farms)
    assert found.owner and found.owner.id == tenant.manager.user_id and found.is_of_place

    own(tenant, scored.farms, tenant.analyst.user_id)
    found = follow_up(tenant, scored.farms)
    assert found.owner and found.owner.id == tenant.analyst.user_id and not found.is_of_place

    own(tenant, scored.farms, None, minutes=1)
    assert follow_up(tenant, scored.farms).is_of_place
    assert events(tenant, "risk_follow_up:set_owner") == 2


def test_who_left_the_organisation_owns_nothing_any_more(tenant: Tenant, scored: CocoaMap) -> None:
    own(tenant, scored.farms, tenant.manager.user_id)
    with acting(tenant):
        membership = db.session.scalars(
            select(Membership).where(Membership.user_id == tenant.manager.user_id)
        ).one()
        db.session.delete(membership)

    assert follow_up(tenant, scored.farms).owner is None


@pytest.mark.parametrize("who", ["stranger", "same"])
def test_only_another_member_can_become_the_owner(
    tenant: Tenant, scored: CocoaMap, who: str
) -> None:
    own(tenant, scored.farms, tenant.analyst.user_id)
    wanted = {"stranger": UUID(int=1), "same": tenant.analyst.user_id}[who]

    with pytest.raises(Invalid):
        own(tenant, scored.farms, wanted, minutes=1)


def test_a_deferral_keeps_its_day_reason_owner_and_author_until_its_day(
    tenant: Tenant, scored: CocoaMap
) -> None:
    defer(tenant, scored.farms, owner=tenant.manager.user_id)

    found = follow_up(tenant, scored.farms)
    assert found.deferral and found.deferral.review_on == MARCH
    assert found.deferral.reason == "Harvest ends in February."
    assert found.deferral.owner_id == tenant.manager.user_id == found.owner.id  # type: ignore[union-attr]
    assert found.deferred_by == tenant.analyst.name
    assert found.steps == {OpenStep.DEFERRED}
    assert follow_up(tenant, scored.farms, later=97).steps == {OpenStep.DEFERRED}
    assert follow_up(tenant, scored.farms, later=98).steps == {OpenStep.REVIEW_DUE}
    assert events(tenant, "risk_follow_up:defer") == 1


def test_a_deferral_ends_with_a_reason_and_can_come_again(tenant: Tenant, scored: CocoaMap) -> None:
    defer(tenant, scored.farms, owner=tenant.analyst.user_id)
    with acting(tenant):
        at = NOW + timedelta(minutes=1)
        services.end_deferral(
            scored.farms,
            ISSUE,
            reason="Harvest began early.",
            act=Act(tenant.analyst, at),
        )
    assert follow_up(tenant, scored.farms).deferral is None
    assert events(tenant, "risk_follow_up:end_deferral") == 1
    with pytest.raises(Conflict), acting(tenant):
        services.end_deferral(scored.farms, ISSUE, reason="Again", act=Act(tenant.analyst, at))

    defer(tenant, scored.farms, minutes=2)
    assert follow_up(tenant, scored.farms).deferral is not None


def test_a_risk_with_a_child_in_danger_is_never_deferred(tenant: Tenant, scored: CocoaMap) -> None:
    in_danger(tenant, scored.farms)

    with pytest.raises(Conflict, match="A child is known to be in danger now"):
        defer(tenant, scored.farms, owner=tenant.analyst.user_id, minutes=1)


def test_a_very_severe_risk_is_deferred_only_while_it_is_unlikely(
    tenant: Tenant, scored: CocoaMap
) -> None:
    wanted = Wanted(MARCH, "Harvest ends in February.", tenant.analyst.user_id)
    likely, unlikely = Issue.FL, Issue.CT  # on the farms both are of severity 4.6

    with acting(tenant):
        with pytest.raises(Conflict, match="very severe risk with a likelihood of 25 %"):
            services.defer(scored.farms, likely, wanted, act=Act(tenant.analyst, NOW))
        services.defer(scored.farms, unlikely, wanted, act=Act(tenant.analyst, NOW))
        found = load_of_places([scored.farms], NOW.date())

    assert found.of(scored.farms, likely).deferral is None
    assert found.of(scored.farms, unlikely).deferral is not None


def test_danger_that_becomes_known_ends_what_a_deferral_says(
    tenant: Tenant, scored: CocoaMap
) -> None:
    defer(tenant, scored.farms, owner=tenant.analyst.user_id)
    in_danger(tenant, scored.farms, minutes=1)

    found = follow_up(tenant, scored.farms)
    assert found.deferral is None and found.is_emergency
    assert not found.steps & {OpenStep.DEFERRED, OpenStep.REVIEW_DUE}

    in_danger(tenant, scored.farms, minutes=2, danger=False)
    found = follow_up(tenant, scored.farms)
    assert found.deferral is None and not found.is_emergency
    defer(tenant, scored.farms, minutes=3)
    assert follow_up(tenant, scored.farms).deferral is not None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(None, "Harvest"), "review_on"),
        (Wanted(NOW.date(), "Harvest"), "review_on"),
        (Wanted(NOW.date() + timedelta(days=400), "Harvest"), "review_on"),
        (Wanted(MARCH, " "), "reason"),
        (Wanted(MARCH, "Ask ana@example.org"), "reason"),
        (Wanted(MARCH, "Harvest"), "owner"),
    ],
)
def test_a_deferral_needs_a_day_a_reason_and_an_owner(
    tenant: Tenant, scored: CocoaMap, wanted: Wanted, field: str
) -> None:
    with pytest.raises(Invalid) as refused, acting(tenant):
        services.defer(scored.farms, ISSUE, wanted, act=Act(tenant.analyst, NOW))

    assert field in refused.value.fields


def test_a_deferral_changes_no_rank_and_no_total(tenant: Tenant, scored: CocoaMap) -> None:
    def told() -> tuple[object, ...]:
        with acting(tenant):
            head = find_current_head(scored.chain)
            assert head is not None
            register = load_register(head.id)
            return head.summary, register.place.tolist(), register.index.tolist()

    before = told()
    defer(tenant, scored.farms, owner=tenant.analyst.user_id)
    assess(tenant, scored.chain, at=NOW + timedelta(minutes=5))

    assert told() == before


def test_a_site_of_somebody_else_has_no_follow_up(tenant: Tenant, scored: CocoaMap) -> None:
    with pytest.raises(NotFound), acting(tenant):
        services.set_owner(UUID(int=5), ISSUE, None, act=Act(tenant.analyst, NOW))


def send(browser: FlaskClient, page: str, **data: str) -> object:
    return browser.post(page, data={"csrf_token": csrf_token(browser, page), **data})


def test_owner_and_deferral_are_set_on_the_page_of_the_risk(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    page = f"/o/acme/risk/explained/{scored.farms}/{ISSUE.value}"
    form = f"{ROOT}/{scored.farms}/{ISSUE.value}"
    assert "Unassigned" in analyst.get(page).text and "Not deferred" in analyst.get(page).text

    owner = str(tenant.manager.user_id)
    assert send(analyst, f"{form}/owner", owner=owner).status_code == 302  # type: ignore[attr-defined]
    data = {"review_on": MARCH.isoformat(), "owner": owner, "reason": "Harvest ends in February."}
    assert send(analyst, f"{form}/defer", **data).status_code == 302  # type: ignore[attr-defined]

    text = analyst.get(page).text
    assert tenant.manager.name in text and "Harvest ends in February." in text
    assert "Deferred until 3 March 2027" in text.replace("Mar ", "March ")
    assert send(analyst, f"{form}/end-deferral", reason="").status_code == 422  # type: ignore[attr-defined]
    ended = send(analyst, f"{form}/end-deferral", reason="Harvest began early.")
    assert ended.status_code == 302 and "Not deferred" in analyst.get(page).text  # type: ignore[attr-defined]


def test_the_form_says_why_a_child_in_danger_forbids_a_deferral(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    in_danger(tenant, scored.farms)
    form = f"{ROOT}/{scored.farms}/{ISSUE.value}/defer"

    assert "this risk cannot be deferred" in analyst.get(form).text
    data = {"review_on": MARCH.isoformat(), "owner": str(tenant.analyst.user_id), "reason": "Later"}
    assert send(analyst, form, **data).status_code == 409  # type: ignore[attr-defined]


def test_who_only_reads_changes_no_owner(app: Flask, tenant: Tenant, scored: CocoaMap) -> None:
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    page = f"/o/acme/risk/explained/{scored.farms}/{ISSUE.value}"

    assert "Set owner" not in auditor.get(page).text
    assert auditor.get(f"{ROOT}/{scored.farms}/{ISSUE.value}/owner").status_code == 403
