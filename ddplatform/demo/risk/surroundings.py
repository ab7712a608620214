"""Events around the sample's sites, reassessments of sites, official lists."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from ddplatform.demo.value_chain.maps import reassess
from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.risk.context_events.services import events as context_events
from ddplatform.risk.context_events.services.fields import EventFields
from ddplatform.risk.monitoring import services as reassessment_triggers
from ddplatform.risk.observations import services as place_observations
from ddplatform.risk.observations.services import Seen
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.risk.reassessment.services import tasks as reassessment_tasks
from ddplatform.value_chain.screening.models import MatchAnswer, ScreeningMatch
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening
from ddplatform.value_chain.screening.services.lists import ListFields
from supply_chain.graph.areas import AreaKind
from supply_chain.vocabulary import Issue

COMPANY = "maison-cacao"


def plan_surroundings(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `surroundings.yaml` and the worker's daily job on it."""
    told = story.read("surroundings.yaml")
    for event in told["events"]:
        timeline.add(event["days_ago"], partial(_enter, event))
        timeline.add(event["days_ago"], _assess)
        if "ends" in event:
            timeline.add(event["ends"] - 1, _look)
    for seen in told["observations"]:
        timeline.add(seen["days_ago"], partial(_observe, seen))
        timeline.add(seen["days_ago"], _assess)
    timeline.each(told["seen"], _close)
    timeline.each(told["changes"], _tell)
    for edition in told["lists"]:
        content = story.bytes(edition["file"])
        timeline.add(edition["days_ago"], partial(_take_in, edition, content))
    timeline.add(min(one["days_ago"] for one in told["lists"]), _screen)
    timeline.each(told["answers"], _answer)
    timeline.add(0, _look)


def _enter(event: dict[str, Any], world: World, at: datetime) -> None:
    told = event["fields"]
    starts_on = world.day(event["starts"])
    wanted = EventFields(
        **{**told, "area": AreaKind(told["area"])},
        starts_on=starts_on,
        ends_on=world.day(event["ends"]) if "ends" in event else None,
        source_on=min(starts_on + timedelta(days=1), at.date()),
    )
    with world.acting(event["by"], at) as act:
        context_events.add_event(wanted, act=act)


def _observe(told: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(told["by"], at) as act:
        seen = Seen(**told["fields"], observed_on=world.day(told["seen"]))
        node_id = world.nodes[COMPANY, told["node"]]
        place_observations.add_observation(node_id, seen, act=act)


def _assess(world: World, at: datetime) -> None:
    reassess(world, COMPANY, "context", at=at)


def _look(world: World, at: datetime) -> None:
    """The worker's daily job."""
    organisation_id = world.organisations[COMPANY]
    reassessment_triggers.look_for_changes(
        act=Act(system_identity(organisation_id), at), unit=lambda: world.unit(organisation_id)
    )


def _close(entry: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(entry["by"], at) as act:
        task_id = db.session.scalars(
            select(ReviewTask.id).where(
                ReviewTask.node_id == world.nodes[COMPANY, entry["node"]],
                ReviewTask.trigger == entry["trigger"],
            )
        ).one()
        reassessment_tasks.close_task(task_id, entry["note"], act=act)


def _tell(entry: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(entry["by"], at) as act:
        node_id = world.nodes[COMPANY, entry["node"]]
        reassessment_tasks.report_change(node_id, entry["trigger"], entry["note"], act=act)


def _take_in(edition: dict[str, Any], content: bytes, world: World, at: datetime) -> None:
    told = edition["fields"]
    edition_on = edition.get("edition_on") or world.day(edition["edition_ago"])
    wanted = ListFields(**{**told, "issue": Issue(told["issue"])}, edition_on=edition_on)
    with world.acting(edition["by"], at) as act:
        screening_lists.add_list(wanted, PurePath(edition["file"]).name, content, act=act)


def _screen(world: World, at: datetime) -> None:
    """The worker's job after a list came in."""
    organisation_id = world.organisations[COMPANY]
    screening.screen(
        act=Act(system_identity(organisation_id), at), unit=lambda: world.unit(organisation_id)
    )


def _answer(entry: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(entry["by"], at) as act:
        match_id = db.session.scalars(
            select(ScreeningMatch.id).where(ScreeningMatch.matched_name == entry["name"])
        ).one()
        screening.decide(match_id, MatchAnswer(entry["answer"]), entry["note"], act=act)
