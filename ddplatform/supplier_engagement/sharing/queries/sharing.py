"""Answers to one buyer that another also asks for, and the visibility of answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import load_plan
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.active_consents import (
    list_over,
    load_reworded,
    section_of,
)
from ddplatform.supplier_engagement.responses.queries.responses import (
    AskedOfMe,
    FileOfAnswer,
    Filled,
    list_answers,
    list_asked_of_me,
    list_files,
)
from ddplatform.supplier_engagement.sharing.models import SectionShare
from questionnaires import Answerer, Form, Page, same_asked
from questionnaires.form.languages import language_of
from questionnaires.scoring.given import without_places

FRESH = timedelta(days=365)
"""The maximum age of answers shown to a further buyer: as long as an assessment is valid."""
MOST_SOURCES = 5


@dataclass(frozen=True)
class Source:
    """Answers that were sent to another buyer, as far as this questionnaire asks the same.

    `texts` maps the paths of this form to what was said; `files` to the documents beside it;
    `reworded` its questions that ask in other words to the words that were answered.
    """

    response_id: UUID
    buyer: str
    about: str
    sent_at: datetime
    texts: Mapping[str, str]
    files: Mapping[str, Sequence[FileOfAnswer]]
    reworded: Mapping[str, str]

    def in_section(self, filled: Filled, section: str) -> dict[str, str]:
        """The part of it in one section whose answers are blank there now."""
        paths = {question.path for question in filled.form.form.section(section).questions()}
        return {
            path: text
            for path, text in self.texts.items()
            if without_places(path) in paths and not _text(filled, path)
        }


def has_sources(assignment: Assignment, *, at: datetime) -> bool:
    """Whether anything was sent to another buyer that might be shown to this one."""
    return bool(db.session.scalar(select(exists(_sent_elsewhere(assignment, at).subquery()))))


def list_sources(filled: Filled, *, at: datetime) -> Sequence[Source]:
    """Responses to other buyers within a year also requested here, the newest first."""
    rows = db.session.execute(
        _sent_elsewhere(filled.assignment, at)
        .order_by(ResponseRow.submitted_at.desc(), ResponseRow.id)
        .limit(MOST_SOURCES)
    ).all()
    found = (_source(filled, assignment, row, buyer) for assignment, row, buyer in rows)
    return [source for source in found if source.texts]


def get_source(filled: Filled, response_id: UUID, *, at: datetime) -> Source:
    """One of them, or NotFound: also for responses of another supplier."""
    for source in list_sources(filled, at=at):
        if source.response_id == response_id:
            return source
    raise NotFound()


def _sent_elsewhere(assignment: Assignment, at: datetime) -> Select[Assignment, ResponseRow, str]:
    return (
        select(Assignment, ResponseRow, Organisation.name)
        .join(ResponseRow, ResponseRow.assignment_id == Assignment.id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(
            Assignment.respondent_organisation_id == current_organisation(),
            Assignment.organisation_id != assignment.organisation_id,
            # Observations of a visit belong to the requester of the visit.
            Assignment.answered_by == Answerer.SUPPLIER,
            ResponseRow.round == Assignment.round,
            ResponseRow.submitted_at.is_not(None),
            ResponseRow.submitted_at > at - FRESH,
        )
    )


def _source(filled: Filled, assignment: Assignment, row: ResponseRow, buyer: str) -> Source:
    old, new = load_plan(assignment.version_id).form, filled.form.form
    # Answers under a consent were not given then: their own source has its day.
    kept = [a for a in list_answers(row.id) if a.raw and a.share_id is None]
    answers = [a for a in kept if not a.problem]
    same = same_asked(old, new, {a.path: a.raw for a in answers})
    found = list_files(row.id)
    files = {path: found[was] for path, was in same.came_from.items() if was in found}
    moment = row.submitted_at
    assert moment is not None  # `_sent_elsewhere` asks for it
    about = assignment.node_name
    return Source(row.id, buyer, about, moment, same.answers, files, same.reworded)


def _text(filled: Filled, path: str) -> str:
    answer = filled.answers.get(path)
    return answer.raw if answer else ""


def list_pages_to_look_at(filled: Filled) -> Sequence[Page]:
    """Pages with a consented answer to a different wording, unchecked since it came in."""
    if not any(answer.share_id for answer in filled.answers.values()):
        return ()
    reworded = load_reworded(filled.assignment.id)
    names = {
        section_of(path)
        for path, answer in filled.answers.items()
        if answer.raw and answer.share_id and without_places(path) in reworded
    }
    seen = filled.row.visited_sections
    return [page for page in filled.pages if page.name in names and page.name not in seen]


def find_withheld(filled: Filled, *, today: date) -> frozenset[str]:
    """Paths hidden from the requester since a consent ended: no answer was left empty there."""
    if filled.row.organisation_id != current_organisation():
        return frozenset()
    sections = {share.section for share in list_over([filled.assignment.id], today)}
    return frozenset(
        item.state.path
        for page in filled.pages
        if page.name in sections
        for item in page.questions()
        if not item.state.raw
    )


def list_shares(assignment_id: UUID) -> Sequence[SectionShare]:
    """The consents that an assignment rests on, as far as the acting organisation sees them."""
    return db.session.scalars(
        select(SectionShare)
        .where(SectionShare.assignment_id == assignment_id)
        .order_by(SectionShare.granted_at, SectionShare.section, SectionShare.id)
    ).all()


def get_share(share_id: UUID, *, for_change: bool = False) -> SectionShare:
    """One consent that the acting organisation gave, or NotFound. Held when it will be changed."""
    statement = select(SectionShare).where(
        SectionShare.id == share_id,
        SectionShare.respondent_organisation_id == current_organisation(),
    )
    return get_one(statement, for_change=for_change)


def find_share(share_id: UUID) -> SectionShare | None:
    """A consent that either side may see, or None."""
    return db.session.scalar(select(SectionShare).where(SectionShare.id == share_id))


def list_run_out(at: datetime) -> Sequence[SectionShare]:
    """Consents of the acting organisation whose last day is past."""
    return db.session.scalars(
        select(SectionShare)
        .where(
            SectionShare.respondent_organisation_id == current_organisation(),
            SectionShare.ended_at.is_(None),
            SectionShare.expires_on < at.date(),
        )
        .order_by(SectionShare.assignment_id, SectionShare.id)
    ).all()


@dataclass(frozen=True)
class SharedQuestion:
    """A question whose answer a buyer sees by consent, in the words of this buyer.

    `answered_as`: the words that were answered, where they were others; else "".
    """

    label: str
    answered_as: str


@dataclass(frozen=True)
class SharedSection:
    """One section that a buyer sees by consent, with the questions of it that were shown."""

    id: UUID
    title: str
    given_at: datetime
    granted_at: datetime
    expires_on: date
    ended_at: datetime | None
    questions: Sequence[SharedQuestion]


@dataclass(frozen=True)
class Seen:
    """One questionnaire, and the part its buyer can see now."""

    asked: AskedOfMe
    sections: Sequence[str]
    """Titles of the sections whose answers the buyer reads; empty before they are sent."""
    sent_at: datetime | None
    documents: int
    shares: Sequence[SharedSection]


def list_who_sees(language: str) -> Sequence[Seen]:
    """For every buyer and questionnaire: which sections it sees, since when, until when."""
    asked = list_asked_of_me()
    keys = [one.id for one in asked]
    versions = {
        key: version
        for key, version in db.session.execute(
            select(Assignment.id, Assignment.version_id).where(Assignment.id.in_(keys))
        )
    }
    first_sent = {
        key: moment
        for key, moment in db.session.execute(
            select(ResponseRow.assignment_id, func.min(ResponseRow.submitted_at))
            .where(ResponseRow.assignment_id.in_(keys), ResponseRow.submitted_at.is_not(None))
            .group_by(ResponseRow.assignment_id)
        )
    }
    shares: dict[UUID, list[SectionShare]] = {}
    for share in db.session.scalars(
        select(SectionShare)
        .where(SectionShare.assignment_id.in_(keys))
        .order_by(SectionShare.granted_at, SectionShare.section)
    ):
        shares.setdefault(share.assignment_id, []).append(share)
    answered = _sections_with_answers(keys)
    documents = _documents_seen(keys)
    paths = _paths_shared([share.id for of_one in shares.values() for share in of_one])
    found = []
    for one in asked:
        form = load_plan(versions[one.id]).form
        titles = section_titles(form, language)
        seen = [title for name, title in titles.items() if name in answered.get(one.id, ())]
        told = [
            _shared(share, titles, _questions_of(share, form, paths.get(share.id, ()), language))
            for share in shares.get(one.id, ())
        ]
        found.append(Seen(one, seen, first_sent.get(one.id), documents.get(one.id, 0), told))
    return found


def _paths_shared(share_ids: Sequence[UUID]) -> Mapping[UUID, set[str]]:
    """Consent -> the questions, without places, with answers under it."""
    rows = db.session.execute(
        select(Answer.share_id, Answer.path).where(Answer.share_id.in_(share_ids), Answer.raw != "")
    )
    found: dict[UUID, set[str]] = {}
    for share_id, path in rows:
        if share_id is not None:
            found.setdefault(share_id, set()).add(without_places(path))
    return found


def _questions_of(
    share: SectionShare, form: Form, paths: Collection[str], language: str
) -> Sequence[SharedQuestion]:
    """In the order of the form."""
    spoken = language_of(form, language) or form.default_language
    return [
        SharedQuestion(
            question.label.plain(spoken, form.default_language),
            share.reworded.get(question.path, ""),
        )
        for question in form.section(share.section).questions()
        if question.path in paths
    ]


def _shared(
    share: SectionShare, titles: Mapping[str, str], questions: Sequence[SharedQuestion]
) -> SharedSection:
    return SharedSection(
        share.id,
        titles.get(share.section, share.section),
        share.given_at,
        share.granted_at,
        share.expires_on,
        share.ended_at,
        questions,
    )


def _sections_with_answers(keys: Sequence[UUID]) -> Mapping[UUID, set[str]]:
    """Assignment -> names of the sections of which the buyer reads an answer."""
    rows = db.session.execute(
        select(ResponseRow.assignment_id, Answer.path)
        .join(Answer, Answer.response_id == ResponseRow.id)
        .where(
            ResponseRow.assignment_id.in_(keys),
            ResponseRow.submitted_at.is_not(None),
            Answer.is_released,
            Answer.raw != "",
        )
    )
    found: dict[UUID, set[str]] = {}
    for assignment_id, path in rows:
        found.setdefault(assignment_id, set()).add(section_of(path))
    return found


def _documents_seen(keys: Sequence[UUID]) -> Mapping[UUID, int]:
    """Assignment -> how many documents the buyer can open."""
    rows = db.session.execute(
        select(ResponseRow.assignment_id, func.count(func.distinct(Evidence.id)))
        .join(EvidenceLink, EvidenceLink.target_id == ResponseRow.id)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(
            ResponseRow.assignment_id.in_(keys),
            EvidenceLink.is_released,
            Evidence.is_released,
            Evidence.withdrawn_at.is_(None),
        )
        .group_by(ResponseRow.assignment_id)
    )
    return {key: count for key, count in rows}


def section_titles(form: Form, language: str) -> dict[str, str]:
    """Name of each section -> its title."""
    spoken = language_of(form, language) or form.default_language
    return {
        section.name: section.label.plain(spoken, form.default_language) or section.name
        for section in form.sections
    }
