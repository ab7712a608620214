"""Title and questions of a questionnaire, for reading before answering."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import required
from ddplatform.infrastructure.text_search import NOWHERE, Found, Part, Words
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.supplier_engagement.library.models import Questionnaire, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_version, select_own_and_offered
from questionnaires.form.question_texts import AskedText, read_asked_texts
from questionnaires.library.shipped import version_key

MOST_FORMS = 200  # kept in one process
_asked: dict[str, tuple[AskedText, ...]] = {}
"""Questions by the SHA-256 of their form, which never changes; the oldest goes first."""


@dataclass(frozen=True)
class Offered:
    """The newest version of a questionnaire of the library."""

    version_id: UUID
    ref: str
    title: str
    description: str
    version: str
    checksum: str


@dataclass(frozen=True)
class AskedHit:
    """A questionnaire, or one of its questions, that matches the search.

    `question` is the id of the question and `label` its text; both are empty for the whole.
    """

    form: Offered
    question: str = ""
    label: str = ""


def get_title(version_id: UUID, titles: Mapping[str, str], language: str) -> str:
    """The title of a version's questionnaire in a language. Raises NotFound.

    Args:
        titles: its titles in further languages, by their code.
    """
    kept = get_version(version_id)
    questionnaire = required(db.session.get(Questionnaire, kept.questionnaire_id))
    return titles.get(language) or questionnaire.title


def select_offered() -> Question[Sequence[Offered]]:
    """The library, as `list_library` lists it: shipped forms, and own forms on offer."""
    statement = (
        select(
            QuestionnaireVersion.id.label("version_id"),
            Questionnaire.ref,
            Questionnaire.title,
            Questionnaire.description,
            QuestionnaireVersion.version,
            QuestionnaireVersion.checksum,
        )
        .select_from(QuestionnaireVersion)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(or_(Questionnaire.is_own.is_(False), Questionnaire.id.in_(select_own_and_offered())))
    )
    return Question((statement,), _newest)


def _newest(rows: Rows) -> Sequence[Offered]:
    versions = sorted(
        (Offered(**row._mapping) for row in rows), key=lambda one: version_key(one.version)
    )
    return sorted({one.ref: one for one in versions}.values(), key=lambda one: one.title)


def find_asked_by_text(offered: Sequence[Offered], words: Words, part: Part) -> Found[AskedHit]:
    """Questionnaires by title, short name and description, questions by id and text, best first.

    At most one statement, for the forms whose questions this process has not read yet.
    """
    _read({one.checksum: one.version_id for one in offered if one.checksum not in _asked})
    placed = sorted(
        (place, number, hit)
        for number, (place, hit) in enumerate(_placed(offered, words))
        if place < NOWHERE
    )
    rows = [hit for _, _, hit in placed[part.first : part.first + part.size]]
    return Found(rows, len(placed))


def _placed(offered: Sequence[Offered], words: Words) -> Iterator[tuple[int, AskedHit]]:
    for form in offered:
        yield words.place(form.title, form.ref, form.description), AskedHit(form)
        for asked in _asked.get(form.checksum, ()):
            places = [(words.place(label, asked.ref), label) for label in asked.labels]
            place, label = min(places, key=lambda one: one[0])
            if words.place(asked.ref) == 0:
                place = 0
            yield place, AskedHit(form, asked.ref, label)


def _read(missing: Mapping[str, UUID]) -> None:
    """The questions of these versions, by the checksum of each."""
    if not missing:
        return
    rows = db.session.execute(
        select(
            QuestionnaireVersion.checksum,
            QuestionnaireVersion.definition,
            QuestionnaireVersion.media_type,
        ).where(QuestionnaireVersion.id.in_(missing.values()))
    )
    for checksum, definition, media_type in rows:
        while len(_asked) >= MOST_FORMS:
            del _asked[next(iter(_asked))]
        _asked[checksum] = read_asked_texts(definition, f".{media_type}")
