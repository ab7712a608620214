"""An XLSForm in any of its files becomes a form, with its own columns kept."""

import hashlib
from io import BytesIO

import openpyxl
import pytest

from questionnaires import FormUnusable, Group, Kind, Output, Question, read_form, read_form_file
from questionnaires.form.form import Section, Text
from questionnaires.form.xform import form_from_xform
from tests.forms import REAL_FORMS, form, table

SCORED = (
    table(
        "survey",
        "type | name | label::English (en) | label::French (fr) | hint::English (en) | "
        "bind::dd:factor | bind::dd:weight | instance::dd:note | risk_factor | required | "
        "appearance | parameters | default | relevant | constraint | "
        "constraint_message::English (en) | guidance_hint::English (en)",
        "begin group | work | Work | Travail | | | | | | | field-list | | | | | | ",
        "select_one yn | fees | Do workers pay fees? | Des frais ? | Any fee | WRK-05 | 3 | n | "
        "WRK-05 | yes | minimal | | | | | | Ask twice",
        "integer | age | Age of ${fees} | | | | | | | | | | 5 | ${fees} = 'yes' | . < 9 | Too old | ",
        "end group | | | | | | | | | | | | | | | | ",
        "range | r | Range | | | | | | | | | start=1 end=5 step=2 | | | | | ",
        "begin repeat | site | Site | | | | | | | | | | | | | | ",
        "image | photo | Photo | | | | | | | | | | | | | | ",
        "end repeat | | | | | | | | | | | | | | | | ",
        "hidden | c | | | | | | | | | | | | | | | ",
    ),
    table(
        "choices",
        "list_name | name | label::English (en) | label::French (fr) | risk_value | red_flag",
        "yn | yes | Yes | Oui | 1.0 | RF-05",
        "yn | no | No | Non | 0.0 | ",
    ),
    table(
        "settings",
        "form_id | form_title | version | default_language | instance_name",
        "saq | Self-assessment | 7 | English (en) | ${r}",
    ),
)


def test_a_form_knows_itself_and_its_pages():
    read = form(*SCORED)

    assert (read.form_id, read.version, read.title, read.root) == (
        "saq",
        "7",
        "Self-assessment",
        "data",
    )
    assert read.languages == ("English (en)", "French (fr)")
    assert read.default_language == "English (en)"
    assert [(s.name, s.label.plain("English (en)")) for s in read.sections] == [
        ("work", "Work"),
        ("r", ""),
        ("site", "Site"),
    ]
    assert read.settings["form_id"] == "saq"
    assert read.instance_name is not None
    assert read.section("site").group.repeat
    assert [q.name for q in read.section("work").questions()] == ["fees", "age"]
    assert not read.encrypted


def test_own_columns_stay_on_questions_and_choices():
    read = form(*SCORED)
    fees = read.question("/data/work/fees")

    assert fees.extras == {
        "dd:factor": "WRK-05",
        "dd:weight": "3",
        "dd:note": "n",
        "risk_factor": "WRK-05",
    }
    assert [dict(choice.extras) for choice in fees.choices] == [
        {"risk_value": "1.0", "red_flag": "RF-05"},
        {"risk_value": "0.0"},
    ]
    assert read.mended == ("namespaces",)
    assert read.namespaces["dd"] == "urn:child-rights-due-diligence:xforms"


