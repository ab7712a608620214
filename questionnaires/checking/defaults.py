"""Defaults that can never be an answer: of another type, off the list, broken.

Such a form can be answered, but begins with a blank or with a fault of its own: warnings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from questionnaires.errors import Fault
from questionnaires.evaluation.answers import AnswerProblem, read_answer
from questionnaires.evaluation.plan import plan
from questionnaires.evaluation.response import Response
from questionnaires.form.form import SELECTS, UPLOADS, Form, Question, Rules
from questionnaires.form.sheets import Sheets, rows_by_path
from questionnaires.form.survey_rows import SurveyRow

ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
"""When nothing depends on the time: constraints that read a clock are left out."""
ELSEWHERE = ("/", "now(", "today(", "random(", "pulldata(", "instance(")


def check_defaults(form: Form, sheets: Sheets, rows: Sequence[SurveyRow]) -> Iterator[Fault]:
    """Warnings about the fixed defaults of a form; a calculated one is not judged."""
    places = rows_by_path(sheets, form.root)
    by_number = {row.number: row for row in rows}
    for question in form.questions():
        if question.path in places and question.default and question.is_input:
            number, _ = places[question.path]
            yield from _check_default(question, by_number[number])


def _check_default(question: Question, row: SurveyRow) -> Iterator[Fault]:
    has_no_list = question.kind in SELECTS and not question.choices
    if question.kind in UPLOADS or has_no_list:
        return
    problem = read_answer(question, question.default)
    if isinstance(problem, AnswerProblem):
        message = f"As the answer to begin with it does not count: {problem.message}"
        yield row.fault("warning", "default-wrong", message, problem.advice, column="default")
    elif _is_broken(question):
        yield row.fault(
            "warning",
            "default-wrong",
            f"The answer to begin with, '{question.default}', breaks this question's constraint.",
            "Write a default that the constraint allows, or leave the cell blank.",
            column="default",
        )


def _is_broken(question: Question) -> bool:
    """Whether a default breaks its constraint, evaluated in a form of this one question."""
    rule = question.rules.constraint
    if not rule or any(word in rule for word in ELSEWHERE):
        return False
    path = f"/data/{question.name}"
    alone = replace(question, path=path, rules=Rules(constraint=rule), itemset=None)
    form = Form(root="data", form_id="", version="", title="", children=(alone,))
    return not Response(plan(form), now=ANY_MOMENT).state(path).constraint_ok
