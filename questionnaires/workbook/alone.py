"""Comparison of a returned workbook with its exported answers only.

A person who imports somebody else's workbook learns the content of the file, and nothing of the
answers given since.
"""

from dataclasses import dataclass
from datetime import datetime

from questionnaires.evaluation.response import Plan, Response
from questionnaires.workbook.changes import ReturnFault, judge
from questionnaires.workbook.layout import BASE
from questionnaires.workbook.reading import RawBook
from questionnaires.workbook.returns import check_meta, read_meta, read_returned


@dataclass(frozen=True)
class ReadAlone:
    """Result for a workbook by itself: number of changed answers, and every fault."""

    changed: int
    faults: tuple[ReturnFault, ...]


def read_alone(
    book: RawBook, plan: Plan, *, assignment: str, now: datetime, light: bool = False
) -> ReadAlone:
    """Read a book beside the answers of its own hidden sheet. Raises BookRefused."""
    meta = read_meta(book)
    given = Response(plan, _given_out(book), now=now)
    check_meta(meta, assignment=assignment, response=given)
    returned = read_returned(book, given, light=light)
    news, faults = judge(given, returned.changes)
    return ReadAlone(len(news), (*returned.faults, *faults))


def _given_out(book: RawBook) -> dict[str, str]:
    base = book.sheets[BASE]
    found = {base.text(row, 0).partition("#")[0]: base.text(row, 1) for row, _ in base.cells}
    return {path: text for path, text in found.items() if path.startswith("/") and text}
