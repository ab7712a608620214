"""The workbook through LibreOffice: opened, worked out, saved, and read back without loss."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook
from pypdf import PdfReader

from questionnaires import Response, plan, shipped_form
from questionnaires.workbook.changes import put
from questionnaires.workbook.reading import read_book
from questionnaires.workbook.returns import read_returned
from questionnaires.workbook.words import BookWords
from questionnaires.workbook.workbook import BookFacts, write_answer_workbook
from tests.answer_books import answer_cell, opened, printed, saved, through_libreoffice
from tests.conftest import NOW
from tests.forms import respond, table
from tests.saq_responses import GOOD_ANSWERS, GOOD_SITE, GOOD_SUPPLIER

FACTS = BookFacts("a", "r", 1, "Self-assessment", "Maison Cacao", "SCOOP", "20 December", "now")
WORDS = BookWords()


def _filled() -> Response:
    response = Response(plan(shipped_form("SAQ")), now=NOW)
    for name, text in GOOD_ANSWERS.items():
        response.set(f"/data/{name[4]}/{name}", text)
    for name, text in GOOD_SITE.items():
        response.set(f"/data/B/SAQ_B01[1]/{name}", text)
    for name, text in GOOD_SUPPLIER.items():
        response.set(f"/data/N/SAQ_N01[1]/{name}", text)
    return response


def test_book_comes_back_from_libreoffice_without_a_change_of_its_own(tmp_path: Path):
    response = _filled()
    book = through_libreoffice(write_answer_workbook(response, FACTS, WORDS), tmp_path)

    returned = read_returned(read_book(book), response)

    assert (returned.changes, returned.faults) == ((), ())
    assert returned.answers > 60


@pytest.mark.parametrize("seed", [1, 2])
def test_grey_lines_of_libreoffice_are_those_that_do_not_apply(tmp_path: Path, seed: int):
    response = Response(plan(shipped_form("SAQ")), now=NOW)
    chance = random.Random(seed)
    book = opened(write_answer_workbook(response, FACTS, WORDS))
    for question in response.form.questions():
        if question.choices and question.kind == "select_one" and "[" not in question.path:
            _choose(book, question.path, chance.choice(question.choices).label.plain())
        if question.kind == "integer":
            _choose(book, question.path, chance.choice([0, 1, 30]))
    content = through_libreoffice(saved(book), tmp_path)
    returned = read_returned(read_book(content), response)
    put(response, returned.changes)

    seen = 0
    for sheet in opened(content, values=True).worksheets:
        if sheet["D1"].value != "answer":
            continue
        for row in sheet.iter_rows(min_row=3):
            key = str(row[0].value or "")
            if key and "#" not in key and row[4].value:
                applies = response.state(key).relevant
                assert (row[4].value != WORDS.not_applicable) == applies, key
                seen += 1
    assert seen > 30


def test_arabic_sheets_run_from_right_to_left_in_libreoffice(tmp_path: Path):
    response = respond(
        table(
            "survey",
            "type|name|label::English (en)|label::Arabic (ar)",
            "text|who|Who answers?|من يجيب؟",
        ),
        language="Arabic (ar)",
    )
    source = Response(response.plan, response.answers(), now=NOW, language="English (en)")
    book = write_answer_workbook(
        response,
        FACTS,
        BookWords(is_right_to_left=True, question="السؤال"),
        source=source,
        language="Arabic (ar)",
    )

    sheet = opened(through_libreoffice(book, tmp_path)).worksheets[1]
    assert sheet.sheet_view.rightToLeft
    assert [cell.value for cell in sheet[3]][1:3] == ["من يجيب؟", "Who answers?"]


def test_book_prints_on_paper_of_a_width(tmp_path: Path):
    pages = PdfReader(printed(write_answer_workbook(_filled(), FACTS, WORDS), tmp_path)).pages

    assert "Write in the yellow cells only." in pages[0].extract_text()
    assert len(pages) < 40


def _choose(book: Workbook, path: str, value: object) -> None:
    with suppress(KeyError):  # it stands in the sheet of a repeat
        answer_cell(book, path).value = value
