"""What in the free text of an answer may lead to a person: asked about, never refused."""

import re

from ddplatform.duediligence.free_text import Trace, look_for_traces
from questionnaires import Kind, NodeState, Question

LONG = 60
"""From so many characters on a text on one line says more than a name of a place or a firm."""
MOST = 20_000
"""So many characters are searched, and so many of a word: time grows with the text alone."""
MOST_OF_A_WORD = 100
_NOT_TOLD = frozenset({Trace.TOO_LONG})
_TOO_LONG_A_WORD = re.compile(rf"(\S{{{MOST_OF_A_WORD}}})\S+")


def is_free_text(question: Question) -> bool:
    """Whether people answer in words of their own."""
    return question.is_input and question.kind is Kind.TEXT


def traces_in(text: str) -> tuple[str, ...]:
    """The words that may lead to a person, each once, in the order of the text.

    By form, not by understanding: some name a firm or a place, and some names are not seen.
    """
    searched = _TOO_LONG_A_WORD.sub(r"\1", text[:MOST])
    found = (one.seen for one in look_for_traces(searched) if one.trace not in _NOT_TOLD)
    return tuple(dict.fromkeys(found))


def traces_of(state: NodeState) -> tuple[str, ...]:
    """The same for an answer. Short texts on one line ask for names of firms and places."""
    question = state.node
    if not isinstance(question, Question) or not is_free_text(question):
        return ()
    is_long = "multiline" in question.appearance or len(state.raw) >= LONG
    return traces_in(state.raw) if is_long else ()
