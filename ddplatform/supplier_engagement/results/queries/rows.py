"""The rows behind results, as tables: one row a respondent (wide), or one an answer (long)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.evidence.uploads.models import Confidentiality, Evidence, EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import Answer, Response
from ddplatform.supplier_engagement.results.queries.results import Respondent, asked_questions
from ddplatform.supplier_engagement.sharing.queries.standing import list_over, section_of
from ddplatform.value_chain.filters.queries.filters import among
from questionnaires import Form, Question
from questionnaires import Kind as Asked
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


def load_texts(respondents: Sequence[Respondent]) -> Mapping[tuple[UUID, str], str]:
    """(response, path) -> what was written, where the count keeps only that something was."""
    wanted = [one.response_id for one in respondents if None in one.counted.values()]
    rows = db.session.execute(
        select(Answer.response_id, Answer.path, Answer.raw).where(among(Answer.response_id, wanted))
    )
    return {(response_id, path): raw for response_id, path, raw in rows}


def wide_table(
    form: Form, respondents: Sequence[Respondent], texts: Mapping[tuple[UUID, str], str]
) -> Table:
    """A row a respondent; a column each question, with its place where it is asked repeatedly."""
    by_path = {question.path: question for question in asked_questions(form)}
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
    form: Form, respondents: Sequence[Respondent], texts: Mapping[tuple[UUID, str], str]
) -> Table:
    """A row an answer, with the words of the question and of the answer beside their codes."""
    by_path = {question.path: question for question in asked_questions(form)}
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


def question_table(form: Form) -> Table:
    """What each heading means: ids, words, and the answers on offer."""
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
        for question in asked_questions(form)
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


def list_evidence(respondents: Sequence[Respondent], *, today: date) -> Sequence[Any]:
    """The documents that support these answers and that everybody who reads answers may open.

    Those that came with a consent are left out once it is over.
    """
    rows = db.session.execute(
        select(
            Evidence.id,
            Evidence.sha256,
            Evidence.storage_organisation_id,
            Evidence.filename,
            Evidence.size_bytes,
            Evidence.created_at,
            EvidenceLink.path,
            Response.assignment_id,
        )
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .join(Response, Response.id == EvidenceLink.target_id)
        .where(
            EvidenceLink.target_type == Response.__tablename__,
            among(EvidenceLink.target_id, [one.response_id for one in respondents]),
            Evidence.withdrawn_at.is_(None),
            Evidence.confidentiality == Confidentiality.NORMAL,
        )
        .order_by(Response.assignment_id, EvidenceLink.path, Evidence.id)
    ).all()
    # A document that came with a consent bears its moment.
    over = {
        (share.assignment_id, share.section, share.granted_at)
        for share in list_over([one.assignment_id for one in respondents], today)
    }
    return [
        row
        for row in rows
        if not row.path or (row.assignment_id, section_of(row.path), row.created_at) not in over
    ]
