"""Corrections of a list: one value everywhere, whole rows, and the workbook that carries them."""

import io

import openpyxl
import pytest
import xlsxwriter

from supply_chain.errors import FileRefused
from supply_chain.intake.corrections import (
    GUIDE,
    LIST,
    ROW_TITLE,
    FaultyRow,
    FaultyTable,
    read_corrections,
    write_corrections,
)
from supply_chain.intake.drafts import NamedBytes, RowProblem, TableMapping
from supply_chain.intake.maps import read_map, read_tables
from supply_chain.intake.sheets import Table
from supply_chain.intake.value_corrections import (
    HiddenCells,
    ValueCorrection,
    column_of,
    correct_tables,
    field_of,
)

LIST_CSV = NamedBytes(
    "list.csv",
    b"Suppliers of 2026,,\nName,Country,Share\nAlpha,Vietnamm,1\nBeta, Vietnamm ,2\n"
    b"Gamma,VN,3\nVietnamm,VN,4\n",
)
PROBLEM = RowProblem("list.csv", None, 3, "Country", "Vietnamm", "Not a country.", "Write a code.")


def _mended(
    *values: ValueCorrection, rows: dict[str, dict[int, tuple[str, ...]]] | None = None
) -> Table:
    tables = read_tables([LIST_CSV])
    (table,) = correct_tables(tables, header_rows={"list.csv": 2}, rows=rows or {}, values=values)
    return table


def test_value_is_mended_in_every_row_that_has_it_and_in_its_column_alone():
    table = _mended(ValueCorrection("list.csv", "Country", "Vietnamm", "VN"))

    assert [row[1] for row in table.rows[2:]] == ["VN", "VN", "VN", "VN"]
    assert table.rows[5][0] == "Vietnamm"
    assert read_map([LIST_CSV], tables=[table]).skipped == 0


def test_corrections_of_a_column_or_table_that_is_not_there_change_nothing():
    before = read_tables([LIST_CSV])[0]

    assert _mended(ValueCorrection("list.csv", "Land", "Vietnamm", "VN")) == before
    assert _mended(ValueCorrection("other.csv", "Country", "Vietnamm", "VN")) == before
    assert _mended(rows={"list.csv": {99: ("x",)}, "other": {3: ("y",)}}) == before


def test_short_rows_are_passed_over():
    table = Table("t", "t.csv", None, (("a", "b"), ("1",), ("2", "x")))
    mends = [ValueCorrection("t", "b", "x", "y")]
    (mended,) = correct_tables([table], header_rows={"t": 1}, rows={}, values=mends)

    assert mended.rows == (("a", "b"), ("1",), ("2", "y"))


def test_corrected_row_takes_the_place_of_the_one_in_the_list():
    table = _mended(rows={"list.csv": {3: ("Alpha", "TH", "1")}})

    assert table.rows[2] == ("Alpha", "TH", "1")
    assert table.rows[3][1].strip() == "Vietnamm"


PEOPLE = Table(
    "list.csv",
    "list.csv",
    None,
    (
        ("Name", "Country", "Contact", "Workers"),
        ("Alpha", "Atlantis", "Maria E.", "12"),
        ("Beta", " Ltd", "VN", "Maria E.", "12"),
        ("Gamma",),
    ),
)


def _back(number: int, put: tuple[str, ...]) -> tuple[str, ...]:
    rows = {"list.csv": {number: put}}
    (table,) = correct_tables([PEOPLE], header_rows={"list.csv": 1}, rows=rows, values=())
    return table.rows[number - 1]


def test_cells_of_people_are_hidden_and_stay_when_their_row_comes_back():
    hidden = HiddenCells(PEOPLE, 1)

    assert hidden.shown(PEOPLE.rows[1]) == ("Alpha", "Atlantis", "", "12")
    assert _back(2, ("Alpha", "VN", "", "12")) == ("Alpha", "VN", "Maria E.", "12")
    assert _back(2, ("Alpha", "VN")) == ("Alpha", "VN", "Maria E.", "")
    assert _back(2, ("Alpha", "VN", "Eva", "12")) == ("Alpha", "VN", "Eva", "12")
    assert _back(4, ("Gamma", "VN", "", "3")) == ("Gamma", "VN", "", "3")


