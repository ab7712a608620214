"""Pages of document redaction: selection, preview, irreversible removal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.upload_traces import Area, Gap, UploadTraces
from ddplatform.evidence.redaction import services as document_redaction
from ddplatform.evidence.redaction.blackening import Looked
from ddplatform.evidence.redaction.services import Redacted, Wanted, areas_of, words_of
from ddplatform.evidence.redaction.views import CELLS, COLUMNS, read_areas, read_row
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import find_number, read_number
from ddplatform.infrastructure.web.address_values import values_here
from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from supply_chain.errors import FileRefused

bp = Blueprint("redaction", __name__)

AT_A_TIME = 6
"""Pages that are shown together; each is drawn when it is asked for."""
MOST_PREVIEWED = 12
WIDE = 1000
"""Units across a page on the screen."""
GAPS = {
    Gap.FAILED: _("The file was not searched: check all of it."),
    Gap.PARTS: _("Only the beginning was searched: check the rest."),
    Gap.WORDS_IN_PICTURES: _("Words in pictures were not searched: check the pictures."),
}


def _figures(area: Area) -> tuple[float, ...]:
    return tuple(map(float, area.as_json()))


@dataclass(frozen=True)
class Face:
    """A face that was found, with its number in the file and how the form names it."""

    number: int
    area: Area
    is_ticked: bool

    @property
    def value(self) -> str:
        """Its five figures."""
        return " ".join(map(str, _figures(self.area)))


@dataclass(frozen=True)
class Sheet:
    """One page or picture as the page draws it; `height` in units, with 1,000 across."""

    number: int
    height: int
    faces: tuple[Face, ...] = ()
    covered: tuple[Area, ...] = ()
    more: str = ""
    is_whole: bool = False

    @property
    def can_be_shown(self) -> bool:
        """Whether it is a picture of a displayable type."""
        return self.height > 0


@dataclass(frozen=True)
class Chosen:
    """The selection sent with the form; before that, everything found."""

    faces: frozenset[tuple[float, ...]] | None = None
    """Areas of ticked faces; None: all are ticked."""
    more: Mapping[int, str] = field(default_factory=dict)
    whole: frozenset[int] = frozenset()
    words: str | None = None
    """None: those that were found."""

    @classmethod
    def sent(cls) -> "Chosen":
        """As the form holds it."""
        form = request.form
        return cls(
            faces=frozenset(read_row(text) for text in form.getlist("face")),
            more={
                page: text
                for name, text in form.items()
                if name.startswith("more-") and (page := find_number(name[5:], None)) is not None
            },
            whole=frozenset(form.getlist("whole", type=read_number)),
            words=form.get("words", ""),
        )

    def takes(self, face: Area) -> bool:
        """Whether a detected face is selected."""
        return self.faces is None or _figures(face) in self.faces

    def wanted(self) -> Wanted:
        """The removals requested. Raises Invalid: part of the request cannot be read."""
        rows = [row for page, text in self.more.items() for row in read_areas(page, text)]
        rows += sorted(self.faces or ())
        rows += [(page, 0, 0, 1, 1) for page in sorted(self.whole)]
        return Wanted(areas_of(rows), words_of(self.words or ""))


@bp.get("/<uuid:evidence_id>/redact")
@requires(Permission.RESPONSE_REVIEW, leaves_event=True, reads_first=True, fresh=True)
def choose(evidence_id: UUID) -> ResponseReturnValue:
    """The pages of a document with the finds in it, to choose from."""
    return _choose(evidence_id, Chosen())


@bp.get("/<uuid:evidence_id>/redact/pages/<int:number>")
@requires(Permission.RESPONSE_REVIEW)
def page(evidence_id: UUID, number: int) -> ResponseReturnValue:
    """One page or picture of a document, for who has opened the page above."""
    content = document_redaction.page_of(evidence_id, number, act=g.act)
    response = Response(content, mimetype="image/webp")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:evidence_id>/redact")
@requires(Permission.RESPONSE_REVIEW, reads_first=True, fresh=True)
@takes_lists("face", "whole")
def take_out(evidence_id: UUID) -> ResponseReturnValue:
    """Choose again, preview the removal, or remove for good."""
    doing, chosen = request.form.get("do", ""), Chosen.sent()
    if doing == "change":
        return _choose(evidence_id, chosen)
    try:
        wanted = chosen.wanted()
        if doing != "redact":
            return _preview(evidence_id, chosen, wanted)
        seen = request.form.get("seen", "")
        done = document_redaction.redact(evidence_id, wanted, seen=seen, act=g.act)
    except (Invalid, FileRefused) as error:
        return _choose(evidence_id, chosen, error)
    flash(_removed(done), "success")
    return redirect(url_for("evidence.show", evidence_id=evidence_id))


def _removed(done: Redacted) -> str:
    areas = ngettext("%(num)s area", "%(num)s areas", done.areas)
    places = ngettext("words in %(num)s place", "words in %(num)s places", done.times)
    parts = [*([areas] if done.areas else []), *([places] if done.times else [])]
    return gettext("Removed permanently: %(what)s.", what=", ".join(parts))


def _choose(
    evidence_id: UUID, chosen: Chosen, error: Invalid | FileRefused | None = None
) -> ResponseReturnValue:
    try:
        document, looked = document_redaction.open_document(evidence_id, act=g.act)
    except FileRefused as refused:
        return render_template(
            "evidence/redaction/refused.html", refused=refused, id=evidence_id
        ), 422
    traces = _traces(document)
    first = _first(len(looked.sizes))
    words = "\n".join(traces.words) if chosen.words is None else chosen.words
    html = render_template(
        "evidence/redaction/choose.html",
        document=document,
        sheets=_sheets(looked, traces.faces, chosen)[first : first + AT_A_TIME],
        many=len(looked.sizes),
        first=first,
        at_a_time=AT_A_TIME,
        words=words,
        gaps=[GAPS[gap] for gap in sorted(traces.gaps)],
        is_picture=document.media_type.startswith("image/"),
        faults=error.fields if isinstance(error, Invalid) else {},
        error=error,
        columns=COLUMNS,
        cells=CELLS,
        wide=WIDE,
    )
    return html, 422 if error else 200


def _traces(document: Evidence) -> UploadTraces:
    if document.traces is None:
        return UploadTraces(gaps=frozenset({Gap.FAILED}))
    return UploadTraces.from_json(document.traces)


def _first(many: int) -> int:
    """The first page shown, a multiple of the number shown together."""
    asked = values_here().get("first", 0, type=read_number)
    return max(0, min(asked, many - 1)) // AT_A_TIME * AT_A_TIME


def _sheets(looked: Looked, faces: Sequence[Area], chosen: Chosen) -> list[Sheet]:
    found = [Face(number, area, chosen.takes(area)) for number, area in enumerate(faces, start=1)]
    return [
        Sheet(
            number=page,
            height=round(WIDE * height / width) if width else 0,
            faces=tuple(face for face in found if face.area.page == page),
            more=chosen.more.get(page, ""),
            is_whole=page in chosen.whole,
        )
        for page, (width, height) in enumerate(looked.sizes)
    ]


def _preview(evidence_id: UUID, chosen: Chosen, wanted: Wanted) -> ResponseReturnValue:
    document, looked = document_redaction.preview(evidence_id, wanted, by=g.identity)
    covered = (*wanted.areas, *looked.spots)
    pages = {area.page for area in covered}
    sheets = [
        Sheet(
            sheet.number, sheet.height, covered=tuple(a for a in covered if a.page == sheet.number)
        )
        for sheet in _sheets(looked, (), Chosen())
        if sheet.number in pages
    ]
    return render_template(
        "evidence/redaction/preview.html",
        document=document,
        seen=request.form.get("seen", ""),
        sheets=sheets[:MOST_PREVIEWED],
        more_sheets=max(0, len(sheets) - MOST_PREVIEWED),
        areas=len(wanted.areas),
        times=list(zip(wanted.words, looked.times, strict=True)),
        shown=looked.shown,
        is_pdf=document.media_type == "application/pdf",
        sent=_sent(),
        wide=WIDE,
    )


def _sent() -> list[tuple[str, str]]:
    """The fields of the form, to be sent once more as they are."""
    kept: list[tuple[str, str]] = []
    form: Any = request.form
    for name, text in form.items(multi=True):
        if name in ("face", "whole", "words", "seen", "first") or name.startswith("more-"):
            kept.append((name, text))
    return kept
