"""Consents valid at the moment of reading, whether or not the job has ended the others.

A job of the supplier ends withdrawn and expired consents in the rows, and may be late; a buyer
must not be able to read a moment longer for that.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.sharing.models import SectionShare


def section_of(path: str) -> str:
    """The name of an answer's section."""
    return path.split("/")[2].partition("[")[0]


def is_over(today: date) -> ColumnElement[bool]:
    """Withdrawn, or its last day is past."""
    return or_(SectionShare.ended_at.is_not(None), SectionShare.expires_on < today)


def list_over(assignment_ids: Collection[UUID], today: date) -> Sequence[SectionShare]:
    """The consents of these questionnaires that are no longer valid."""
    return db.session.scalars(
        select(SectionShare).where(
            among(SectionShare.assignment_id, list(assignment_ids)), is_over(today)
        )
    ).all()


def texts_that_stand(
    row: ResponseRow, answers: Mapping[str, Answer], *, today: date
) -> dict[str, str]:
    """The valid texts of a round: path -> text, without answers whose consent is over.

    Who gave the answers goes on reading what was sent; a draft of theirs asks again.
    """
    texts = {path: answer.raw for path, answer in answers.items() if answer.raw}
    is_own_and_sent = (
        row.submitted_at is not None and row.respondent_organisation_id == current_organisation()
    )
    if is_own_and_sent or not any(answer.share_id for answer in answers.values()):
        return texts
    over = {share.id for share in list_over([row.assignment_id], today)}
    return {path: text for path, text in texts.items() if answers[path].share_id not in over}


def paths_that_stand(
    response_ids: Collection[UUID], over: Sequence[SectionShare]
) -> Mapping[UUID, set[str]]:
    """Response -> paths of the answers that are not under one of these consents."""
    ended = {share.id for share in over}
    rows = db.session.execute(
        select(Answer.response_id, Answer.path, Answer.share_id).where(
            among(Answer.response_id, list(response_ids))
        )
    )
    found: dict[UUID, set[str]] = {key: set() for key in response_ids}
    for response_id, path, share_id in rows:
        if share_id not in ended:
            found[response_id].add(path)
    return found


def load_reworded(assignment_id: UUID) -> Mapping[str, str]:
    """Question, without places -> the words that were answered where this form has others."""
    rows = db.session.scalars(
        select(SectionShare.reworded).where(
            SectionShare.assignment_id == assignment_id, SectionShare.ended_at.is_(None)
        )
    )
    return {path: words for reworded in rows for path, words in reworded.items()}