def test_a_shifted_row_hides_all_that_may_be_of_people_and_stays_until_it_is_mended():
    hidden = HiddenCells(PEOPLE, 1)

    assert hidden.shown(PEOPLE.rows[2]) == ("Beta", " Ltd")
    assert _back(3, ("Beta", "Ltd", "", "")) == PEOPLE.rows[2]
    assert _back(3, ("Beta", "Ltd", "VN")) == PEOPLE.rows[2]
    assert _back(3, ("Beta Ltd", "VN", "", "12"))[:2] == ("Beta Ltd", "VN")
    assert not any(_back(3, ("Beta Ltd", "VN", "", "12"))[4:])


def test_a_column_of_people_that_was_taken_for_a_field_is_shown():
    hidden = HiddenCells(PEOPLE, 1, used=("Name", "Contact"))

    assert hidden.shown(PEOPLE.rows[1]) == PEOPLE.rows[1]


def test_what_is_too_much_in_a_row_is_told_only_where_no_column_tells_of_people():
    with_people = b"Name,Country,Contact\nBeta,VN,x,maria@beta.example\n"
    without = b"Name,Country,Share\nBeta,VN,1,too much\n"

    told = [
        read_map([NamedBytes("list.csv", text)]).problems[0].value
        for text in (with_people, without)
    ]
    assert told == [None, "too much"]


@pytest.mark.parametrize(
    ("column", "theirs", "field"),
    [
        ("Country", "Country", "country"),
        ("country", "Country", "country"),
        ("Share", "Share", "other"),
        (None, None, "row"),
        ("buyer", None, "other"),
    ],
)
def test_problem_is_traced_to_their_column_and_to_our_field(
    column: str | None, theirs: str | None, field: str
):
    how = TableMapping(2, {"country": "Country"}, header=("Name", "Country", "Share"))
    problem = RowProblem("list.csv", None, 3, column, "x", "", "")

    assert column_of(problem, how) == theirs
    assert field_of(problem, how) == field


def test_problem_of_a_file_without_columns_is_about_the_field_it_names():
    assert field_of(RowProblem("m.json", None, 1, "share", "2", "", ""), None) == "share"


def _workbook() -> bytes:
    whole_row = RowProblem("list.csv", None, 4, None, "Beta", "Stands twice.", "Keep one.")
    ours = RowProblem("list.csv", None, 4, "country", "Vietnamm", "Not a country.", "Write.")
    rows = (
        FaultyRow(3, ("Alpha", "Vietnamm", "=1+1"), (PROBLEM,)),
        FaultyRow(4, ("Beta",), (whole_row, ours)),
    )
    table = FaultyTable("list.csv", ("Name", "Country", "Share"), rows, {"country": "Country"})
    return write_corrections([table], [PROBLEM, whole_row])


def test_workbook_comments_and_colours_the_faulty_cells_and_runs_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(_workbook()))
    sheet = book["Rows 1"]

    assert book.sheetnames == [GUIDE, "Rows 1", LIST]
    assert [cell.value for cell in sheet[1]] == [ROW_TITLE, "Name", "Country", "Share"]
    assert sheet["C2"].comment.text == "Not a country. Write a code."
    assert sheet["C2"].fill.bgColor.rgb != sheet["B2"].fill.bgColor.rgb
    assert sheet["A3"].comment.text == "Stands twice. Keep one."
    assert sheet["C3"].comment.text == "Not a country. Write."
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=1+1", "s")
    assert book[LIST]["G2"].value == "Write a code."


def test_workbook_comes_back_with_the_rows_it_carries():
    assert read_corrections(NamedBytes("problems.xlsx", _workbook())) == {
        "list.csv": {3: ("Alpha", "Vietnamm", "=1+1"), 4: ("Beta",)}
    }


def _book_of(sheets: dict[str, list[list[str]]]) -> NamedBytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return NamedBytes("mine.xlsx", stream.getvalue())


GUIDE_ROWS = [["Sheet", "Table of the list"], ["Rows 1", "list.csv"]]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({"Sheet1": [["Name"], ["Alpha"]]}, "not_corrections"),
        ({GUIDE: GUIDE_ROWS, "Rows 1": [["Name"], ["Alpha"]]}, "not_corrections"),
        ({GUIDE: GUIDE_ROWS, "Rows 1": [[ROW_TITLE, "Name"], ["", "New"]]}, "no_row_number"),
    ],
)
def test_another_workbook_is_refused_with_the_way_out(
    sheets: dict[str, list[list[str]]], code: str
):
    with pytest.raises(FileRefused) as refused:
        read_corrections(_book_of(sheets))

    assert refused.value.code == code
    assert refused.value.advice
