"""Many risks at once: chosen in the register, previewed, changed, undone."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.risk.follow_up.models import RiskVerb
from ddplatform.risk.follow_up.queries import FollowUps, load_of_places
from ddplatform.risk.follow_up.services import Wanted, defer, set_owner
from ddplatform.risk.judgement.services import Urgency, note_salience
from ddplatform.risk.many import queries, services
from ddplatform.risk.many.queries import Chosen, Mark, Plan, Why, Wish, choose, mark_of, plan_step
from ddplatform.risk.register.queries.register import Asked, MapRun, View
from ddplatform.risk.runs.queries.runs import list_map_heads
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

ROOT = "/o/acme/risk/many/"
TODAY = NOW.date()
MARCH = TODAY + timedelta(days=98)
LATER = NOW + timedelta(minutes=5)
OF_FEES = Asked(View.ALL, RiskFilter(issue=Issue.FF))
TWINS = 5


@stored_world
def scored(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map with farms that tie with the exporter."""
    with acting(tenant):
        for number in range(TWINS):
            fields = NodeFields(name=f"Farm {number}", country="CI", commodity_refs=(COCOA,))
            value_chain.add_node(cocoa.chain, fields, act=Act(tenant.analyst, NOW))
    assess(tenant, cocoa.chain)
    return cocoa


def chosen(asked: Asked = OF_FEES, marks: list[Mark] | None = None) -> Chosen:
    runs = [MapRun(one.id, one.name, one.head.id) for one in list_map_heads() if one.head]
    return choose(runs, asked, marks, TODAY)


def make(tenant: Tenant, wish: Wish, *, marks: list[Mark] | None = None) -> tuple[UUID, Plan]:
    with acting(tenant):
        plan = plan_step(chosen(marks=marks).targets, wish, TODAY)
        seen = mark_of(plan.change)
        lot = services.carry_out(wish, plan, seen=seen, act=Act(tenant.analyst, NOW))
        return lot.id, plan


def standing(tenant: Tenant) -> FollowUps:
    with acting(tenant):
        nodes = [one.risk.node_id for one in chosen().targets if one.risk.node_id]
        return load_of_places(nodes, TODAY)


def test_a_row_of_equal_scores_stands_for_all_of_its_risks(
    tenant: Tenant, scored: CocoaMap
) -> None:
    with acting(tenant):
        every = chosen().targets
        ties = [one for one in every if one.risk.node_name.startswith("Farm ")]
        node_id = ties[0].risk.node_id
        assert node_id is not None
        tie = chosen(marks=[Mark(True, node_id, Issue.FF)])
        one = chosen(marks=[Mark(False, node_id, Issue.FF)])
        none = chosen(marks=[Mark(False, UUID(int=4), Issue.FF), Mark(True, node_id, Issue.CL)])

    names = {target.risk.node_name for target in tie.targets}
    assert {f"Farm {number}" for number in range(TWINS)} <= names and tie.total == len(names)
    assert [target.risk.node_name for target in one.targets] == [ties[0].risk.node_name]
    assert none.total == 0


def test_all_risks_of_a_filter_are_changed_in_one_step_with_one_event(
    tenant: Tenant, scored: CocoaMap
) -> None:
    _, plan = make(tenant, Wish(RiskVerb.OWNER, owner_id=tenant.manager.user_id))

    found = standing(tenant)
    places = [one for one in plan.change if one.risk.node_id]
    assert len(places) == len(plan.change) > TWINS
    for one in places:
        owner = found.of(one.risk.node_id, Issue.FF).owner  # type: ignore[arg-type]
        assert owner and owner.id == tenant.manager.user_id
    assert set(plan.left) <= {Why.NO_PLACE}
    with acting(tenant):
        events = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.like("risk_%:%"))
        ).all()
    assert events.count("risk_lot:make") == 1 and "risk_follow_up:set_owner" not in events


