"""Relevance of a question as a workbook formula: simple comparisons of answers only."""

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires import lazy
from questionnaires.evaluation.plan import Plan
from questionnaires.evaluation.specs import Spec
from questionnaires.form.form import Question
from questionnaires.workbook.layout import (
    ANSWER,
    COLUMNS,
    FIRST_ENTRY,
    INSTANCE,
    SEVERAL,
    Column,
    Layout,
    RepeatSheet,
)
from questionnaires.xpath.parser import Token
from questionnaires.xpath.paths import function_name, plain_names

LONGEST_TEXT = 200  # characters of a text in a formula, of the 255 that are allowed
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class NotSimple(Exception):
    """The expression is more than a comparison of answers in the book."""


@dataclass(frozen=True)
class Place:
    """Place of an answer: one cell, a cell for each choice, or a column of entries."""

    question: Question
    cells: dict[str, str]  # choice, or "" for the only cell -> reference
    is_column: bool = False

    @property
    def cell(self) -> str:
        """The only cell. Raises NotSimple."""
        if "" not in self.cells or self.is_column:
            raise NotSimple
        return self.cells[""]


class Conditions:
    """Makes formulas for one layout. `yes` is the word that chooses one of several."""

    def __init__(self, plan: Plan, layout: Layout, yes: str) -> None:
        self.plan, self.layout, self.yes = plan, layout, yes
        self._places = dict(_places(layout))

    def of(self, path: str, *, entry: RepeatSheet | None = None) -> str | None:
        """A formula that is true when the node applies; "" where it always does, None: no formula.

        Args:
            path: the node, without places.
            entry: the sheet of its repeat; cells of the same row are meant there.
        """
        try:
            parts = [
                _Translator(self, spec, entry).truth(token) for spec, token in self._with_rule(path)
            ]
        except NotSimple:
            return None
        return f"AND({','.join(parts)})" if len(parts) > 1 else "".join(parts)

    def _with_rule(self, path: str) -> Iterator[tuple[Spec, Token]]:
        spec: Spec | None = self.plan.specs[path]
        while spec is not None:
            if spec.relevant is not None:
                yield spec, spec.relevant.token
            spec = spec.parent

    def place(self, path: str, entry: RepeatSheet | None) -> Place:
        """Place of the answer to a question, seen from a row of `entry`. Raises NotSimple."""
        if entry is not None and path.startswith(f"{entry.group.path}/"):
            own = [c for c in entry.columns if c.question.path == path]
            if own:
                return Place(own[0].question, {c.choice: _beside(c) for c in own})
        if path not in self._places:
            raise NotSimple
        return self._places[path]


def _beside(column: Column) -> str:
    return str(lazy.xl_utility.xl_rowcol_to_cell(FIRST_ENTRY, column.column, col_abs=True))


def _places(layout: Layout) -> Iterator[tuple[str, Place]]:
    answer = COLUMNS.index(ANSWER)
    for sheet in layout.sections:
        cells: dict[str, tuple[Question, dict[str, str]]] = {}
        for line in sheet.lines:
            if line.key and isinstance(line.state.node, Question):
                found = cells.setdefault(line.state.path, (line.state.node, {}))
                cell = lazy.xl_utility.xl_rowcol_to_cell(
                    line.row, answer, row_abs=True, col_abs=True
                )
                found[1][line.choice] = f"'{sheet.name}'!{cell}"
        yield from ((path, Place(question, refs)) for path, (question, refs) in cells.items())
    for repeat in layout.repeats.values():
        columns: dict[str, tuple[Question, dict[str, str]]] = {}
        for column in repeat.columns:
            found = columns.setdefault(column.question.path, (column.question, {}))
            first, last = (
                lazy.xl_utility.xl_rowcol_to_cell(row, column.column, row_abs=True, col_abs=True)
                for row in (FIRST_ENTRY, repeat.last_row)
            )
            found[1][column.choice] = f"'{repeat.name}'!{first}:{last}"
        for path, (question, refs) in columns.items():
            yield path, Place(question, refs, is_column=True)


class _Translator:
    def __init__(self, conditions: Conditions, spec: Spec, entry: RepeatSheet | None) -> None:
        self.conditions, self.spec, self.entry = conditions, spec, entry

    def truth(self, token: Token) -> str:
        """The formula of an expression that is true or false. Raises NotSimple."""
        symbol, name = token.symbol, function_name(token)
        if name == "not" and len(token) == 1:
            return f"NOT({self.truth(token[0])})"
        if name == "selected" and len(token) == 2 and token[1].symbol == "(string)":
            return self._selected(self._place(token[0]), str(token[1].value))
        if symbol == "(" and len(token) == 1:
            return self.truth(token[0])
        if symbol in ("and", "or") and len(token) == 2:
            return f"{symbol.upper()}({self.truth(token[0])},{self.truth(token[1])})"
        if symbol in _COMPARISONS and len(token) == 2:
            return self._comparison(symbol, token[0], token[1])
        raise NotSimple

    def _comparison(self, sign: str, left: Token, right: Token) -> str:
        if left.symbol in ("(string)", "(integer)", "(decimal)"):
            return self._comparison(_MIRRORED.get(sign, sign), right, left)
        place = self._place(left)
        if right.symbol == "(string)":
            return self._compare_text(place, sign, str(right.value))
        if right.symbol in ("(integer)", "(decimal)"):
            return self._compare_number(place, sign, str(right.value))
        raise NotSimple

    def _place(self, token: Token) -> Place:
        return self.conditions.place(self._path(token), self.entry)

    def _path(self, token: Token) -> str:
        """The path of an absolute path of names, or of `../name` steps. Raises NotSimple."""
        if names := plain_names(token):
            return "/" + "/".join(names)
        steps: list[str] = []
        while token.symbol == "/" and len(token) == 2 and token[1].symbol in ("(name)", ".."):
            steps.insert(0, str(token[1].value))
            token = token[0]
        if token.symbol != "..":
            raise NotSimple
        at, path = self.spec.parent, [*steps]
        while path and path[0] == ".." and at is not None:
            path.pop(0)
            at = at.parent
        if at is None or not path or ".." in path:
            raise NotSimple
        return "/".join([at.path, *path])

    def _selected(self, place: Place, choice: str) -> str:
        if place.question.kind not in SEVERAL:
            return self._compare_text(place, "=", choice)
        if choice not in place.cells:
            raise NotSimple
        cell = place.cells[choice]
        if place.is_column:
            return f"COUNTIF({cell},{_quoted(self.conditions.yes)})>0"
        return f"{cell}={_quoted(self.conditions.yes)}"

    def _compare_text(self, place: Place, sign: str, value: str) -> str:
        labels = self.conditions.layout.labels.get(INSTANCE.sub("", place.question.path), {})
        if sign not in ("=", "!=") or place.question.kind in SEVERAL:
            raise NotSimple
        text = labels.get(value, value) if value else value
        if place.is_column:
            if sign != "=" or not value or set(text) & set("*?~<>="):
                raise NotSimple
            return f"COUNTIF({place.cells['']},{_quoted(text)})>0"
        return f"{place.cell}{'<>' if sign == '!=' else '='}{_quoted(text)}"

    def _compare_number(self, place: Place, sign: str, number: str) -> str:
        if sign == "!=":  # what is no number differs from every number
            return f"NOT({self._compare_number(place, '=', number)})"
        return f"AND(ISNUMBER({place.cell}),{place.cell}{sign}{number})"


def _quoted(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise NotSimple
    return '"' + text.replace('"', '""') + '"'
