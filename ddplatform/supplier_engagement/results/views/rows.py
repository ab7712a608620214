"""The rows behind results as tables: one row per respondent (wide) or per answer (long)."""

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.supplier_engagement.results.queries.results import Respondent
from questionnaires import Kind as Asked
from questionnaires import Question
from questionnaires.form.form import SELECTS
from questionnaires.scoring.plan import extra, question_id

PLACES = frozenset({Asked.GEOPOINT, Asked.GEOTRACE, Asked.GEOSHAPE})
A_PLACE = "(a place)"
"""Coordinates may be those of a home, so they do not go out (decision 14)."""
_PLACE = re.compile(r"\[\d+\]")
_WHO = (
    Column("supplier", "Supplier", 3),
    Column("country", "Country", kind=Kind.COUNTRY, missing="Not known"),
    Column("tier", "Tier", kind=Kind.NUMBER, missing="No path to the own business"),
    Column("sent_on", "Answers sent on", kind=Kind.DATE, missing="Not known"),
)


def wide_tables(
    questions: Sequence[Question],
    respondents: Sequence[Respondent],
    texts: Mapping[tuple[UUID, str], str],
) -> Sequence[Table]:
    """One row per respondent, and the meaning of each heading."""
    return wide_table(questions, respondents, texts), question_table(questions)


def long_tables(
    questions: Sequence[Question],
    respondents: Sequence[Respondent],
    texts: Mapping[tuple[UUID, str], str],
) -> Sequence[Table]:
    """One row per answer, and the description of each question."""
    return long_table(questions, respondents, texts), question_table(questions)


def wide_table(
    questions: Sequence[Question],
    respondents: Sequence[Respondent],
    texts: Mapping[tuple[UUID, str], str],
) -> Table:
    """A row a respondent; a column each question, with its place where it is asked repeatedly."""
    by_path = {question.path: question for question in questions}
    order = {path: place for place, path in enumerate(by_path)}
    used = {path for one in respondents for path in one.counted if _plain(path) in by_path}
    paths = sorted(used, key=lambda path: (order[_plain(path)], _numbers(path)))
    columns = [Column(path, heading(by_path[_plain(path)], path), missing="") for path in paths]
    rows = [
        (*_who(one), *(_cell(one, path, by_path[_plain(path)], texts) for path in paths))
        for one in respondents
    ]
    return Table("answers", "Answers", (*_WHO, *columns), tuple(rows), "Nobody has answered yet.")


def long_table(
    questions: Sequence[Question],
    respondents: Sequence[Respondent],
    texts: Mapping[tuple[UUID, str], str],
) -> Table:
    """A row an answer, with the words of the question and of the answer beside their codes."""
    by_path = {question.path: question for question in questions}
    columns = (
        *_WHO,
        Column("question", "Question id"),
        Column("place", "Place in a list", missing=""),
        Column("label", "Question", 4),
        Column("answer", "Answer", 2, missing=""),
        Column("words", "Answer in words", 3, missing=""),
    )
    rows = [
        (
            *_who(one),
            question_id(by_path[_plain(path)]),
            ".".join(str(number) for number in _numbers(path)) or None,
            by_path[_plain(path)].label.plain(),
            _cell(one, path, by_path[_plain(path)], texts),
            _words(one.counted[path], by_path[_plain(path)]),
        )
        for one in respondents
        for path in one.counted
        if _plain(path) in by_path
    ]
    return Table("answers", "Answers", columns, tuple(rows), "Nobody has answered yet.")


def question_table(questions: Sequence[Question]) -> Table:
    """The meaning of each heading: ids, words, and the possible answers."""
    columns = (
        Column("question", "Question id"),
        Column("label", "Question", 4),
        Column("kind", "Kind"),
        Column("answers", "Answers on offer", 5, missing=""),
    )
    rows = [
        (
            question_id(question),
            question.label.plain(),
            question.kind.value,
            "; ".join(f"{one.name} = {one.label.plain()}" for one in question.choices) or None,
        )
        for question in questions
    ]
    return Table("questions", "Questions", columns, tuple(rows))


def heading(question: Question, path: str) -> str:
    """The id of a question, with its place where it is asked repeatedly: SAQ-B02[1]."""
    numbers = _numbers(path)
    return question_id(question) + "".join(f"[{number}]" for number in numbers)


def _who(one: Respondent) -> tuple[Cell, ...]:
    sent_on = one.submitted_at.date().isoformat() if one.submitted_at else None
    return one.node_name, one.country, one.tier, sent_on


def _cell(
    one: Respondent, path: str, question: Question, texts: Mapping[tuple[UUID, str], str]
) -> Cell:
    if path not in one.counted:
        return None
    if question.kind in PLACES:
        return A_PLACE
    value = one.counted[path]
    if value is None:
        return texts.get((one.response_id, path))
    below = extra(question, "show_below")
    if below.isdigit() and value.isdigit() and 0 < int(value) < int(below):
        return f"<{below}"
    return value


def _words(value: str | None, question: Question) -> str | None:
    if value is None or question.kind not in SELECTS:
        return None
    labels = {choice.name: choice.label.plain() for choice in question.choices}
    return ", ".join(labels.get(name, name) for name in value.split())


def _plain(path: str) -> str:
    return _PLACE.sub("", path)


def _numbers(path: str) -> tuple[int, ...]:
    return tuple(int(found[1:-1]) for found in _PLACE.findall(path))
