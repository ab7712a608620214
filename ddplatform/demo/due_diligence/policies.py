"""Policy commitments of the sample: one approved by a second person, one still a draft."""

from datetime import datetime
from pathlib import PurePath
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.due_diligence.policies import services as policies
from ddplatform.due_diligence.policies.models import ApprovalLevel, PolicyAnswer
from ddplatform.due_diligence.policies.queries import get_version, list_checks
from ddplatform.evidence.uploads import services as evidence


def plan_policies(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `policies.yaml`."""
    for entry in story.read("policies.yaml"):
        content = story.bytes(entry["document"])
        timeline.each([{**entry, "content": content}], _draft)
        if "approval" in entry:
            timeline.each([{**entry["approval"], "key": entry["key"]}], _approve)


def _draft(entry: dict[str, Any], world: World, at: datetime) -> None:
    fields = policies.PolicyFields(
        title=entry["title"],
        languages=tuple(entry["languages"]),
        public_url=entry["public_url"],
        review_on=world.day(-entry["review_in"]),
    )
    with world.acting(entry["by"], at) as act:
        version = policies.start_policy(fields, act=act)
        world.made[entry["key"]] = version.id
        for check in list_checks(version.id):
            if check.item in entry["answers"]:
                answer, reason = entry["answers"][check.item]
                policies.answer_check(
                    check.id, PolicyAnswer(answer), reason, version=check.row_version, act=act
                )
        name = PurePath(entry["document"]).name
        document = evidence.take_in(filename=name, content=entry["content"], act=act)
        evidence.attach(document, version, at=at)


def _approve(entry: dict[str, Any], world: World, at: datetime) -> None:
    version_id = world.made[entry["key"]]
    decision = policies.Approval(
        ApprovalLevel(entry["level"]), world.day(entry["decided_days_ago"])
    )
    with world.acting(entry["by"], at) as act:
        policies.approve(version_id, decision, version=get_version(version_id).row_version, act=act)
