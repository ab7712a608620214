"""Pages of own forms: upload, check, drafts, changes, publication, retirement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import XLSX, ExportedFile
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.forms.uploads import read_upload
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.models import OwnForm, OwnFormDraft
from ddplatform.supplier_engagement.library.queries import plan_of
from ddplatform.supplier_engagement.own_forms.queries.forms import (
    get_draft,
    get_own_form,
    list_drafts,
    list_own_forms,
    list_published,
)
from ddplatform.supplier_engagement.own_forms.queries.media import get_media, list_media
from ddplatform.supplier_engagement.own_forms.services import forms as service
from ddplatform.supplier_engagement.own_forms.serving import serve
from ddplatform.supplier_engagement.requests.forms import OwnFileForm
from questionnaires import (
    Form,
    FormReport,
    FormUnusable,
    Group,
    Question,
    check_form,
    export_workbook,
)
from questionnaires.evaluation import explaining
from questionnaires.form.sheet_edits import REQUIRED, EditRefused, texts_of
from questionnaires.scoring.plan import extra


@dataclass(frozen=True)
class QuestionRow:
    """A question of an own form as its page lists it, with its bearing on risk."""

    question: Question
    group: str
    conditions: Sequence[str]
    factor: str
    control: str
    weight: str
    red_flags: Sequence[str]
    evidence: str

    @property
    def is_required(self) -> bool:
        """Whether an answer is always or sometimes needed."""
        return bool(self.question.rules.required)


@bp.get("/own")
@requires(Permission.QUESTIONNAIRE_READ)
def own_forms() -> ResponseReturnValue:
    """Every own form of the organisation."""
    return _own_page(OwnFileForm())


def _own_page(form: OwnFileForm) -> str:
    return render_template(
        "supplier_engagement/own_forms/own.html", rows=list_own_forms(), form=form
    )


@bp.post("/own")
@requires(Permission.QUESTIONNAIRE_DESIGN, reads_first=True, takes_files=True)
def bring_in() -> ResponseReturnValue:
    """Upload a form: stored as a draft, or every error reported."""
    return _upload(None)


@bp.post("/own/<uuid:form_id>/drafts")
@requires(Permission.QUESTIONNAIRE_DESIGN, reads_first=True, takes_files=True)
def bring_draft(form_id: UUID) -> ResponseReturnValue:
    """Upload another draft of a form."""
    return _upload(get_own_form(form_id))


def _upload(own: OwnForm | None) -> ResponseReturnValue:
    form = OwnFileForm()
    if form.validate_on_submit():
        try:
            brought = service.bring_in(
                form.file.data.filename or "",
                form.file.data.read(),
                act=g.act,
                form_id=own.id if own else None,
                media=_media_of(form),
            )
        except Invalid as error:
            show_at_fields(form, error)
        else:
            if brought.form is None:
                return _faults_page(brought.report, own), 422
            words = gettext("The form was saved as a draft. Nobody outside sees it yet.")
            flash(words, "success")
            if brought.unnamed:
                names = ", ".join(brought.unnamed)
                flash(gettext("No label names these files: %(names)s.", names=names), "info")
            return redirect(url_for(".own_form", form_id=brought.form.id))
    return (_own_page(form) if own is None else _form_page(own, form)), 422


def _media_of(form: OwnFileForm) -> list[tuple[str, bytes]]:
    uploads = [one for one in form.media.data or () if one and one.filename]
    return [(one.filename, read_upload(one)) for one in uploads]


def _faults_page(report: FormReport, own: OwnForm | None) -> str:
    errors = [fault for fault in report.faults if fault.level == "error"]
    return render_template(
        "supplier_engagement/own_forms/own_checked.html",
        report=report,
        errors=errors,
        warnings=[fault for fault in report.faults if fault.level == "warning"],
        own=own,
        form=OwnFileForm(formdata=None),
    )


@bp.get("/own/<uuid:form_id>")
@requires(Permission.QUESTIONNAIRE_READ)
def own_form(form_id: UUID) -> ResponseReturnValue:
    """One form: its questions with their bearing on risk, drafts and versions."""
    return _form_page(get_own_form(form_id), OwnFileForm(formdata=None))


def _form_page(own: OwnForm, form: OwnFileForm) -> str:
    draft, drafts, published = get_draft(own.id), list_drafts(own.id), list_published(own)
    planned, media = _planned(draft), list_media(draft)
    given = [one.name for one in media]
    return render_template(
        "supplier_engagement/own_forms/own_form.html",
        own=own,
        draft=draft,
        drafts=drafts,
        published=published,
        report=check_form(draft.definition, f".{draft.media_type}", name=own.title, given=given),
        media=media,
        planned=planned,
        rows=list(_rows(planned)),
        is_published=bool(published) and service.is_same(draft, published[0]),
        form=form,
    )


def _planned(draft: OwnFormDraft) -> Form:
    try:
        return plan_of(draft).form
    except FormUnusable as unusable:
        raise Conflict(
            gettext(
                "Draft %(number)s cannot be read: %(reason)s", number=draft.number, reason=unusable
            ),
            gettext("Upload the form again."),
        ) from unusable


def _rows(form: Form) -> Sequence[QuestionRow]:
    return [
        _row(question, section.label.plain(), conditions)
        for section in form.sections
        for question, conditions in _with_conditions(section.children, ())
        if question.is_asked
    ]


def _with_conditions(
    nodes: Iterable[Question | Group], above: tuple[str, ...]
) -> Iterator[tuple[Question, tuple[str, ...]]]:
    """Every question with its own condition and those of the groups around it."""
    for node in nodes:
        rule = node.rules.relevant
        conditions = (*above, explaining.as_written(rule)) if rule else above
        if isinstance(node, Question):
            yield node, conditions
        else:
            yield from _with_conditions(node.children, conditions)


def _row(question: Question, group: str, conditions: Sequence[str]) -> QuestionRow:
    flags = [choice.extras.get("red_flag", "") for choice in question.choices]
    return QuestionRow(
        question=question,
        group=group,
        conditions=conditions,
        factor=extra(question, "factor"),
        control=extra(question, "control"),
        weight=extra(question, "weight"),
        red_flags=sorted({flag for flag in flags if flag}),
        evidence=extra(question, "evidence"),
    )


@bp.get("/own/<uuid:form_id>/drafts/<int:number>/form.xlsx")
@requires(Permission.QUESTIONNAIRE_READ)
@limited(Use.COSTLY_PAGE)
def download_draft(form_id: UUID, number: int) -> Response:
    """One draft as an XLSForm workbook."""
    draft = get_draft(form_id, number)
    content = export_workbook(draft.definition, draft.media_type)
    return as_download(ExportedFile(f"{form_id.hex[:8]}-draft-{number}.xlsx", XLSX, content))


@bp.get("/own/<uuid:form_id>/drafts/<int:number>/media/<name>")
@requires(Permission.QUESTIONNAIRE_READ)
def draft_media(form_id: UUID, number: int, name: str) -> Response:
    """One picture, sound or film of a draft."""
    return serve(get_media(get_draft(form_id, number), name))


@bp.route("/own/<uuid:form_id>/questions/<name>", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_DESIGN)
def edit_question(form_id: UUID, name: str) -> ResponseReturnValue:
    """Change the words of a question, or whether it is required: writes another draft."""
    draft = get_draft(form_id)
    own = get_own_form(form_id)
    try:
        texts = texts_of(draft.definition, f".{draft.media_type}", name)
    except EditRefused as refused:
        raise NotFound() from refused
    if request.method == "GET":
        return _question_page(own, draft, name, texts, {})
    typed = {heading: request.form.get(f"text:{heading}", text) for heading, text in texts.items()}
    try:
        made = service.change_question(
            form_id,
            name,
            typed,
            number=_number(),
            act=g.act,
        )
    except Invalid as error:
        return _question_page(own, draft, name, typed, error.fields), 422
    flash(gettext("Saved as draft %(number)s.", number=made.number), "success")
    return redirect(url_for(".own_form", form_id=form_id, _anchor=f"q-{name}"))


def _question_page(
    own: OwnForm,
    draft: OwnFormDraft,
    name: str,
    texts: Mapping[str, str],
    errors: Mapping[str, str],
) -> str:
    return render_template(
        "supplier_engagement/own_forms/own_question.html",
        own=own,
        draft=draft,
        name=name,
        texts={heading: text for heading, text in texts.items() if heading != REQUIRED},
        required=texts[REQUIRED],
        errors=errors,
    )


def _number() -> int:
    return request.form.get("draft", 0, type=read_number)


@bp.post("/own/<uuid:form_id>/questions/<name>/move")
@requires(Permission.QUESTIONNAIRE_DESIGN)
def move_question(form_id: UUID, name: str) -> ResponseReturnValue:
    """Put a question one place higher or lower in its group: writes another draft."""
    up = request.form.get("to") == "up"
    made = service.move_question(form_id, name, up=up, number=_number(), act=g.act)
    flash(gettext("Saved as draft %(number)s.", number=made.number), "success")
    return redirect(url_for(".own_form", form_id=form_id, _anchor=f"q-{name}"))


@bp.route("/own/<uuid:form_id>/publish", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_DESIGN)
def publish_own(form_id: UUID) -> ResponseReturnValue:
    """Publish the newest draft as a version, in two steps."""
    own, draft = get_own_form(form_id), get_draft(form_id)
    if request.method == "GET":
        return render_template(
            "supplier_engagement/own_forms/own_publish.html", own=own, draft=draft
        )
    version = service.publish(form_id, number=_number(), act=g.act)
    words = gettext(
        "Version %(version)s is in the library and can be sent.", version=version.version
    )
    flash(words, "success")
    return redirect(url_for(".version", version_id=version.id))


@bp.route("/own/<uuid:form_id>/retire", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_DESIGN)
def retire_own(form_id: UUID) -> ResponseReturnValue:
    """Offer a form for sending no longer, in two steps."""
    if request.method == "GET":
        return render_template(
            "supplier_engagement/own_forms/own_retire.html", own=get_own_form(form_id)
        )
    service.retire(form_id, act=g.act)
    words = gettext("The form was retired. Questionnaires already sent can still be answered.")
    flash(words, "success")
    return redirect(url_for(".own_form", form_id=form_id))
