"""The self-check of the grievance mechanism of the sample."""

from datetime import datetime
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.due_diligence.grievance_check import services as grievance_checks


def plan_grievance_checks(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `grievance_checks.yaml`."""
    timeline.each(story.read("grievance_checks.yaml"), _check)


def _check(entry: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(entry["by"], at) as act:
        for item, (score, reason, consulted) in entry["checks"].items():
            wanted = grievance_checks.CheckFields(score, reason, consulted, at.date())
            grievance_checks.check_criterion(item, wanted, act=act)
