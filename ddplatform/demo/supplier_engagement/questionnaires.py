"""Questionnaires of the sample: sent, answered, returned, accepted, overdue, withdrawn."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.demo.supplier_engagement.returned import mail_back
from ddplatform.demo.value_chain.maps import reassess
from ddplatform.demo.world import Deed, Story, Timeline, World
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Questionnaire, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.phone_apps.services.links import make_link
from ddplatform.supplier_engagement.phone_apps.services.submissions import keep_submissions
from ddplatform.supplier_engagement.receiving.services.receiving import receive
from ddplatform.supplier_engagement.requests.services.reminders import remind
from ddplatform.supplier_engagement.requests.services.requests import (
    Sending,
    assign,
    expire,
    show_on_map,
    withdraw,
)
from ddplatform.supplier_engagement.respondents.services.join import join
from ddplatform.supplier_engagement.responses.queries.responses import list_red_flags
from ddplatform.supplier_engagement.responses.services.drafts import open_draft
from ddplatform.supplier_engagement.responses.services.responses import (
    Typed,
    add_entry,
    attach,
    save_section,
    start,
)
from ddplatform.supplier_engagement.review.services import review
from ddplatform.supplier_engagement.submission.services import submit

PAGE = "sample"
_ENTRY = re.compile(r"(.+)\[(\d+)\]/[^/]+\Z")
Doing = Callable[[World, dict[str, Any], dict[str, Any], datetime], None]


def plan_questionnaires(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `questionnaires.yaml`."""
    asked = story.read("questionnaires.yaml")
    timeline.add(max(entry["days_ago"] for entry in asked) + 1, _publish)
    for entry in asked:
        timeline.add(entry["days_ago"], partial(_send, entry))
        for deed in entry["deeds"]:
            timeline.add(deed["days_ago"], _deed(story, entry, deed))


def _publish(_world: World, at: datetime) -> None:
    publish_shipped(at)


def _send(entry: dict[str, Any], world: World, at: datetime) -> None:
    version = db.session.scalars(
        select(QuestionnaireVersion.id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Questionnaire.ref == entry.get("questionnaire", "SAQ"))
        .order_by(QuestionnaireVersion.published_at)
    ).first()
    assert version is not None
    sending = Sending(
        version_id=version,
        due_on=at.date() + timedelta(days=entry["due_in"]),
        light_mode=entry.get("light_mode", False),
        message=entry.get("message", ""),
    )
    node_id = world.nodes[entry["buyer"], entry["node"]]
    with world.acting(entry["by"]) as by:
        made = assign(sending, {node_id: entry["to"]}, act=Act(by, at))
        world.made[entry["key"]] = made[0].id


def _deed(story: Story, entry: dict[str, Any], deed: dict[str, Any]) -> Deed:
    if "file" in deed:
        deed = {**deed, "content": story.bytes(deed["file"])}
    if deed["do"] == "write":
        deed = {**deed, "answers": story.read(deed["file"])}

    def do(world: World, at: datetime) -> None:
        _DEEDS[deed["do"]](world, entry, deed, at)

    return do


def _open(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    """The first time by the link of the mail, later from the own list."""
    assignment_id = world.made[entry["key"]]
    with world.acting(entry["by"]):
        is_new = get_assignment(assignment_id).respondent_organisation_id is None
        if is_new:
            invitation = db.session.scalars(
                select(Invitation).where(Invitation.assignment_id == assignment_id)
            ).one()
            join(invitation, name="", password="", at=at)
    if not is_new:
        with world.acting(entry["to"]) as by:
            start(assignment_id, act=Act(by, at))
    with world.acting(entry["by"]):
        show_on_map(get_assignment(assignment_id))


def _write(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    assignment_id = world.made[entry["key"]]
    sections: dict[str, dict[str, str]] = {}
    for path, text in deed["answers"].items():
        sections.setdefault(path.split("/")[2], {})[path] = text
    with world.acting(entry["to"]) as by:
        for place, (section, values) in enumerate(sections.items()):
            if section in deed.get("sections", sections):
                moment = at + timedelta(minutes=4 * place)
                _save(assignment_id, section, values, act=Act(by, min(moment, world.now)))


def _save(assignment_id: UUID, section: str, values: Mapping[str, str], *, act: Act) -> None:
    filled = open_draft(assignment_id, at=act.at)
    present = set(filled.form.answers()) | {state.path for state in filled.form.states()}
    for repeat, place in sorted({(m[1], int(m[2])) for p in values if (m := _ENTRY.match(p))}):
        if not any(path.startswith(f"{repeat}[{place}]") for path in present):
            add_entry(assignment_id, repeat, act=act)
    db.session.flush()  # the entries just added
    typed = Typed(values, seen=filled.row.revision, page=PAGE)
    save_section(assignment_id, section, typed, act=act)
    db.session.flush()  # the next section is evaluated with this one


def _attach(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["to"]) as by:
        attach(
            world.made[entry["key"]],
            deed["path"],
            filename=PurePath(deed["file"]).name,
            content=deed["content"],
            act=Act(by, at),
        )


def _bring(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    """A form filled in on a phone, waiting for review."""
    with world.acting(entry["to"]) as by:
        keep_submissions(
            world.made[entry["key"]],
            filename=PurePath(deed["file"]).name,
            content=deed["content"],
            act=Act(by, at),
        )


def _make_link(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["to"]) as by:
        make_link(world.made[entry["key"]], name=deed["name"], act=Act(by, at))


def _submit(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    """Sent by the respondent; received for the buyer, as the worker would."""
    with world.acting(entry["to"]) as by:
        row = submit(world.made[entry["key"]], declared=True, act=Act(by, at))
    with world.acting(entry["by"]) as asked:
        receive(row.id, act=Act(asked, at))
    reassess(world, entry["buyer"], "answers", at=at)


def _judge(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        review.judge_documents(
            world.made[entry["key"]],
            deed["path"],
            accepted=deed["accepted"],
            act=Act(by, at),
        )


def _ask_back(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        review.ask_back(world.made[entry["key"]], deed["path"], deed["text"], act=Act(by, at))


def _return(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        reason = deed.get("reason", "")
        review.return_answers(world.made[entry["key"]], reason=reason, act=Act(by, at))


def _handle(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    assignment_id = world.made[entry["key"]]
    with world.acting(entry["reviewer"]) as by:
        for flag in list_red_flags(review.get_reviewed(assignment_id).id):
            review.handle_flag(
                assignment_id,
                flag.id,
                note=deed["note"],
                refuted=False,
                act=Act(by, at),
            )


def _accept(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        review.accept_all(world.made[entry["key"]], act=Act(by, at))


def _remind(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        remind(get_assignment(world.made[entry["key"]]), act=Act(by, at))


def _expire(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        expire(get_assignment(world.made[entry["key"]]), act=Act(by, at))


def _withdraw(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    with world.acting(entry["reviewer"]) as by:
        withdraw(get_assignment(world.made[entry["key"]]), reason=deed["reason"], act=Act(by, at))


_DEEDS: dict[str, Doing] = {
    "open": _open,
    "write": _write,
    "attach": _attach,
    "bring": _bring,
    "mail_back": mail_back,
    "make_link": _make_link,
    "submit": _submit,
    "judge": _judge,
    "ask_back": _ask_back,
    "return": _return,
    "handle_flags": _handle,
    "accept": _accept,
    "remind": _remind,
    "expire": _expire,
    "withdraw": _withdraw,
}
