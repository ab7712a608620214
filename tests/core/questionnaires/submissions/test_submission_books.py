"""Workbooks that KoboToolbox exports: a sheet of submissions, and one for each repeat."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from questionnaires.submissions.books import is_book, is_own_book
from questionnaires.submissions.files import read_stored, read_submission_file
from questionnaires.submissions.instance import compare
from questionnaires.workbook import child as answer_book_child
from questionnaires.workbook import reading as answer_book_reading
from questionnaires.workbook.changes import judge
from questionnaires.workbook.reading import BookRefused
from tests.forms import respond, table
from tests.phone_submissions import as_book, as_json, claiming

SURVEY = table(
    "survey",
    "type|name|label::English (en)|label::French (fr)",
    "begin_group|g|Your place|Votre lieu",
    "decimal|share|Share of hired work|Part du travail salarié",
    "date|day|Day of the visit|Jour de la visite",
    "select_multiple who|helps|Who helps?|Qui aide ?",
    "end_group|||",
    "begin_repeat|site|Places where goods are made or kept|Lieux",
    "text|town|Town|Ville",
    "begin_repeat|house|Houses: all|Maisons",
    "integer|rooms|Rooms|Pièces",
    "end_repeat|||",
    "end_repeat|||",
)
CHOICES = table(
    "choices",
    "list_name|name|label::English (en)|label::French (fr)",
    "who|school|The school|L'école",
    "who|clinic|The clinic|La clinique",
)
RESPONSE = respond(SURVEY, CHOICES)
FORM = RESPONSE.form
MAIN = [
    ["g/share", "g/day", "g/helps", "g/helps/school", "g/helps/clinic", "_uuid", "_index"],
    [4.5, date(2026, 6, 15), "school", 1, 0, "u1", 1],
    [6, datetime.fromisoformat("2026-06-16T00:00:00"), "", 1, 1, "u2", 2],
]
SITES = [
    ["site/town", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
    ["Lomé", 1, "Visit", 2, "u2"],
    ["Fès", 2, "Visit", 1, "u1"],
    ["Ané", 3, "Visit", 2, "u2"],
]
HOUSES = [["site/house/rooms", "_index", "_parent_index"], [3, 1, 3], [7, 2, 3]]


def book(**sheets: Sequence[Sequence[object]]) -> Workbook:
    """A workbook that is still open, to be spoilt."""
    return load_workbook(io.BytesIO(as_book(sheets)))


def kept(made: Workbook) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def export() -> Workbook:
    return book(Visit=MAIN, site=SITES, house=HOUSES)


def test_submissions_and_their_entries_are_read_from_every_sheet():
    first, second = read_submission_file("export.xlsx", kept(export()), FORM).submissions

    assert (first.instance_id, second.instance_id) == ("uuid:u1", "uuid:u2")
    assert first.texts == {
        "/data/g/share": "4.5",
        "/data/g/day": "2026-06-15",
        "/data/g/helps": "school",
        "/data/site[1]/town": "Fès",
    }
    assert second.texts == {
        "/data/g/share": "6",
        "/data/g/day": "2026-06-16",
        "/data/g/helps": "school clinic",
        "/data/site[1]/town": "Lomé",
        "/data/site[2]/town": "Ané",
        "/data/site[2]/house[1]/rooms": "3",
        "/data/site[2]/house[2]/rooms": "7",
    }
    assert (first.set_aside, second.set_aside) == ({}, {})
    assert read_stored(second.content, FORM) == second


@pytest.mark.parametrize("name", ["site", "Places where goods are made ...", "Lieux"])
def test_sheet_of_a_repeat_is_found_by_its_name_or_its_label_also_when_that_is_cut(name):
    made = book(Visit=MAIN, site=SITES, house=HOUSES)
    made["site"].title = name
    made["house"].title = "Houses_ all"

    _, second = read_submission_file("export.xlsx", kept(made), FORM).submissions

    assert second.texts["/data/site[2]/house[2]/rooms"] == "7"


def test_headings_may_be_labels_and_give_the_same_submission_as_json():
    labels = [["Share of hired work", "Who helps?", "_uuid"], ["4", "The clinic The school", "1"]]
    row = {"_uuid": "1", "g/share": "4", "g/helps": "clinic school"}

    found = read_submission_file("e.xlsx", kept(book(Visit=labels)), FORM).submissions[0]
    same = read_submission_file("e.json", as_json([row]), FORM).submissions[0]

    assert (found.instance_id, found.texts) == (same.instance_id, same.texts)


def test_change_says_in_which_cell_it_stands():
    _, second = read_submission_file("export.xlsx", kept(export()), FORM).submissions

    places = {change.path: change.place for change in compare(second, RESPONSE).changes}

    assert places["/data/g/share"] == "Visit, A3"
    assert places["/data/site[2]/house[2]/rooms"] == "house, A3"


def test_chosen_answers_read_in_the_language_of_the_response():
    response = respond(SURVEY, CHOICES, language="French (fr)")
    row = {"_uuid": "1", "g/helps": "school clinic"}
    found = read_submission_file("e.json", as_json([row]), FORM).submissions[0]

    (change,), _ = judge(response, compare(found, response).changes, has_base=False)

    assert change.words == "L'école, La clinique"


def test_places_that_no_workbook_gave_are_passed_over():
    found = read_submission_file(
        "e.json", as_json([{"_uuid": "1", "g/share": "4", "_cells": 5}]), FORM
    )

    assert found.submissions[0].cells == {}


def _formula(made: Workbook) -> None:
    made["site"]["A3"] = "=A2"


def _error(made: Workbook) -> None:
    made["site"]["A3"] = "#REF!"


def _merged(made: Workbook) -> None:
    made["site"].merge_cells("A3:A4")


def _beside(made: Workbook) -> None:
    made["site"]["H3"] = "a remark"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_formula, "Sheet “site”, row 3, column A: The cell holds a formula"),
        (_error, "Sheet “site”, row 3, column A: The cell holds the error #REF!."),
        (_merged, "Sheet “site”, row 3, column A: This cell is merged"),
        (_beside, "Sheet “site”, row 3, column H: This cell has no heading above it"),
    ],
)
def test_cell_that_cannot_be_told_is_named_with_sheet_row_and_column(spoil, says):
    made = export()
    spoil(made)

    with pytest.raises(BookRefused, match=says):
        read_submission_file("export.xlsx", kept(made), FORM)


def test_entry_of_no_parent_and_sheet_of_no_list_are_refused_in_words():
    lost = book(Visit=MAIN, site=[SITES[0], ["Lomé", 1, "Visit", 9, "u9"]])
    odd = book(Visit=MAIN, other=SITES)
    two = book(Visit=MAIN, Notes=[["remark"], ["call them"]])

    for made, says in (
        (lost, "The table site names row 9"),
        (odd, "The table other is called like no list"),
        (two, "no table of submissions, or several"),
    ):
        with pytest.raises(BookRefused, match=says):
            read_submission_file("export.xlsx", kept(made), FORM)


def test_workbook_of_something_else_is_told_what_to_do():
    with pytest.raises(BookRefused) as refused:
        read_submission_file("a.xlsx", kept(book(Prices=[["a", "b"], [1, 2]])), FORM)
    assert refused.value.code == "no_meta"


def test_export_without_a_submission_is_said_to_be_empty():
    with pytest.raises(BookRefused) as refused:
        read_submission_file("a.xlsx", kept(book(Visit=MAIN[:1])), FORM)
    assert refused.value.code == "no_submissions"


def test_export_with_more_cells_than_any_form_has_is_refused(monkeypatch, tmp_path):
    wide = as_book({"Visit": [["_uuid", "g/share"], ["a", 1], ["b", 2]]})
    child = tmp_path / "child.py"
    monkeypatch.setattr(answer_book_reading, "_CHILD", child)

    child.write_text(_reading_at_most(6), encoding="utf-8")
    assert len(read_submission_file("a.xlsx", wide, FORM).submissions) == 2
    child.write_text(_reading_at_most(5), encoding="utf-8")
    with pytest.raises(BookRefused, match="larger than any filled-in form"):
        read_submission_file("a.xlsx", wide, FORM)


def _reading_at_most(cells: int) -> str:
    """The program of the child process with another limit than 400,000 cells."""
    program = Path(answer_book_child.__file__).read_text(encoding="utf-8")
    assert program.count("MAX_CELLS = 2_000, 60 * 1024**2, 200, 400_000\n") == 1
    return program.replace("400_000\n", f"{cells}\n")


def test_workbook_is_known_by_what_it_holds():
    own = book(Questions=[["a"]], _meta=[["assignment"]])

    assert (is_book(kept(own)), is_own_book(kept(own))) == (True, True)
    assert (is_book(kept(export())), is_own_book(kept(export()))) == (True, False)
    for other in (b"{}", b"PK\x03\x04cut", claiming(3, b"abcd")):
        assert (is_book(other), is_own_book(other)) == (False, False)
