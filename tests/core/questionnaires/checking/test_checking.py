"""A check finds every fault at once, each with its cell and a way to mend it."""

from io import BytesIO

import openpyxl
import pytest

from questionnaires import Fault, FormReport, check_file, check_form
from questionnaires.checking.expressions import CHOSEN, REFERENCE
from questionnaires.form.external import LARGEST, read_external
from tests.forms import REAL_FORMS, form, respond, table

SURVEY = (
    "type | name | label | relevant | constraint | constraint_message | calculation | choice_filter"
)
YES_NO = table("choices", "list_name | name | label", "yn | yes | Yes", "yn | no | No")
GOOD_ROW = "text | good | Good | | | | | "


def check(*sheets: str) -> FormReport:
    return check_form("".join(sheets).encode(), ".csv", name="form.csv")


def survey(*rows: str) -> str:
    return table("survey", SURVEY, *rows, GOOD_ROW)


def only(report: FormReport, code: str) -> Fault:
    (fault,) = [fault for fault in report.faults if fault.code == code]
    return fault


# code, level, sheet, row, column, sheets
FAULTS = [
    ("sheet-missing", "error", None, None, None, [YES_NO]),
    (
        "sheet-missing",
        "error",
        None,
        None,
        None,
        [survey("select_one yn | q | Q | | | | | ")],
    ),
    ("column-missing", "error", "survey", 1, None, [table("survey", "type | label", "text | Q")]),
    (
        "column-missing",
        "error",
        "choices",
        1,
        None,
        [survey("select_one yn | q | Q"), table("choices", "list_name | label", "yn | Yes")],
    ),
    (
        "column-twice",
        "error",
        "survey",
        1,
        "relevance",
        [table("survey", "type | name | label | relevant | relevance", "text | q | Q | | ")],
    ),
    ("type-unknown", "error", "survey", 2, "type", [survey("selekt | q | Q | | | | | ")]),
    ("type-unknown", "error", "survey", 2, "type", [survey(" | q | Q | | | | | ")]),
    ("type-unsupported", "warning", "survey", 2, "type", [survey("geotrace | q | Q | | | | | ")]),
    ("name-missing", "error", "survey", 2, "name", [survey("text | | Q | | | | | ")]),
    ("name-invalid", "error", "survey", 2, "name", [survey("text | 1 q | Q | | | | | ")]),
    (
        "name-twice",
        "error",
        "survey",
        3,
        "name",
        [survey("text | q | Q | | | | | ", "text | Q | Q | | | | | ")],
    ),
    (
        "name-missing",
        "error",
        "choices",
        2,
        "name",
        [
            survey("select_one yn | q | Q | | | | | "),
            table("choices", "list_name | name | label", "yn | | Yes", "yn | no | No"),
        ],
    ),
    ("list-missing", "error", "survey", 2, "type", [survey("select_one zz | q | Q"), YES_NO]),
    ("list-missing", "error", "survey", 2, "type", [survey("select_one | q | Q"), YES_NO]),
    (
        "list-empty",
        "error",
        "survey",
        2,
        "type",
        [survey("select_one e | q | Q"), table("choices", "list_name | name | label", "e | | ")],
    ),
    (
        "choice-twice",
        "warning",
        "choices",
        3,
        "name",
        [
            survey("select_one yn | q | Q | | | | | "),
            table("choices", "list_name | name | label", "yn | y | Yes", "yn | y | Y"),
        ],
    ),
    ("group-unclosed", "error", "survey", 2, "type", [survey("begin group | g | G | | | | | ")]),
    ("group-unopened", "error", "survey", 2, "type", [survey("end group | | | | | | | ")]),
    (
        "reference-unknown",
        "error",
        "survey",
        2,
        "relevant",
        [survey("text | q | Q | ${nobody} = 1 | | | | ")],
    ),
    (
        "reference-ambiguous",
        "error",
        "survey",
        2,
        "relevant",
        [
            survey(
                "text | q | Q | ${twin} = 1 | | | | ",
                "begin group | g | G | | | | | ",
                "text | twin | T | | | | | ",
                "end group | | | | | | | ",
                "text | twin | T | | | | | ",
            )
        ],
    ),
    (
        "expression-syntax",
        "error",
        "survey",
        2,
        "constraint",
        [survey("text | q | Q | | . > | Too low | | ")],
    ),
    (
        "function-unknown",
        "error",
        "survey",
        2,
        "calculation",
        [survey("calculate | q | | | | | squareroot(4) | ")],
    ),
    (
        "arguments-wrong",
        "error",
        "survey",
        2,
        "relevant",
        [survey("text | q | Q | selected(${good}) | | | | ")],
    ),
    (
        "quotes-typographic",
        "error",
        "survey",
        2,
        "relevant",
        [survey("text | q | Q | ${good} = ‘x’ | | | | ")],
    ),
    (
        "circular",
        "error",
        "survey",
        2,
        "relevant",
        [survey("text | a | A | ${b} = 1 | | | | ", "text | b | B | ${a} = 1 | | | | ")],
    ),
    (
        "choice-never",
        "warning",
        "survey",
        3,
        "relevant",
        [
            survey(
                "select_one yn | q | Q | | | | | ",
                "text | t | T | selected(${q}, 'maybe') | | | | ",
            ),
            YES_NO,
        ],
    ),
    (
        "choice-never",
        "warning",
        "survey",
        2,
        "constraint",
        [survey('select_one yn | q | Q | | . != "maybe" | No | | '), YES_NO],
    ),
    (
        "constraint-without-message",
        "warning",
        "survey",
        2,
        "constraint",
        [survey("integer | q | Q | | . > 1 | | | ")],
    ),
    ("label-missing", "error", "survey", 2, "label", [survey("text | q | | | | | | ")]),
    (
        "label-missing",
        "warning",
        "choices",
        2,
        "label",
        [
            survey("select_one yn | q | Q | | | | | "),
            table("choices", "list_name | name | label", "yn | y | ", "yn | n | No"),
        ],
    ),
    (
        "translation-missing",
        "warning",
        "survey",
        2,
        "label::French (fr)",
        [
            table(
                "survey",
                "type | name | label::English (en) | label::French (fr)",
                "text | q | Question | ",
                "text | p | Point | Point",
            )
        ],
    ),
    (
        "encrypted",
        "warning",
        "settings",
        2,
        "public_key",
        [
            survey(),
            table(
                "settings",
                "form_id | submission_url | public_key",
                "f | https://example.org | KEY",
            ),
        ],
    ),
    (
        "setting-unknown",
        "warning",
        "settings",
        1,
        "colour",
        [survey(), table("settings", "form_id | colour", "f | red")],
    ),
    (
        "column-ignored",
        "warning",
        "survey",
        1,
        "remark",
        [table("survey", "type | name | label | remark", "text | q | Q | later")],
    ),
    (
        "scoring-column-plain",
        "warning",
        "survey",
        1,
        "risk_factor",
        [table("survey", "type | name | label | risk_factor", "text | q | Q | WRK-05")],
    ),
    (
        "converter",
        "error",
        None,
        None,
        None,
        [
            table(
                "survey",
                "type | name | label | parameters",
                "range | q | Q | beginning=1",
            )
        ],
    ),
]


