"""An administrator removes a leaver, and what the leaver answers for goes to a colleague."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.accounts.leaving.services import list_held, remove_and_hand_over
from ddplatform.accounts.organisations.queries import get_membership, get_person, is_member
from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.services import findings
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.risk.follow_up import services as follow_up
from ddplatform.risk.follow_up.queries import load_of_places
from ddplatform.risk.reassessment.queries.tasks import get_task
from ddplatform.risk.reassessment.services import tasks
from ddplatform.value_chain.history.models import MapStep
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.finding_worlds import World, acting, action_now, finding_now, planned, recorded

LATER = NOW + timedelta(hours=1)
REVIEW_ON = (NOW + timedelta(days=90)).date()


def own_everything(world: World) -> tuple[UUID, UUID, UUID]:
    """The analyst answers for one record of each kind; returns finding, action and task."""
    analyst = world.tenant.analyst
    act = Act(analyst, NOW)
    finding_id = recorded(world)
    action_id = planned(world, finding_id)
    with acting(world.tenant):
        version = finding_now(world, finding_id).row_version
        findings.set_owner(finding_id, analyst.user_id, version=version, act=act)
        get_node(world.node_id).owner_id = analyst.user_id
        db.session.flush()
        follow_up.set_owner(world.node_id, Issue.HZ, analyst.user_id, act=act)
        wanted = follow_up.Wanted(REVIEW_ON, "Harvest ends in February.", analyst.user_id)
        follow_up.defer(world.node_id, Issue.FF, wanted, act=act)
        task = tasks.report_change(world.node_id, "TRG-06", "A new mill opened.", act=act)
        task.owner_id = analyst.user_id
        return finding_id, action_id, task.id


def leave(world: World, successor_id: UUID | None, *, leaver: UUID | None = None) -> None:
    with acting(world.tenant):
        person = get_person(leaver or world.tenant.analyst.user_id or UUID(int=0))
        remove_and_hand_over(
            get_membership(person.membership_id),
            successor_id=successor_id,
            act=Act(world.tenant[RoleId.ADMIN], LATER),
        )


def actions_of_events(tenant: Tenant) -> list[str]:
    with acting(tenant):
        found = (
            select(AuditEvent.action).where(AuditEvent.at == LATER).order_by(AuditEvent.sequence)
        )
        return list(db.session.scalars(found))


@pytest.mark.usefixtures("context")
def test_everything_that_a_leaver_answers_for_goes_to_the_colleague_in_one_step(world: World):
    finding_id, action_id, task_id = own_everything(world)
    manager = world.tenant.manager.user_id
    leave(world, manager)

    assert finding_now(world, finding_id).owner_id == manager
    assert action_now(world, action_id).owner_id == manager
    with acting(world.tenant):
        assert get_task(task_id).owner_id == manager
        assert get_node(world.node_id).owner_id == manager
        found = load_of_places([world.node_id], LATER.date())
        hazardous, put_off = (found.of(world.node_id, issue) for issue in (Issue.HZ, Issue.FF))
        assert [one.owner and one.owner.id for one in (hazardous, put_off)] == [manager, manager]
        assert not hazardous.is_of_place
        assert put_off.deferral is not None
        assert put_off.deferral.review_on == REVIEW_ON
        assert not is_member(world.tenant.analyst.user_id or UUID(int=0))
        assert list_held(world.tenant.analyst.user_id or UUID(int=0)) == []


@pytest.mark.usefixtures("context")
def test_each_kind_that_is_handed_over_leaves_one_event_and_each_map_one_step(world: World):
    own_everything(world)
    with acting(world.tenant):
        before = db.session.scalar(select(ValueChain.version))
    leave(world, world.tenant.manager.user_id)

    assert actions_of_events(world.tenant) == [
        "person:remove",
        "node:hand_over",
        "risk_follow_up:hand_over",
        "review_task:hand_over",
        "finding:hand_over",
        "action:hand_over",
    ]
    with acting(world.tenant):
        assert db.session.scalar(select(ValueChain.version)) == (before or 0) + 1
        steps = select(MapStep.action).where(MapStep.action == "node:hand_over")
        assert len(db.session.scalars(steps).all()) == 1


@pytest.mark.usefixtures("context")
def test_closed_findings_and_archived_sites_stay_as_they_were(world: World):
    finding_id, *_ = own_everything(world)
    with acting(world.tenant):
        db.session.execute(
            update(Finding).where(Finding.id == finding_id).values(status="controlled")
        )
        db.session.execute(update(ValueChainNode).values(archived_at=NOW))
    leave(world, world.tenant.manager.user_id)

    analyst = world.tenant.analyst.user_id
    assert finding_now(world, finding_id).owner_id == analyst
    with acting(world.tenant):
        owners = select(ValueChainNode.owner_id).where(ValueChainNode.id == world.node_id)
        assert db.session.scalar(owners) == analyst


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("who", ["nobody", "the leaver", "a stranger"])
def test_successor_is_another_member(world: World, who: str):
    own_everything(world)
    successors = {
        "nobody": None,
        "the leaver": world.tenant.analyst.user_id,
        "a stranger": world.seller.user_id,
    }
    with pytest.raises(Invalid) as refused:
        leave(world, successors[who])

    assert set(refused.value.fields) == {"successor"}
    with acting(world.tenant):
        assert is_member(world.tenant.analyst.user_id or UUID(int=0))
        assert len(list_held(world.tenant.analyst.user_id or UUID(int=0))) == 5


@pytest.mark.usefixtures("context")
def test_who_answers_for_nothing_leaves_without_a_successor(world: World):
    leave(world, None)

    assert actions_of_events(world.tenant) == ["person:remove"]


@pytest.mark.usefixtures("context")
def test_the_last_safeguarding_officer_does_not_leave(world: World):
    with pytest.raises(Conflict):
        leave(world, world.tenant.manager.user_id, leaver=world.officer.user_id)


def test_page_lists_what_goes_and_whom_it_can_go_to_and_ends_sessions(app: Flask, world: World):
    with app.app_context():
        own_everything(world)
    tenant = world.tenant
    leaver = signed_in_client(app, tenant, RoleId.ANALYST)
    admin = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/people/{tenant.analyst.user_id}/remove"
    shown = admin.get(page).text
    data = {"csrf_token": csrf_token(admin, page)}

    for words in ("Espoir farm group", "Heavy loads", "Labour teams of adults"):
        assert words in shown
    assert str(tenant.manager.user_id) in shown
    assert str(tenant.analyst.user_id) not in shown.split("<select", 1)[1]
    refused = admin.post(page, data=data)
    assert refused.status_code == 422
    assert "Choose who takes over what this person answers for." in refused.text
    answer = admin.post(page, data={**data, "successor": str(tenant.manager.user_id)})
    assert (answer.status_code, answer.location) == (302, f"/o/{tenant.slug}/people/")
    assert leaver.get(f"/o/{tenant.slug}/").status_code == 302


def test_only_an_administrator_opens_the_page(app: Flask, world: World):
    page = f"/o/{world.tenant.slug}/people/{world.tenant.analyst.user_id}/remove"
    client = signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)

    assert client.get(page).status_code == 403
