"""Scenarios, assessment plans and saved views of the sample."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.risk.assessment_plan.models import StepKind
from ddplatform.risk.assessment_plan.queries.plans import get_steps
from ddplatform.risk.assessment_plan.services import plans as visit_plan
from ddplatform.risk.assessment_plan.services.assign import Assigning, assign
from ddplatform.risk.scenarios.services import scenarios as what_if
from ddplatform.value_chain.saved_views import services as saved_views
from ddplatform.value_chain.saved_views.models import ViewKind
from supply_chain.analysis.visit_plan_field import Aim, Spread
from supply_chain.analysis.what_if_changes import read_change


def plan_plans(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `plans.yaml`."""
    told = story.read("plans.yaml")
    timeline.each(told["what_ifs"], _keep)
    timeline.each(told["saved_views"], _save_view)
    for entry in told["plans"]:
        timeline.add(entry["days_ago"], partial(_make, entry))
        timeline.add(entry["assign"]["days_ago"], partial(_assign, entry))


def _keep(entry: dict[str, Any], world: World, at: datetime) -> None:
    changes = [read_change(values) for values in entry["changes"]]
    with world.acting(entry["by"], at) as act:
        what_if.keep(world.chains[entry["buyer"]], entry["name"], changes, act=act)


def _save_view(entry: dict[str, Any], world: World, at: datetime) -> None:
    kind, address = ViewKind(entry["page"]), entry["address"].items()
    with world.acting(entry["by"], at) as act:
        chain_id = world.chains[entry["buyer"]]
        saved_views.save(chain_id, kind, entry["name"], address, act=act)


def _make(entry: dict[str, Any], world: World, at: datetime) -> None:
    wish = visit_plan.Wish(
        name=entry["name"],
        aim=Aim(entry["aim"]),
        spread=Spread(entry["spread"]),
        visits=entry["visits"],
        questionnaires=entry["questionnaires"],
    )
    with world.acting(entry["by"], at) as act:
        made = visit_plan.make_plan(world.chains[entry["buyer"]], wish, act=act)
        world.made[entry["name"]] = made.id


def _assign(entry: dict[str, Any], world: World, at: datetime) -> None:
    told, plan_id = entry["assign"], world.made[entry["name"]]
    with world.acting(entry["by"], at) as act:
        visits = [step.place for step in get_steps(plan_id) if step.kind is StepKind.VISIT]
        wanted = Assigning(
            places=frozenset(visits[: told["visits"]]),
            owner_id=world.people[told["owner"]].user_id,
            visits_due=at.date() + timedelta(days=told["due_in"]),
        )
        assign(plan_id, wanted, act=act)
