"""A form's words and order are changed, and everything else in it stays as it is."""

import pytest
from pyxform.xls2xform import convert

from questionnaires import export_workbook, read_form
from questionnaires.form.sheet_edits import EditRefused, change_row, move_row, texts_of
from tests.forms import REAL_FORMS, table

FORM = (
    table(
        "survey",
        "type | name | label::English (en) | label::French (fr) | relevant | bind::dd:factor",
        "integer | a | One | Un | | ",
        "begin group | g | Group | Groupe | ${a} > 1 | ",
        "text | b | Two | Deux | | WRK-10",
        "text | c | Three | Trois | | ",
        "end group | | | | | ",
        "text | d | Four | Quatre | | ",
    )
    + table("settings", "form_id | version", "f | 3")
).encode()


def names(data: bytes) -> list[str]:
    return [node.name for node in read_form(data, ".xlsx").nodes()]


def test_the_texts_of_a_question_are_named_by_their_headings():
    assert texts_of(FORM, ".csv", "b") == {
        "label::English (en)": "Two",
        "label::French (fr)": "Deux",
        "required": "",
    }


def test_other_words_and_required_leave_the_rest_of_the_form_as_it_is():
    data = change_row(FORM, ".csv", "b", {"label::French (fr)": " Bis ", "required": "yes"})

    form = read_form(data, ".xlsx")
    question = form.question("/data/g/b")
    assert question.label.plain("French (fr)") == "Bis"
    assert question.label.plain("English (en)") == "Two"
    assert question.rules.required == "true()"
    assert question.extras["dd:factor"] == "WRK-10"
    assert (form.form_id, form.version) == ("f", "3")
    assert names(data) == ["a", "g", "b", "c", "d"]


def test_a_heading_that_is_no_text_is_not_written():
    data = change_row(FORM, ".csv", "b", {"type": "integer", "relevant": "false()"})

    assert read_form(data, ".xlsx").question("/data/g/b").data_type == "string"


@pytest.mark.parametrize(
    ("name", "up", "order"),
    [
        ("a", False, ["g", "b", "c", "a", "d"]),
        ("d", True, ["a", "d", "g", "b", "c"]),
        ("g", False, ["a", "d", "g", "b", "c"]),
        ("g", True, ["g", "b", "c", "a", "d"]),
        ("c", True, ["a", "g", "c", "b", "d"]),
    ],
)
def test_a_question_or_group_moves_past_its_neighbour(name, up, order):
    assert names(move_row(FORM, ".csv", name, up=up)) == order


@pytest.mark.parametrize(("name", "up"), [("a", True), ("d", False), ("b", True), ("c", False)])
def test_the_first_and_the_last_of_a_group_stay_in_it(name, up):
    with pytest.raises(EditRefused):
        move_row(FORM, ".csv", name, up=up)


def test_a_question_that_is_not_there_cannot_be_changed():
    with pytest.raises(EditRefused, match="no question 'z'"):
        change_row(FORM, ".csv", "z", {})


@pytest.mark.parametrize("path", sorted(REAL_FORMS.glob("*.xls*")), ids=lambda path: path.stem)
def test_the_workbook_of_a_real_form_is_the_same_form_and_converts_without_new_warnings(path):
    data = path.read_bytes()
    form = read_form(data, path.suffix)

    workbook = export_workbook(data, path.suffix.removeprefix("."))

    assert read_form(workbook, ".xlsx").children == form.children
    warnings: list[str] = []
    convert(xlsform=workbook, warnings=warnings, file_type=".xlsx")
    assert set(warnings) <= set(form.warnings)
