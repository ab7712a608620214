"""Possible personal data in the free text of an answer: a question back, never a refusal."""

from collections.abc import Collection

from ddplatform.core.due_diligence.free_text import traces_in
from questionnaires import Kind, NodeState, Question

LONG = 60
"""The length from which a one-line text is more than the name of a place or a firm."""


def is_free_text(question: Question) -> bool:
    """Whether people answer in words of their own."""
    return question.is_input and question.kind is Kind.TEXT


def traces_of(state: NodeState, known: Collection[str] = ()) -> tuple[str, ...]:
    """The same for an answer. Short texts on one line ask for names of firms and places.

    Args:
        known: names of firms and places, which lead to nobody.
    """
    question = state.node
    if not isinstance(question, Question) or not is_free_text(question):
        return ()
    is_long = "multiline" in question.appearance or len(state.raw) >= LONG
    return traces_in(state.raw, known) if is_long else ()
