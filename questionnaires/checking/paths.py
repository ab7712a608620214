"""Unresolved names in expressions: no question, column or list of that name.

Such an expression can be read and answered, so these are warnings: it is always blank or false.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from questionnaires.checking.choices import lists_of
from questionnaires.errors import EvaluationFault, Fault
from questionnaires.form.sheets import Sheets, lowered
from questionnaires.form.survey_rows import CHOICES, SurveyRow
from questionnaires.xpath.functions import compile_pattern
from questionnaires.xpath.parser import Token, place_of
from questionnaires.xpath.paths import function_name, is_path, plain_names

MADE = ("meta", "_other", "_count")  # nodes that the converter makes
OF_EVERY_ITEM = frozenset({"name", "label", "itextid", "geometry", "id", "title"})
LAST_SAVED = "__last-saved"
YES_OR_NO = frozenset({"required", "read_only"})


@dataclass(frozen=True, slots=True)
class Known:
    """Resolvable names of a form.

    `paths`: questions and groups, from the root without its name. `columns`: those of the sheet
    choices, in small letters. `lists`: the lists of that sheet; `instances`: all that there are.
    """

    paths: frozenset[str]
    columns: frozenset[str]
    lists: frozenset[str]
    instances: frozenset[str]


def known_names(sheets: Sheets, rows: Sequence[SurveyRow]) -> Known:
    """Names that the expressions of a form can use."""
    lists = frozenset(lists_of(sheets))
    files = (row.file.rpartition(".")[0] for row in rows if row.file)
    external = (row.name for row in rows if "external" in row.base)
    return Known(
        paths=frozenset("/".join([*row.path, row.name]) for row in rows if not row.is_end),
        columns=frozenset(lowered(sheets.headings(CHOICES))) | OF_EVERY_ITEM,
        lists=lists,
        instances=lists | {LAST_SAVED, *files, *external},
    )


def check_paths(
    row: SurveyRow, column: str, text: str, token: Token, known: Known
) -> Iterator[Fault]:
    """Unresolved names in one expression, and patterns that cannot be read.

    Args:
        row: the row of the survey sheet.
        column: the column of the expression, as XLSForm calls it.
        text: the expression, each `${name}` with a path of the same length in its place.
        token: its token tree.
        known: the resolvable names.
    """
    listed = column == "choice_filter" and row.list_name in known.lists
    unknown = column == "choice_filter" and not listed
    walk = _Walk(known, "" if unknown else row.list_name if listed else None)
    walk.value(token, walk.start)
    for code, level, message, mend, at in walk.found:
        if token.symbol == "(name)" and column in YES_OR_NO:
            mend = "Write yes or no, or a condition such as ${age} > 17."
        yield row.fault(level, code, message, mend, column=column, at=place_of(at, text))


class _Walk:
    """One walk over the tokens of an expression.

    `here` is the meaning of a bare name: None a node below a question, which never is; "" something
    unknown to the sheets; else a column of that list.
    """

    def __init__(self, known: Known, start: str | None) -> None:
        self.known, self.start = known, start
        self.found: list[tuple[str, str, str, str, Token]] = []

    def value(self, token: Token, here: str | None) -> None:
        """Look at a token and all below it."""
        names = plain_names(token)
        if len(names) > 1:
            self._absolute(names, token)
        elif token.symbol == "(name)":
            self._bare(token, here)
        elif token.symbol == "[":
            self.value(token[0], here)
            self.value(token[1], self._list_of(token[0]))
        elif token.symbol in ("/", "//") and len(token) == 2:
            self.value(token[0], here)
            self._step(token[1], token[0])
        elif not is_path(token) or function_name(token):
            self._call(token, here)

    def _step(self, step: Token, base: Token) -> None:
        if step.symbol == "[":
            self.value(step[1], self._list_of(base))

    def _call(self, token: Token, here: str | None) -> None:
        name = function_name(token)
        call = token[1] if name and token.symbol == ":" else token
        if name == "instance" and len(call) and call[0].symbol == "(string)":
            self._instance(call[0])
        if name == "regex" and len(call) == 2 and call[1].symbol == "(string)":
            self._pattern(call[1])
        for part in call:
            self.value(part, here)

    def _list_of(self, base: Token) -> str:
        """The list of the sheet whose items a path leads to; "" for anything else."""
        while base.symbol in ("/", "//", "[") and len(base):
            base = base[0]
        is_list = function_name(base) == "instance" and len(base) and base[0].symbol == "(string)"
        return str(base[0].value) if is_list and base[0].value in self.known.lists else ""

    def _bare(self, token: Token, here: str | None) -> None:
        name = str(token.value)
        if here is None:
            message = f"Without quotes and without ${{}}, '{name}' means nothing here."
            mend = f"Write '{name}' in quotes for the text, ${{{name}}} for a question."
            self.found.append(("reference-unknown", "warning", message, mend, token))
        elif here and name.lower() not in self.known.columns:
            message = f"The sheet choices has no column '{name}', so this is always blank."
            mend = f"Add the column, correct its name, or write '{name}' in quotes for the text."
            self.found.append(("column-missing", "warning", message, mend, token))

    def _absolute(self, names: Sequence[str], token: Token) -> None:
        is_reference = set(names[0]) == {"x"}  # the placeholder of a `${name}`
        made = any(name.endswith(MADE) for name in names)
        if is_reference or made or "/".join(names[1:]) in self.known.paths:
            return
        message = f"No question stands at /{'/'.join(names)}."
        mend = "Name the question as ${name}: its path is then always right."
        first = token
        while len(first) == 2:
            first = first[0]
        self.found.append(("reference-unknown", "warning", message, mend, first))

    def _instance(self, literal: Token) -> None:
        name = str(literal.value)
        if name in self.known.instances:
            return
        message = f"The form has no list '{name}'."
        mend = "Correct the name, or add the list to the sheet choices or as a file."
        self.found.append(("list-missing", "warning", message, mend, literal))

    def _pattern(self, literal: Token) -> None:
        try:
            compile_pattern(str(literal.value))
        except EvaluationFault as fault:
            mend = "Close every bracket; put a backslash before a sign that is meant itself."
            self.found.append(("arguments-wrong", "error", str(fault), mend, literal))
