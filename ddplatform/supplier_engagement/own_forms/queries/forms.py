"""Queries of own forms: drafts and published versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.supplier_engagement.library.models import (
    OwnForm,
    OwnFormDraft,
    QuestionnaireVersion,
)


@dataclass(frozen=True)
class OwnFormRow:
    """One form in the list: its newest draft, and the number of versions published."""

    id: UUID
    title: str
    draft: int
    question_count: int
    changed_at: datetime
    published: int
    retired_at: datetime | None


def list_own_forms() -> Sequence[OwnFormRow]:
    """Every form of the organisation, the one changed last first, in one statement."""
    newest = (
        select(OwnFormDraft.form_id, func.max(OwnFormDraft.number).label("number"))
        .group_by(OwnFormDraft.form_id)
        .subquery()
    )
    published = (
        select(func.count())
        .where(QuestionnaireVersion.questionnaire_id == OwnForm.questionnaire_id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            OwnForm.id,
            OwnForm.title,
            OwnFormDraft.number.label("draft"),
            OwnFormDraft.question_count,
            OwnFormDraft.created_at.label("changed_at"),
            published.label("published"),
            OwnForm.retired_at,
        )
        .join(newest, newest.c.form_id == OwnForm.id)
        .join(
            OwnFormDraft,
            (OwnFormDraft.form_id == OwnForm.id) & (OwnFormDraft.number == newest.c.number),
        )
        .order_by(OwnFormDraft.created_at.desc(), OwnForm.id)
    )
    return [OwnFormRow(**row._mapping) for row in rows]


def get_own_form(form_id: UUID) -> OwnForm:
    """A form of the organisation, or NotFound."""
    return get_one(select(OwnForm).where(OwnForm.id == form_id))


def list_drafts(form_id: UUID) -> Sequence[OwnFormDraft]:
    """Every draft of a form, the newest first."""
    return db.session.scalars(
        select(OwnFormDraft)
        .where(OwnFormDraft.form_id == form_id)
        .order_by(OwnFormDraft.number.desc())
    ).all()


def get_draft(form_id: UUID, number: int | None = None) -> OwnFormDraft:
    """One draft of a form with its definition, the newest where no number is given; or NotFound."""
    statement = (
        select(OwnFormDraft)
        .where(OwnFormDraft.form_id == form_id)
        .options(undefer(OwnFormDraft.definition))
    )
    if number is not None:
        statement = statement.where(OwnFormDraft.number == number)
    return get_one(statement.order_by(OwnFormDraft.number.desc()).limit(1))


def list_published(form: OwnForm) -> Sequence[QuestionnaireVersion]:
    """The versions published from a form, the newest first."""
    if form.questionnaire_id is None:
        return []
    return db.session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == form.questionnaire_id)
        .order_by(QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.id)
    ).all()
