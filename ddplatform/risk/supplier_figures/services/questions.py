"""A supplier's question about a line of its figures, and the buyer's answer, open to both sides."""

from uuid import UUID

from ddplatform.accounts.organisations.queries import get_account, get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import day_in_words, gettext, speaking
from ddplatform.risk.reassessment.services.tasks import Wanted, open_tasks
from ddplatform.risk.supplier_figures.models import FigureQuestion, SupplierFigures
from ddplatform.risk.supplier_figures.queries import get_figures, get_own_figures, get_question
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services.letters import Letter, Letterhead, send_letter

TELL_QUESTION = "figure_question:tell"
TELL_ANSWER = "figure_question:tell_answer"
LONGEST = 2000
TASK = "TRG-06"
"""A question to the buyer is a grievance about its figures: somebody looks at the place."""


def ask(figures_id: UUID, line: str, shown: str, reason: str, *, act: Act) -> FigureQuestion:
    """Question a line of one's own figures; it reaches the buyer as a mail and a task.

    Args:
        line, shown: key of the line, and how it reads now, in English.

    Raises:
        NotFound: not the figures of the acting organisation.
        Invalid: no reason, too long, or it leads to a person.
    """
    figures = get_own_figures(figures_id).row
    if not reason.strip():
        raise Invalid(fields={"reason": gettext("Write what is wrong.")})
    if fault := fault_in(reason, label="the text", longest=LONGEST):
        raise Invalid(fields={"reason": fault})
    question = FigureQuestion(
        organisation_id=figures.organisation_id,
        respondent_organisation_id=figures.respondent_organisation_id,
        node_id=figures.node_id,
        node_name=figures.node_name,
        line=line,
        shown=shown,
        reason=reason.strip(),
        asked_by_name=act.by.name,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(question)
    db.session.flush()  # its key goes into the job
    audit.record("figure_question:ask", question, act=act, line=line)
    jobs.enqueue(
        TELL_QUESTION,
        {"question_id": str(question.id)},
        act=Act(system_identity(figures.organisation_id), act.at),
        unique_key=f"{TELL_QUESTION}:{question.id}",
    )
    return question


def take_up(question_id: UUID, *, act: Act) -> None:
    """In the tenant of the buyer: a task to look at the place, and a mail to who asked it."""
    question = get_question(question_id)
    reason = f"{question.asked_by_name} questions a line of its figures: {question.shown}"
    key = f"figure_question:{question.id}"
    opened = open_tasks([Wanted(question.node_id, TASK, key, reason)], by=act.by, at=act.at)
    if not opened:
        return
    audit.record("review_task:open", question, act=act, trigger=TASK, reason=reason)
    figures = get_figures(question.node_id)
    assignment = get_assignment(figures.assignment_id)
    sender = get_account(assignment.sent_by_id) if assignment.sent_by_id else None
    if sender is None or not sender.is_active:
        return
    slug = get_organisation(question.organisation_id).slug
    address = f"{adapters().base_url}/o/{slug}/risk/response/questions/{question.id}"
    with speaking(sender.language):
        mail = Mail(
            sender.email,
            gettext("%(place)s questions a line of its figures", place=question.node_name),
            gettext(
                "%(place)s read its figures and says that a line is wrong.\n\n"
                "Read and answer it here: %(link)s\n",
                place=question.node_name,
                link=address,
            ),
        )
    adapters().mailer.send(mail)


def answer(question_id: UUID, text: str, *, act: Act) -> FigureQuestion:
    """Answer a supplier; it reads the answer beside its figures and gets a mail.

    Raises:
        NotFound: no such question to the acting organisation.
        Conflict: it is answered already.
        Invalid: no text, too long, or it leads to a person.
    """
    question = get_question(question_id, for_change=True)
    if question.answered_at is not None:
        raise Conflict(
            gettext("A colleague has already answered this question."),
            gettext("Open it again to read the answer."),
        )
    if fault := fault_in(text, label="an answer", longest=LONGEST):
        raise Invalid(fields={"answer": fault})
    question.answer, question.answered_by_name, question.answered_at = (
        text.strip(),
        act.by.name,
        act.at,
    )
    audit.record("figure_question:answer", question, act=act)
    payload, key = {"question_id": str(question.id)}, f"{TELL_ANSWER}:{question.id}"
    jobs.enqueue(TELL_ANSWER, payload, act=act, unique_key=key)
    return question


# ---- mails to the supplier ------------------------------------------------------------------


def tell_new(figures_id: UUID) -> None:
    """The mail to the supplier: there are new figures, and it reads them first."""
    figures = db.session.get(SupplierFigures, figures_id)
    if figures is None or figures.respondent_organisation_id is None:
        return

    def letter(head: Letterhead) -> Letter:
        return Letter(
            gettext("New figures about %(place)s", place=figures.node_name),
            (
                gettext(
                    "You can read how you respond to %(requester)s, and why. You read it first:\n"
                    "%(requester)s sees it on %(day)s. Tell us before then if a line is wrong.",
                    requester=head.requester,
                    day=day_in_words(figures.shown_from),
                ),
                gettext("Read your figures here: %(link)s", link=_address(figures)),
                head.help,
            ),
        )

    send_letter(get_assignment(figures.assignment_id), letter)


def tell_answer(question_id: UUID) -> None:
    """The mail to the supplier: its question about a line is answered."""
    question = get_question(question_id)
    figures = get_figures(question.node_id)
    if figures.respondent_organisation_id is None:
        return

    def letter(head: Letterhead) -> Letter:
        return Letter(
            gettext("%(requester)s answers your question", requester=head.requester),
            (
                gettext("You asked about a line of your figures. There is an answer now."),
                gettext("Read it here: %(link)s", link=_address(figures)),
                head.help,
            ),
        )

    send_letter(get_assignment(figures.assignment_id), letter)


def _address(figures: SupplierFigures) -> str:
    assert figures.respondent_organisation_id is not None
    slug = get_organisation(figures.respondent_organisation_id).slug
    return f"{adapters().base_url}/o/{slug}/responses/figures/{figures.id}"
