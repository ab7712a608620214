"""Expected time for answers: an estimate by the kind of each question, never a measurement.

The times are assumptions (`data/answer_time.toml`).
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from questionnaires.evaluation.asking import Item, Page, asked_paths
from questionnaires.evaluation.states import NodeState
from questionnaires.form.form import UPLOADS, Form, Group, Kind, Question


@dataclass(frozen=True, slots=True)
class _Times:
    """The data file: seconds, save for `list_entries`, a number of entries."""

    look_again: int
    choice: int
    optional_file: int
    list_entries: int
    unknown_kind: int
    paragraph: int
    kinds: Mapping[str, int]


def minutes_of(seconds: float) -> int:
    """Whole minutes to show: 0 where nothing is left, else at least 1."""
    return max(1, round(seconds / 60)) if seconds > 0 else 0


def seconds_of_count(questions: int) -> int:
    """So many questions of which no more is known."""
    return questions * _times().unknown_kind


def seconds_of_kind(
    kind: Kind, *, choices: int = 0, is_required: bool = False, is_long: bool = False
) -> int:
    """One question of a kind.

    Args:
        choices: how many answers are on offer.
        is_required: whether a document must be there.
        is_long: whether a text has several lines.
    """
    times = _times()
    if kind in UPLOADS and not is_required:
        return times.optional_file
    if kind is Kind.TEXT and is_long:
        return times.paragraph
    return times.kinds[kind] + choices * times.choice


def seconds_in_all(form: Form, *, light: bool = False) -> int:
    """Every question that may be asked, those that an answer has yet to open too.

    Args:
        light: the short version alone.
    """
    asked = asked_paths(form, light=light)
    lists = [node.path for node in form.nodes() if isinstance(node, Group) and node.repeat]
    return sum(
        seconds_of_question(q) * (_times().list_entries if _is_below(q.path, lists) else 1)
        for q in form.questions()
        if q.is_input and q.path in asked
    )


def seconds_of_question(question: Question) -> int:
    """One question as the form has it."""
    return _seconds(
        question, len(question.choices), is_required=question.rules.required == "true()"
    )


def seconds_left(
    page: Page, *, given: Collection[str] = (), documents: Collection[str] = ()
) -> int:
    """Expected seconds for the questions of a page that are unanswered, or answered against a rule.

    An answer on offer is counted as one to look at. A list without a second entry is counted as
    one of several.

    Args:
        given: paths of answers of last time that wait to be confirmed.
        documents: paths that have a document.
    """
    return sum(_of_items(page, frozenset(given), frozenset(documents)))


def _of_items(page: Page, given: frozenset[str], documents: frozenset[str]) -> Iterator[int]:
    entries = 1
    for item in page.items:
        if not item.state.relevant:
            continue
        if item.kind == "instance":
            entries = _times().list_entries if item.can_change and item.count == 1 else 1
        elif item.kind == "add":
            entries = 1
        elif item.kind == "question":
            yield entries * _of_item(item, given, documents)


def _of_item(item: Item, given: frozenset[str], documents: frozenset[str]) -> int:
    state = item.state
    is_open = not state.raw and state.path not in documents
    uploads = sum(
        _of_state(upload)
        for upload in item.uploads
        if upload.relevant and upload.path not in documents and (is_open or upload.required)
    )
    if is_open or (state.raw and state.messages):
        return _of_state(state) + uploads
    return uploads + (_times().look_again if state.path in given else 0)


def _of_state(state: NodeState) -> int:
    assert isinstance(state.node, Question)  # only questions and uploads come here
    return _seconds(state.node, len(state.choices), is_required=state.required)


def _seconds(question: Question, choices: int, *, is_required: bool) -> int:
    return seconds_of_kind(
        question.kind,
        choices=choices,
        is_required=is_required,
        is_long="multiline" in question.appearance,
    )


def _is_below(path: str, lists: Collection[str]) -> bool:
    return any(path.startswith(f"{one}/") for one in lists)


@cache
def _times() -> _Times:
    text = resources.files("questionnaires").joinpath("data/answer_time.toml").read_text("utf-8")
    return _Times(**tomllib.loads(text))
