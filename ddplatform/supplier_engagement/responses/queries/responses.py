"""Queries of a supplier's answers: the request, the answers so far, the review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from ddplatform.accounts.organisations.models import Organisation, User
from ddplatform.accounts.organisations.queries import HelpContact, help_contact
from ddplatform.core.due_diligence.upload_traces import UploadTraces, read_traces
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import current_language
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.responses.models import Answer, AnswerMessage, RedFlag
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.active_consents import texts_that_stand
from ddplatform.supplier_engagement.responses.queries.earlier import load_last_saved
from ddplatform.supplier_engagement.translations.queries.texts import Review, load_wording
from questionnaires import Page, Plan, Response, pages
from questionnaires.form.languages import spoken_language
from questionnaires.library.shipped import title_in, title_language


@dataclass(frozen=True)
class AskedOfMe:
    """One questionnaire that the acting organisation is asked to answer."""

    id: UUID
    requester: str
    title: str
    node_name: str
    status: State
    due_on: date
    sections_done: int
    sections_total: int
    submitted_at: datetime | None
    help: HelpContact
    title_lang: str = ""
    """The language of the title, where it is not that of the page."""


@dataclass(frozen=True)
class Request:
    """The request to one supplier: its requester, and the form."""

    assignment: Assignment
    requester: str
    title: str
    plan: Plan
    help: HelpContact
    review: Review = field(default_factory=Review)
    """Confirmation progress of the translation in which its texts are read."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Its title in further languages, by their code."""
    version: QuestionnaireVersion | None = None
    """Held, so that whatever asks for it next finds it without a statement."""

    @property
    def is_writable(self) -> bool:
        """Whether answers can be changed now."""
        return self.assignment.status is State.OPENED

    @property
    def title_lang(self) -> str:
        """The language of the title, where it is not that of the page."""
        form = self.plan.form
        is_as_written = self.title == form.title
        return title_language(form.sha256, form.title, current_language()) if is_as_written else ""


