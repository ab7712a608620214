"""The test page of a form: answers beside the state of each question, nothing stored."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_json
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.answering.views.fields import (
    Around,
    FieldView,
    field_view,
    read_typed,
    view_items,
)
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.models import OwnFormDraft
from ddplatform.supplier_engagement.library.queries import plan_of
from ddplatform.supplier_engagement.own_forms.queries.forms import get_draft, get_own_form
from ddplatform.supplier_engagement.own_forms.queries.media import list_media
from ddplatform.supplier_engagement.own_forms.views import LabelMedia, MediaView
from questionnaires import (
    FormUnusable,
    Group,
    Item,
    Kind,
    NodeState,
    Plan,
    Question,
    Response,
    StepRefused,
    pages,
)
from questionnaires.evaluation.explaining import Reason, how_calculated, why_hidden, why_wrong

MOST_KEPT = 2_000_000
"""Characters of answers that travel with the page."""
STATE, RESPONDENT = "state", "respondent"


@dataclass(frozen=True)
class TriedRow:
    """One node of a section with its state: a question, a value, a heading or a repeat."""

    kind: str
    state: NodeState
    name: str
    field: FieldView | None = None
    hidden: Reason | None = None
    wrong: Reason | None = None
    calculated: Reason | None = None
    can_change: bool = False
    media: MediaView | None = None


@bp.route("/own/<uuid:form_id>/try", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_READ)
@takes_lists("section", "add", "remove", "/*", "reply:/*")
def try_own(form_id: UUID) -> ResponseReturnValue:
    """Type answers and see why each question is shown or hidden, right or wrong."""
    own, draft = get_own_form(form_id), get_draft(form_id)
    try:
        plan = plan_of(draft)
    except FormUnusable as unusable:
        raise Conflict(
            gettext("This draft cannot be read: %(reason)s", reason=unusable),
            gettext("Upload it again."),
        ) from unusable
    response = _answered(plan)
    media = _media_of(draft, response)
    view = RESPONDENT if request.args.get("view") == RESPONDENT else STATE
    names = [section.name for section in plan.form.sections]
    section = (request.form.getlist("section") or [""])[-1]  # a pressed button is last
    section = section if section in names else (names[0] if names else "")
    shown = pages(response)
    page = next((page for page in shown if page.name == section), shown[0] if shown else None)
    template = "own_respondent.html" if view == RESPONDENT else "own_try.html"
    return render_template(
        f"supplier_engagement/own_forms/{template}",
        own=own,
        draft=draft,
        response=response,
        section=section if view == STATE or page is None else page.name,
        sections=[
            (one.name, one.label.plain() or gettext("Questions from %(name)s", name=one.name))
            for one in plan.form.sections
        ],
        rows=list(_rows(response, section, media)) if view == STATE and section else [],
        page=page,
        pages=shown,
        items=view_items(page, Around(media=media)) if view == RESPONDENT and page else [],
        kept=json.dumps(response.answers()),
        language=request.form.get("language", ""),
        open_required=response.open_required(),
        broken=len(response.broken()),
    )


def _media_of(draft: OwnFormDraft, response: Response) -> LabelMedia:
    return LabelMedia(
        response,
        frozenset(one.name for one in list_media(draft)),
        lambda name: url_for(".draft_media", form_id=draft.form_id, number=draft.number, name=name),
    )


def _answered(plan: Plan) -> Response:
    """The response that the page carries, with the input since."""
    languages = plan.form.languages
    language = request.form.get("language", "")
    response = Response(
        plan,
        _kept(request.form.get("kept", "")),
        now=g.now,
        language=language if language in languages else None,
        seed="try",
    )
    for path, text in read_typed(request.form).values.items():
        _set(response, path, text)
    for path in request.form.getlist("add")[:1]:
        _step(response, path, add=True)
    for path in request.form.getlist("remove")[:1]:
        _step(response, path, add=False)
    return response


def _kept(text: str) -> Mapping[str, str] | None:
    if not text or len(text) > MOST_KEPT:
        return None
    try:
        found = read_json(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {str(path): value for path, value in found.items() if isinstance(value, str)}


def _set(response: Response, path: str, text: str) -> None:
    try:
        if response.state(path).raw != text:
            response.set(path, text)
    except (KeyError, StepRefused):
        return  # read-only, or of an instance that is gone


def _step(response: Response, path: str, *, add: bool) -> None:
    try:
        if add:
            response.add_repeat(path)
        else:
            response.remove_repeat(path)
    except StepRefused:
        return  # pressed twice: it is there, or gone, already


def _rows(response: Response, section: str, media: LabelMedia) -> Iterator[TriedRow]:
    """The nodes of a section, and the values between the sections."""
    form = response.form
    paged = {node.path for one in form.sections for node in one.children}
    loose = {node.path for node in form.children} - paged
    between = [state for state in response.states() if state.path in loose]
    for state in (*response.section(section), *between):
        node = state.node
        hidden = why_hidden(response, state)
        if isinstance(node, Group):
            free = node.repeat and node.count is None
            yield TriedRow(state.kind, state, node.name, hidden=hidden, can_change=free)
        elif isinstance(node, Question):
            yield _question_row(response, state, node, hidden, media)


def _question_row(
    response: Response,
    state: NodeState,
    node: Question,
    hidden: Reason | None,
    media: LabelMedia,
) -> TriedRow:
    calculated = how_calculated(response, state)
    if not node.is_asked or node.kind is Kind.NOTE:
        kind = "value" if not node.is_asked else "note"
        return TriedRow(
            kind, state, node.name, hidden=hidden, calculated=calculated, media=media.at(state)
        )
    field = replace(field_view(Item("question", state), Around(media=media)), is_open=True)
    if field.control == "file":
        field = replace(
            field, control="text", hint=f"{field.hint} {gettext('Name of a file')}".strip()
        )
    return TriedRow(
        "question",
        state,
        node.name,
        field=field,
        hidden=hidden,
        wrong=why_wrong(response, state),
        calculated=calculated,
    )
