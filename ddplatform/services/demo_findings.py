"""Findings of the sample, and the actions that are planned, reported and verified about them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.duediligence.impacts import InvolvementAnswer
from ddplatform.duediligence.vocabulary import ActionState, RiskState
from ddplatform.models.findings import FindingSource
from ddplatform.models.responses import Response
from ddplatform.queries.actions import get_action
from ddplatform.queries.findings import get_finding
from ddplatform.services import finding_judgements, finding_steps, findings, mitigation
from ddplatform.services import verification as verifying
from ddplatform.services.demo_maps import reassess
from ddplatform.services.demo_remedy import open_case_of
from ddplatform.services.demo_world import Deed, Story, Timeline, World
from supply_chain.vocabulary import Issue

Doing = Callable[[World, dict[str, Any], dict[str, Any], datetime], None]


def plan_findings(story: Story, timeline: Timeline) -> None:
    """Everything that `findings.yaml` tells."""
    for entry in story.read("findings.yaml"):
        timeline.add(entry["days_ago"], partial(_record, entry))
        for deed in entry["deeds"]:
            timeline.add(deed["days_ago"], _deed(story, entry, deed))


def _deed(story: Story, entry: dict[str, Any], deed: dict[str, Any]) -> Deed:
    if deed["do"] == "case":
        return lambda world, at: open_case_of(story, world, world.made[entry["key"]], at=at)
    if "files" in deed:
        files = [
            verifying.SentFile(PurePath(name).name, story.bytes(name)) for name in deed["files"]
        ]
        deed = {**deed, "sent": files}

    def do(world: World, at: datetime) -> None:
        _DEEDS[deed["do"]](world, entry, deed, at)

    return do


def _record(entry: dict[str, Any], world: World, at: datetime) -> None:
    told = entry["fields"]
    with world.acting(entry["by"]) as by:
        asked = world.made.get(told.get("from", ""))
        response_id = db.session.scalars(
            select(Response.id)
            .where(Response.assignment_id == asked)
            .order_by(Response.round.desc())
        ).first()
        finding = findings.record(
            world.nodes[entry["buyer"], entry["node"]],
            findings.FindingFields(
                issue=Issue(told["issue"]),
                title=told["title"],
                description=told["description"],
                source=FindingSource(told["source"]),
                harm=findings.Harm(told.get("harm", "potential")),
                response_id=response_id if asked else None,
                answer_path=told.get("answer_path"),
                self_disclosed=told.get("self_disclosed", False),
            ),
            by=by,
            at=at,
        )
        world.made[entry["key"]] = finding.id


def _grade(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    finding_id = world.made[entry["key"]]
    with world.acting(deed["by"]) as by:
        finding_judgements.grade(
            finding_id,
            finding_judgements.Grade(
                scale=deed["scale"],
                scope=deed["scope"],
                irremediability=deed["irremediability"],
                reasons=deed["reasons"],
                vulnerable=deed.get("vulnerable", False),
                delay_harms=deed.get("delay_harms"),
            ),
            version=get_finding(finding_id).row_version,
            by=by,
            at=at,
        )


def _involvement(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    finding_id = world.made[entry["key"]]
    answers = {ref: InvolvementAnswer(**given) for ref, given in deed["answers"].items()}
    with world.acting(deed["by"]) as by:
        finding_judgements.judge_involvement(
            finding_id,
            answers,
            minority_view=deed.get("minority_view", ""),
            version=get_finding(finding_id).row_version,
            by=by,
            at=at,
        )


def _owner(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    finding_id = world.made[entry["key"]]
    with world.acting(deed["by"]) as by:
        findings.set_owner(
            finding_id,
            world.people[deed["owner"]].user_id,
            version=get_finding(finding_id).row_version,
            by=by,
            at=at,
        )


def _step(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    finding_id = world.made[entry["key"]]
    review_in = deed.get("review_in")
    review_on = at.date() + timedelta(days=review_in) if review_in else None
    given = finding_steps.StepInput(review_on=review_on, **deed.get("given", {}))
    with world.acting(deed["by"]) as by:
        finding_steps.take_step(
            finding_id,
            RiskState(deed["to"]),
            given,
            version=get_finding(finding_id).row_version,
            by=by,
            at=at,
        )


def _leverage(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    finding_id = world.made[entry["key"]]
    answers = finding_steps.LeverageAnswers(
        **{name: deed[name] for name in finding_steps.LeverageAnswers.__dataclass_fields__}
    )
    with world.acting(deed["by"]) as by:
        finding_steps.settle_leverage(
            finding_id,
            answers,
            types=deed["types"],
            reason=deed["reason"],
            version=get_finding(finding_id).row_version,
            by=by,
            at=at,
        )


def _plan(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    told = dict(deed["plan"])
    owner = told.pop("owner", None)
    wanted = mitigation.ActionPlan(
        **told,
        due_on=at.date() + timedelta(days=deed["due_in"]),
        owner_id=world.people[owner].user_id if owner else None,
    )
    with world.acting(deed["by"]) as by:
        action = mitigation.plan(world.made[entry["key"]], wanted, by=by, at=at)
        world.made[deed["action"]] = action.id


def _move(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    action_id = world.made[deed["action"]]
    with world.acting(deed["by"]) as by:
        mitigation.move(
            action_id,
            ActionState(deed["to"]),
            reason=deed.get("reason", ""),
            version=get_action(action_id, either_side=True).row_version,
            by=by,
            at=at,
        )


def _extend(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    action_id = world.made[deed["action"]]
    with world.acting(deed["by"]) as by:
        mitigation.extend(
            action_id,
            due_on=at.date() + timedelta(days=deed["due_in"]),
            reason=deed["reason"],
            version=get_action(action_id, either_side=True).row_version,
            by=by,
            at=at,
        )


def _tell(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(deed["by"]) as by:
        mitigation.tell_progress(world.made[deed["action"]], deed["text"], by=by, at=at)


def _report(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    action_id = world.made[deed["action"]]
    with world.acting(deed["by"]) as by:
        verifying.report_done(
            action_id,
            note=deed["note"],
            files=deed["sent"],
            version=get_action(action_id, either_side=True).row_version,
            by=by,
            at=at,
        )


def _send_back(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    action_id = world.made[deed["action"]]
    with world.acting(deed["by"]) as by:
        verifying.send_back(
            action_id,
            reason=deed["reason"],
            version=get_action(action_id, either_side=True).row_version,
            by=by,
            at=at,
        )


def _verify(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    action_id = world.made[deed["action"]]
    judged = verifying.Judgement(deed["coverage"], deed["evidence_level"], deed["note"])
    with world.acting(deed["by"]) as by:
        verifying.verify(action_id, judged, version=get_action(action_id, either_side=True).row_version, by=by, at=at)


def _assess(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    reassess(world, entry["buyer"], "facts", at=at)


_DEEDS: dict[str, Doing] = {
    "grade": _grade,
    "involvement": _involvement,
    "owner": _owner,
    "step": _step,
    "leverage": _leverage,
    "plan": _plan,
    "move": _move,
    "extend": _extend,
    "tell": _tell,
    "report": _report,
    "send_back": _send_back,
    "verify": _verify,
    "assess": _assess,
}
