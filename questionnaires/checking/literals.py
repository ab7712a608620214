"""Literals in expressions that can never be an answer of the question."""

from dataclasses import dataclass

from questionnaires.form.survey_rows import SurveyRow
from questionnaires.xpath.parser import Token
from questionnaires.xpath.values import NUMBER, read_moment

NUMBERS = frozenset({"integer", "int", "decimal", "range"})
DAYS = frozenset({"date", "datetime", "dateTime", "today"})
EQUALITIES = frozenset({"=", "!="})

Told = tuple[str, str, str]
"""Code, message and way to mend."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A question beside a value: `operator` is a sign or "selected", `names` its list's."""

    question: SurveyRow
    operator: str
    literal: str | float
    names: frozenset[str]

    @property
    def so(self) -> str:
        """Constant result of the comparison."""
        return "always so" if self.operator == "!=" else "never so"


def literal_of(token: Token) -> str | float | None:
    """The text or number that a token is; None for anything else."""
    if token.symbol == "(string)":
        return str(token.value)
    if token.symbol in ("(integer)", "(decimal)", "(float)"):
        return float(token.value)
    if token.symbol == "-" and len(token) == 1:
        inner = literal_of(token[0])
        return -inner if isinstance(inner, float) else None
    return None


def wrong_literal(compared: Compared) -> Told | None:
    """Fault of a comparison, if the question can never have that answer."""
    literal, question = compared.literal, compared.question
    if question.is_select:
        return _of_choices(compared) if compared.names else None
    if not isinstance(literal, str) or not literal.strip():
        return None
    if question.base in NUMBERS and not NUMBER.match(literal.strip()):
        message = f"'{literal}' is no number, and '{question.name}' is one: this is {compared.so}."
        return "never-true", message, "Compare with a number, without quotes."
    if question.base in DAYS and compared.operator != "selected" and not read_moment(literal):
        message = f"'{literal}' is no date as forms write them, so this is {compared.so}."
        return "never-true", message, "Write year, month and day: '2026-06-15'."
    return None


def _of_choices(compared: Compared) -> Told | None:
    question, literal = compared.question, compared.literal
    if isinstance(literal, float):
        numbers = {float(name) for name in compared.names if NUMBER.match(name)}
        if numbers and (compared.operator not in EQUALITIES or literal in numbers):
            return None
        message = f"No choice of the list '{question.list_name}' is that number: {compared.so}."
        return "choice-never", message, f"Use a name of the list '{question.list_name}'."
    takes_several = question.base == "select_multiple"
    if takes_several and compared.operator in EQUALITIES and literal in compared.names:
        message = f"Beside another choice '{literal}' is not found: several can be chosen here."
        mend = f"Write selected(${{{question.name}}}, '{literal}')."
        return "choice-alone", message, f"not({mend[6:-1]})." if compared.so[0] == "a" else mend
    return None
