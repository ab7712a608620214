"""Governance of the sample: responsible persons, trainings, a review by the board."""

from datetime import datetime
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.due_diligence.governance import services as governance
from ddplatform.due_diligence.governance.models import Body


def plan_governance(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `governance.yaml`."""
    records = story.read("governance.yaml")
    timeline.each(records["responsible"], _name_responsible)
    timeline.each(records["training"], _record_training)
    timeline.each(records["board_notes"], _note_review)


def _name_responsible(entry: dict[str, Any], world: World, at: datetime) -> None:
    person = world.people[entry["person"]] if "person" in entry else None
    wanted = governance.ResponsibilityFields(
        held_on=at.date(),
        area=entry["area"],
        function_title=entry["function"],
        answers_for=entry["answers_for"],
        person_id=person.user_id if person else None,
    )
    with world.acting(entry["by"], at) as act:
        governance.name_responsible(wanted, act=act)


def _record_training(entry: dict[str, Any], world: World, at: datetime) -> None:
    wanted = governance.TrainingFields(
        held_on=world.day(entry.get("held_days_ago", entry["days_ago"])),
        group=entry["group"],
        subject=entry["subject"],
        in_group=entry["in_group"],
        trained=entry["trained"],
    )
    with world.acting(entry["by"], at) as act:
        governance.record_training(wanted, act=act)


def _note_review(entry: dict[str, Any], world: World, at: datetime) -> None:
    wanted = governance.BoardNote(
        held_on=at.date(),
        body=Body(entry["body"]),
        discussed=entry["discussed"],
        decided=entry["decided"],
        review_on=world.day(-entry["review_in"]),
    )
    with world.acting(entry["by"], at) as act:
        governance.note_review(wanted, act=act)