def test_what_cannot_be_deferred_is_left_out_with_the_reason(
    tenant: Tenant, scored: CocoaMap
) -> None:
    with acting(tenant):
        set_owner(scored.farms, Issue.FF, tenant.manager.user_id, act=Act(tenant.analyst, NOW))
        note_salience(
            scored.own,
            Issue.FF,
            Urgency(is_emergency=True),
            reason="Told by phone",
            act=Act(tenant.analyst, NOW),
        )
        wish = Wish(RiskVerb.DEFER, review_on=MARCH, reason="Harvest")
        plan = plan_step(chosen().targets, wish, TODAY)
        owned = plan_step(chosen().targets, replace(wish, owner_id=tenant.analyst.user_id), TODAY)

    assert [one.risk.node_id for one in plan.change] == [scored.farms]
    assert [one.risk.node_id for one in plan.left[Why.DANGER]] == [scored.own]
    assert len(plan.left[Why.NO_OWNER]) == TWINS + 1
    assert len(owned.change) == TWINS + 2 and set(owned.left) <= {Why.DANGER, Why.NO_PLACE}


def test_very_severe_and_likely_risks_are_not_deferred(
    tenant: Tenant, scored: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "is_too_severe", lambda severity, likelihood: severity > 0)
    with acting(tenant):
        wish = Wish(RiskVerb.DEFER, tenant.analyst.user_id, MARCH, "Harvest")
        plan = plan_step(chosen().targets, wish, TODAY)

    assert not plan.change and plan.left[Why.SEVERE]


def test_an_undo_says_again_what_counted_before_and_leaves_what_is_newer(
    tenant: Tenant, scored: CocoaMap
) -> None:
    with acting(tenant):
        set_owner(scored.farms, Issue.FF, tenant.analyst.user_id, act=Act(tenant.analyst, NOW))
        wanted = Wanted(MARCH, "Rain", tenant.analyst.user_id)
        defer(scored.farms, Issue.FF, wanted, act=Act(tenant.analyst, NOW))
    before = standing(tenant)
    at = NOW + timedelta(minutes=1)
    wish = Wish(RiskVerb.DEFER, tenant.manager.user_id, TODAY + timedelta(days=20), "Harvest")
    with acting(tenant):
        plan = plan_step(chosen().targets, wish, TODAY)
        lot = services.carry_out(wish, plan, seen=mark_of(plan.change), act=Act(tenant.analyst, at))
        newer = at + timedelta(minutes=1)
        set_owner(scored.own, Issue.FF, tenant.analyst.user_id, act=Act(tenant.analyst, newer))
    assert standing(tenant).of(scored.farms, Issue.FF).deferral.reason == "Harvest"  # type: ignore[union-attr]

    with acting(tenant):
        undone = services.undo(lot.id, act=Act(tenant.analyst, LATER))
        kept = undone.kept
    after = standing(tenant)
    farms = after.of(scored.farms, Issue.FF)
    assert farms.owner == before.of(scored.farms, Issue.FF).owner
    assert farms.deferral == before.of(scored.farms, Issue.FF).deferral
    assert after.of(scored.exporter, Issue.FF).owner is None
    assert after.of(scored.exporter, Issue.FF).deferral is None
    own = after.of(scored.own, Issue.FF)
    assert kept == 1 and own.owner and own.owner.id == tenant.analyst.user_id
    with pytest.raises(Conflict), acting(tenant):
        services.undo(lot.id, act=Act(tenant.analyst, LATER))


