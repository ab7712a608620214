"""The library of questionnaires: publication of shipped ones, and the check before sending."""

from datetime import datetime
from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.library.models import Questionnaire, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import (
    find_answerer,
    find_questionnaire,
    list_shipped_checksums,
)
from questionnaires import Answerer, Form, Shipped, list_shipped, read_shipped, shipped_form


def publish_shipped(at: datetime) -> int:
    """Make rows of the questionnaires that come with the product; returns how many are new."""
    known = list_shipped_checksums()
    new = [shipped for shipped in list_shipped() if shipped.sha256 not in known]
    for shipped in new:
        _publish(shipped, at=at)
    return len(new)


def _publish(shipped: Shipped, *, at: datetime) -> None:
    questionnaire = find_questionnaire(shipped.ref)
    form = shipped_form(shipped.ref, shipped.version)
    if questionnaire is None:
        questionnaire = Questionnaire(ref=shipped.ref, title=shipped.title, description="")
        db.session.add(questionnaire)
        db.session.flush()  # the version needs its key
    questionnaire.title, questionnaire.description = shipped.title, _what_it_asks(form)
    db.session.add(
        QuestionnaireVersion(
            questionnaire_id=questionnaire.id,
            version=shipped.version,
            definition=read_shipped(shipped.ref, shipped.version),
            media_type="md",
            checksum=shipped.sha256,
            question_count=sum(1 for question in form.questions() if question.is_input),
            published_at=at,
        )
    )
    db.session.flush()  # the next version finds its questionnaire


def _what_it_asks(form: Form) -> str:
    return "; ".join(section.label.plain() for section in form.sections if section.label)


def require_sent_by_link(version_id: UUID) -> Answerer:
    """The respondents of a linked questionnaire: suppliers or assessors. Raises Conflict, NotFound.

    A questionnaire for case workers stays with the case and goes to no address.
    """
    answerer = find_answerer(version_id)
    if answerer is Answerer.CASE_WORKER:
        raise Conflict(
            gettext(
                "This questionnaire is filled in by the case workers of a child, never by a link."
            ),
            gettext(
                "Read it in the library; it is filled in within a case, under its follow-up visits."
            ),
        )
    return answerer
