"""Questionnaires of the sample: sent, answered, returned, accepted, overdue, withdrawn."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any
from uuid import UUID

from openpyxl import load_workbook
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.demo.value_chain.maps import reassess
from ddplatform.demo.world import Deed, Story, Timeline, World
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Questionnaire, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.offline.services.books import write_book
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
from ddplatform.supplier_engagement.returned_books.services.books import bring, carry_out
from ddplatform.supplier_engagement.review.services import review
from ddplatform.supplier_engagement.submission.services import submit

PAGE = "sample"
_ENTRY = re.compile(r"(.+)\[(\d+)\]/[^/]+\Z")
Doing = Callable[[World, dict[str, Any], dict[str, Any], datetime], None]
Change = Callable[[UUID, dict[str, Any], Act], object]


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
    with world.acting(entry["by"], at) as act:
        made = assign(sending, {node_id: entry["to"]}, act=act)
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
    with world.acting(entry["by"], at):
        is_new = get_assignment(assignment_id).respondent_organisation_id is None
        if is_new:
            invitation = db.session.scalars(
                select(Invitation).where(Invitation.assignment_id == assignment_id)
            ).one()
            join(invitation, name="", password="", at=at)
    if not is_new:
        with world.acting(entry["to"], at) as act:
            start(assignment_id, act=act)
    with world.acting(entry["by"], at):
        show_on_map(get_assignment(assignment_id))


def _write(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    assignment_id = world.made[entry["key"]]
    sections: dict[str, dict[str, str]] = {}
    for path, text in deed["answers"].items():
        sections.setdefault(path.split("/")[2], {})[path] = text
    with world.acting(entry["to"], at) as act:
        for place, (section, values) in enumerate(sections.items()):
            if section in deed.get("sections", sections):
                moment = at + timedelta(minutes=4 * place)
                _save(assignment_id, section, values, act=Act(act.by, min(moment, world.now)))


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


def _mail_back(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
    """The workbook of one supplier filled in, beside a file that is none; read as by the worker."""
    with world.acting(entry["to"], at):
        content = write_book(world.made[entry["key"]], at=at)[1]
    files = [
        (deed["name"], _filled(content, deed["answers"])),
        (deed["beside"], b"%PDF-1.7 a letter"),
    ]
    with world.acting(entry["by"], at) as act:
        delivery_id = bring(files, act=act).id
    unit = partial(world.unit, act.by.organisation_id)
    carry_out(delivery_id, look=unit, unit=unit, progress=lambda _done, _total: None, act=act)


def _filled(content: bytes, answers: dict[str, Any]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        if sheet["D1"].value != "answer":
            continue  # no sheet of a section
        for row in sheet.iter_rows(min_row=3):
            if (key := str(row[0].value)) in answers:
                row[3].value = answers[key]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _submit(world: World, entry: dict[str, Any], _deed: dict[str, Any], at: datetime) -> None:
    """Sent by the respondent; received for the buyer, as the worker would."""
    with world.acting(entry["to"], at) as act:
        row = submit(world.made[entry["key"]], declared=True, act=act)
    with world.acting(entry["by"], at) as act:
        receive(row.id, act=act)
    reassess(world, entry["buyer"], "answers", at=at)


def _by(role: str, change: Change) -> Doing:
    """A change of the questionnaire of an entry, by the person whom the entry gives this role."""

    def do(world: World, entry: dict[str, Any], deed: dict[str, Any], at: datetime) -> None:
        with world.acting(entry[role], at) as act:
            change(world.made[entry["key"]], deed, act)

    return do


def _attach(assignment_id: UUID, deed: dict[str, Any], act: Act) -> None:
    filename, content = PurePath(deed["file"]).name, deed["content"]
    attach(assignment_id, deed["path"], filename=filename, content=content, act=act)


def _bring(assignment_id: UUID, deed: dict[str, Any], act: Act) -> None:
    """A form filled in on a phone, waiting for review."""
    filename, content = PurePath(deed["file"]).name, deed["content"]
    keep_submissions(assignment_id, filename=filename, content=content, act=act)


def _handle(assignment_id: UUID, deed: dict[str, Any], act: Act) -> None:
    for flag in list_red_flags(review.get_reviewed(assignment_id).id):
        review.handle_flag(assignment_id, flag.id, note=deed["note"], refuted=False, act=act)


def _judge(assignment_id: UUID, deed: dict[str, Any], act: Act) -> None:
    review.judge_documents(assignment_id, deed["path"], accepted=deed["accepted"], act=act)


def _return(assignment_id: UUID, deed: dict[str, Any], act: Act) -> None:
    review.return_answers(assignment_id, reason=deed.get("reason", ""), act=act)


def _withdraw(assignment_id: UUID, deed: dict[str, Any], act: Act) -> None:
    withdraw(get_assignment(assignment_id), reason=deed["reason"], act=act)


_DEEDS: dict[str, Doing] = {
    "open": _open,
    "write": _write,
    "attach": _by("to", _attach),
    "bring": _by("to", _bring),
    "mail_back": _mail_back,
    "make_link": _by("to", lambda key, deed, act: make_link(key, name=deed["name"], act=act)),
    "submit": _submit,
    "judge": _by("reviewer", _judge),
    "ask_back": _by(
        "reviewer",
        lambda key, deed, act: review.ask_back(key, deed["path"], deed["text"], act=act),
    ),
    "return": _by("reviewer", _return),
    "handle_flags": _by("reviewer", _handle),
    "accept": _by("reviewer", lambda key, _deed, act: review.accept_all(key, act=act)),
    "remind": _by("reviewer", lambda key, _deed, act: remind(get_assignment(key), act=act)),
    "expire": _by("reviewer", lambda key, _deed, act: expire(get_assignment(key), act=act)),
    "withdraw": _by("reviewer", _withdraw),
}
