"""Declaration and submission of answers in one step, with a receipt for the supplier."""

import secrets
from uuid import UUID

from sqlalchemy import update

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import QuestionnaireFacts
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.documents import lazy
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import (
    current_language,
    day_in_words,
    gettext,
    ngettext,
)
from ddplatform.supplier_engagement.respondents.services.join import require_still_independent
from ddplatform.supplier_engagement.responses.models import Answer, RedFlag, ResponseStatus
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    find_response,
    get_request,
    list_files,
)
from ddplatform.supplier_engagement.responses.services.drafts import confirm_given, open_draft
from ddplatform.supplier_engagement.responses.services.files import release_files
from ddplatform.supplier_engagement.sharing.queries.sharing import list_pages_to_look_at
from ddplatform.supplier_engagement.sharing.services import expire_shares, release_shares
from questionnaires import Answerer

RECEIVE = "response:receive"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another when they are read out."""
NUMBER_LENGTH = 8
MAX_NOTE = 1000


def submit(assignment_id: UUID, *, declared: bool, note: str = "", act: Act) -> ResponseRow:
    """Send the answers. A second press sends nothing twice: the same receipt comes back.

    Consents that ran out end by it, also where nothing is sent: whoever calls keeps that.

    Raises:
        Invalid: the declaration is missing (`declared`), answers are (`problems`), or nobody
            looked at answers that were given to other words (`unseen`).
        Conflict: there is nothing to send, or who visited belongs to the place by now.
    """
    sent = find_response(get_request(assignment_id).assignment.id, for_change=True)
    if sent is not None and sent.status is ResponseStatus.SUBMITTED:
        return sent
    expire_shares(act=act)
    filled = open_draft(assignment_id, at=act.at)
    _require_ready(filled, declared=declared)
    row, assignment = filled.row, filled.assignment
    if assignment.answered_by is Answerer.ASSESSOR:
        require_still_independent(assignment, by=act.by)
    confirm_given(filled, act=act)  # the declaration covers all existing answers
    facts = QuestionnaireFacts(required_answers_complete=True)
    require_step(Machine.QUESTIONNAIRE, assignment.status, State.SUBMITTED, facts)
    row.status, row.submitted_at = ResponseStatus.SUBMITTED, act.at
    row.declared_by_id, row.declared_note = act.by.user_id, note.strip()[:MAX_NOTE] or None
    row.receipt_number = _number()
    assignment.status, assignment.submitted_at = State.SUBMITTED, act.at
    _release(row)
    audit.record("response:submit", row, act=act, receipt=row.receipt_number, round=row.round)
    jobs.enqueue(
        RECEIVE,
        {"response_id": str(row.id)},
        act=Act(system_identity(row.organisation_id), act.at),
        unique_key=f"{RECEIVE}:{row.id}",
    )
    return row


def _require_ready(filled: Filled, *, declared: bool) -> None:
    problems = {}
    open_ones = sum(len(list(page.problems())) for page in filled.pages)
    if unseen := list_pages_to_look_at(filled):
        problems["unseen"] = gettext(
            "Look at “%(sections)s” first: a question there has other words than the one you "
            "answered for another buyer.",
            sections=", ".join(page.title for page in unseen),
        )
    if open_ones:
        problems["problems"] = "{}.".format(
            ngettext(
                "%(num)s answer is missing or needs another look",
                "%(num)s answers are missing or need another look",
                open_ones,
            )
        )
    if not declared:
        problems["declared"] = gettext(
            "Tick the box to say that the answers are true as far as you know."
        )
    if problems:
        raise Invalid(fields=problems)


def _release(row: ResponseRow) -> None:
    """Only the supplier can do this: until now tenant isolation hides the rows from the buyer."""
    row.is_released = True
    db.session.flush()  # rows that were added in this unit of work are released with the others
    db.session.execute(
        update(Answer)
        .where(Answer.response_id == row.id)
        .values(is_released=True)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(RedFlag)
        .where(RedFlag.response_id == row.id, RedFlag.withdrawn_at.is_(None))
        .values(is_released=True)
        .execution_options(synchronize_session=False)
    )
    release_files(row)
    release_shares(row)


def _number() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def receipt_pdf(request: Request, filled: Filled) -> bytes:
    """The receipt of a sent round as a page to keep; it holds none of the answers."""
    row, assignment = filled.row, request.assignment
    supplier = get_organisation(assignment.respondent_organisation_id or row.organisation_id)
    files = sum(len(found) for found in list_files(row.id).values())
    questions = [item for page in filled.pages for item in page.questions()]
    answered = sum(1 for item in questions if item.state.value)
    moment = row.submitted_at or row.started_at
    form = request.plan.form
    count = {"value": answered, "out_of": len(questions)}
    with lazy.scripts.speaking_on_paper():
        sent = (
            (gettext("Answers"), gettext("%(value)s of %(out_of)s", **count)),
            (gettext("Documents"), str(files)),
            (gettext("Round"), str(row.round)),
        )
        return lazy.receipt.render_receipt(
            lazy.receipt.Receipt(
                number=row.receipt_number or "",
                submitted=f"{day_in_words(moment)}, {moment:%H:%M} UTC",
                questionnaire=request.titles.get(current_language()) or form.title,
                respondent=supplier.name,
                requester=request.requester,
                sent=sent,
                next_steps=next_steps(request),
                language=current_language(),
            )
        )


def next_steps(request: Request) -> tuple[str, ...]:
    """The steps after submission, one sentence each."""
    together = gettext(
        "Where you told of a problem, you plan together what helps. Nobody is punished for it."
    )
    if request.assignment.answered_by is Answerer.ASSESSOR:
        together = gettext("The place you visited does not see what you wrote.")
    return (
        gettext(
            "%(requester)s reads your answers and may ask you about one of them.",
            requester=request.requester,
        ),
        together,
        gettext("You can read what you sent at any time under My questionnaires."),
        gettext("For help, ask %(helper)s.", helper=request.help.line),
    )
