"""Pages of the library: every questionnaire with respondents and length, to read and download."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import XLSX, ExportedFile
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import lazy_gettext, ngettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.queries import (
    LibraryRow,
    get_version,
    list_library,
    load_plan,
)
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.own_forms.queries.media import get_media, list_media
from ddplatform.supplier_engagement.own_forms.serving import serve
from ddplatform.supplier_engagement.own_forms.views import MediaView, views_of
from questionnaires import (
    Answerer,
    Form,
    Module,
    Question,
    Shipped,
    export_workbook,
    list_shipped,
    minutes_of,
    modules,
    seconds_in_all,
    seconds_of_count,
    shipped_form,
)
from questionnaires.form.label_media import files_of
from questionnaires.library.shipped import shipped_translations

ANSWERERS = {
    Answerer.SUPPLIER: lazy_gettext("Suppliers answer it"),
    Answerer.ASSESSOR: lazy_gettext("Assessors answer it"),
    Answerer.CASE_WORKER: lazy_gettext("Case workers answer it"),
}


@dataclass(frozen=True)
class Entry:
    """A questionnaire as the library shows it; `short` is 0 where there is no short version."""

    row: LibraryRow
    module: Module | None
    questions: int
    short: int
    minutes: int

    @property
    def is_sent(self) -> bool:
        """Whether it is sent by a link; otherwise it can only be read and downloaded."""
        return self.row.answered_by is not Answerer.CASE_WORKER

    @property
    def is_visit(self) -> bool:
        """Whether an assessor on a visit fills it in."""
        return self.row.answered_by is Answerer.ASSESSOR

    @property
    def who(self) -> str:
        """The kind of respondent, in words."""
        return str(ANSWERERS[self.row.answered_by])


@bp.get("/library")
@requires(Permission.QUESTIONNAIRE_READ)
def library() -> ResponseReturnValue:
    """Every questionnaire, with its respondents and duration."""
    entries = [_entry(row) for row in list_library()]
    return render_template("supplier_engagement/library/library.html", entries=entries)


def _entry(row: LibraryRow) -> Entry:
    known = {(one.ref, one.version): one for one in list_shipped()}
    shipped = known.get((row.ref, row.version))
    return Entry(
        row=row,
        module=modules().get(row.ref),
        questions=shipped.questions if shipped else row.question_count,
        short=shipped.short_questions if shipped else 0,
        minutes=minutes_of(_seconds(row, shipped)),
    )


def _seconds(row: LibraryRow, shipped: Shipped | None) -> float:
    if shipped is None:
        return seconds_of_count(row.question_count)
    return seconds_in_all(shipped_form(shipped.ref, shipped.version))


@bp.post("/library")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def publish() -> ResponseReturnValue:
    """Import the questionnaires that come with the product."""
    words = ngettext(
        "Added to the library: %(num)s new questionnaire.",
        "Added to the library: %(num)s new questionnaires.",
        publish_shipped(g.now),
    )
    flash(words, "success")
    return redirect(url_for(".library"))


@bp.get("/library/<uuid:version_id>")
@requires(Permission.QUESTIONNAIRE_READ)
def version(version_id: UUID) -> ResponseReturnValue:
    """Every question of one version, as a list to read before sending."""
    form = load_plan(version_id).form
    sections = [
        (section.label.plain(), [q for q in section.questions() if q.is_input and not _is_file(q)])
        for section in form.sections
    ]
    row = next((row for row in list_library() if row.version_id == version_id), None)
    return render_template(
        "supplier_engagement/library/version.html",
        form=form,
        sections=sections,
        version_id=version_id,
        media=_views_of(version_id, form),
        entry=_entry(row) if row else None,
    )


@bp.get("/library/<uuid:version_id>/media/<name>")
@requires(Permission.QUESTIONNAIRE_READ)
def version_media(version_id: UUID, name: str) -> Response:
    """One picture, sound or film of the labels of a version."""
    return serve(get_media(get_version(version_id), name))


def _views_of(version_id: UUID, form: Form) -> Mapping[str, Sequence[MediaView]]:
    """Media of the labels of the questions, by their path; missing ones are left out."""
    names = frozenset(one.name for one in list_media(get_version(version_id)))

    def address(name: str) -> str:
        return url_for(".version_media", version_id=version_id, name=name)

    languages = [form.default_language]
    return {
        question.path: views_of(files_of(question, languages), names, address)
        for question in (form.questions() if names else ())
    }


def _is_file(question: Question) -> bool:
    """Whether it only asks for a file beside an answer: the list names that at the question."""
    return bool(question.extras.get("dd:evidence_for"))


@bp.get("/library/<uuid:version_id>/form.xlsx")
@requires(Permission.QUESTIONNAIRE_READ)
@limited(Use.COSTLY_PAGE)
def download(version_id: UUID) -> Response:
    """One version as an XLSForm workbook for ODK and KoboToolbox."""
    form = load_plan(version_id).form
    kept = get_version(version_id)
    spoken = shipped_translations(kept.checksum)
    content = export_workbook(kept.definition, kept.media_type, translations=spoken)
    return as_download(ExportedFile(f"{form.form_id}-{form.version}.xlsx", XLSX, content))
