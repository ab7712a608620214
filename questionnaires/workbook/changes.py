"""Answers from workbooks and phones: preview of their changes, and their import.

Both give texts by path. Both are shown before they count, and both are imported by
`put`, which reports everything that could not be stored unchanged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.errors import StepRefused
from questionnaires.evaluation.response import Response
from questionnaires.evaluation.states import NodeState


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs from the exported one: the stored texts, and its place.

    `place` is the cell or the node as people find it; `shown` is the text as they wrote it.
    """

    path: str
    text: str
    before: str
    label: str
    place: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ReturnFault:
    """Content that cannot be accepted unchanged: place, rule, and remedy."""

    place: str
    message: str
    advice: str
    text: str = ""
    quoted: str = ""
    """Cell content quoted in the message beside `text`."""


def without_cells(fault: ReturnFault) -> str:
    """The message of a fault, with an ellipsis in place of quoted cell content."""
    message = fault.message
    for text in filter(None, (fault.text, fault.quoted)):
        for quotation in ("“{}”", "the error {}."):
            message = message.replace(quotation.format(text), quotation.format("…"))
    return message


@dataclass(frozen=True, slots=True)
class Judged:
    """A change beside what is kept now.

    `problem`: why the text is no answer yet; it is kept all the same. `clashes`: the kept answer
    was changed too since. `is_asked`: False where the question does not apply; kept, not counted.
    """

    change: Change
    kept: str
    problem: str = ""
    clashes: bool = False
    is_asked: bool = True
    kept_words: str = ""
    words: str = ""
    """Both texts as they read: the labels of what was chosen."""


def put(form: Response, changes: Iterable[Change]) -> tuple[ReturnFault, ...]:
    """Put changes into a response, entries of repeats made where they are missing.

    What opens a question may come behind it, so that selects are tried a second time.

    Returns:
        What could not be kept as it came.
    """
    return tuple(_fault(form, change) for change in _put_all(form, changes))


def _put_all(form: Response, changes: Iterable[Change]) -> list[Change]:
    """Put changes in; those that could not be."""
    waiting = list(changes)
    for _ in range(2):
        waiting = [change for change in waiting if not _put(form, change)]
    return waiting


def _fault(form: Response, change: Change) -> ReturnFault:
    text = change.shown or change.text
    # Nobody reads paths: what has no cell is known by its question.
    place = change.label if change.place == change.path else change.place
    try:
        form.state(change.path)
    except KeyError:
        return ReturnFault(
            place,
            "There is no entry for this answer: its list cannot be longer.",
            "Write it into one of the entries that are there.",
            text,
        )
    return ReturnFault(
        place,
        f"“{text}” is not one of the answers on offer.",
        "Choose the answer on the page of its section.",
        text,
    )


def _put(form: Response, change: Change) -> bool:
    make_room(form, change.path)
    try:
        form.set(change.path, change.text)
    except StepRefused:
        return False
    return (
        form.state(change.path).raw == change.text.strip()
        or not form.plan.specs[form.state(change.path).node.path].is_select
    )


def make_room(form: Response, path: str) -> None:
    """Add entries to the free repeats on the way until the path has its place."""
    steps = path.split("/")
    for end, step in enumerate(steps, start=1):
        name, mark, place = step.partition("[")
        repeat = "/".join([*steps[: end - 1], name])
        try:
            while mark and form.state(repeat).count < int(place.rstrip("]")):
                form.add_repeat(repeat)
        except (KeyError, StepRefused, ValueError):  # a number longer than Python reads is none
            return


def judge(
    form: Response, changes: Sequence[Change], *, has_base: bool = True
) -> tuple[tuple[Judged, ...], tuple[ReturnFault, ...]]:
    """Effect of the changes; the response itself is not touched.

    Args:
        has_base: `before` is what was given out, so that a kept answer that differs from it was
            changed meanwhile; else every other kept answer is in the way.

    Returns:
        The changes that alter something, and what could not be kept as it came.
    """
    now = form.answers()
    news = [change for change in changes if now.get(change.path, "") != change.text]
    trial = Response(
        form.plan, now, now=form.now, language=form.language, last_saved=form.last_saved
    )
    refused = _put_all(trial, news)
    paths = {change.path for change in refused}
    found = [_judged(trial, one, now, has_base) for one in news if one.path not in paths]
    return tuple(found), tuple(_fault(trial, change) for change in refused)


def _judged(trial: Response, change: Change, now: Mapping[str, str], has_base: bool) -> Judged:
    state = trial.state(change.path)
    kept = now.get(change.path, "")
    is_clash = kept != change.before if has_base else bool(kept)
    return Judged(
        change,
        kept,
        problem=" ".join(state.messages) if state.raw else "",
        clashes=is_clash,
        is_asked=state.relevant,
        kept_words=_words(state, kept),
        words=_words(state, change.text),
    )


def _words(state: NodeState, text: str) -> str:
    labels = {choice.name: choice.label for choice in state.choices}
    if not labels:
        return text
    return ", ".join(labels.get(name, name) for name in text.split())


def label_at(form: Response, path: str) -> str:
    """The words of the question at a path, or the path itself where there is none."""
    try:
        return form.state(path).label or path
    except KeyError:
        return path
