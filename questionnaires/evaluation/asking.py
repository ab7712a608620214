"""Current pages of a form for the respondent, numbered, with the uploads of each answer.

Light mode asks only the questions marked for it (questionnaires.md section 0, Light mode).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from questionnaires.evaluation.response import Response
from questionnaires.evaluation.states import NodeState
from questionnaires.form.form import UPLOADS, Form, Group, Kind, Question, Section
from questionnaires.scoring.plan import extra, question_id

ItemKind = Literal["note", "heading", "instance", "question", "add"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a page, in reading order.

    `state.relevant` is true if it is asked now: an item closed by a branch keeps its place, so
    that numbers never move. `number` is that of a question ("3.1"), the same in every instance
    of a repeat; further fields of a question have none. `uploads` are the fields for files that
    support the answer.
    An `instance` opens an entry of a repeat, `place` of `count`; `add` ends a repeat and carries
    its state; a counted repeat has `can_change` False.
    """

    kind: ItemKind
    state: NodeState
    number: str = ""
    uploads: tuple[NodeState, ...] = ()
    place: int = 0
    count: int = 0
    can_change: bool = True

    @property
    def question(self) -> Question:
        """The question of a note or a question. Raises TypeError for the other kinds."""
        if isinstance(self.state.node, Question):
            return self.state.node
        raise TypeError(f"{self.state.path} is no question.")


@dataclass(frozen=True, slots=True)
class Page:
    """A section that has something to ask now; `number` counts from 1."""

    name: str
    number: int
    title: str
    items: tuple[Item, ...]

    def questions(self) -> Iterator[Item]:
        """Questions asked on the page now, further fields included, uploads left out."""
        return (item for item in self.items if item.kind == "question" and item.state.relevant)

    def problems(self) -> Iterator[NodeState]:
        """Obstacles to sending: missing answers and those that break a rule."""
        for item in self.questions():
            yield from (s for s in (item.state, *item.uploads) if s.relevant and s.messages)

    @property
    def paths(self) -> frozenset[str]:
        """The path of every field that the page asks now."""
        return frozenset(
            state.path for item in self.questions() for state in (item.state, *item.uploads)
        )


def pages(response: Response, *, light: bool = False) -> tuple[Page, ...]:
    """Every section that asks something now, in the order of the form."""
    asked = asked_paths(response.form, light=light)
    found: list[Page] = []
    for section in response.form.sections:
        number = len(found) + 1
        items = _Reader(section, asked, number).items(response.section(section.name))
        if any(item.kind == "question" and item.state.relevant for item in items):
            own = response.state(section.group.path).label if section.group else ""
            label = own or section.label.plain() or _first_label(items)
            found.append(Page(section.name, number, label, items))
    return tuple(found)


def asked_paths(form: Form, *, light: bool = False) -> frozenset[str]:
    """The paths of the questions that are ever asked: all of them, or those of light mode.

    Further fields and uploads go with their question. A form that marks no question for light
    mode asks the same in both.
    """
    questions = [question for question in form.questions() if question.is_asked]
    marked = {question_id(q) for q in questions if extra(q, "light") == "yes"}
    if not light or not marked:
        return frozenset(question.path for question in questions)
    return frozenset(
        question.path
        for question in questions
        if question.kind is Kind.NOTE
        or marked & {question_id(question), *(extra(question, column) for column in _BELONGS)}
    )


_BELONGS = ("part_of", "evidence_for", "stands_for")


def _first_label(items: Iterable[Item]) -> str:
    return next((item.state.label for item in items if item.kind == "question"), "")


class _Reader:
    """Turns the states of one section into items."""

    def __init__(self, section: Section, asked: frozenset[str], number: int) -> None:
        self.section, self.asked, self.number = section, asked, number
        self.numbers: dict[str, str] = {}
        self.repeats: list[NodeState] = []

    def items(self, states: Sequence[NodeState]) -> tuple[Item, ...]:
        """The items of the section, in order."""
        shown = [state for state in states if self._is_shown(state)]
        uploads = _uploads(shown)
        attached = {state.path for group in uploads.values() for state in group}
        found: list[Item] = []
        for state in shown:
            found.extend(self._ended(state.path))
            if state.path not in attached:
                found.extend(self._item(state, uploads))
        found.extend(self._ended(""))
        return tuple(found)

    def _is_shown(self, state: NodeState) -> bool:
        if state.kind == "value":
            return False
        if isinstance(state.node, Question):
            return state.node.path in self.asked
        return any(path.startswith(f"{state.node.path}/") for path in self.asked)

    def _ended(self, path: str) -> Iterator[Item]:
        while self.repeats and not path.startswith(f"{self.repeats[-1].path}["):
            repeat = self.repeats.pop()
            yield Item("add", repeat, count=repeat.count, can_change=_is_free(repeat))

    def _item(
        self, state: NodeState, uploads: Mapping[tuple[str, str], tuple[NodeState, ...]]
    ) -> Iterator[Item]:
        if isinstance(state.node, Question):
            if state.node.kind is Kind.NOTE:
                yield Item("note", state)
            else:
                files = uploads.get((question_id(state.node), _above(state.path)), ())
                yield Item("question", state, self._number(state.node), files)
        elif state.kind == "repeat":
            self.repeats.append(state)
        elif state.kind == "instance":
            repeat = self.repeats[-1]
            place = int(state.path[state.path.rfind("[") + 1 : -1])
            yield Item(
                "instance", state, place=place, count=repeat.count, can_change=_is_free(repeat)
            )
        elif state.label and state.node is not self.section.group:
            yield Item("heading", state)

    def _number(self, question: Question) -> str:
        if extra(question, "part_of"):
            return ""
        return self.numbers.setdefault(question.path, f"{self.number}.{len(self.numbers) + 1}")


def _uploads(shown: Iterable[NodeState]) -> dict[tuple[str, str], tuple[NodeState, ...]]:
    """The uploads that support a question shown beside them, by its id and place."""
    questions = [state for state in shown if isinstance(state.node, Question)]
    places = {
        (question_id(s.node), _above(s.path)) for s in questions if isinstance(s.node, Question)
    }
    found: dict[tuple[str, str], tuple[NodeState, ...]] = {}
    for state in questions:
        if isinstance(state.node, Question) and state.node.kind in UPLOADS:
            key = (extra(state.node, "evidence_for"), _above(state.path))
            if key in places:
                found[key] = (*found.get(key, ()), state)
    return found


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _is_free(repeat: NodeState) -> bool:
    return isinstance(repeat.node, Group) and repeat.node.count is None and not repeat.readonly
