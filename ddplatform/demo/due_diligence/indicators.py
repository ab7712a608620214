"""Indicators of the sample: an outcome, a count of what was found, and the effort of looking."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.due_diligence.indicators import services as indicators
from supply_chain.vocabulary import Issue

SHORTEST_QUARTER = 90


def plan_indicators(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `indicators.yaml`."""
    for entry in story.read("indicators.yaml"):
        timeline.each([entry], _start)
        for back, values in zip((4, 3, 2, 1), entry["values"], strict=True):
            # Each quarter is over by then, whatever the day of the quarter is today. Those before
            # the platform was used are entered from earlier records.
            at = min((back - 1) * SHORTEST_QUARTER, entry["days_ago"] - 1)
            timeline.add(at, partial(_record, {**entry, "back": back, "of": values}))


def _start(entry: dict[str, Any], world: World, at: datetime) -> None:
    target = entry.get("target")
    aim = indicators.Aim(
        scope=entry["scope"],
        baseline_value=entry["baseline"],
        baseline_on=world.day(entry["baseline_days_ago"]),
        target_value=target["value"] if target else None,
        target_on=world.day(-target["in_days"]) if target else None,
    )
    with world.acting(entry["by"], at) as act:
        issue = Issue(entry["issue"])
        made = indicators.start(entry["indicator"], entry["unit"], issue, aim, act=act)
        world.made[entry["key"]] = made.id


def _record(entry: dict[str, Any], world: World, at: datetime) -> None:
    start, end = quarter_before(world.now.date(), entry["back"])
    with world.acting(entry["by"], at) as act:
        for group, value in entry["of"].items():
            measured = indicators.Measured(
                period_start=start,
                period_end=end,
                value=value,
                of_group=None if group == "all" else group,
                source=entry["source"],
                note="",
            )
            indicators.record_value(world.made[entry["key"]], measured, act=act)


def quarter_before(today: date, back: int) -> tuple[date, date]:
    """First and last day of the calendar quarter so many quarters before that of a day."""
    first = today.year * 4 + (today.month - 1) // 3 - back
    year, quarter = divmod(first, 4)
    after_year, after = divmod(first + 1, 4)
    return date(year, quarter * 3 + 1, 1), date(after_year, after * 3 + 1, 1) - timedelta(days=1)
