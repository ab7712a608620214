"""Findings of the sample, with planned, reported and verified actions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.core.due_diligence.impacts import InvolvementAnswer
from ddplatform.core.due_diligence.leverage_plan import StepResult
from ddplatform.core.due_diligence.vocabulary import ActionState, Harm, RiskState
from ddplatform.demo.due_diligence.remedy import open_case_of
from ddplatform.demo.value_chain.maps import reassess
from ddplatform.demo.world import Deed, Story, Timeline, World
from ddplatform.due_diligence.actions.queries.actions import get_action
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.actions.services import verification as verifying
from ddplatform.due_diligence.exit import services as finding_exit
from ddplatform.due_diligence.finding_judgements.services import judgements as finding_judgements
from ddplatform.due_diligence.finding_judgements.services import leverage
from ddplatform.due_diligence.finding_judgements.services.confirmation import confirm_involvement
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services import steps as finding_steps
from ddplatform.due_diligence.leverage_plan import services as leverage_plan
from ddplatform.evidence.uploads.services import SentFile
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import Response
from supply_chain.vocabulary import Issue

Doing = Callable[[World, dict[str, Any], dict[str, Any], datetime], None]


Change = Callable[..., None]
"""(world, id of the row, deed, version=, by=, at=): calls one service with what a deed tells."""


def plan_findings(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `findings.yaml`."""
    for entry in story.read("findings.yaml"):
        timeline.add(entry["days_ago"], partial(_record, entry))
        for deed in entry["deeds"]:
            timeline.add(deed["days_ago"], _deed(story, entry, deed))


def _deed(story: Story, entry: dict[str, Any], deed: dict[str, Any]) -> Deed:
    if deed["do"] == "case":
        return lambda world, at: open_case_of(
            story, world, world.made[entry["key"]], deed["file"], at=at
        )
    if "files" in deed:
        files = [SentFile(PurePath(name).name, story.bytes(name)) for name in deed["files"]]
        deed = {**deed, "sent": files}

    def do(world: World, at: datetime) -> None:
        _DEEDS[deed["do"]](world, entry, deed, at)

    return do


def _record(entry: dict[str, Any], world: World, at: datetime) -> None:
    told = entry["fields"]
    with world.acting(entry["by"], at) as act:
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
                harm=Harm(told.get("harm", "potential")),
                response_id=response_id if asked else None,
                answer_path=told.get("answer_path"),
                self_disclosed=told.get("self_disclosed", False),
            ),
            act=act,
        )
        world.made[entry["key"]] = finding.id


def _to_finding(change: Change) -> Doing:
    """A change of the finding that the entry is about, by the person the deed names."""

    def do(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
        finding_id = world.made[entry["key"]]
        with world.acting(deed["by"], at) as act:
            version = get_finding(finding_id).row_version
            change(world, finding_id, deed, version=version, act=act)

    return do


def _to_action(change: Change) -> Doing:
    """A change of the action that the deed names, by a person of either side."""

    def do(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
        action_id = world.made[deed["action"]]
        with world.acting(deed["by"], at) as act:
            version = get_action(action_id, either_side=True).row_version
            change(world, action_id, deed, version=version, act=act)

    return do


def _grade(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    wanted = finding_judgements.Grade(
        scale=deed["scale"],
        scope=deed["scope"],
        irremediability=deed["irremediability"],
        reasons=deed["reasons"],
        vulnerable=deed.get("vulnerable", False),
        delay_harms=deed.get("delay_harms"),
    )
    finding_judgements.grade(finding_id, wanted, **stamp)


def _involvement(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    answers = {ref: InvolvementAnswer(**given) for ref, given in deed["answers"].items()}
    finding_judgements.judge_involvement(
        finding_id, answers, minority_view=deed.get("minority_view", ""), **stamp
    )


def _confirm(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    confirm_involvement(finding_id, reason=deed["reason"], **stamp)


def _owner(world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    findings.set_owner(finding_id, world.people[deed["owner"]].user_id, **stamp)


def _step(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    review_in = deed.get("review_in")
    review_on = stamp["act"].at.date() + timedelta(days=review_in) if review_in else None
    given = finding_steps.StepInput(review_on=review_on, **deed.get("given", {}))
    finding_steps.take_step(finding_id, RiskState(deed["to"]), given, **stamp)


def _leverage(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    names = leverage.LeverageAnswers.__dataclass_fields__
    answers = leverage.LeverageAnswers(**{name: deed[name] for name in names})
    leverage.settle_leverage(
        finding_id, answers, types=deed["types"], reason=deed["reason"], **stamp
    )


def _leverage_step(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    wanted = leverage_plan.StepFields(
        kind=deed["kind"],
        text=deed["text"],
        owner_id=world.people[deed["owner"]].user_id,
        due=at.date() + timedelta(days=deed["due_in"]),
    )
    with world.acting(deed["by"], at) as act:
        finding_id = world.made[entry["key"]]
        version = get_finding(finding_id).row_version
        leverage_plan.add_step(finding_id, wanted, version=version, act=act)


def _leverage_result(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    leverage_plan.record_result(
        finding_id, deed["number"], StepResult(deed["result"]), deed["reason"], **stamp
    )


def _condition(_world: World, finding_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    ref, is_met, words = deed["ref"], deed["is_met"], deed["words"]
    finding_exit.record_condition(finding_id, ref, is_met=is_met, words=words, **stamp)


def _plan(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    told = dict(deed["plan"])
    owner = told.pop("owner", None)
    wanted = mitigation.ActionPlan(
        **told,
        due_on=at.date() + timedelta(days=deed["due_in"]),
        owner_id=world.people[owner].user_id if owner else None,
    )
    with world.acting(deed["by"], at) as act:
        action = mitigation.plan(world.made[entry["key"]], wanted, act=act)
        world.made[deed["action"]] = action.id


def _move(_world: World, action_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    to = ActionState(deed["to"])
    mitigation.move(action_id, to, reason=deed.get("reason", ""), **stamp)


def _extend(_world: World, action_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    due_on = stamp["act"].at.date() + timedelta(days=deed["due_in"])
    mitigation.extend(action_id, due_on=due_on, reason=deed["reason"], **stamp)


def _tell(world: World, _entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(deed["by"], at) as act:
        mitigation.tell_progress(world.made[deed["action"]], deed["text"], act=act)


def _report(_world: World, action_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    verifying.report_done(action_id, note=deed["note"], files=deed["sent"], **stamp)


def _send_back(_world: World, action_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    verifying.send_back(action_id, reason=deed["reason"], **stamp)


def _verify(_world: World, action_id: UUID, deed: dict[str, Any], **stamp: Any) -> None:
    judged = verifying.Judgement(deed["coverage"], deed["evidence_level"], deed["note"])
    verifying.verify(action_id, judged, **stamp)


def _assess(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    reassess(world, entry["buyer"], "facts", at=at)


_DEEDS: dict[str, Doing] = {
    "grade": _to_finding(_grade),
    "involvement": _to_finding(_involvement),
    "confirm": _to_finding(_confirm),
    "owner": _to_finding(_owner),
    "step": _to_finding(_step),
    "leverage": _to_finding(_leverage),
    "leverage_step": _leverage_step,
    "leverage_result": _to_finding(_leverage_result),
    "condition": _to_finding(_condition),
    "plan": _plan,
    "move": _to_action(_move),
    "extend": _to_action(_extend),
    "tell": _tell,
    "report": _to_action(_report),
    "send_back": _to_action(_send_back),
    "verify": _to_action(_verify),
    "assess": _assess,
}