@pytest.mark.parametrize(
    ("code", "level", "sheet", "row", "column", "sheets"),
    FAULTS,
    ids=[f"{number}-{row[0]}" for number, row in enumerate(FAULTS)],
)
def test_a_fault_is_found_with_its_place_and_a_way_to_mend_it(
    code, level, sheet, row, column, sheets
):
    report = check(*sheets)

    fault = only(report, code)
    assert fault.level == level
    if code != "converter":
        assert (fault.sheet, fault.row, fault.column) == (sheet, row, column)
    assert fault.message
    assert fault.mend
    assert report.usable is (level == "warning")


def test_a_good_form_has_no_faults():
    report = check(survey("select_one yn | q | Q | ${good} != '' | | | | "), YES_NO)

    assert report == FormReport("form.csv", True, (), 2, (), ())


def test_all_faults_come_at_once_in_the_order_of_the_sheets():
    report = check(
        survey(
            "selekt | a | A | | | | | ",
            "text | b | B | ${x} > and 1 | | | | ",
            "calculate | c | | | | | foo( | ",
        ),
        table("choices", "list_name | name | label", "yn | | Yes"),
        table("settings", "colour", "red"),
    )

    assert [(f.sheet, f.row, f.code) for f in report.faults] == [
        ("survey", 2, "type-unknown"),
        ("survey", 3, "reference-unknown"),
        ("survey", 3, "expression-syntax"),
        ("survey", 4, "function-unknown"),
        ("choices", 2, "name-missing"),
        ("settings", 1, "setting-unknown"),
    ]


def test_the_place_in_a_cell_counts_from_its_first_sign():
    fault = only(check(survey("text | q | Q | ${good} > | | | | ")), "expression-syntax")

    assert (fault.cell, fault.at) == ("${good} >", 9)
    assert fault.message == "The expression ends where a value or a closing bracket is expected."


