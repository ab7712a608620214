"""The form of one questionnaire for phone apps, in all its languages."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ddplatform.infrastructure.db import is_writing
from ddplatform.languages import speaking
from ddplatform.supplier_engagement.library.models import QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.responses.queries.responses import Request, find_response
from ddplatform.supplier_engagement.translations.queries.texts import Wording, load_wording
from ddplatform.supplier_engagement.words.translations import review_words
from questionnaires.form.phone_form import ANYBODY, addressed, xform_of
from questionnaires.translations.texts import Translation, spoken_beside

MOST_KEPT = 20
"""Forms kept in one process: up to 2 MB each, made in half a second."""

_Key = tuple[str, UUID, int, str]
_kept: dict[_Key, str] = {}


def write_phone_form(asked: Request) -> bytes:
    """The XForm that knows whose answers it takes, opened in the language of the supplier.

    The same questions give the same bytes whatever language a page speaks, or an app would get
    the form anew each time it looks.
    """
    assignment = asked.assignment
    version, row = get_version(assignment.version_id), find_response(assignment.id)
    wording = load_wording(version.id, assignment.organisation_id)
    language = row.language if row else assignment.language
    # All that a form is of: its questions by the checksum, whose confirmed words and how often they
    # were changed, the language that it opens in. Files stand in the manifest, the reference is put
    # in anew.
    key = (version.checksum, assignment.organisation_id, wording.stamp, language)
    found = _kept.get(key)
    if found is None:
        found = _made(version, wording, language)
        if not is_writing():
            while len(_kept) >= MOST_KEPT:
                _kept.pop(next(iter(_kept)), None)  # another thread may have been quicker
            _kept[key] = found
    return addressed(found, str(assignment.id)).encode()


def _made(version: QuestionnaireVersion, wording: Wording, language: str) -> str:
    translations = spoken_beside(wording.plan.form)
    return xform_of(
        version.definition,
        f".{version.media_type}",
        reference=ANYBODY,
        translations=translations,
        language=language,
        about=_about(wording, translations),
    )


def _about(wording: Wording, translations: Sequence[Translation]) -> Mapping[str, str]:
    """The title, and in each language the notice on its translation; {} for none."""
    title, about = wording.plan.form.title, {}
    for code in (one.language for one in translations):
        with speaking(code):
            words = review_words(wording.review(code))
        if words:
            about[code] = f"{wording.titles.get(code) or title}\n\n{words}"
    return {"": title, **about} if about else {}