def test_urgency_keeps_what_it_was_not_asked_to_set_and_asks_for_an_assessment(
    tenant: Tenant, scored: CocoaMap
) -> None:
    with acting(tenant):
        note_salience(
            scored.farms,
            Issue.FF,
            Urgency(delay_harms=True),
            reason="School year",
            act=Act(tenant.analyst, NOW),
        )
        for job in db.session.scalars(select(Job)):
            db.session.delete(job)
    wish = Wish(RiskVerb.URGENCY, reason="Own stores", involvement="contribute")
    with acting(tenant):
        plan = plan_step(chosen().targets, wish, TODAY)
        at = NOW + timedelta(minutes=1)
        lot = services.carry_out(wish, plan, seen=mark_of(plan.change), act=Act(tenant.analyst, at))

    notes = standing(tenant).notes
    farms = notes[scored.farms.hex, Issue.FF.value]
    assert farms.delay_harms is True and farms.involvement == "contribute"
    with acting(tenant):
        assert len(db.session.scalars(select(Job)).all()) == 1
        services.undo(lot.id, act=Act(tenant.analyst, LATER))
    farms = standing(tenant).notes[scored.farms.hex, Issue.FF.value]
    assert farms.delay_harms is True and farms.involvement is None


def test_a_deferral_ends_for_those_that_are_deferred(tenant: Tenant, scored: CocoaMap) -> None:
    with acting(tenant):
        wanted = Wanted(MARCH, "Rain", tenant.analyst.user_id)
        defer(scored.farms, Issue.FF, wanted, act=Act(tenant.analyst, NOW))
        wish = Wish(RiskVerb.END, reason="It rained")
        plan = plan_step(chosen().targets, wish, TODAY)
        at = NOW + timedelta(minutes=1)
        services.carry_out(wish, plan, seen=mark_of(plan.change), act=Act(tenant.analyst, at))

    assert [one.risk.node_id for one in plan.change] == [scored.farms]
    assert plan.left[Why.NOT_DEFERRED]
    assert standing(tenant).of(scored.farms, Issue.FF).deferral is None


def test_other_risks_than_were_shown_are_not_changed(tenant: Tenant, scored: CocoaMap) -> None:
    wish = Wish(RiskVerb.OWNER, owner_id=tenant.manager.user_id)
    with acting(tenant):
        plan = plan_step(chosen().targets, wish, TODAY)
    with pytest.raises(Conflict), acting(tenant):
        services.carry_out(wish, plan, seen="other", act=Act(tenant.analyst, NOW))
    nothing = Plan((), {}, plan.follow_ups)
    with pytest.raises(Invalid), acting(tenant):
        services.carry_out(wish, nothing, seen=mark_of(()), act=Act(tenant.analyst, NOW))


def test_more_risks_than_one_step_changes_are_not_read(
    tenant: Tenant, scored: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_AT_ONCE", 3)
    with acting(tenant):
        found = chosen()

    assert not found.targets and found.total > 3


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"verb": "owner", "person": "x"}, "owner"),
        ({"verb": "defer", "review_on": "", "reason": "Rain"}, "review_on"),
        ({"verb": "end", "reason": ""}, "reason"),
        ({"verb": "urgency", "reason": "Rain"}, "emergency"),
        ({"verb": "urgency", "reason": "Rain", "delay": "perhaps"}, "delay"),
    ],
)
def test_a_step_that_says_too_little_is_refused_at_its_field(
    tenant: Tenant, scored: CocoaMap, given: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused, acting(tenant):
        services.read_wish(given, TODAY)

    assert field in refused.value.fields


def test_ticked_rows_are_previewed_changed_and_undone_in_the_browser(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    register = f"/o/acme/risk/register/?chain={scored.chain}&view=all&issue=ISS-FF"
    marks = re.findall(r'name="risk" value="([^"]+)"', analyst.get(register).text)
    assert any(mark.startswith("tie:") for mark in marks)
    ticked = "".join(f"&risk={mark}" for mark in marks)
    chosen_rows = f"{ROOT}?chain={scored.chain}&view=all&issue=ISS-FF{ticked}"

    assert "Preview changes" in analyst.get(chosen_rows).text
    preview = f"{chosen_rows}&verb=owner&preview=1&person={tenant.manager.user_id}"
    text = analyst.get(preview).text
    assert "Preview" in text and "Farm 0" in text and "The whole step can be undone" in text
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text)
    form = re.search(r'<form method="post">.*?</form>', text, re.DOTALL)
    assert form
    hidden = re.findall(r'name="(\w+)" value="([^"]*)"', form.group(0))
    data: dict[str, list[str]] = {}
    for name, value in hidden:
        data.setdefault(name, []).append(value)
    done = analyst.post(ROOT, data=data)
    assert done.status_code == 302
    page = analyst.get(done.location).text
    assert "Undo all of it" in page
    assert (
        tenant.manager.name in analyst.get(f"{register}&tie=&owner={tenant.manager.user_id}").text
    )

    token = csrf_token(analyst, done.location)
    assert analyst.post(f"{done.location}/undo", data={"csrf_token": token}).status_code == 302
    assert "The earlier values apply again" in analyst.get(done.location).text


def carry_out_in_browser(browser: FlaskClient, preview: str) -> None:
    """Agree to all that the preview of a step shows."""
    form = re.search(r'<form method="post">.*?</form>', browser.get(preview).text, re.DOTALL)
    assert form
    data = MultiDict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group(0)))
    assert browser.post(ROOT, data=data).status_code == 302


