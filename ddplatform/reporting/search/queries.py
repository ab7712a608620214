"""Search results of an organisation by kind."""

from collections.abc import Callable, Mapping
from typing import Any

from ddplatform.due_diligence.actions.queries.actions import select_actions_by_text
from ddplatform.due_diligence.findings.queries import select_findings_by_text
from ddplatform.evidence.uploads.queries.by_text import select_documents_by_text
from ddplatform.infrastructure.text_search import Found, Part, Words
from ddplatform.infrastructure.together import Question, ask_together
from ddplatform.reporting.reports.queries import select_reports_by_text
from ddplatform.reporting.search.kinds import Kind, Wanted
from ddplatform.supplier_engagement.questions.queries import find_asked_by_text, select_offered
from ddplatform.value_chain.filters.queries.search import find_nodes_by_text
from ddplatform.value_chain.saved_views.queries import select_views_by_text

BY_TEXT: Mapping[Kind, Callable[[Words, Part], Question[Found[Any]]]] = {
    Kind.FINDINGS: select_findings_by_text,
    Kind.ACTIONS: select_actions_by_text,
    Kind.REPORTS: select_reports_by_text,
    Kind.VIEWS: select_views_by_text,
}


def load_found(wanted: Wanted) -> Mapping[Kind, Found[Any]]:
    """The results of each kind that the reader may read; nothing where no word was typed.

    Statements: those of `find_nodes_by_text`, one for all other kinds, and one more where a
    questionnaire is not known to this process yet; as many for a thousand rows as for ten.
    """
    if not wanted.words:
        return {}
    answers = ask_together(_questions(wanted))
    offered = answers.pop(Kind.QUESTIONNAIRES, None)
    found: dict[Kind, Found[Any]] = {Kind(name): answer for name, answer in answers.items()}
    if offered is not None:
        part = wanted.part_of(Kind.QUESTIONNAIRES)
        found[Kind.QUESTIONNAIRES] = find_asked_by_text(offered, wanted.words, part)
    if Kind.SITES in wanted.kinds:
        found[Kind.SITES] = find_nodes_by_text(wanted.typed, wanted.part_of(Kind.SITES))
    return found


def _questions(wanted: Wanted) -> dict[str, Question[Any]]:
    words = wanted.words
    asked: dict[str, Question[Any]] = {
        kind: select(words, wanted.part_of(kind))
        for kind, select in BY_TEXT.items()
        if kind in wanted.kinds
    }
    if Kind.DOCUMENTS in wanted.kinds:
        part = wanted.part_of(Kind.DOCUMENTS)
        asked[Kind.DOCUMENTS] = select_documents_by_text(
            words, part, with_restricted=wanted.with_restricted
        )
    if Kind.QUESTIONNAIRES in wanted.kinds:
        asked[Kind.QUESTIONNAIRES] = select_offered()
    return asked
