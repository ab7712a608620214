"""Valid expressions with an unintended meaning.

ODK accepts such forms, so these are warnings: a page that never appears, a rule without effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.checking.contradictions import Condition, contradictions
from questionnaires.checking.literals import EQUALITIES, Compared, literal_of, wrong_literal
from questionnaires.errors import Fault
from questionnaires.form.survey_rows import SurveyRow
from questionnaires.xpath.expressions import COMPARISONS
from questionnaires.xpath.parser import Token, place_of
from questionnaires.xpath.paths import function_name

CONDITIONS = frozenset({"relevant", "required", "constraint", "read_only"})
_SEVERAL = (
    "count count-non-empty sum max min join concat indexed-repeat randomize area distance "
    "instance last position checklist weighted-checklist not boolean"
)
SEVERAL = frozenset(_SEVERAL.split())
"""Functions that take the answers of all instances of a repeat."""
_OF_OWN_ANSWER = frozenset({"string-length", "normalize-space", "string", "number"})
YEARS, MONTHS, DAYS = range(1900, 2101), range(1, 13), range(1, 32)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about questions, from the sheets.

    `rows`: those with a unique name, by name. `repeats`: paths of all repeats. `offered`: the
    names of each list of the sheet choices.
    """

    rows: Mapping[str, SurveyRow]
    repeats: frozenset[tuple[str, ...]]
    offered: Mapping[str, frozenset[str]]

    def around(self, row: SurveyRow) -> set[tuple[str, ...]]:
        """Repeats around a row; for a repeat's own row also itself."""
        line = (*row.path, row.name)
        return {line[:end] for end in range(1, len(line) + 1)} & self.repeats

    def is_several(self, asked: SurveyRow, seen_from: SurveyRow) -> bool:
        """Whether a question has several answers where another row reads it."""
        return not asked.is_begin and bool(self.around(asked) - self.around(seen_from))


def facts_of(rows: Sequence[SurveyRow], offered: Mapping[str, set[str]]) -> Facts:
    """Facts about questions, from rows and lists."""
    begun = [row for row in rows if row.name and not row.is_end]
    names = [row.name for row in begun]
    return Facts(
        rows={row.name: row for row in begun if names.count(row.name) == 1},
        repeats=frozenset(
            (*row.path, row.name) for row in begun if row.is_begin and "repeat" in row.type.lower()
        ),
        offered={name: frozenset(choices) for name, choices in offered.items()},
    )


def check_meaning(
    row: SurveyRow,
    column: str,
    text: str,
    token: Token,
    facts: Facts,
    references: Mapping[int, str],
) -> Iterator[Fault]:
    """Warnings of one expression.

    Args:
        row: the row of the survey sheet.
        column: the column of the expression, as XLSForm calls it.
        text: the expression, each `${name}` with a path of the same length in its place.
        token: its token tree.
        facts: facts about the questions, from the sheets.
        references: the place of each `${name}` in the text -> its name.
    """
    walk = _Walk(row, column, text, facts, references)
    walk.value(token, reads_all="${" in row.list_name and column == "choice_filter")
    if column in CONDITIONS:
        walk.condition(token)
    if column == "constraint":
        walk.constraint(token)
    yield from walk.found


def several_answers(row: SurveyRow, column: str, name: str, facts: Facts, at: int) -> Fault | None:
    """The warning of a question of a repeat that is read from outside it as if it were one."""
    asked = facts.rows.get(name)
    if asked is None or not facts.is_several(asked, row):
        return None
    repeat = max(facts.around(asked) - facts.around(row))[-1]
    return row.fault(
        "warning",
        "repeat-read-as-one",
        f"'{name}' is answered once for each '{repeat}': read from outside it is the first "
        "answer, or stops the app.",
        f"Take one with indexed-repeat(${{{name}}}, ${{{repeat}}}, 1), or all of them with "
        "sum(), max(), count() or join(' ', ).",
        column=column,
        at=at,
    )