def test_the_other_of_or_other_is_a_choice():
    report = check(
        survey(
            "select_one yn or_other | q | Q | | | | | ",
            "text | t | T | selected(${q}, 'other') | | | | ",
        ),
        YES_NO,
    )

    assert report.faults == ()


def test_circles_are_all_named_beside_other_faults():
    report = check(
        table(
            "survey",
            "type | name | label::English (en) | relevant | calculation",
            "text | a | A | ${b} = 1 | ",
            "text | b | B | ${a} = 1 | ",
            "selekt | c | C | | ",
            "calculate | d | | | ${d} + 1",
        )
    )

    assert [(f.code, f.row, f.column) for f in report.faults] == [
        ("circular", 2, "relevant"),
        ("type-unknown", 4, "type"),
        ("circular", 5, "calculation"),
    ]
    assert report.languages == ("English (en)",)


def test_a_circle_over_a_count_is_placed_in_the_sheet():
    report = check(
        table(
            "survey",
            "type | name | label | repeat_count | calculation",
            "begin repeat | r | R | ${total} | ",
            "integer | n | N | | ",
            "end repeat | | | | ",
            "calculate | total | | | sum(${n})",
        )
    )

    fault = only(report, "circular")
    assert (fault.sheet, fault.column) in [("survey", "repeat_count"), ("survey", "calculation")]


def test_references_in_labels_and_defaults_are_looked_at_too():
    report = check(
        table(
            "survey",
            "type | name | label | default",
            "text | q | About ${gone} | concat(${q}",
        )
    )

    assert [(f.code, f.column) for f in report.faults] == [
        ("reference-unknown", "label"),
        ("expression-syntax", "default"),
    ]


def test_mended_habits_are_named_and_leave_the_form_usable():
    report = check(
        table(
            "survey",
            "type | name | label | repeat_count | jr:count | bind::dd:factor",
            "integer | n | N | | | WRK-05",
            "begin repeat | r | R | | ${n} | ",
            "select_one yn | q | Q | | | ",
            "end repeat | | | | | ",
        ),
        table("choices", "list_name | name | label", "yn | y | Yes", "yn | y | Y"),
    )

    assert report.usable
    assert report.mended == ("allow_choice_duplicates", "repeat_count", "namespaces")
    assert [fault.code for fault in report.faults] == ["scoring", "choice-twice"]
    assert (report.faults[0].level, report.faults[0].row) == ("warning", 2)


def test_a_workbook_with_a_doubled_heading_names_the_column():
    book = openpyxl.Workbook()
    book.active.title = "survey"
    book.active.append(["type", "name", "label", "label"])
    book.active.append(["text", "q", "Q", "Q"])
    out = BytesIO()
    book.save(out)

    report = check_form(out.getvalue(), ".xlsx", name="x")

    fault = only(report, "column-twice")
    assert (report.usable, fault.column, fault.row) == (False, "label", 1)


def test_bytes_that_are_no_workbook_are_one_fault():
    report = check_form(b"no workbook", ".xlsx", name="x")

    assert (report.usable, [f.code for f in report.faults]) == (False, ["file-unreadable"])


