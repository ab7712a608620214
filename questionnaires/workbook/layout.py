"""Layout of an answer workbook: a sheet a section, a sheet a repeat, a key each cell.

A key is the path of an answer, with `#name` behind it for one choice of a select of several.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from questionnaires.evaluation.asking import asked_paths
from questionnaires.evaluation.response import Response
from questionnaires.evaluation.states import NodeState
from questionnaires.form.form import UPLOADS, Group, Kind, Node, Question

META, BASE, CHOICES = "_meta", "_base", "_choices"
ID, QUESTION, SOURCE, ANSWER, STATE, HELP = COLUMNS = (
    "id",
    "question",
    "source",
    "answer",
    "state",
    "help",
)
NUMBER, PARENT = "number", "parent"
FIRST_LINE = 2  # rows of a section sheet, from 0: keys (hidden), headings, lines
FIRST_ENTRY = 3  # rows of a repeat sheet: keys (hidden), questions, what helps, entries
FIRST_FIELD = 3  # columns of a repeat sheet: id (hidden), number, number above, fields
SPARE_ENTRIES = 20
LONGEST_SHEET_NAME = 31
SEVERAL = frozenset({Kind.SELECT_MULTIPLE, Kind.RANK})  # a cell for each choice

LineKind = Literal["heading", "note", "question", "answer", "file", "sheet"]
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
INSTANCE = re.compile(r"\[\d+\]")


def key_of(path: str, choice: str = "") -> str:
    """The key of the cell for an answer, or for one choice of it."""
    return f"{path}#{choice}" if choice else path


def choice_labels(
    question: Question, state: NodeState | None, languages: Sequence[str]
) -> dict[str, str]:
    """Name -> label of every answer a select can offer; a repeated label includes its name."""
    found = {
        choice.name: _line(choice.label.plain(*languages)) or choice.name
        for choice in question.choices
    }
    if not found and state is not None:
        found = {choice.name: _line(choice.label) or choice.name for choice in state.choices}
    labels = [label.casefold() for label in found.values()]
    return {
        name: f"{label} ({name})" if labels.count(label.casefold()) > 1 else label
        for name, label in found.items()
    }


def _line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Line:
    """A row of a section sheet; `row` from 0. `key` is empty where nothing is answered."""

    kind: LineKind
    state: NodeState
    row: int
    key: str = ""
    choice: str = ""
    label: str = ""


@dataclass
class SectionSheet:
    """The questions of a section outside its repeats."""

    name: str
    title: str
    lines: list[Line] = field(default_factory=list)

    def add(self, kind: LineKind, state: NodeState, **more: str) -> None:
        """Put one more row at the end."""
        self.lines.append(Line(kind, state, FIRST_LINE + len(self.lines), **more))


@dataclass(frozen=True)
class Column:
    """A field of a repeat sheet; `column` from 0, `suffix` what its key adds to its entry's."""

    question: Question
    column: int
    suffix: str
    choice: str = ""
    label: str = ""


@dataclass
class RepeatSheet:
    """The entries of one repeat, a row each; `above` is the repeat around it."""

    name: str
    title: str
    group: Group
    columns: tuple[Column, ...]
    above: "RepeatSheet | None" = None
    entries: list[str] = field(default_factory=list)  # paths
    samples: dict[str, NodeState] = field(default_factory=dict)  # by path of the question

    @property
    def last_row(self) -> int:
        """The last row that takes an entry, from 0."""
        return FIRST_ENTRY + len(self.entries) + SPARE_ENTRIES - 1


def number_of(entry: str) -> str:
    """The number of an entry as people read it: "2", or "2.1" within entry 2."""
    return ".".join(place.strip("[]") for place in INSTANCE.findall(entry))


@dataclass
class Layout:
    """Every sheet of the workbook of one response; `labels` are those of selects, by path."""

    response: Response
    sections: list[SectionSheet] = field(default_factory=list)
    repeats: dict[str, RepeatSheet] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)


def lay_out(response: Response, *, language: str | None = None, light: bool = False) -> Layout:
    """Give every question that can ever be asked its place, labelled in a language of the form."""
    default = response.form.default_language
    asked = asked_paths(response.form, light=light)
    return _Builder(response, (language or default, default), asked).build()


