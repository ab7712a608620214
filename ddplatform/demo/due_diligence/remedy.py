"""The remediation cases of the sample: one in follow-up, one with an overdue step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.core.due_diligence.impacts import AgeBand, WorkClass
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.demo.world import Story, Timeline, World
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.follow_up_visits.queries import list_visits
from ddplatform.due_diligence.follow_up_visits.services import (
    DAY,
    Seen,
    begin_visit,
    path_of,
    write_visit,
)
from ddplatform.due_diligence.remedy.models import RemediationCase, SupportItem, SupportStatus
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db

Doing = Callable[[RemediationCase, World, dict[str, Any], Act], None]
FILES = ("case.yaml", "case-nights.yaml")


def plan_case(story: Story, timeline: Timeline) -> None:
    """Schedule the content of the case files from the opening of each case on."""
    for file in FILES:
        told = story.read(file)
        for deed in told["deeds"]:
            if deed["do"] == "visit":
                deed["answers"] = {**told["visit"], **deed["answers"]}
            timeline.add(deed["days_ago"], _deed(file, told["manager"], deed))


def open_case_of(story: Story, world: World, finding_id: UUID, file: str, *, at: datetime) -> None:
    """Open the case of a file for a finding, with its verifier."""
    told = story.read(file)
    alert = told["alert"]
    with world.acting(told["opened_by"], at) as act:
        case = remedy.open_case(
            get_finding(finding_id),
            remedy.Alert(
                alert_source=alert["alert_source"],
                work_class=WorkClass(alert["work_class"]),
                age_band=AgeBand(alert["age_band"]),
                in_danger=alert["in_danger"],
                note=alert["note"],
            ),
            act=act,
        )
        world.made[file] = case.id
        db.session.flush()  # the assignments of the officers
    verifier = world.people[told["verifier"]].user_id
    assert verifier is not None
    with world.acting(told["manager"], at) as act:
        remedy.assign(case, verifier, is_verifier=True, act=act)


def _deed(file: str, manager: str, deed: dict[str, Any]) -> Callable[[World, datetime], None]:
    def do(world: World, at: datetime) -> None:
        with world.acting(manager, at) as act:
            case = db.session.get_one(RemediationCase, world.made[file])
            _DEEDS[deed["do"]](case, world, deed, act)

    return do


def _read(case: RemediationCase, _world: World, deed: dict[str, Any], act: Act) -> None:
    remedy.note_reading(case, purpose=deed["purpose"], act=act)


def _step(case: RemediationCase, _world: World, deed: dict[str, Any], act: Act) -> None:
    remedy.take_step(case, deed["step"], ticked=deed["ticked"], note=deed["note"], act=act)


def _visit(case: RemediationCase, _world: World, deed: dict[str, Any], act: Act) -> None:
    form = begin_visit(case, at=act.at).form
    answers = {**deed["answers"], DAY: act.at.date().isoformat()}
    written = write_visit(
        case,
        {path_of(form, name): text for name, text in answers.items()},
        seen=Seen(len(list_visits(case.id)) + 1, 0),
        record=True,
        ticked=deed.get("ticked", ()),
        act=act,
    )
    assert written.is_sound, written.refused


def _move(case: RemediationCase, _world: World, deed: dict[str, Any], act: Act) -> None:
    remedy.move(case, ImpactState(deed["to"]), act=act)


def _support(case: RemediationCase, world: World, deed: dict[str, Any], act: Act) -> None:
    item = remedy.plan_support(
        case,
        deed["item"],
        payer=deed["payer"],
        amount=deed.get("amount"),
        currency=deed.get("currency"),
        act=act,
    )
    world.made[f"{case.id}-{deed['key']}"] = item.id


def _deliver(case: RemediationCase, world: World, deed: dict[str, Any], act: Act) -> None:
    item = db.session.get_one(SupportItem, world.made[f"{case.id}-{deed['key']}"])
    remedy.set_support_status(case, item, SupportStatus(deed["status"]), act=act)


def _criterion(case: RemediationCase, _world: World, deed: dict[str, Any], act: Act) -> None:
    remedy.judge_criterion(
        case,
        deed["criterion"],
        is_met=deed["is_met"],
        basis=deed["basis"],
        act=act,
    )


_DEEDS: dict[str, Doing] = {
    "read": _read,
    "step": _step,
    "visit": _visit,
    "move": _move,
    "support": _support,
    "deliver": _deliver,
    "criterion": _criterion,
}