@dataclass
class Filled:
    """A round of answers: its rows, and the form evaluated with them."""

    assignment: Assignment
    row: ResponseRow
    answers: dict[str, Answer]
    form: Response

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages that ask something now."""
        return pages(self.form, light=self.assignment.light_mode)


@dataclass(frozen=True)
class FileOfAnswer:
    """A document that supports an answer."""

    link_id: UUID
    evidence_id: UUID
    path: str
    filename: str
    media_type: str
    size_bytes: int
    traces: UploadTraces | None
    """Possible personal data in it; none before it is searched."""
    redacted_at: datetime | None


@dataclass(frozen=True)
class Message:
    """One message of the thread about a question."""

    path: str
    from_requester: bool
    author_name: str
    text: str
    created_at: datetime


def list_asked_of_me() -> Sequence[AskedOfMe]:
    """Every questionnaire asked of the acting organisation, the one due first on top."""
    rows = db.session.execute(
        select(Assignment, Organisation, User, Questionnaire.title, QuestionnaireVersion.checksum)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .outerjoin(User, User.id == Assignment.sent_by_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Assignment.respondent_organisation_id == current_organisation())
        .order_by(Assignment.due_on, Assignment.id)
    )
    return [
        AskedOfMe(
            id=asked.id,
            requester=requester.name,
            title=title_in(checksum, title, current_language()),
            title_lang=title_language(checksum, title, current_language()),
            node_name=asked.node_name,
            status=asked.status,
            due_on=asked.due_on,
            sections_done=asked.sections_done,
            sections_total=asked.sections_total,
            submitted_at=asked.submitted_at,
            help=help_contact(requester, sender),
        )
        for asked, requester, sender, title, checksum in rows
    ]


def get_request(assignment_id: UUID) -> Request:
    """A questionnaire asked of the acting organisation, or NotFound."""
    row = get_row(  # The version comes along: its wording is looked up next.
        select(Assignment, Organisation, User, Questionnaire.title, QuestionnaireVersion)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .outerjoin(User, User.id == Assignment.sent_by_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(
            Assignment.id == assignment_id,
            Assignment.respondent_organisation_id == current_organisation(),
        )
    )
    assignment, requester, sender, title, version = row
    spoken = current_language()
    wording = load_wording(assignment.version_id, assignment.organisation_id)
    return Request(
        assignment,
        requester.name,
        wording.titles.get(spoken) or title,
        wording.plan,
        help_contact(requester, sender),
        review=wording.review(spoken),
        titles=wording.titles,
        version=version,
    )


def find_response(assignment_id: UUID, *, for_change: bool = False) -> ResponseRow | None:
    """The newest round that the acting organisation may see.

    Held and read anew when it will be changed; what this unit of work changed of it stays.
    """
    if for_change:
        db.session.flush()  # reading anew would forget what is not written yet
    statement = (
        select(ResponseRow)
        .where(ResponseRow.assignment_id == assignment_id)
        .order_by(ResponseRow.round.desc())
        .limit(1)
    )
    return db.session.scalar(held(statement) if for_change else statement)


def get_response(response_id: UUID) -> ResponseRow:
    """One round of answers that the acting organisation may see, or NotFound."""
    return get_one(select(ResponseRow).where(ResponseRow.id == response_id))


def find_round(assignment_id: UUID, number: int) -> ResponseRow | None:
    """One round of an assignment, if the acting organisation may see it."""
    return db.session.scalar(
        select(ResponseRow).where(
            ResponseRow.assignment_id == assignment_id, ResponseRow.round == number
        )
    )


def list_notes_before(row: ResponseRow) -> Mapping[int, str]:
    """The notes that were sent with the rounds before this one, by round, the newest first."""
    rows = db.session.execute(
        select(ResponseRow.round, ResponseRow.declared_note)
        .where(
            ResponseRow.assignment_id == row.assignment_id,
            ResponseRow.round < row.round,
            ResponseRow.submitted_at.is_not(None),
            ResponseRow.declared_note.is_not(None),
        )
        .order_by(ResponseRow.round.desc())
    )
    return {number: note or "" for number, note in rows}


def find_earlier(assignment: Assignment) -> tuple[Assignment, ResponseRow] | None:
    """The same supplier's last response to this buyer, questionnaire and node."""
    siblings = select(QuestionnaireVersion.id).where(
        QuestionnaireVersion.questionnaire_id == get_version(assignment.version_id).questionnaire_id
    )
    row = db.session.execute(
        select(Assignment, ResponseRow)
        .join(ResponseRow, ResponseRow.assignment_id == Assignment.id)
        .where(
            # The node is the buyer's own row: no other buyer's questionnaire names it.
            Assignment.id != assignment.id,
            Assignment.respondent_organisation_id == assignment.respondent_organisation_id,
            Assignment.node_id == assignment.node_id,
            Assignment.version_id.in_(siblings),
            ResponseRow.submitted_at.is_not(None),
        )
        .order_by(ResponseRow.submitted_at.desc(), ResponseRow.id)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def load_filled(
    assignment: Assignment,
    row: ResponseRow,
    *,
    now: datetime,
    plan: Plan | None = None,
    anew: bool = False,
) -> Filled:
    """The form filled with the answers of a round; a sent one as it stood when it was sent.

    Answers under a consent count while it is valid at `now`. `anew`: as in `list_answers`.
    """
    answers = {answer.path: answer for answer in list_answers(row.id, anew=anew)}
    form_plan = plan or load_wording(assignment.version_id, assignment.organisation_id).plan
    form = Response(
        form_plan,
        texts_that_stand(row, answers, today=now.date()),
        now=row.submitted_at or now,
        language=spoken_language(form_plan.form, current_language(), row.language),
        seed=str(row.id),
        last_saved=load_last_saved(assignment, row, form_plan.form),
    )
    return Filled(assignment, row, answers, form)


def get_newest_round(asked: Request, *, now: datetime) -> Filled:
    """The newest round of a questionnaire, evaluated at `now`, or NotFound."""
    row = find_response(asked.assignment.id)
    if row is None:
        raise NotFound()
    return load_filled(asked.assignment, row, now=now, plan=asked.plan)


def list_answers(response_id: UUID, *, anew: bool = False) -> Sequence[Answer]:
    """Everything kept of a round, by path.

    Args:
        anew: also what this session read before; for a round that is held for change.
    """
    statement = select(Answer).where(Answer.response_id == response_id).order_by(Answer.path)
    return db.session.scalars(statement.execution_options(populate_existing=anew)).all()


def list_red_flags(response_id: UUID) -> Sequence[RedFlag]:
    """The current red flags of a round, in the order they fired."""
    return db.session.scalars(
        select(RedFlag)
        .where(RedFlag.response_id == response_id, RedFlag.withdrawn_at.is_(None))
        .order_by(RedFlag.fired_at, RedFlag.code, RedFlag.path)
    ).all()


def find_fired_flags(response_id: UUID) -> Mapping[tuple[str, str], RedFlag]:
    """(code, path) -> the red flag that fired there in a round, withdrawn ones too."""
    rows = db.session.scalars(
        select(RedFlag).where(RedFlag.response_id == response_id).order_by(RedFlag.id)
    )
    return {(row.code, row.path): row for row in rows}


def list_files(response_id: UUID) -> Mapping[str, Sequence[FileOfAnswer]]:
    """The documents of a round by the path of their question."""
    found: dict[str, list[FileOfAnswer]] = {}
    for row in db.session.execute(_files().where(EvidenceLink.target_id == response_id)):
        file = FileOfAnswer(**{**row._mapping, "traces": read_traces(row.traces)})
        found.setdefault(file.path, []).append(file)
    return found


def _files() -> Any:
    return (
        select(
            EvidenceLink.id.label("link_id"),
            Evidence.id.label("evidence_id"),
            EvidenceLink.path,
            Evidence.filename,
            Evidence.media_type,
            Evidence.size_bytes,
            Evidence.traces,
            Evidence.redacted_at,
        )
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(
            EvidenceLink.target_type == ResponseRow.__tablename__,
            EvidenceLink.path.is_not(None),
            Evidence.withdrawn_at.is_(None),
        )
        .order_by(EvidenceLink.created_at, Evidence.filename, EvidenceLink.id)
    )


def get_file_link(response_id: UUID, link_id: UUID) -> EvidenceLink:
    """The link between a document and an answer of this round, or NotFound."""
    return get_one(
        select(EvidenceLink).where(
            EvidenceLink.id == link_id, EvidenceLink.target_id == response_id
        )
    )


def list_messages(assignment_id: UUID) -> Mapping[str, Sequence[Message]]:
    """The threads of an assignment by the path of their question, oldest first."""
    found: dict[str, list[Message]] = {}
    rows = db.session.execute(
        select(
            AnswerMessage.path,
            AnswerMessage.from_requester,
            AnswerMessage.author_name,
            AnswerMessage.text,
            AnswerMessage.created_at,
        )
        .where(AnswerMessage.assignment_id == assignment_id)
        .order_by(AnswerMessage.created_at, AnswerMessage.id)
    )
    for row in rows:
        message = Message(**row._mapping)
        found.setdefault(message.path, []).append(message)
    return found


def asked_back(messages: Mapping[str, Sequence[Message]]) -> frozenset[str]:
    """The paths of questions where the requester had the last word."""
    return frozenset(path for path, thread in messages.items() if thread[-1].from_requester)


def select_responses_at(node_id: UUID) -> Select[UUID]:
    """The keys of all rounds that were asked of a node."""
    asked = select(Assignment.id).where(Assignment.node_id == node_id)
    return select(ResponseRow.id).where(ResponseRow.assignment_id.in_(asked))