@dataclass(slots=True)
class _Walk:
    row: SurveyRow
    column: str
    text: str
    facts: Facts
    references: Mapping[int, str]
    found: list[Fault] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)
    _own: SurveyRow | None = field(init=False)
    """The question that `.` reads: in a predicate the one whose answers it looks through."""

    def __post_init__(self) -> None:
        self._own = self.row

    def tell(self, code: str, message: str, mend: str, at: Token) -> None:
        place = place_of(at, self.text)
        fault = self.row.fault("warning", code, message, mend, column=self.column, at=place)
        if fault not in self.found:  # rows of `and` in brackets are met twice
            self.found.append(fault)

    def asked(self, token: Token) -> SurveyRow | None:
        """Question that a token reads: `.` or the token of a `${name}`."""
        if token.symbol == "." and not len(token):
            return None if self.column == "choice_filter" else self._own
        if token.symbol == "/" and len(token) == 1:
            return self.facts.rows.get(self.references.get(place_of(token, self.text), ""))
        return None

    def value(self, token: Token, *, reads_all: bool = False) -> None:
        """Look at a token and all below it; `reads_all`: what is around it takes many answers."""
        self._several(token, reads_all)
        if token.symbol in COMPARISONS and len(token) == 2:
            self._comparison(token)
        elif token.symbol == "-" and len(token) == 2:
            self._date(token)
        elif token.symbol == "and" and len(token) == 2:
            self._together(token)
        elif function_name(token) == "selected" and len(token) == 2:
            self._selected(token)
        name = function_name(token)
        for place, part in enumerate(token):
            within = name in SEVERAL or (token.symbol == "[" and place == 0)
            within = within or token.symbol in EQUALITIES  # so when one of the answers is
            goes_on = reads_all and not name and token.symbol in ("/", "[", "(", "|")
            if token.symbol == "and" and part.symbol == "and":
                self._parts_of(part)
            elif token.symbol == "[" and place:
                self._predicate(token[0], part)
            else:
                self.value(part, reads_all=within or goes_on)

    def _predicate(self, step: Token, test: Token) -> None:
        """Predicate on the answers of a `${name}`: the step after its slash."""
        name = self.references.get(place_of(step, self.text) - 1, "")
        around, self._own = self._own, self.facts.rows.get(name)
        self.value(test)
        self._own = around

    def _parts_of(self, token: Token) -> None:
        """The parts of a row of `and` that was already checked as a whole."""
        for part in token:
            if part.symbol == "and" and len(part) == 2:
                self._parts_of(part)
            else:
                self.value(part)

    def _several(self, token: Token, reads_all: bool) -> None:
        name = self.references.get(place_of(token, self.text), "")
        if reads_all or token.symbol != "/" or len(token) != 1 or name in self._told:
            return
        at = place_of(token, self.text)
        if fault := several_answers(self.row, self.column, name, self.facts, at):
            self._told.add(name)
            self.found.append(fault)

    def _date(self, token: Token) -> None:
        left, day = token
        if left.symbol != "-" or len(left) != 2:
            return
        numbers = [part.value for part in (*left, day) if part.symbol == "(integer)"]
        if len(numbers) != 3:
            return
        year, month, of_month = (int(number) for number in numbers)
        if year in YEARS and month in MONTHS and of_month in DAYS:
            written = f"{year}-{month:02}-{of_month:02}"
            message = f"Without quotes {written} is a subtraction: {year - month - of_month}."
            self.tell("date-unquoted", message, f"Write date('{written}').", left[0])

    def _comparison(self, token: Token) -> None:
        nested = [part for part in token if part.symbol in COMPARISONS and len(part) == 2]
        if nested and not any(function_name(part) in ("true", "false") for part in token):
            self.tell(
                "comparison-chained",
                "The first comparison gives true or false, and the second compares with that.",
                "Write two comparisons with 'and' between them, such as 1 < . and . < 5.",
                token,
            )
        for asked, other in ((token[0], token[1]), (token[1], token[0])):
            self._compared(asked, token.symbol, other)

    def _compared(self, asked: Token, operator: str, other: Token) -> None:
        question, literal = self.asked(asked), literal_of(other)
        if question is not None and literal is not None:
            names = self.facts.offered.get(question.list_name, frozenset())
            wrong = wrong_literal(Compared(question, operator, literal, names))
            if wrong:
                self.tell(*wrong, asked)

    def _selected(self, token: Token) -> None:
        asked, literal = token
        if literal_of(asked) is not None and self.asked(literal):
            self.tell(
                "arguments-wrong",
                "selected() looks for its second value in its first; here they stand turned round.",
                "Write the question first: selected(${question}, 'choice').",
                token,
            )
        self._compared(asked, "selected", literal)

    def _together(self, token: Token) -> None:
        conditions = [Condition(self.name_of, part) for part in _row_of(token)]
        for name, part in contradictions(conditions):
            self.tell(
                "never-true",
                f"'{name}' cannot be both at once, so this is never so.",
                "Write 'or' where one of them is enough, or correct a value.",
                part,
            )

    def name_of(self, token: Token) -> str:
        """The name of a question that has one answer here; "" for anything else."""
        question = self.asked(token)
        if question is None or self.facts.is_several(question, self.row):
            return ""
        return "" if question.base in ("select_multiple", "rank") else question.name

    def condition(self, token: Token) -> None:
        """Texts and questions in the place of a comparison."""
        if token.symbol in ("and", "or", "(") and len(token):
            for part in token:
                self.condition(part)
        elif token.symbol == "(string)":
            message = f"'{token.value}' in quotes is a text, and a text counts as yes."
            self.tell("condition-always", message, "Write yes, no, or a comparison.", token)
        elif (question := self.asked(token)) and not question.is_begin:
            name = f"${{{question.name}}}" if token.symbol == "/" else "."
            message = f"{name} alone is true as soon as the question is there, answered or not."
            self.tell("condition-always", message, f"Write {name} != '' for answered.", token)

    def constraint(self, token: Token) -> None:
        """A constraint that does not look at the answer it is to judge."""
        is_judged = self.row.is_asked and self.row.base != "note"
        if is_judged and not any(self._is_own(part) for part in token.iter()):
            self.tell(
                "constraint-without-answer",
                "This constraint does not look at its own answer: what is typed changes nothing.",
                "Write '.' for the answer, or put a condition on other questions into relevant.",
                token,
            )

    def _is_own(self, token: Token) -> bool:
        own = (".", "(name)") if token.value == self.row.name else (".",)
        is_silent = function_name(token) in _OF_OWN_ANSWER and not len(token)
        return token.symbol in own or is_silent or self.asked(token) is self.row


def _row_of(token: Token) -> list[Token]:
    """The conditions that a row of `and` joins, brackets taken off."""
    while token.symbol == "(" and len(token) == 1:
        token = token[0]
    if token.symbol != "and" or len(token) != 2:
        return [token]
    return [part for below in token for part in _row_of(below)]