def test_deferral_its_end_and_urgency_are_set_in_the_browser(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    step = f"{ROOT}?chain={scored.chain}&view=all&issue=ISS-FF&all=1&preview=1&verb="
    person, places = tenant.manager.user_id, (scored.farms, scored.exporter)

    carry_out_in_browser(
        analyst, f"{step}defer&person={person}&review_on={MARCH}&reason=Harvest+ends"
    )
    deferred = [standing(tenant).of(place, Issue.FF) for place in places]
    carry_out_in_browser(analyst, f"{step}end&reason=It+rained")
    ended = [standing(tenant).of(place, Issue.FF) for place in places]
    carry_out_in_browser(
        analyst, f"{step}urgency&reason=Own+stores&delay=yes&involvement=contribute"
    )
    notes = [standing(tenant).notes[place.hex, Issue.FF.value] for place in places]

    assert [(one.owner.id, one.deferral.review_on) for one in deferred] == [(person, MARCH)] * 2  # type: ignore[union-attr]
    assert [one.deferral for one in ended] == [None, None]
    assert [(one.delay_harms, one.involvement) for one in notes] == [(True, "contribute")] * 2


def test_a_preview_with_a_fault_says_what_to_correct_and_too_many_are_named(
    analyst: FlaskClient, scored: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = f"{ROOT}?chain=all&view=all&all=1"
    wrong = analyst.get(f"{every}&verb=defer&preview=1&review_on=2020-01-01&reason=")
    assert wrong.status_code == 422 and "Choose a day after today" in wrong.text
    assert "No risk is selected" in analyst.get(f"{ROOT}?chain=all&risk=x&risk=tie:y:z").text
    assert analyst.get(f"{ROOT}?chain={UUID(int=9)}&all=1").status_code == 404
    for verb in ("owner", "defer", "end", "urgency"):
        assert "Preview changes" in analyst.get(f"{every}&verb={verb}").text
    monkeypatch.setattr(queries, "MOST_AT_ONCE", 3)
    monkeypatch.setattr("ddplatform.risk.many.routes.MOST_AT_ONCE", 3)
    assert "Too many risks selected" in analyst.get(every).text


def test_who_only_reads_has_no_boxes_and_no_step(
    app: Flask, tenant: Tenant, scored: CocoaMap
) -> None:
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)

    text = auditor.get(f"/o/acme/risk/register/?chain={scored.chain}&view=all").text
    assert 'name="risk"' not in text.split('class="reg')[0] or "Continue with selected" not in text
    assert auditor.get(f"{ROOT}?chain={scored.chain}&all=1").status_code == 403