class _Builder:
    def __init__(
        self, response: Response, languages: tuple[str, str], asked: frozenset[str]
    ) -> None:
        self.response, self.languages, self.asked = response, languages, asked
        self.layout = Layout(response)
        self.taken: set[str] = {META, BASE, CHOICES}

    def build(self) -> Layout:
        for number, section in enumerate(self.response.form.sections, start=1):
            title = section.label.plain(*self.languages)
            sheet = SectionSheet(self._name(f"{number} {title}"), title)
            for state in self.response.section(section.name):
                if self._is_shown(state.node):
                    self._place(sheet, state, is_title=state.node is section.group)
            if sheet.lines:
                self.layout.sections.append(sheet)
        return self.layout

    def _is_shown(self, node: Node) -> bool:
        if isinstance(node, Question):
            return node.is_asked and node.path in self.asked
        return any(path.startswith(f"{node.path}/") for path in self.asked)

    def _place(self, sheet: SectionSheet, state: NodeState, *, is_title: bool) -> None:
        node = state.node
        if isinstance(node, Group):
            self._place_group(sheet, state, node, is_title=is_title)
        elif INSTANCE.search(state.path):
            above = INSTANCE.sub("", state.path[: state.path.rindex("]") + 1])
            self.layout.repeats[above].samples.setdefault(node.path, state)
            self._note_labels(node, state)
        else:
            self._place_question(sheet, state, node)

    def _place_group(
        self, sheet: SectionSheet, state: NodeState, node: Group, *, is_title: bool
    ) -> None:
        if state.kind == "repeat":
            self._open_repeat(node)
            if not INSTANCE.search(state.path):
                sheet.add("sheet", state, label=self.layout.repeats[node.path].name)
        elif state.kind == "instance":
            self.layout.repeats[node.path].entries.append(state.path)
        elif state.label and not is_title and not INSTANCE.search(state.path):
            sheet.add("heading", state)

    def _open_repeat(self, node: Group) -> None:
        if node.path in self.layout.repeats or not self._is_shown(node):
            return
        title = node.label.plain(*self.languages) or node.name
        above = max(
            (one for path, one in self.layout.repeats.items() if node.path.startswith(f"{path}/")),
            key=lambda one: len(one.group.path),
            default=None,
        )
        self.layout.repeats[node.path] = RepeatSheet(
            self._name(title), title, node, tuple(self._columns(node)), above
        )
        for inner in _inner_repeats(node):
            self._open_repeat(inner)

    def _columns(self, group: Group) -> Iterator[Column]:
        column = FIRST_FIELD
        for question in _fields(group):
            if not self._is_shown(question) or not question.is_input or question.kind in UPLOADS:
                continue
            self._note_labels(question, None)
            suffix = question.path.removeprefix(group.path)
            label = question.label.plain(*self.languages) or question.name
            labels = self.layout.labels.get(question.path, {})
            for choice in labels if question.kind in SEVERAL else ("",):
                text = f"{label} — {labels[choice]}" if choice else label
                yield Column(question, column, key_of(suffix, choice), choice, text)
                column += 1

    def _place_question(self, sheet: SectionSheet, state: NodeState, question: Question) -> None:
        if question.kind is Kind.NOTE:
            sheet.add("note", state)
            return
        if question.kind in UPLOADS:
            sheet.add("file", state)
            return
        self._note_labels(question, state)
        if question.kind not in SEVERAL:
            sheet.add("answer", state, key=state.path)
            return
        sheet.add("question", state)
        for name, label in self.layout.labels[question.path].items():
            key = key_of(state.path, name)
            sheet.add("answer", state, key=key, choice=name, label=label)

    def _note_labels(self, question: Question, state: NodeState | None) -> None:
        has_list = question.itemset is not None or question.choices
        if has_list and not self.layout.labels.get(question.path):
            self.layout.labels[question.path] = choice_labels(question, state, self.languages)

    def _name(self, title: str) -> str:
        """A name no sheet has yet, without the signs that spreadsheet programs refuse."""
        plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()) or "Sheet"
        name, number = _cut(plain, LONGEST_SHEET_NAME), 2
        while name.casefold() in {one.casefold() for one in self.taken}:
            ending = f" ({number})"
            name = _cut(plain, LONGEST_SHEET_NAME - len(ending)) + ending
            number += 1
        self.taken.add(name)
        return name


def _cut(text: str, length: int) -> str:
    """The beginning of a text, whole words where there are several."""
    if len(text) <= length:
        return text
    whole = text[: length + 1].rpartition(" ")[0]
    return (whole or text[:length]).strip(" ,:;")


def _fields(group: Group) -> Iterator[Question]:
    """The questions of an entry itself, those of repeats inside it left out."""
    for child in group.children:
        if isinstance(child, Question):
            yield child
        elif not child.repeat:
            yield from _fields(child)


def _inner_repeats(group: Group) -> Iterator[Group]:
    """The repeats in a group, those inside them left out."""
    for child in group.children:
        if isinstance(child, Group):
            if child.repeat:
                yield child
            else:
                yield from _inner_repeats(child)
