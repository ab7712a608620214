"""The table of translations through LibreOffice: opened, saved, read back without a change."""

from pathlib import Path

import pytest

from questionnaires.library.shipped import shipped_form, shipped_translations
from questionnaires.translations.states import texts_in
from questionnaires.translations.table import read_table, refusal_of, write_table
from questionnaires.workbook.reading import read_book
from tests.answer_books import changed, opened, through_libreoffice

PLACE = "survey/SAQ_A01/label"


def table_of(*languages: str) -> bytes:
    form = shipped_form("SAQ")
    shipped = {one.language: one for one in shipped_translations(form.sha256)}
    return write_table(form, {one: texts_in(form, one, shipped[one], None) for one in languages})


@pytest.mark.parametrize("languages", [("ar",), ("fr", "zh")])
def test_table_comes_back_from_libreoffice_with_the_one_change_that_was_made(
    tmp_path: Path, languages: tuple[str, ...]
):
    def change(book: object) -> None:
        sheet = book["Texts"]  # type: ignore[index]
        row = next(row for row in sheet.iter_rows(min_row=3) if row[0].value == PLACE)
        row[3].value = "أي دور؟"

    content = through_libreoffice(changed(table_of(*languages), change), tmp_path)
    book = read_book(content)
    returned = read_table(book, shipped_form("SAQ"))

    assert refusal_of(book, shipped_form("SAQ")) is None
    assert [(one.place, one.text) for one in returned.changes] == [(PLACE, "أي دور؟")]
    assert returned.faults == []
    assert opened(content)["Texts"].sheet_view.rightToLeft == (languages == ("ar",))
