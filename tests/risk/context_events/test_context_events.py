"""Events in the surroundings: sites inside are marked, scored again, and given to people."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.together import ask
from ddplatform.risk.assessment.services.maps import load
from ddplatform.risk.context_events.models import ContextEventNode
from ddplatform.risk.context_events.queries import nodes as context_event_nodes
from ddplatform.risk.context_events.queries.events import (
    EventState,
    get_event,
    list_events,
    name_of_author,
)
from ddplatform.risk.context_events.queries.nodes import list_nodes_inside, select_marks
from ddplatform.risk.context_events.services import events as context_events
from ddplatform.risk.context_events.services.fields import EventFields
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.reassessment.models import ReviewCause, ReviewTask
from ddplatform.risk.reassessment.services import tasks as reassessment_tasks
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.graph.areas import AreaKind
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.map_assessment import Assessment
from tests.conftest import NOW
from tests.risk_maps import acting

TODAY = NOW.date()
FLOOD = EventFields(
    kind="disaster",
    title="Flood on the Sassandra",
    area=AreaKind.COUNTRY,
    country="CI",
    starts_on=TODAY - timedelta(days=3),
    source_type="official",
    source_publisher="OCHA",
    source_url="https://reports.example/flood",
    source_on=TODAY,
)


def days(number):
    return timedelta(days=number)


def add(tenant, at=NOW, **changes):
    with acting(tenant):
        return context_events.add_event(replace(FLOOD, **changes), act=Act(tenant.analyst, at)).id


def marked(tenant):
    with acting(tenant):
        return set(
            db.session.scalars(
                select(ContextEventNode.node_id).where(ContextEventNode.left_at.is_(None))
            )
        )


def open_tasks(tenant):
    with acting(tenant):
        rows = db.session.execute(
            select(ReviewTask.node_id, ReviewTask.trigger, ReviewTask.due_on, ReviewTask.id).where(
                ReviewTask.closed_at.is_(None)
            )
        ).all()
    return {(row.node_id, row.trigger): row for row in rows}


def score_of(tenant, cocoa, factor, *, node, on=TODAY):
    """The combined score of a factor at a node on a day; None where nothing was observed."""
    with acting(tenant):
        _, keys = load_with_keys(cocoa.chain)
        seen = load_evidence(cocoa.chain, keys, on).observations
    wanted = (seen.node == keys.index(node)) & (seen.factor == METHOD.factor_index[factor])
    return float(np.max(seen.value[wanted])) if wanted.any() else None


def events_logged(tenant, action):
    with acting(tenant):
        return db.session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.action == action)
        )


def test_a_flood_in_a_country_marks_its_sites_and_gives_each_a_task_of_fourteen_days(tenant, cocoa):
    add(tenant)

    assert marked(tenant) == {cocoa.exporter, cocoa.farms}
    tasks = open_tasks(tenant)
    assert set(tasks) == {(cocoa.exporter, "TRG-05"), (cocoa.farms, "TRG-05")}
    assert {task.due_on for task in tasks.values()} == {TODAY + days(14)}
    assert events_logged(tenant, "context_event:add") == 1


def test_a_flood_counts_as_the_factor_that_names_it_and_as_no_other(tenant, cocoa):
    add(tenant)

    assert score_of(tenant, cocoa, "COM-05", node=cocoa.farms) == 1.0
    assert score_of(tenant, cocoa, "COM-03", node=cocoa.farms) is None
    assert score_of(tenant, cocoa, "COM-05", node=cocoa.own) is None


def test_an_event_lowers_no_likelihood_and_raises_some(tenant, cocoa):
    def likelihoods():
        with acting(tenant):
            found = load(cocoa.chain, as_of=TODAY, at=NOW).score()
            assert isinstance(found, Assessment)
            return found.scores.of_nodes("likelihood")

    before = likelihoods()
    add(tenant)
    after = likelihoods()

    assert (after >= before - 1e-12).all()
    assert (after > before).any()


def test_a_harvest_asks_for_a_look_and_moves_no_score(tenant, cocoa):
    add(tenant, kind="harvest", title="Main crop")

    assert set(open_tasks(tenant)) == {(cocoa.exporter, "TRG-08"), (cocoa.farms, "TRG-08")}
    with acting(tenant):
        _, keys = load_with_keys(cocoa.chain)
        assert len(load_evidence(cocoa.chain, keys, TODAY).observations.node) == 0


def test_a_circle_holds_the_sites_that_are_near_with_their_distance(tenant, cocoa):
    with acting(tenant):
        node = value_chain.get_node(cocoa.farms)
        node.latitude, node.longitude = 5.78, -6.59
    event = add(
        tenant, area=AreaKind.CIRCLE, country="CI", latitude=5.9, longitude=-6.5, radius_km=50.0
    )

    with acting(tenant):
        [inside], total = list_nodes_inside(event)
    assert (inside.id, total, inside.is_marked) == (cocoa.farms, 1, True)
    assert inside.distance_km == pytest.approx(16.6, abs=0.5)


def test_of_many_sites_inside_the_first_are_shown_and_all_are_counted(tenant, cocoa, monkeypatch):
    event = add(tenant)
    monkeypatch.setattr(context_event_nodes, "NODES_SHOWN", 1)

    with acting(tenant):
        shown, total = list_nodes_inside(event)
    assert ([one.name for one in shown], total) == (["Espoir farm group"], 2)


def test_an_event_that_begins_later_waits_for_its_day(tenant, cocoa):
    event = add(tenant, starts_on=TODAY + days(5))
    assert (marked(tenant), open_tasks(tenant)) == (set(), {})

    with acting(tenant):
        assert context_events.keep_in_step(act=Act(tenant.manager, NOW + days(4))) == 0
        assert context_events.keep_in_step(act=Act(tenant.manager, NOW + days(5))) == 1
    assert marked(tenant) == {cocoa.exporter, cocoa.farms}
    assert score_of(tenant, cocoa, "COM-05", node=cocoa.farms, on=TODAY + days(5)) == 1.0
    with acting(tenant):
        assert list_events(EventState.ACTIVE, today=TODAY + days(5))[0].id == event


def test_the_day_after_the_last_the_mark_goes_and_people_are_asked_to_look_again(tenant, cocoa):
    add(tenant, kind="conflict", ends_on=TODAY + days(1))
    first = open_tasks(tenant)[cocoa.farms, "TRG-05"]
    with acting(tenant):
        reassessment_tasks.close_task(first.id, "Seen, no one hurt.", act=Act(tenant.analyst, NOW))

    later = NOW + days(2)
    with acting(tenant):
        assert context_events.keep_in_step(act=Act(tenant.manager, later)) == 1

    assert marked(tenant) == set()
    assert open_tasks(tenant)[cocoa.farms, "TRG-05"].id != first.id
    assert score_of(tenant, cocoa, "COM-03", node=cocoa.farms, on=later.date()) == 1.0


def test_what_an_ended_event_showed_counts_until_somebody_has_looked(tenant, cocoa):
    add(tenant, kind="conflict", ends_on=TODAY - days(1))
    task = open_tasks(tenant)[cocoa.farms, "TRG-05"]
    assert score_of(tenant, cocoa, "COM-03", node=cocoa.farms) == 1.0

    with acting(tenant):
        reassessment_tasks.close_task(
            task.id, "The road is safe again.", act=Act(tenant.analyst, NOW)
        )

    assert score_of(tenant, cocoa, "COM-03", node=cocoa.farms) is None
    assert score_of(tenant, cocoa, "COM-03", node=cocoa.exporter) == 1.0


def test_a_disaster_counts_for_two_years_as_the_words_of_its_factor_say(tenant, cocoa):
    add(tenant, ends_on=TODAY - days(1))
    task = open_tasks(tenant)[cocoa.farms, "TRG-05"]
    with acting(tenant):
        reassessment_tasks.close_task(task.id, "Schools are open.", act=Act(tenant.analyst, NOW))

    assert score_of(tenant, cocoa, "COM-05", node=cocoa.farms, on=TODAY + days(700)) == 1.0
    assert score_of(tenant, cocoa, "COM-05", node=cocoa.farms, on=TODAY + days(740)) is None


def test_looking_while_the_event_goes_on_lets_nothing_go(tenant, cocoa):
    add(tenant, kind="conflict")
    task = open_tasks(tenant)[cocoa.farms, "TRG-05"]
    with acting(tenant):
        reassessment_tasks.close_task(task.id, "We watch it.", act=Act(tenant.analyst, NOW))

    assert score_of(tenant, cocoa, "COM-03", node=cocoa.farms) == 1.0
    assert cocoa.farms in marked(tenant)


def test_a_person_ends_an_event_and_nobody_ends_it_twice(tenant, cocoa):
    event = add(tenant)

    with acting(tenant):
        context_events.end_event(event, TODAY, act=Act(tenant.analyst, NOW))
    assert marked(tenant) == set()
    with acting(tenant):
        assert list_events(EventState.OVER, today=TODAY)[0].state(TODAY) is EventState.OVER
        assert list_events(EventState.ACTIVE, today=TODAY) == []
    with acting(tenant), pytest.raises(Conflict):
        context_events.end_event(event, TODAY, act=Act(tenant.analyst, NOW))
    assert events_logged(tenant, "context_event:end") == 1


@pytest.mark.parametrize("day", [TODAY + days(1), TODAY - days(4)])
def test_a_last_day_before_the_first_or_still_to_come_is_refused(tenant, cocoa, day):
    event = add(tenant)

    with acting(tenant), pytest.raises(Invalid) as error:
        context_events.end_event(event, day, act=Act(tenant.analyst, NOW))
    assert set(error.value.fields) == {"ends_on"}


def test_a_last_day_that_was_too_early_is_moved_and_the_marks_return(tenant, cocoa):
    event = add(tenant)
    with acting(tenant):
        context_events.end_event(event, TODAY, act=Act(tenant.analyst, NOW))
    with acting(tenant):
        version = get_event(event).row_version
        wanted = replace(FLOOD, ends_on=TODAY + days(20))
        context_events.change_event(event, wanted, version=version, act=Act(tenant.analyst, NOW))

    assert marked(tenant) == {cocoa.exporter, cocoa.farms}


def test_sites_outside_a_corrected_area_lose_mark_and_score_at_once(tenant, cocoa):
    event = add(tenant)
    with acting(tenant):
        context_events.change_event(
            event,
            replace(FLOOD, country="GH"),
            version=1,
            act=Act(tenant.analyst, NOW + days(1)),
        )

    assert marked(tenant) == set()
    assert score_of(tenant, cocoa, "COM-05", node=cocoa.farms, on=TODAY + days(2)) is None
    with acting(tenant):
        context_events.change_event(event, FLOOD, version=2, act=Act(tenant.analyst, NOW + days(2)))
    assert marked(tenant) == {cocoa.exporter, cocoa.farms}


def test_the_same_form_sent_twice_changes_nothing(tenant, cocoa):
    event = add(tenant)

    with acting(tenant):
        context_events.change_event(event, FLOOD, version=1, act=Act(tenant.analyst, NOW))

    assert events_logged(tenant, "context_event:change") == 0


def test_two_people_who_change_an_event_see_both_versions(tenant, cocoa):
    event = add(tenant)
    with acting(tenant):
        context_events.change_event(
            event,
            replace(FLOOD, title="Flood of November"),
            version=1,
            act=Act(tenant.analyst, NOW),
        )

    with acting(tenant), pytest.raises(Conflict) as error:
        context_events.change_event(
            event,
            replace(FLOOD, title="Flood"),
            version=1,
            act=Act(tenant.manager, NOW),
        )
    assert error.value.theirs == {"Title": "Flood of November"}


def test_moving_the_first_day_ahead_takes_the_marks_away_until_then(tenant, cocoa):
    event = add(tenant)

    with acting(tenant):
        context_events.change_event(
            event,
            replace(FLOOD, starts_on=TODAY + days(9)),
            version=1,
            act=Act(tenant.analyst, NOW),
        )

    assert marked(tenant) == set()


def test_a_site_that_joins_the_map_later_is_found_by_the_daily_look(tenant, cocoa):
    add(tenant)
    with acting(tenant):
        new = value_chain.add_node(
            cocoa.chain,
            NodeFields(name="New co-op", country="CI"),
            act=Act(tenant.analyst, NOW),
        ).id

    with acting(tenant):
        assert context_events.keep_in_step(act=Act(tenant.manager, NOW + days(1))) == 1
    assert new in marked(tenant)
    with acting(tenant):
        assert context_events.keep_in_step(act=Act(tenant.manager, NOW + days(2))) == 0


def test_an_event_is_withdrawn_by_a_second_person_and_takes_its_tasks_along(tenant, cocoa):
    event = add(tenant)

    with acting(tenant), pytest.raises(Conflict) as error:
        context_events.withdraw_event(event, "Wrong river", act=Act(tenant.analyst, NOW))
    assert "yourself" in str(error.value)
    with acting(tenant):
        context_events.withdraw_event(event, "Wrong river", act=Act(tenant.manager, NOW))

    assert (marked(tenant), open_tasks(tenant)) == (set(), {})
    assert score_of(tenant, cocoa, "COM-05", node=cocoa.farms) is None
    with acting(tenant):
        row = list_events(EventState.WITHDRAWN, today=TODAY)[0]
        assert row.state(TODAY) is EventState.WITHDRAWN
    with acting(tenant), pytest.raises(Conflict):
        context_events.withdraw_event(event, "Again", act=Act(tenant.manager, NOW))


def test_a_task_with_another_reason_stays_when_an_event_is_withdrawn(tenant, cocoa):
    add(tenant, kind="drought", title="Drought")
    event = add(tenant)
    assert len(open_tasks(tenant)) == 2

    with acting(tenant):
        context_events.withdraw_event(event, "Wrong river", act=Act(tenant.manager, NOW))

    assert len(open_tasks(tenant)) == 2


def test_a_withdrawal_needs_a_reason(tenant, cocoa):
    event = add(tenant)

    with acting(tenant), pytest.raises(Invalid) as error:
        context_events.withdraw_event(event, " ", act=Act(tenant.manager, NOW))
    assert set(error.value.fields) == {"reason"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"kind": "ufo"}, {"kind"}),
        ({"title": ""}, {"title"}),
        ({"description": "Call +225 07 08 09 10 11"}, {"description"}),
        ({"country": "XX"}, {"country"}),
        ({"country": None}, {"country"}),
        ({"area": AreaKind.REGION, "region": " "}, {"region"}),
        ({"area": AreaKind.CIRCLE}, {"latitude", "longitude", "radius_km"}),
        (
            {"area": AreaKind.CIRCLE, "latitude": 95.0, "longitude": 0.0, "radius_km": 9e9},
            {"latitude", "radius_km"},
        ),
        ({"ends_on": TODAY - days(9)}, {"ends_on"}),
        ({"starts_on": date(2036, 1, 1)}, {"starts_on"}),
        ({"source_type": "supplier_answer"}, {"source_type"}),
        ({"source_publisher": ""}, {"source_publisher"}),
        ({"source_url": "javascript:alert(1)"}, {"source_url"}),
        ({"source_url": "https://[bad"}, {"source_url"}),
        ({"source_on": TODAY + days(2)}, {"source_on"}),
    ],
)
def test_an_event_that_breaks_a_rule_names_every_field(tenant, context, changes, fields):
    with acting(tenant), pytest.raises(Invalid) as error:
        context_events.add_event(replace(FLOOD, **changes), act=Act(tenant.analyst, NOW))

    assert set(error.value.fields) == fields


def test_marks_name_the_events_of_each_site(tenant, cocoa):
    add(tenant)

    with acting(tenant):
        marks = ask(select_marks([cocoa.farms, cocoa.own]))
    assert [mark.title for mark in marks[cocoa.farms]] == ["Flood on the Sassandra"]
    assert cocoa.own not in marks


def test_an_event_is_kept_from_other_organisations(tenant, other_tenant, cocoa):
    event = add(tenant)

    with acting(other_tenant), pytest.raises(NotFound):
        get_event(event)
    with acting(tenant):
        assert name_of_author(get_event(event)) == "Analyst of acme"


# ---- tasks -----------------------------------------------------------------------------------


def test_a_person_tells_of_a_change_and_one_task_stands_however_often(tenant, cocoa):
    for note in ("New owner since May.", "New owner since May.", "The manager left too."):
        with acting(tenant):
            reassessment_tasks.report_change(
                cocoa.farms, "TRG-03", note, act=Act(tenant.analyst, NOW)
            )

    assert set(open_tasks(tenant)) == {(cocoa.farms, "TRG-03")}
    with acting(tenant):
        assert db.session.scalar(select(func.count()).select_from(ReviewCause)) == 2


@pytest.mark.parametrize(
    ("trigger", "note", "fields"),
    [("TRG-01", "Because", {"trigger"}), ("TRG-99", "", {"trigger", "note"})],
)
def test_a_change_that_people_do_not_tell_of_is_refused(tenant, cocoa, trigger, note, fields):
    with acting(tenant), pytest.raises(Invalid) as error:
        reassessment_tasks.report_change(cocoa.farms, trigger, note, act=Act(tenant.analyst, NOW))

    assert set(error.value.fields) == fields


def test_a_task_is_closed_once_and_with_a_note(tenant, cocoa):
    add(tenant)
    task = open_tasks(tenant)[cocoa.farms, "TRG-05"].id

    with acting(tenant), pytest.raises(Invalid):
        reassessment_tasks.close_task(task, " ", act=Act(tenant.analyst, NOW))
    with acting(tenant):
        reassessment_tasks.close_task(task, "Looked.", act=Act(tenant.analyst, NOW))
    with acting(tenant), pytest.raises(Conflict):
        reassessment_tasks.close_task(task, "Looked.", act=Act(tenant.analyst, NOW))
    with acting(tenant), pytest.raises(NotFound):
        reassessment_tasks.close_task(uuid4(), "Looked.", act=Act(tenant.analyst, NOW))
    assert events_logged(tenant, "review_task:close") == 1


def test_a_task_gets_an_owner_who_is_a_person_of_the_organisation(tenant, other_tenant, cocoa):
    add(tenant)
    task = open_tasks(tenant)[cocoa.farms, "TRG-05"].id

    with acting(tenant):
        found = reassessment_tasks.set_owner(
            task,
            tenant.analyst.user_id,
            act=Act(tenant.manager, NOW),
        )
        assert found.owner_id == tenant.analyst.user_id
    with acting(tenant), pytest.raises(Invalid):
        stranger = other_tenant[RoleId.ANALYST].user_id
        reassessment_tasks.set_owner(task, stranger, act=Act(tenant.manager, NOW))
    with acting(tenant):
        assert (
            reassessment_tasks.set_owner(task, None, act=Act(tenant.manager, NOW)).owner_id is None
        )
