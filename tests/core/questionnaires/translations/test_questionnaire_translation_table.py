"""The table for translators: out, changed in a spreadsheet program, and read back cell by cell."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import Cell

from questionnaires import Form, read_form
from questionnaires.translations.states import texts_in
from questionnaires.translations.table import (
    BASE,
    META,
    TEXTS,
    ReturnedTable,
    read_table,
    refusal_of,
    write_table,
)
from questionnaires.translations.texts import Translated, Translation, mark_of, translatable
from questionnaires.workbook.reading import RawBook, RawCell, RawSheet, read_book
from tests.answer_books import changed, opened
from tests.forms import table

FORM = table(
    "survey",
    "type | name | label | hint",
    "text | who | Who answers? | As on the sign.",
    "note | said | You wrote ${who}. | ",
) + table("settings", "form_title | form_id | version", "Farms | farms | 2")


def form(text: str = FORM) -> Form:
    return read_form(text.encode(), file_type=".csv")


def machine(language: str, **texts: str) -> Translation:
    sources = translatable(form())
    found = {place(name): text for name, text in texts.items()}
    return Translation(
        language, {one: Translated(one, mark_of(sources[one]), t) for one, t in found.items()}
    )


def place(name: str) -> str:
    return f"survey/{name}/label"


def book(*languages: str) -> bytes:
    shipped = machine("fr", who="Qui répond ?", said="Vous avez écrit ${who}.")
    return write_table(
        form(),
        {one: texts_in(form(), one, shipped if one == "fr" else None, None) for one in languages},
    )


def cell_of(found: Workbook, key: str, name: str) -> Cell:
    """The cell of a column (by its hidden heading) in the row of a text."""
    sheet = found[TEXTS]
    column = next(cell.column for cell in sheet[1] if cell.value == key)
    row = next(row for row in range(3, 20) if sheet.cell(row, 1).value == place(name))
    return sheet.cell(row, column)


def back(change: Callable[[Workbook], object], *languages: str) -> ReturnedTable:
    return read_table(read_book(changed(book(*languages or ("fr",)), change)), form())


def write(key: str, name: str, value: object) -> Callable[[Workbook], object]:
    return lambda found: setattr(cell_of(found, key, name), "value", value)


def test_table_has_a_row_a_text_with_id_place_source_and_who_made_it():
    sheet = opened(book("fr", "ar"))[TEXTS]

    assert [cell.value for cell in sheet[1]] == [
        *("id", "where", "source", "fr", "fr:state", "ar", "ar:state")
    ]
    rows = {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=3)}
    assert rows[place("said")] == [
        *("who · said · label", "You wrote ${who}."),
        *("Vous avez écrit ${who}.", "machine-made", None, "missing"),
    ]
    assert len(rows) == len(translatable(form()))


def test_arabic_cells_read_from_the_right_and_a_table_of_arabic_alone_runs_so_too():
    both, alone = opened(book("fr", "ar")), opened(book("ar"))

    assert cell_of(both, "ar", "who").alignment.readingOrder == 2
    assert cell_of(both, "fr", "who").alignment.readingOrder == 0
    assert not both[TEXTS].sheet_view.rightToLeft
    assert alone[TEXTS].sheet_view.rightToLeft


def test_table_that_nobody_changed_brings_nothing():
    assert read_table(read_book(book("fr", "ar")), form()) == ReturnedTable([], [])


def test_only_the_changed_cell_is_a_change_with_what_stood_there():
    found = back(write("fr", "who", "Qui répond ici ?"))

    assert [(one.cell, one.language, one.text, one.before) for one in found.changes] == [
        ("D4", "fr", "Qui répond ici ?", "Qui répond ?")
    ]
    assert found.faults == []


def test_text_that_is_marked_confirmed_is_a_change_though_its_words_stay():
    (one,) = back(write("fr:state", "who", "Confirmed")).changes

    assert (one.place, one.text, one.before) == (place("who"), "Qui répond ?", "Qui répond ?")


def test_emptied_cell_changes_nothing():
    assert back(write("fr", "who", None)) == ReturnedTable([], [])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Vous avez écrit cela.", "${who} is lost."),
        ("Vous avez écrit ${who} et ${autre}.", "Here stands ${…} that the source does not have."),
        ("=A1", "Here stands a formula."),
        (True, "Excel made a date, a time or a yes/no of this text."),
        ("x" * 5001, "The text has more than 5000 characters."),
    ],
)
def test_cell_that_cannot_be_taken_is_told_with_its_place_and_what_stands_there(
    value: object, told: str
):
    (fault,) = back(write("fr", "said", value)).faults

    assert (fault.cell, fault.message) == ("Texts!D6", told)
    assert fault.advice
    assert fault.text


def test_rows_may_be_sorted_and_left_out_and_others_are_told():
    def change(found: Workbook) -> None:
        sheet = found[TEXTS]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
        rows = [["survey/gone/label", "", "", "Perdu"], *reversed(rows[1:]), rows[1]]
        rows += [["", "", "", "Sans id"]]
        for number, row in enumerate(rows, start=3):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value

    found = back(change)

    assert found.changes == []
    assert [(fault.cell, fault.message) for fault in found.faults] == [
        ("Texts!A3", "The id “survey/gone/label” is none of this form."),
        ("Texts!A7", "The id “survey/who/label” stands twice, in A6 too."),
        ("Texts!A8", "This row has no id."),
    ]


def test_column_of_nobody_is_told():
    found = back(lambda book: setattr(book[TEXTS]["F1"], "value", "de"))

    assert [fault.message for fault in found.faults] == ["The column “de” is none of this table."]


def test_table_of_another_form_or_version_or_no_table_is_refused_in_words():
    later = form(FORM.replace(",farms,2", ",farms,3"))
    other = form(FORM.replace("Farms,farms", "Mills,mills"))
    mine, nothing = read_book(book("fr")), RawBook({"Sheet1": RawSheet("Sheet1", {})})

    assert refusal_of(mine, form()) is None
    assert refusal_of(mine, later)[0] == (
        "This is the table of another version: “Farms”, version 2. Here is version 3."
    )
    assert refusal_of(mine, other)[0] == "This is the table of another form: “Farms”, version 2."
    assert refusal_of(nothing, form())[0] == "This workbook is no table of translations."


KINDS = st.sampled_from("sndmtbfe")
CELLS = st.dictionaries(
    st.tuples(st.integers(0, 8), st.integers(0, 8)),
    st.tuples(KINDS, st.text(max_size=30) | st.sampled_from([place("who"), "fr", "confirmed"])),
    max_size=30,
)


def as_sheet(name: str, cells: dict[tuple[int, int], tuple[str, str]]) -> RawSheet:
    return RawSheet(name, {at: RawCell(*at, *cell) for at, cell in cells.items()})


@given(CELLS, CELLS)
def test_whatever_a_table_holds_is_read_and_no_value_is_ever_lost(texts: dict, base: dict):
    found = RawBook({one: as_sheet(one, cells) for one, cells in ((TEXTS, texts), (BASE, base))})

    returned = read_table(found, form())

    assert refusal_of(found, form()) is not None
    sources = translatable(form())
    assert all("${who}" in c.text for c in returned.changes if "${who}" in sources[c.place])


def test_table_without_its_hidden_sheet_of_what_went_out_changes_nothing():
    whole = read_book(changed(book("fr"), write("fr", "who", "Qui ?")))
    sheets = {name: sheet for name, sheet in whole.sheets.items() if name != BASE}

    found = read_table(RawBook(sheets), form())

    assert found.changes == []
    assert [fault.cell for fault in found.faults] == ["Texts!D1", "Texts!E1"]


def test_hidden_sheets_hold_what_went_out():
    found = opened(book("fr"))

    assert {found[name].sheet_state for name in (META, BASE)} == {"veryHidden"}