def test_a_question_carries_its_words_rules_and_parameters():
    read = form(*SCORED)
    fees, age, scale = (read.question(f"/data/{n}") for n in ("work/fees", "work/age", "r"))

    assert fees.kind is Kind.SELECT_ONE
    assert fees.label.plain("French (fr)") == "Des frais ?"
    assert fees.hint.plain() == "Any fee"
    assert fees.guidance.plain() == "Ask twice"
    assert (fees.rules.required, fees.appearance) == ("true()", "minimal")
    assert fees.choices[0].label.plain("French (fr)") == "Oui"
    assert (age.data_type, age.default, age.rules.constraint) == ("int", "5", ". < 9")
    assert age.constraint_message.plain("English (en)") == "Too old"
    assert age.label.parts("French (fr)") == ("Age of ", Output("/data/work/fees"))
    assert age.label.plain() == "Age of ..."
    assert scale.parameters == {"start": "1", "end": "5", "step": "2"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text", Kind.TEXT),
        ("integer", Kind.INTEGER),
        ("decimal", Kind.DECIMAL),
        ("date", Kind.DATE),
        ("time", Kind.TIME),
        ("dateTime", Kind.DATETIME),
        ("select_multiple yn", Kind.SELECT_MULTIPLE),
        ("rank yn", Kind.RANK),
        ("acknowledge", Kind.ACKNOWLEDGE),
        ("note", Kind.NOTE),
        ("image", Kind.IMAGE),
        ("audio", Kind.AUDIO),
        ("video", Kind.VIDEO),
        ("file", Kind.FILE),
        ("barcode", Kind.BARCODE),
        ("geopoint", Kind.GEOPOINT),
        ("geotrace", Kind.GEOTRACE),
        ("geoshape", Kind.GEOSHAPE),
        ("range", Kind.RANGE),
        ("hidden", Kind.HIDDEN),
        ("today", Kind.META),
        ("select_one_from_file villages.csv", Kind.SELECT_ONE),
    ],
)
def test_each_type_of_question_is_known(kind, expected):
    read = form(
        table("survey", "type | name | label", f"{kind} | q | Q", "text | t | T"),
        table("choices", "list_name | name | label", "yn | y | Yes"),
    )
    found = read.question("/data/q")

    assert found.kind is expected
    assert found.is_asked is (expected not in (Kind.HIDDEN, Kind.META))
    assert found.is_input is (found.is_asked and expected is not Kind.NOTE)


def test_groups_and_repeats_keep_their_order_and_counts():
    read = form(
        table(
            "survey",
            "type | name | label | repeat_count",
            "integer | n | N | ",
            "begin repeat | r | R | ${n}",
            "text | t | T | ",
            "end repeat | | | ",
        )
    )
    nodes = list(read.nodes())

    assert [node.path for node in nodes] == ["/data/n", "/data/r", "/data/r/t"]
    assert isinstance(nodes[1], Group)
    assert (nodes[1].repeat, nodes[1].count) == (True, "/data/n")
    assert [question.name for question in nodes[1].questions()] == ["t"]


def test_or_other_adds_a_text_that_is_asked_when_other_is_chosen():
    read = form(
        table("survey", "type | name | label", "select_one yn or_other | q | Q"),
        table("choices", "list_name | name | label", "yn | y | Yes"),
    )

    assert [choice.name for choice in read.question("/data/q").choices] == ["y", "other"]
    assert read.question("/data/q_other").rules.relevant == "selected(../q, 'other')"


def test_a_randomised_list_keeps_its_items_and_seed_apart():
    read = form(
        table(
            "survey",
            "type | name | label | parameters | choice_filter",
            "text | t | T | | ",
            "select_one yn | q | Q | randomize=true, seed=3 | concat(',', name) = ${t}",
        ),
        table("choices", "list_name | name | label", "yn | y | Yes"),
    )
    itemset = read.question("/data/q").itemset

    assert itemset.randomized
    assert itemset.seed == "3"
    assert itemset.nodeset.startswith("instance('yn')/root/item[concat(',', name)")


def test_the_lists_of_external_choices_come_with_the_form():
    read = form(
        table(
            "survey",
            "type | name | label | choice_filter",
            "text | t | T | ",
            "select_one_external villages | v | V | state=${t}",
        ),
        table("choices", "list_name | name | label", "yn | y | Yes"),
        table(
            "external_choices",
            "list_name | name | label | state",
            "villages | a | A | north",
        ),
    )

    assert read.choice_lists["villages"][0].extras == {"state": "north"}
    assert read.question("/data/v").kind is Kind.SELECT_ONE


