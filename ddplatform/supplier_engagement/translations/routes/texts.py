"""Translation pages of a questionnaire: progress, side-by-side view, confirmation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import values_here
from ddplatform.languages import direction_of, gettext, lazy_gettext, ngettext, own_name
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.translations.queries.texts import (
    Confirmed,
    Texts,
    list_languages,
    load_source,
    load_texts,
)
from ddplatform.supplier_engagement.translations.services import confirm, take_back
from questionnaires.translations.states import TextIn, TextSection, TextState, text_sections
from questionnaires.translations.texts import mark_of, source_of

TEXT, SEEN = "text:", "seen:"
PARTS = {
    "label": lazy_gettext("Question"),
    "hint": lazy_gettext("Help"),
    "guidance_hint": lazy_gettext("More help"),
    "constraint_message": lazy_gettext("If the answer is wrong"),
    "required_message": lazy_gettext("If it is left empty"),
    "form_title": lazy_gettext("Title"),
}
WHY = "Why we ask:"
STATE_WORDS = {
    TextState.CONFIRMED: lazy_gettext("confirmed"),
    TextState.WRITTEN: lazy_gettext("written in the form"),
    TextState.MACHINE: lazy_gettext("machine-made"),
    TextState.MISSING: lazy_gettext("missing"),
}
STATE_KINDS = {
    TextState.CONFIRMED: "ok",
    TextState.WRITTEN: "info",
    TextState.MACHINE: "warn",
    TextState.MISSING: "danger",
}


@dataclass(frozen=True)
class TextRow:
    """One text as displayed: its kind, the source, the words typed or stored."""

    known: TextIn
    id: str
    what: str
    typed: str
    seen: str
    confirmed: Confirmed | None
    error: str

    @property
    def state(self) -> str:
        """The origin of the translation, in words."""
        return str(STATE_WORDS[self.known.state])

    @property
    def kind(self) -> str:
        """The colour of its state."""
        return STATE_KINDS[self.known.state]


@bp.get("/library/<uuid:version_id>/translations")
@requires(Permission.QUESTIONNAIRE_READ)
def translations(version_id: UUID) -> ResponseReturnValue:
    """Translation progress of a version in each language, with its table."""
    return languages_page(version_id)


def languages_page(version_id: UUID, *, errors: Sequence[str] = ()) -> str:
    """The page of all languages, with the errors of a file."""
    return render_template(
        "supplier_engagement/translations/translations.html",
        form=load_source(version_id),
        version_id=version_id,
        rows=list_languages(version_id),
        errors=errors,
        own_name=own_name,
        State=TextState,
    )


@bp.get("/library/<uuid:version_id>/translations/<language>")
@requires(Permission.QUESTIONNAIRE_READ)
def translation(version_id: UUID, language: str) -> ResponseReturnValue:
    """Source and translation side by side, section by section."""
    return _side_by_side(load_texts(version_id, language), version_id, language)


@bp.post("/library/<uuid:version_id>/translations/<language>/confirm")
@requires(Permission.QUESTIONNAIRE_DESIGN)
def confirm_texts(version_id: UUID, language: str) -> ResponseReturnValue:
    """Confirm one text or a whole section; changed texts count as confirmed too."""
    known = load_texts(version_id, language)
    section = _section(text_sections(known.form))
    here = url_for(".translation", version_id=version_id, language=language, section=section.name)
    if back := request.form.get("back"):
        take_back(version_id, language, [back], act=g.act)
        flash(gettext("The confirmation was withdrawn."), "success")
        return redirect(f"{here}#{_id_of(section, back)}")
    typed = {p: request.form[TEXT + p] for p in section.places if TEXT + p in request.form}
    chosen = _chosen(known.texts, typed)
    seen = {place: request.form.get(SEEN + place, "") for place in chosen}
    try:
        count = confirm(version_id, language, chosen, seen=seen, act=g.act)
    except Invalid as error:
        return _side_by_side(known, version_id, language, typed, error.fields), 422
    flash(ngettext("Confirmed: %(num)s text.", "Confirmed: %(num)s texts.", count), "success")
    pressed = request.form.get("confirm", "")
    return redirect(f"{here}#{_id_of(section, pressed)}" if pressed else here)


def _chosen(known: Mapping[str, TextIn], typed: Mapping[str, str]) -> dict[str, str]:
    """The texts to confirm: the one pressed or the whole section, and whatever was changed."""
    pressed, is_all = request.form.get("confirm", ""), "all" in request.form
    return {
        place: text
        for place, text in typed.items()
        if place == pressed
        or (is_all and text.strip())
        or (text.strip() and mark_of(text) != request.form.get(SEEN + place, ""))
        if place in known
    }


def _side_by_side(
    found: Texts,
    version_id: UUID,
    language: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    sections = text_sections(found.form)
    section = _section(sections)
    rows = _rows(found, section, typed or {}, errors or {})
    return render_template(
        "supplier_engagement/translations/translation.html",
        form=found.form,
        version_id=version_id,
        language=language,
        name=own_name(language),
        direction=direction_of(language),
        source=source_of(found.form),
        sections=[(one, _left(found, one)) for one in sections],
        section=section,
        following=_following(sections, section),
        rows=rows,
        left=_left(found, section),
        problems=[
            {"href": f"#{row.id}", "label": row.what, "messages": [row.error]}
            for block in rows.values()
            for row in block
            if row.error
        ],
        State=TextState,
    )


def _section(sections: Sequence[TextSection]) -> TextSection:
    wanted = values_here().get("section") or (sections[0].name if sections else "")
    found = next((one for one in sections if one.name == wanted), None)
    if found is None:
        raise NotFound()
    return found


def _following(sections: Sequence[TextSection], section: TextSection) -> TextSection | None:
    place = sections.index(section) + 1
    return sections[place] if place < len(sections) else None


def _left(found: Texts, section: TextSection) -> int:
    """The number of texts in a section that no person has confirmed or written."""
    done = (TextState.CONFIRMED, TextState.WRITTEN)
    return sum(1 for place in section.places if found.texts[place].state not in done)


def _rows(
    found: Texts,
    section: TextSection,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[int, list[TextRow]]:
    """The rows by the number of their block."""
    return {
        number: [
            _row(found, section, place, typed.get(place), errors.get(place, ""))
            for place in block.places
        ]
        for number, block in enumerate(section.blocks)
    }


def _row(found: Texts, section: TextSection, place: str, typed: str | None, error: str) -> TextRow:
    known = found.texts[place]
    is_confirmed = known.state is TextState.CONFIRMED
    return TextRow(
        known=known,
        id=_id_of(section, place),
        what=_what(known),
        typed=known.text if typed is None else typed,
        seen=mark_of(known.text),
        confirmed=found.confirmed.get(place) if is_confirmed else None,
        error=error,
    )


def _what(known: TextIn) -> str:
    """The kind of a text, by its place."""
    if known.place.startswith("choices/"):
        return gettext("Answer")
    column = known.place.rpartition("/")[2]
    if column == "hint" and known.source.startswith(WHY):
        return gettext("Why we ask")
    return str(PARTS.get(column, column))


def _id_of(section: TextSection, place: str) -> str:
    places = section.places
    return f"t-{places.index(place)}" if place in places else "main"