def test_files_that_do_not_lie_beside_the_form_are_named(tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(
        table(
            "survey",
            "type | name | label | image | calculation",
            "select_one_from_file here.csv | a | A | there.png | ",
            "select_one_from_file gone.csv | b | B | gone.png | ",
            "calculate | c | | | pulldata('prices', 'price', 'key', 'x')",
        )
    )
    (tmp_path / "here.csv").write_text("name,label\n")
    (tmp_path / "there.png").write_bytes(b"")

    report = check_file(path)

    assert [(f.code, f.row, f.column) for f in report.faults] == [
        ("media-missing", None, None),
        ("media-missing", 3, "type"),
        ("media-missing", 3, "image"),
    ]
    assert report.usable


SEARCHED = table(
    "survey",
    "type | name | label | appearance",
    "select_one places | a | A | minimal search('villages')",
    "select_multiple places | b | B | search( \"towns.csv\", 'matches', 'of', ${a})",
    "text | c | Research (free) | w1 research('x')",
) + table("choices", "list_name | name | label", "places | key | words")


def test_a_select_by_search_without_its_file_is_an_error_for_it_offers_column_names():
    report = check_form(SEARCHED.encode(), ".csv", name="x")

    found = [f for f in report.faults if f.code == "media-missing"]
    assert [(f.level, f.sheet, f.row, f.column) for f in found] == [
        ("error", "survey", 2, "appearance"),
        ("error", "survey", 3, "appearance"),
    ]
    assert not report.usable and "'villages.csv'" in found[0].message
    assert "'towns.csv'" in found[1].message and "sheet choices" in found[0].mend


def test_a_select_by_search_whose_file_lies_beside_the_form_is_no_fault(tmp_path):
    (tmp_path / "form.csv").write_text(SEARCHED)
    for name in ("villages.csv", "towns.csv"):
        (tmp_path / name).write_text("key,words,of\n1,One,2\n")

    report = check_file(tmp_path / "form.csv")

    assert report.usable and report.faults == ()


def test_a_list_too_large_to_be_read_counts_as_missing(tmp_path):
    found = form(table("survey", "type | name | label", "select_one_from_file big.csv | a | A"))
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(LARGEST + 1)

    rows, missing = read_external(found, tmp_path)

    assert missing == ["big.csv"]
    assert list(rows.values()) == [[]]


def test_a_circle_over_plain_paths_makes_the_form_unusable():
    report = check(
        table(
            "survey",
            "type | name | label | calculation",
            "calculate | a | | /data/b + 1",
            "calculate | b | | /data/a + 1",
            "text | t | T | ",
        )
    )

    assert not report.usable
    assert "a" in only(report, "circular").message


def test_a_file_that_is_not_there_is_reported(tmp_path):
    report = check_file(tmp_path / "none.xlsx")

    assert not report.usable
    assert report.as_json()["faults"][0]["code"] == "file-unreadable"


@pytest.mark.parametrize("path", sorted(REAL_FORMS.glob("*.xls*")), ids=lambda path: path.name)
def test_every_real_form_can_be_used(path):
    report = check_file(path)

    assert report.usable
    assert report.questions > 0
    assert set(report.as_json()) == {
        "form",
        "usable",
        "mended",
        "questions",
        "languages",
        "faults",
    }


def test_groups_of_one_name_within_each_other_are_no_circle():
    report = check(
        table(
            "survey",
            "type | name | label",
            "begin group | a | A",
            "begin group | b | B",
            "begin group | a | A",
            "text | t | T",
            "end group | | ",
            "end group | | ",
            "end group | | ",
        )
    )

    assert report.usable
    assert report.faults == ()


def test_answers_given_earlier_are_offered_by_select_one_alone():
    report = check(
        table(
            "survey",
            "type | name | label",
            "begin repeat | r | R",
            "text | t | T",
            "end repeat | | ",
            "select_multiple ${t} | q | Q",
        )
    )

    fault = only(report, "list-missing")
    assert (fault.row, fault.column, fault.mend[:22]) == (5, "type", "Write 'select_one ${t}")


def test_a_default_that_cannot_be_read_is_told_in_its_row():
    report = check(
        table("survey", "type | name | label | default", "date | d | D | today() + foo(")
    )

    assert not report.usable
    assert {(fault.sheet, fault.row) for fault in report.faults} == {("survey", 2)}


@pytest.mark.parametrize("pattern", [REFERENCE, *CHOSEN])
def test_many_spaces_in_an_unfinished_reference_are_read_once(pattern):
    """A quadratic search would exceed the time limit of the run."""
    assert not pattern.search("selected(${" + 600_000 * " " + "x")


def test_a_reference_may_stand_between_spaces():
    found = [found[1] for found in REFERENCE.finditer("${ a } ${last-saved#b} ${ c d } ${}")]

    assert found == ["a", "b", "c d", ""]


def test_a_row_without_type_name_and_label_is_a_comment_and_no_fault():
    report = check(
        table(
            "survey",
            "type | name | label | category",
            " | | | About the farm",
            "text | farm | Farm | ",
        )
    )

    assert report.usable
    comment = next(fault for fault in report.faults if fault.code == "row-ignored")
    assert (comment.level, comment.row) == ("warning", 2)


@pytest.mark.parametrize("kind", ["begin loop over Toilets", "begin loop Toilets"])
def test_a_loop_over_a_list_is_a_group_for_each_of_its_choices(kind):
    sheets = (
        table(
            "survey",
            "type | name | label",
            f"{kind} | toilets | ",
            "integer | number | How many %(label)s?",
            "end loop | | ",
        ),
        table("choices", "list_name | name | label", "Toilets | pit | pits"),
    )

    assert check(*sheets).usable
    assert respond(*sheets).state("/data/toilets/pit/number").label == "How many pits?"


def test_old_names_of_repeats_and_of_what_the_phone_fills_in_are_known():
    report = check(
        table(
            "survey",
            "type | name | label",
            "subscriber id | sim | ",
            "begin looped group | person | Person",
            "text | name | Name",
            "end repeat | | ",
        )
    )

    assert report.usable
    assert report.questions == 1