def test_the_same_form_reads_alike_from_csv_markdown_and_workbook():
    rows = [["type", "name", "label"], ["integer", "age", "Age"]]
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    markdown = "| survey |\n" + "".join(f"| | {' | '.join(row)} |\n" for row in rows)
    as_csv = "survey\n" + "".join(f",{','.join(row)}\n" for row in rows)

    forms = [
        read_form(out.getvalue(), ".xlsx"),
        read_form(markdown.encode(), ".md"),
        read_form(as_csv.encode(), ".csv"),
    ]

    seen = [[(q.path, q.kind, q.label.plain()) for q in read.questions()] for read in forms]
    assert seen == [[("/data/age", Kind.INTEGER, "Age")]] * 3
    assert forms[0].sha256 == hashlib.sha256(out.getvalue()).hexdigest()


@pytest.mark.parametrize(
    ("file", "mended"),
    [
        ("XlsFormUtil__demo.xlsx", ("allow_choice_duplicates",)),
        ("iaso__entity-child_registration_2022090701.xlsx", ("repeat_count",)),
        ("iaso__form_1.xlsx", ()),
    ],
)
def test_old_habits_of_real_forms_are_mended_and_named(file, mended):
    assert read_form_file(REAL_FORMS / file).mended == mended


def test_doubled_choices_that_the_form_allows_need_no_mending():
    read = form(
        table("survey", "type | name | label", "select_one yn | q | Q"),
        table("choices", "list_name | name | label", "yn | y | Yes", "yn | y | Si"),
        table("settings", "allow_choice_duplicates", "yes"),
    )

    assert read.mended == ()
    assert len(read.question("/data/q").choices) == 2


@pytest.mark.parametrize(
    ("data", "file_type", "code"),
    [
        (b"not a workbook", ".xlsx", "file-unreadable"),
        (b"not a table", ".csv", "file-unreadable"),
        (b"anything", ".pdf", "file-unreadable"),
        (b"| survey |\n| | type | name | label |\n| | selekt | q | Q |\n", ".md", "converter"),
    ],
)
def test_a_form_that_cannot_be_read_says_why(data, file_type, code):
    with pytest.raises(FormUnusable) as refused:
        read_form(data, file_type)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_file_that_is_not_there_is_a_fault_not_a_crash(tmp_path):
    with pytest.raises(FormUnusable, match="cannot be opened"):
        read_form_file(tmp_path / "none.xlsx")


@pytest.mark.parametrize(
    "xml",
    [
        "<broken",
        "<html/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    ],
)
def test_xml_that_is_broken_or_dangerous_or_no_form_is_refused(xml):
    with pytest.raises(FormUnusable) as refused:
        form_from_xform(xml)

    assert refused.value.faults[0].code == "converter"


def test_choices_written_inside_a_control_are_read_too():
    xml = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
      <h:head><h:title>T</h:title><model><instance><data id="d"><q/></data></instance>
      <bind nodeset="/data/q" type="string" constraint=". = 1" /></model></h:head>
      <h:body><select1 ref="/data/q"><label>Which <b>one</b>?</label>
      <item><label>Yes</label><value>y</value></item></select1></h:body></h:html>"""

    (asked,) = form_from_xform(xml).questions()

    assert [(c.name, c.label.plain()) for c in asked.choices] == [("y", "Yes")]
    assert asked.label.plain() == "Which one?"


def test_what_is_not_in_a_form_is_a_key_error():
    read = form(*SCORED)

    with pytest.raises(KeyError):
        read.question("/data/none")
    with pytest.raises(KeyError):
        read.section("none")
    assert not Text()
    assert Section("s", (Question("/q", "q", Kind.TEXT),)).label.plain() == ""
