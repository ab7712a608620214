"""Drafts of findings from answers, in the words of question and answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from uuid import UUID

from ddplatform.due_diligence.findings.services.findings import TEXT_LENGTH, TITLE_LENGTH
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.answering.views.fields import field_id, numbers_of
from ddplatform.supplier_engagement.responses.models import RedFlag
from ddplatform.supplier_engagement.responses.queries.responses import Filled
from ddplatform.supplier_engagement.responses.traces import is_free_text
from ddplatform.supplier_engagement.review.views import shown_words
from questionnaires import Item, red_flags
from questionnaires.scoring.plan import extra


@dataclass(frozen=True)
class AnswerDraft:
    """Initial values of a finding's form, and the location of the answer.

    `issue` is None where the answer names no child-rights issue.
    """

    issue: str | None
    title: str
    description: str
    question: str
    assignment_id: UUID
    anchor: str


def draft_from(filled: Filled, path: str, flags: Sequence[RedFlag]) -> AnswerDraft | None:
    """The draft of a finding on one answer; None where these answers have no such question.

    It quotes no free text, which may name a person: the link leads to it.
    """
    asked = [(item, page) for page in filled.pages for item in page.questions()]
    found = next((one for one in asked if one[0].state.path == path), None)
    if found is None:
        return None
    item, page = found
    question = f"{numbers_of(page)[path]} {item.question.label.plain()}".strip()
    flag = next((red_flags()[one.code] for one in flags if one.path == path), None)
    begin = f"{flag.id} {flag.title}. " if flag else ""
    return AnswerDraft(
        issue=flag.issues[0] if flag and flag.issues else None,
        title=shorten(flag.title if flag else question, TITLE_LENGTH, placeholder=" …"),
        description=shorten(
            f"{begin}{_asked(question)} {_answer(item)}", TEXT_LENGTH, placeholder=" …"
        ),
        question=question,
        assignment_id=filled.assignment.id,
        anchor=field_id(path),
    )


def _asked(question: str) -> str:
    return gettext("Question: %(question)s", question=question)


def _answer(item: Item) -> str:
    if is_free_text(item.question):
        return gettext("It was answered in free text, which is not copied here.")
    words = shown_words(item.state, extra(item.question, "show_below"))
    if not words:
        return gettext("It was left empty.")
    return gettext("Answer: %(answer)s.", answer=", ".join(words))
