"""Marks of an open page's texts, so that an untouched field never conflicts with an answer.

A form sends every field, also those whose text a colleague changed meanwhile on another phone.
The marks of the page distinguish those from texts that somebody typed, without scripts too.
"""

from collections.abc import Mapping
from hashlib import blake2b

from questionnaires import Kind, NodeState, Page, Question

_MARK_BYTES = 5
"""One untouched field in a page of a thousand is mistaken once in a thousand million saves."""


def marks_of(page: Page) -> str:
    """The marks of a page, closed branches included, to be sent back with it."""
    states = (item.state for item in page.items if item.kind == "question")
    return " ".join(_mark(state.path, _as_sent(state)) for state in states)


def untouched_in(marks: str, values: Mapping[str, str]) -> frozenset[str]:
    """The paths whose text is the one that the page showed."""
    shown = set(marks.split())
    return frozenset(path for path, text in values.items() if _mark(path, text) in shown)


def _mark(path: str, text: str) -> str:
    return blake2b(f"{path}\0{text}".encode(), digest_size=_MARK_BYTES).hexdigest()


def _as_sent(state: NodeState) -> str:
    """A kept text as its field sends it: chosen boxes in the order of the page."""
    if isinstance(state.node, Question) and state.node.kind is Kind.SELECT_MULTIPLE:
        chosen = set(state.raw.split())
        return " ".join(choice.name for choice in state.choices if choice.name in chosen)
    return state.raw.replace("\r\n", "\n")
