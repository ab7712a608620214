"""Translated texts of questionnaires: confirmed wording, and progress.

Confirmed texts belong to the organisation: it and its respondents read them.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db, is_writing
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import acting_in, current_organisation
from ddplatform.supplier_engagement.library.models import (
    ConfirmedText,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.library.queries import get_version, plan_of
from questionnaires import Form, Plan, plan, read_form
from questionnaires.library.shipped import shipped_translations
from questionnaires.translations.states import TextIn, TextState, targets_of, texts_in
from questionnaires.translations.texts import TITLE, Translated, Translation, join

MOST_KEPT = 50  # forms and wordings kept in one process


@dataclass(frozen=True)
class Review:
    """The number of unrevised machine-translated texts of a language, and of confirmed ones."""

    machine: int = 0
    confirmed: int = 0

    @property
    def is_partly(self) -> bool:
        """Whether some are confirmed and others are not."""
        return self.machine > 0 and self.confirmed > 0


@dataclass(frozen=True)
class Wording:
    """A questionnaire in the requester's wording. `stamp` grows with each change of a word."""

    plan: Plan
    stamp: int = 0
    reviews: Mapping[str, Review] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def review(self, language: str) -> Review:
        """Confirmation progress of a language (a code)."""
        return self.reviews.get(language, Review())


@dataclass(frozen=True)
class LanguageRow:
    """Translation progress of a questionnaire in one language; `stale`: the source changed."""

    code: str
    counts: Mapping[TextState, int]
    stale: int


