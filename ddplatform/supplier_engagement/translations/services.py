"""Confirmation of questionnaire translations, stored as the organisation's wording."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.supplier_engagement.library.models import ConfirmedText, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.translations.queries.texts import (
    get_questionnaire_for_change,
    list_confirmed_rows,
    load_texts,
)
from questionnaires.translations.states import TextIn, TextState
from questionnaires.translations.texts import mark_of, values_in

LONGEST = 5000
EMPTY = lazy_gettext("Write the translation first, then confirm it.")


def confirm(
    version_id: UUID,
    language: str,
    texts: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    act: Act,
) -> int:
    """Keep texts as confirmed by a person; returns how many were not so before.

    Args:
        language: its code.
        texts: place -> the translation. It counts as long as the text it translates stays.
        seen: place -> the mark of what stood there when it was read, where that was shown.

    Raises:
        Invalid: by place: a text is empty, too long, lost a value, or changed meanwhile.
        NotFound: no such version, or not translated into that language.
    """
    version = get_version(version_id)
    # One after the other, as words hold for every version of a questionnaire; and before what
    # stands there is read: a text may have no row of its own yet.
    get_questionnaire_for_change(version.questionnaire_id)
    known = load_texts(version_id, language).texts
    clean = {place: text.strip() for place, text in texts.items() if place in known}
    _require_sound(known, clean, seen or {})
    new = {place: text for place, text in clean.items() if _is_new(known[place], text)}
    if new:
        _keep(version, language, known, new, act=act)
        audit.record(
            "translation:confirm",
            version,
            act=act,
            language=language,
            texts=len(new),
            places=sorted(new),
        )
    return len(new)


def _is_new(known: TextIn, text: str) -> bool:
    return known.state is not TextState.CONFIRMED or known.text != text


def _require_sound(
    known: Mapping[str, TextIn], texts: Mapping[str, str], seen: Mapping[str, str]
) -> None:
    problems = {place: fault_of(known[place], text) for place, text in texts.items()}
    for place, text in texts.items():
        stands = known[place].text
        if (
            not problems[place]
            and stands != text
            and seen.get(place, "")
            not in (
                "",
                mark_of(stands),
            )
        ):
            problems[place] = gettext(
                "Somebody else changed this meanwhile: “%(text)s”. Yours is below; confirm to "
                "replace it.",
                text=stands,
            )
    found = {place: problem for place, problem in problems.items() if problem}
    if found:
        raise Invalid(fields=found)


def fault_of(known: TextIn, text: str) -> str:
    """The reason why a text is no valid translation of another, or nothing."""
    if not text:
        return str(EMPTY)
    if len(text) > LONGEST:
        return gettext("At most %(number)s characters.", number=LONGEST)
    wanted, found = values_in(known.source), values_in(text)
    if wanted == found:
        return ""
    lost = [f"${{{name}}}" for name in wanted if name not in found]
    if lost:
        return gettext(
            "Add %(names)s, as in the source: an answer is shown there.", names=", ".join(lost)
        )
    return gettext("Leave out ${…} that the source does not have, and repeat none.")


def _keep(
    version: QuestionnaireVersion,
    language: str,
    known: Mapping[str, TextIn],
    texts: Mapping[str, str],
    *,
    act: Act,
) -> None:
    there = list_confirmed_rows(version.questionnaire_id, language, list(texts))
    for place, text in texts.items():
        row = there.get(place)
        if row is None:
            row = ConfirmedText(
                questionnaire_id=version.questionnaire_id, language=language, place=place, edits=0
            )
            db.session.add(row)
        row.source, row.text = mark_of(known[place].source), text
        row.confirmed_at, row.confirmed_by_id = act.at, act.by.user_id
        row.edits += 1


def take_back(version_id: UUID, language: str, places: Sequence[str], *, act: Act) -> int:
    """Withdraw confirmations, which restores the shipped text or the form's own.

    Returns:
        The number of confirmed texts.

    Raises:
        NotFound: no such version.
    """
    version = get_version(version_id)
    rows = list_confirmed_rows(version.questionnaire_id, language, places)
    kept = {place: row for place, row in rows.items() if row.text}
    words = {place: row.text for place, row in kept.items()}
    for row in kept.values():
        row.text, row.edits = "", row.edits + 1
        row.confirmed_at, row.confirmed_by_id = act.at, act.by.user_id
    if kept:
        audit.record("translation:take_back", version, act=act, language=language, words=words)
    return len(kept)
