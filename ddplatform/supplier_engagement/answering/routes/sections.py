"""Section pages of a questionnaire: display, saving as typed, drafts, documents."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.sign_in.leaving import leave
from ddplatform.evidence.uploads.services import SentFile, examine_all
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.db import begin_change
from ddplatform.infrastructure.errors import NotFound, TooMany
from ddplatform.infrastructure.gate import keep_changes, requires
from ddplatform.infrastructure.one_row import required
from ddplatform.infrastructure.words.problems import refusal_in_words
from ddplatform.languages import current_language, gettext
from ddplatform.supplier_engagement.answering.browser_keys import browser_key
from ddplatform.supplier_engagement.answering.queries import seconds_left_on
from ddplatform.supplier_engagement.answering.routes.media import media_of
from ddplatform.supplier_engagement.answering.views.fields import (
    FILE,
    Around,
    FieldView,
    field_id,
    open_paths,
    read_typed,
    view_items,
)
from ddplatform.supplier_engagement.answering.views.shown_marks import marks_of
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.cascade.queries import find_naming_section
from ddplatform.supplier_engagement.protection_services.queries import services_near
from ddplatform.supplier_engagement.protection_services.views import (
    help_in_words,
    whom_to_call,
    words_of_help,
)
from ddplatform.supplier_engagement.respondents.queries import (
    People,
    given_on,
    load_writers,
    said_at,
    taker_of,
)
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.plans import fault_of, plan_of
from ddplatform.supplier_engagement.responses.queries.active_consents import load_reworded
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    get_newest_round,
    get_request,
    list_files,
    list_messages,
    list_red_flags,
)
from ddplatform.supplier_engagement.responses.services.responses import (
    Saved,
    add_entry,
    attach,
    detach,
    remove_entry,
    save_draft,
    save_section,
)
from questionnaires import Answerer, Page, minutes_of, red_flags
from questionnaires.form.languages import tongue_of
from questionnaires.scoring.items import UNSURE
from supply_chain.errors import FileRefused

ELSEWHERE = frozenset({"later", "leave", "back", "add", "remove", "detach", "again"})
"""Buttons that store a page without confirming that all on it was reviewed."""


@bp.get("/<uuid:assignment_id>/<name>")
@requires(Permission.RESPONSE_ANSWER)
def section(assignment_id: UUID, name: str) -> ResponseReturnValue:
    """One section of questions."""
    asked = get_request(assignment_id)
    if not asked.is_writable:
        return redirect(url_for(".show", assignment_id=assignment_id))
    return _section_page(asked, get_newest_round(asked, now=g.now), name)


@bp.post("/<uuid:assignment_id>/<name>")
@requires(Permission.RESPONSE_ANSWER, reads_first=True, takes_files=True)
@takes_lists("/*", "reply:/*")
def save(assignment_id: UUID, name: str) -> ResponseReturnValue:
    """Keep the page; then go where the pressed button leads."""
    # First of all, since it takes seconds: what is read here could change meanwhile.
    sent = _examine_sent()
    begin_change()
    asked = get_request(assignment_id)
    _require_section(asked, name)
    shown = _open_questions(get_newest_round(asked, now=g.now), name)
    saved = save_section(
        assignment_id,
        name,
        read_typed(request.form),
        act=g.act,
        confirm=not ELSEWHERE & set(request.form),
    )
    refused = _take_files(assignment_id, sent)
    moved = _do_pressed(assignment_id)
    _tell_help(saved)
    if saved.clashes or refused or (moved is None and _has_typed_problems(saved, name)):
        keep_changes()
        return _section_page(
            asked, get_newest_round(asked, now=g.now), name, saved=saved, refused=refused
        )
    if moved is not None:
        return redirect(url_for(".section", assignment_id=assignment_id, name=name) + moved)
    if "leave" in request.form:
        return leave()
    if "later" in request.form:
        flash(gettext("Your answers are saved. Come back at any time."), "success")
        return redirect(url_for(".show", assignment_id=assignment_id))
    if "back" in request.form:
        return redirect(_address_before(assignment_id, saved.filled.pages, name))
    asks = _open_questions(saved.filled, name)
    if opened := [path for path, text in asks.items() if not text and path not in shown]:
        # Without scripts nobody has seen them yet.
        flash(gettext("Your answers open more questions on this page. The first is here."), "info")
        here = url_for(".section", assignment_id=assignment_id, name=name)
        return redirect(f"{here}#{field_id(opened[0])}")
    return redirect(_next_address(assignment_id, saved.filled.pages, name))


@bp.post("/<uuid:assignment_id>/<name>/draft")
@requires(Permission.RESPONSE_ANSWER)
@takes_lists("/*", "reply:/*")
def draft(assignment_id: UUID, name: str) -> ResponseReturnValue:
    """Store current input; returns the open questions. Both texts on a conflict: 409."""
    _require_section(get_request(assignment_id), name)
    saved = save_draft(assignment_id, read_typed(request.form), act=g.act)
    page = _find_page(saved.filled.pages, name)
    if saved.clashes:
        keep_changes()
        clashes = [{"path": c.path, "theirs": c.theirs, "mine": c.mine} for c in saved.clashes]
        return jsonify(clashes=clashes), 409
    shown = open_paths(page) if page else []
    return jsonify(open=shown, help=_words_of_help(saved))


def _require_section(asked: Request, name: str) -> None:
    if all(section.name != name for section in asked.plan.form.sections):
        raise NotFound()


def _find_page(pages: Sequence[Page], name: str) -> Page | None:
    return next((page for page in pages if page.name == name), None)


def _open_questions(filled: Filled, name: str) -> dict[str, str]:
    """The stored text of each question that a page asks now, by path in reading order."""
    page = _find_page(filled.pages, name)
    return {item.state.path: item.state.raw for item in page.questions()} if page else {}


def _next_address(assignment_id: UUID, pages: Sequence[Page], name: str) -> str:
    page = _find_page(pages, name)
    if page is None:  # its own answers closed it
        return url_for(".show", assignment_id=assignment_id)
    if page.number < len(pages):
        return url_for(".section", assignment_id=assignment_id, name=pages[page.number].name)
    return url_for(".check", assignment_id=assignment_id)


def _address_before(assignment_id: UUID, pages: Sequence[Page], name: str) -> str:
    page = _find_page(pages, name)
    if page is None or page.number == 1:
        return url_for(".show", assignment_id=assignment_id)
    return url_for(".section", assignment_id=assignment_id, name=pages[page.number - 2].name)


def _examine_sent() -> list[tuple[str, SentFile]]:
    """The chosen documents by path; beyond the upload limit, none of them is checked."""
    uploads = [
        (name.removeprefix(FILE), upload.filename, upload)
        for name, upload in request.files.items(multi=True)
        if name.startswith(f"{FILE}/") and upload.filename
    ]
    sent = examine_all(((filename, one.read()) for _, filename, one in uploads), act=g.act)
    return list(zip((path for path, _, _ in uploads), sent, strict=True))


def _take_files(assignment_id: UUID, sent: Sequence[tuple[str, SentFile]]) -> Mapping[str, str]:
    """Add the chosen documents; returns why those that were refused could not come in."""
    refused: dict[str, str] = {}
    for path, one in sent:
        try:
            attach(
                assignment_id,
                path,
                filename=one.filename,
                content=one.content,
                examined=one.examined,
                act=g.act,
            )
        except (FileRefused, TooMany) as error:
            # Other input on the same page is stored all the same.
            words = refusal_in_words(error, one.filename)
            named = words if one.filename in words else f"{one.filename}: {words}"
            refused[path] = f"{refused.get(path, '')} {named}".strip()
    return refused


def _do_pressed(assignment_id: UUID) -> str | None:
    """Do what a button inside the page asks for; where on the page to go on, None: no such."""
    form = request.form
    if path := form.get("add"):
        return "#" + field_id(add_entry(assignment_id, path, act=g.act))
    if path := form.get("remove"):
        remove_entry(assignment_id, path, act=g.act)
        return "#" + field_id(path.rpartition("[")[0])
    if form.get("detach"):
        link_id = required(form.get("detach", type=UUID))
        return "#" + field_id(detach(assignment_id, link_id, act=g.act))
    return "#top" if "again" in form else None


def _tell_help(saved: Saved) -> None:
    for words in _words_of_help(saved):
        flash(words, "info")


def _words_of_help(saved: Saved) -> list[str]:
    asked = saved.filled.assignment
    services = services_near(asked) if saved.new_flags else ()
    return words_of_help(saved.new_flags, asked.answered_by, services)


def _has_typed_problems(saved: Saved, name: str) -> bool:
    if {"later", "leave", "back"} & set(request.form):
        return False
    page = _find_page(saved.filled.pages, name)
    if page is None:
        return False
    faults = (
        fault_of(plan_of(saved.filled.answers.get(item.state.path)), today=g.now.date())
        for item in page.questions()
        if item.state.raw == UNSURE
    )
    return any(state.raw for state in page.problems()) or any(faults)


def _section_page(
    asked: Request,
    filled: Filled,
    name: str,
    *,
    saved: Saved | None = None,
    refused: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    page = _find_page(filled.pages, name)
    if page is None:
        raise NotFound()
    people = load_writers(filled, me=g.identity.user_id)
    given = {path: answer for path, answer in filled.answers.items() if answer.given_at}
    around = Around(
        files=list_files(filled.row.id),
        threads=list_messages(asked.assignment.id) if filled.row.round > 1 else {},
        clashes={clash.path: clash for clash in saved.clashes} if saved else {},
        help=_help(filled),
        refused=refused or {},
        said=said_at(filled, people) if people.are_several else {},
        given=given,
        **_plans_around(asked, filled),
        reworded=_reworded(asked, given),
        tongue=tongue_of(filled.form.form, current_language(), filled.row.language),
        media=media_of(filled),
        known=(asked.requester, g.organisation.name),
    )
    items = view_items(page, around)
    html = render_template(
        "supplier_engagement/answering/section.html",
        asked=asked,
        page=page,
        items=items,
        tongue=around.tongue,
        title_lang=around.tongue.of_section(filled.form.form, name),
        total=len(filled.pages),
        minutes=minutes_of(seconds_left_on(page, filled, around.files)),
        problems=_summary(items) if saved else [],
        clashes=saved.clashes if saved else (),
        lost=_without_a_place(saved, page),
        taken_by=_others_name(taker_of(filled, name), people),
        given=given_on(page, filled),
        seen=filled.row.revision,
        marks=marks_of(page),
        saved_at=max((a.saved_at for a in filled.answers.values() if a.raw), default=None),
        page_mark=uuid4().hex,
        seal=browser_key(g.identity.user_id),
        names_suppliers=name == find_naming_section(filled.form.form),
    )
    return html, 200 if saved is None else (409 if saved.clashes else 422)


def _others_name(taker: UUID | None, people: People) -> str:
    """Whoever else answers the section; empty where it is this person or nobody."""
    return people.name(taker) if taker and taker != g.identity.user_id else ""


def _plans_around(asked: Request, filled: Filled) -> dict[str, Any]:
    """Plans to find out, where suppliers answer."""
    if asked.assignment.answered_by is not Answerer.SUPPLIER:
        return {}
    plans = {path: plan_of(answer) for path, answer in filled.answers.items()}
    return {"plans": plans, "today": g.now.date()}


def _reworded(asked: Request, given: Mapping[str, Answer]) -> Mapping[str, str]:
    is_shared = any(answer.share_id for answer in given.values())
    return load_reworded(asked.assignment.id) if is_shared else {}


def _without_a_place(saved: Saved | None, page: Page) -> list[str]:
    """Input into an entry that somebody removed meanwhile: shown, to be copied."""
    return [c.mine for c in saved.clashes if c.path not in page.paths] if saved else []


def _help(filled: Filled) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    flags = list_red_flags(filled.row.id)
    calls = whom_to_call(services_near(filled.assignment)) if flags else []
    for flag in flags:
        about = red_flags()[flag.code]
        said = [help_in_words(about.message, filled.assignment.answered_by)]
        said += calls if about.issues else []
        found[flag.path] = list(dict.fromkeys([*found.get(flag.path, ()), *said]))
    return found


def _summary(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    fields = [item["field"] for item in items if item["field"] is not None]
    return [
        {"href": f"#{place}", "label": shown.label.rstrip(".。"), "messages": messages}
        for field in fields
        for shown in (field, *field.uploads)
        if shown.is_open
        for place, messages in ((shown.id, list(shown.errors)), _plan_problem(shown))
        if messages
    ]


def _plan_problem(shown: FieldView) -> tuple[str, list[str]]:
    """The error in the plan to find out, where the answer is "I don't know"."""
    plan = shown.plan
    is_wrong = plan is not None and plan.error and shown.text == UNSURE
    return f"{shown.id}-plan", [plan.error] if plan and is_wrong else []