@dataclass(frozen=True)
class Confirmed:
    """Confirmation of a text: person and time; the name is empty where the platform did it."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Texts:
    """The texts of a version in one language, each with its confirmation."""

    form: Form
    texts: Mapping[str, TextIn]
    confirmed: Mapping[str, Confirmed]


_wordings: dict[tuple[str, UUID], Wording] = {}
_forms: dict[str, Form] = {}


def load_wording(version_id: UUID, words_of: UUID) -> Wording:
    """A version in the words of the organisation that asks it. Raises NotFound.

    Args:
        words_of: an organisation whose questionnaires the acting one may read.
    """
    kept = get_version(version_id)
    stamp = _stamp(kept.questionnaire_id, words_of)
    if not stamp:
        titles, reviews = _as_shipped(kept.checksum)
        return Wording(plan_of(kept), reviews=reviews, titles=titles)
    key = (kept.checksum, words_of)
    found = _wordings.get(key)
    if found is None or found.stamp != stamp:
        found = _worded(kept, words_of, stamp)
        if not is_writing():
            _wordings.pop(key, None)
            _make_room(_wordings)
            _wordings[key] = found
    return found


def _stamp(questionnaire_id: UUID, organisation_id: UUID) -> int:
    with _reading(organisation_id):
        found = db.session.scalar(
            select(func.sum(ConfirmedText.edits)).where(
                ConfirmedText.organisation_id == organisation_id,
                ConfirmedText.questionnaire_id == questionnaire_id,
            )
        )
    return found or 0


def _reading(organisation_id: UUID) -> AbstractContextManager[None]:
    """Words are read in the organisation they belong to; what waits is written before."""
    db.session.flush()
    return acting_in(organisation_id)


@cache
def _as_shipped(checksum: str) -> tuple[Mapping[str, str], Mapping[str, Review]]:
    """Titles and reviews by language of a form as it ships."""
    titles, reviews = {}, {}
    for one in shipped_translations(checksum):
        done = sum(1 for text in one.texts.values() if text.reviewed)
        reviews[one.language] = Review(len(one.texts) - done, done)
        if TITLE in one.texts:
            titles[one.language] = one.texts[TITLE].text
    return MappingProxyType(titles), MappingProxyType(reviews)


def _worded(kept: QuestionnaireVersion, organisation_id: UUID, stamp: int) -> Wording:
    form, confirmed = _form_of(kept), _confirmed(kept.questionnaire_id, organisation_id)
    reviews, titles = {}, {}
    for language in targets_of(form):
        texts = _texts_in(kept, form, language, confirmed)
        reviews[language] = Review(
            sum(1 for one in texts.values() if one.state is TextState.MACHINE),
            sum(1 for one in texts.values() if one.state is TextState.CONFIRMED),
        )
        if TITLE in texts:
            titles[language] = texts[TITLE].text
    joined = join(form, shipped_translations(kept.checksum), confirmed)
    return Wording(plan(joined), stamp, reviews, titles)


def _texts_in(
    kept: QuestionnaireVersion, form: Form, language: str, confirmed: Sequence[Translation]
) -> dict[str, TextIn]:
    return texts_in(
        form,
        language,
        _into(language, shipped_translations(kept.checksum)),
        _into(language, confirmed),
    )


def _into(language: str, translations: Sequence[Translation]) -> Translation | None:
    return next((one for one in translations if one.matches(language)), None)


def _confirmed(questionnaire_id: UUID, organisation_id: UUID) -> tuple[Translation, ...]:
    with _reading(organisation_id):
        rows = db.session.execute(
            select(
                ConfirmedText.language,
                ConfirmedText.place,
                ConfirmedText.source,
                ConfirmedText.text,
            ).where(
                ConfirmedText.organisation_id == organisation_id,
                ConfirmedText.questionnaire_id == questionnaire_id,
                ConfirmedText.text != "",
            )
        ).all()
    found: dict[str, dict[str, Translated]] = {}
    for row in rows:
        texts = found.setdefault(row.language, {})
        texts[row.place] = Translated(row.place, row.source, row.text, "confirmed")
    return tuple(Translation(one, MappingProxyType(texts)) for one, texts in found.items())


def _form_of(kept: QuestionnaireVersion) -> Form:
    """A form as it was written, without translations from beside it."""
    found = _forms.get(kept.checksum)
    if found is None:
        found = read_form(kept.definition, file_type=f".{kept.media_type}")
        _make_room(_forms)
        _forms[kept.checksum] = found
    return found


def _make_room(kept: dict[Any, Any]) -> None:
    while len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)), None)  # another thread may have been quicker


def get_questionnaire_for_change(questionnaire_id: UUID) -> Questionnaire:
    """A questionnaire, held until the end of the unit of work, or NotFound."""
    return get_one(
        select(Questionnaire).where(Questionnaire.id == questionnaire_id), for_change=True
    )


def load_source(version_id: UUID) -> Form:
    """The form of a version as it was written. Raises NotFound."""
    return _form_of(get_version(version_id))


def require_target(form: Form, language: str) -> None:
    """Check that a form can be translated into a language (a code). Raises NotFound."""
    if language not in targets_of(form):
        raise NotFound()


def list_languages(version_id: UUID) -> Sequence[LanguageRow]:
    """Translation progress of a version, in the acting organisation's wording, by language."""
    kept = get_version(version_id)
    form = _form_of(kept)
    confirmed = _confirmed(kept.questionnaire_id, current_organisation())
    found = []
    for language in targets_of(form):
        texts = _texts_in(kept, form, language, confirmed).values()
        counts = {state: sum(1 for one in texts if one.state is state) for state in TextState}
        found.append(LanguageRow(language, counts, sum(1 for one in texts if one.earlier)))
    return found


def load_texts(version_id: UUID, language: str) -> Texts:
    """Every text of a version in one language, in the words of the acting organisation.

    Raises:
        NotFound: there is no such version, or it is not translated into that language.
    """
    kept = get_version(version_id)
    form = _form_of(kept)
    require_target(form, language)
    organisation = current_organisation()
    texts = _texts_in(kept, form, language, _confirmed(kept.questionnaire_id, organisation))
    rows = db.session.execute(
        select(ConfirmedText.place, ConfirmedText.confirmed_at, User.name)
        .outerjoin(User, User.id == ConfirmedText.confirmed_by_id)
        .where(
            ConfirmedText.organisation_id == organisation,
            ConfirmedText.questionnaire_id == kept.questionnaire_id,
            ConfirmedText.language == language,
            ConfirmedText.text != "",
        )
    )
    who = {row.place: Confirmed(row.name or "", row.confirmed_at) for row in rows}
    return Texts(form, texts, who)


def list_confirmed_rows(
    questionnaire_id: UUID, language: str, places: Sequence[str]
) -> dict[str, ConfirmedText]:
    """The rows of these places in one language, held until the end of the unit of work."""
    rows = db.session.scalars(
        select(ConfirmedText)
        .where(
            ConfirmedText.questionnaire_id == questionnaire_id,
            ConfirmedText.language == language,
            ConfirmedText.place.in_(places),
        )
        .with_for_update()
    )
    return {row.place: row for row in rows}
