"""The remediation cases of the sample: one in its follow-up, one whose next step is overdue."""

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
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.db import db

Doing = Callable[[RemediationCase, World, dict[str, Any], Identity, datetime], None]
FILES = ("case.yaml", "case-nights.yaml")


def plan_case(story: Story, timeline: Timeline) -> None:
    """Everything that the files of the cases tell after each was opened."""
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
    with world.acting(told["opened_by"]) as by:
        case = remedy.open_case(
            get_finding(finding_id),
            remedy.Alert(
                alert_source=alert["alert_source"],
                work_class=WorkClass(alert["work_class"]),
                age_band=AgeBand(alert["age_band"]),
                in_danger=alert["in_danger"],
                note=alert["note"],
            ),
            by=by,
            at=at,
        )
        world.made[file] = case.id
        db.session.flush()  # the assignments of the officers
    verifier = world.people[told["verifier"]].user_id
    assert verifier is not None
    with world.acting(told["manager"]) as by:
        remedy.assign(case, verifier, is_verifier=True, by=by, at=at)


def _deed(file: str, manager: str, deed: dict[str, Any]) -> Callable[[World, datetime], None]:
    def do(world: World, at: datetime) -> None:
        with world.acting(manager) as by:
            case = db.session.get_one(RemediationCase, world.made[file])
            _DEEDS[deed["do"]](case, world, deed, by, at)

    return do


def _read(
    case: RemediationCase, _world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    remedy.note_reading(case, purpose=deed["purpose"], by=by, at=at)


def _step(
    case: RemediationCase, _world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    remedy.take_step(case, deed["step"], ticked=deed["ticked"], note=deed["note"], by=by, at=at)


def _visit(
    case: RemediationCase, _world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    form = begin_visit(case, at=at).form
    answers = {**deed["answers"], DAY: at.date().isoformat()}
    written = write_visit(
        case,
        {path_of(form, name): text for name, text in answers.items()},
        seen=Seen(len(list_visits(case.id)) + 1, 0),
        record=True,
        ticked=deed.get("ticked", ()),
        by=by,
        at=at,
    )
    assert written.is_sound, written.refused


def _move(
    case: RemediationCase, _world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    remedy.move(case, ImpactState(deed["to"]), by=by, at=at)


def _support(
    case: RemediationCase, world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    item = remedy.plan_support(
        case,
        deed["item"],
        payer=deed["payer"],
        amount=deed.get("amount"),
        currency=deed.get("currency"),
        by=by,
        at=at,
    )
    world.made[f"{case.id}-{deed['key']}"] = item.id


def _deliver(
    case: RemediationCase, world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    item = db.session.get_one(SupportItem, world.made[f"{case.id}-{deed['key']}"])
    remedy.set_support_status(case, item, SupportStatus(deed["status"]), by=by, at=at)


def _criterion(
    case: RemediationCase, _world: World, deed: dict[str, Any], by: Identity, at: datetime
) -> None:
    remedy.judge_criterion(
        case, deed["criterion"], is_met=deed["is_met"], basis=deed["basis"], by=by, at=at
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
