"""Returned workbooks: reading in a guarded child process, comparison and judgement.

Each book is the answered self-assessment with some answers changed and one fault put in; ten
times the books may take at most twelve times as long, and no fault may be missed. Measured once
alone and once with the database: a buyer imports the books, each is matched to its questionnaire
and handed on, and the supplier confirms a tenth of them.
"""

import io
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from benchmarks.contract import SEED, Row, count_row, in_turn, ratio_row
from benchmarks.returned_books import PLACEHOLDER, Outcome, bring_in
from questionnaires import Response, plan, shipped_form
from questionnaires.workbook.changes import judge
from questionnaires.workbook.reading import RawBook, read_books
from questionnaires.workbook.returns import check_meta, read_meta, read_returned
from questionnaires.workbook.words import BookWords
from questionnaires.workbook.workbook import BookFacts, write_answer_workbook
from tests.answer_books import answer_cell, opened, saved
from tests.conftest import NOW
from tests.saq_responses import GOOD_ANSWERS, GOOD_SITE, GOOD_SUPPLIER

BOOKS = {"small": 40, "full": 1000}
BROUGHT = {"small": 50, "full": 1000}
CONFIRMED = 20  # one of so many
DIFFERENT = 20  # books that are made; the others are these again
LINEAR = 12.0
NUMBERS = ("SAQ_C01", "SAQ_C02", "SAQ_C03", "SAQ_D01")
FAULTS: Sequence[Callable[[openpyxl.cell.Cell], None]] = (
    lambda cell: setattr(cell, "value", "=1+1"),
    lambda cell: setattr(cell, "value", "#REF!"),
    lambda cell: cell.parent.merge_cells(f"D{cell.row}:D{cell.row + 1}"),
    lambda cell: cell.parent.delete_rows(cell.row),
    lambda cell: setattr(cell.parent.cell(cell.row, 2), "value", "Another question"),
)


def run(size: str) -> list[Row]:
    """Read ever more books and find what was put into them."""
    response = _answered()
    books = _returned(response)
    many = BOOKS[size]
    few = many // 10
    few_s, _ = _read(response, books, few)
    many_s, found = _read(response, books, many)
    times = in_turn(lambda: _read(response, books, few), lambda: _open_raw(books, few))
    title = f"{many} returned workbooks"
    return [
        count_row(f"{title}, time of {few} of them", many_s / few_s, LINEAR, "times"),
        count_row(f"{title}, faults not named", many - found, 0, "faults"),
        ratio_row(f"{few} returned workbooks, read and judged against openpyxl", times, 2.0),
        *_with_database(_returned(_begun()), BROUGHT[size]),
    ]


def _with_database(books: Sequence[bytes], many: int) -> list[Row]:
    """A tenth of the books in one database, all of them in another."""
    few, all_ = _bring_in(books, many // 10), _bring_in(books, many)
    title = f"{many:,} workbooks brought in with the database"
    print(
        f"{title}: {all_.import_s:.1f} s, a tenth {few.import_s:.1f} s; "
        f"{all_.confirmed} confirmed in {all_.confirm_s:.1f} s"
    )
    lost = 2 * many - all_.handed_on - all_.faults + max(1, many // CONFIRMED) - all_.confirmed
    return [
        count_row(f"{title}, time of a tenth", all_.import_s / few.import_s, LINEAR, "times"),
        count_row(
            f"{title}, one in {CONFIRMED} confirmed, time of a tenth",
            all_.confirm_s / few.confirm_s,
            LINEAR,
            "times",
        ),
        count_row(f"{title}: not handed on, fault not named, not confirmed", lost, 0, "workbooks"),
    ]


def _bring_in(books: Sequence[bytes], many: int) -> Outcome:
    with TemporaryDirectory() as name:
        return bring_in(Path(name), books, many=many, confirmed=max(1, many // CONFIRMED))


def _begun() -> Response:
    """Response in its initial state: opened by a supplier, with no answers."""
    return Response(plan(shipped_form("SAQ")), now=NOW)


def _answered() -> Response:
    response = _begun()
    for name, text in GOOD_ANSWERS.items():
        response.set(f"/data/{name[4]}/{name}", text)
    for place, texts in (("B/SAQ_B01", GOOD_SITE), ("N/SAQ_N01", GOOD_SUPPLIER)):
        for name, text in texts.items():
            response.set(f"/data/{place}[1]/{name}", text)
    return response


def _returned(response: Response) -> list[bytes]:
    facts = BookFacts(PLACEHOLDER, "r", 1, "Self-assessment", "Buyer", "Supplier", "soon", "now")
    book = write_answer_workbook(response, facts, BookWords())
    chance = random.Random(SEED)
    made = []
    for number in range(DIFFERENT):
        changed = opened(book)
        faulty, *others = chance.sample(NUMBERS, len(NUMBERS))
        for name in others:
            answer_cell(changed, f"/data/{name[4]}/{name}").value = chance.randint(50, 90)
        FAULTS[number % len(FAULTS)](answer_cell(changed, f"/data/{faulty[4]}/{faulty}"))
        made.append(saved(changed))
    return made


def _read(response: Response, books: Sequence[bytes], count: int) -> tuple[float, int]:
    """Seconds for so many books, and in how many of them a fault was found."""
    start, found = time.perf_counter(), 0
    for raw in read_books(books[number % len(books)] for number in range(count)):
        assert isinstance(raw, RawBook), raw
        check_meta(read_meta(raw), assignment=PLACEHOLDER, response=response)
        returned = read_returned(raw, response)
        judge(response, returned.changes)
        found += bool(returned.faults)
    return time.perf_counter() - start, found


def _open_raw(books: Sequence[bytes], count: int) -> None:
    for number in range(count):
        openpyxl.load_workbook(io.BytesIO(books[number % len(books)]))
