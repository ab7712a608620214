"""What was settled by putting the same forms and steps to another ODK engine, node by node."""

import re

import pytest

from questionnaires import Response, plan
from questionnaires.xpath.order import in_seeded_order, number_seed
from tests.forms import NOW, form, respond, table

NESTED = table(
    "survey",
    "type | name | label",
    "begin repeat | a | A",
    "begin repeat | direct | D",
    "text | t | T",
    "end repeat | | ",
    "begin group | g | G",
    "begin repeat | grouped | B",
    "begin repeat | inner | C",
    "text | u | U",
    "end repeat | | ",
    "end repeat | | ",
    "end group | | ",
    "end repeat | | ",
)


def test_an_instance_added_later_has_the_repeats_of_its_groups_but_none_of_its_own():
    response = respond(NESTED)

    response.add_repeat("/data/a")

    assert response.state("/data/a[1]/direct").count == 1
    assert response.state("/data/a[2]/direct").count == 0
    assert response.state("/data/a[2]/g/grouped").count == 1
    assert response.state("/data/a[2]/g/grouped[1]/inner").count == 1


def test_an_instance_that_comes_with_another_has_its_dynamic_default_too():
    response = respond(
        table(
            "survey",
            "type | name | label | default",
            "begin repeat | a | A | ",
            "begin group | g | G | ",
            "begin repeat | b | B | ",
            "integer | place | P | position(..)",
            "end repeat | | | ",
            "end group | | | ",
            "end repeat | | | ",
        )
    )

    response.add_repeat("/data/a")

    assert response.state("/data/a[2]/g/b[1]/place").value == "1"


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("geopoint", "1.5 2", "1.5 2.0 0.0 0.0"),
        ("geopoint", "1.5 2;3 4", ""),
        ("geotrace", "1 2; 3 4 5 6;", "1.0 2.0 0.0 0.0;3.0 4.0 5.0 6.0"),
        ("geotrace", "1 2", ""),
        (
            "geoshape",
            "0 0;0 1;1 1;0 0",
            "0.0 0.0 0.0 0.0;0.0 1.0 0.0 0.0;1.0 1.0 0.0 0.0;0.0 0.0 0.0 0.0",
        ),
        ("geoshape", "here", ""),
    ],
)
def test_places_count_only_where_each_is_one_and_are_written_in_full(kind, typed, value):
    response = respond(table("survey", "type | name | label", f"{kind} | q | Q"))

    response.set("/data/q", typed)

    assert response.state("/data/q").value == value
    assert response.state("/data/q").raw == typed


@pytest.mark.parametrize(("typed", "value"), [("2.7", "2"), ("4", ""), ("3", "3"), ("x", "")])
def test_a_range_of_whole_numbers_cuts_decimals_before_it_looks_at_its_scale(typed, value):
    response = respond(
        table("survey", "type | name | label | parameters", "range | q | Q | start=1 end=3 step=1")
    )

    response.set("/data/q", typed)

    assert response.state("/data/q").value == value


@pytest.mark.parametrize(("seed", "order"), [(33, "dfebca"), (42, "afcbde")])
def test_a_seed_gives_the_order_of_every_odk_program(seed, order):
    assert "".join(in_seeded_order("abcdef", seed)) == order


@pytest.mark.parametrize(
    ("seed", "number"), [(7.9, 7), ("", 0), ("12", 12), ("-3.5", -3), (float("inf"), 2**63)]
)
def test_a_seed_is_the_whole_part_of_its_number(seed, number):
    assert number_seed(seed) == number


def test_a_seed_of_words_is_the_same_each_time_and_another_for_other_words():
    assert number_seed("Ann") == number_seed("Ann") != number_seed("Bea")


def test_a_form_knows_its_version_and_a_choice_list_its_seeded_order():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation | parameters",
            "calculate | v | | version() | ",
            "select_one l | q | Q | | randomize=true, seed=33",
        ),
        table("choices", "list_name | name | label", *(f"l | {n} | {n}" for n in "abcdef")),
        table("settings", "form_id | version", "f | 7"),
    )

    assert response.state("/data/v").value == "7"
    assert [choice.name for choice in response.state("/data/q").choices] == list("dfebca")


def test_a_response_has_an_id_of_its_own_that_stays():
    planned = plan(
        form(table("survey", "type | name | calculation", "calculate | own | ${instanceID}"))
    )

    def own(seed: str) -> str:
        return Response(planned, now=NOW, seed=seed).state("/data/own").value

    assert re.fullmatch("uuid:[0-9a-f-]{36}", own("one"))
    assert own("one") == own("one") != own("two")


def test_several_answers_stand_in_the_order_in_which_a_seed_shows_them():
    response = respond(
        table(
            "survey",
            "type | name | label | parameters",
            "select_multiple l | seeded | S | randomize=true, seed=33",
            "select_multiple l | chance | C | randomize=true",
        ),
        table("choices", "list_name | name | label", *(f"l | {n} | {n}" for n in "abcdef")),
    )

    response.set("/data/seeded", "a b d f")
    response.set("/data/chance", "f a")

    assert response.state("/data/seeded").value == "d f b a"
    assert response.state("/data/chance").value == "a f"


# ODK XForms specification, "Calculate": worked out again when what it reads changes; what a person
# types over it in a question that is shown stands until then.


def test_what_is_typed_over_a_calculation_stands_until_what_it_reads_changes():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation",
            "integer | n | N | ",
            "integer | double | Double | ${n} * 2",
            "calculate | next | | ${double} + 1",
        )
    )
    response.set("/data/n", "2")

    response.set("/data/double", "7")
    typed = response.state("/data/double").value, response.state("/data/next").value
    response.set("/data/n", "3")

    assert typed == ("7", "8")
    assert response.state("/data/double").value == "6"


# ODK XForms specification, xforms-value-changed: as in XForms 1.1 (4.4.2), when the node of the
# instance changes. A question that is hidden keeps its value, so nothing changes.

TRIGGERS = table(
    "survey",
    "type | name | label | relevant | calculation | trigger | default",
    "integer | n | N | | | | ",
    "text | hidden | H | ${n} != 1 | | | first",
    "integer | double | D | | ${n} * 2 | | ",
    "text | from_hidden | F | | concat('was ', ${n}) | ${hidden} | ",
    "text | from_double | F | | concat('is ', ${n}) | ${double} | ",
)


def test_hiding_and_showing_a_trigger_leaves_what_was_typed_in_the_question_it_sets():
    response = respond(TRIGGERS)
    response.set("/data/hidden", "x")
    response.set("/data/from_hidden", "typed")

    response.set("/data/n", "1")
    while_hidden = response.state("/data/from_hidden").value
    response.set("/data/n", "2")

    assert (while_hidden, response.state("/data/from_hidden").value) == ("typed", "typed")


def test_a_trigger_that_begins_hidden_fires_at_its_first_answer_and_not_when_it_is_shown():
    response = respond(TRIGGERS.replace("{n} != 1", "{n} = 1"))

    response.set("/data/n", "1")
    shown = response.state("/data/from_hidden").value
    response.set("/data/hidden", "y")

    assert (shown, response.state("/data/from_hidden").value) == ("", "was 1")


def test_a_trigger_that_is_answered_while_it_is_hidden_fires_once_it_is_shown():
    response = respond(TRIGGERS)
    response.set("/data/n", "1")

    response.set("/data/hidden", "x")
    response.set("/data/n", "2")

    assert response.state("/data/from_hidden").value == "was 2"


def test_a_trigger_that_is_worked_out_fires_too():
    response = respond(TRIGGERS)

    response.set("/data/n", "5")

    assert response.state("/data/from_double").value == "is 5"


def test_values_of_an_entry_that_is_being_added_trigger_nothing():
    response = respond(
        table(
            "survey",
            "type | name | label | default | calculation | trigger",
            "begin repeat | r | R | | | ",
            "text | a | A | first | | ",
            "text | b | B | | concat(${a}, '!') | ${a}",
            "end repeat | | | | | ",
        )
    )

    response.add_repeat("/data/r")

    assert response.state("/data/r[2]/a").value == "first"
    assert response.state("/data/r[2]/b").value == ""


def test_a_default_of_an_entry_reads_what_is_worked_out_in_it():
    response = respond(
        table(
            "survey",
            "type | name | label | default | calculation | repeat_count",
            "begin repeat | r | R | | | ",
            "calculate | place | | | position(..) * 10 | ",
            "integer | n | N | ${place} + 1 | | ",
            "end repeat | | | | | ",
            "begin repeat | counted | C | | | 2",
            "calculate | place2 | | | position(..) * 10 | ",
            "integer | m | M | ${place2} + 1 | | ",
            "end repeat | | | | | ",
        )
    )

    response.add_repeat("/data/r")

    assert [response.state(f"/data/r[{n}]/n").value for n in (1, 2)] == ["11", "21"]
    assert [response.state(f"/data/counted[{n}]/m").value for n in (1, 2)] == ["11", "21"]


def test_a_union_stands_in_the_order_of_the_document():
    # XPath 1.0, section 3.3: a node set is read in document order.
    response = respond(
        table(
            "survey",
            "type | name | label | calculation",
            "text | a | A | ",
            "text | b | B | ",
            "calculate | both | | join('-', /data/b ¦ /data/a)",
        )
    )
    response.set("/data/a", "1")
    response.set("/data/b", "2")

    assert response.state("/data/both").value == "1-2"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^\w+$", "Ünal", False),
        (r"^\d+$", "١٢٣", False),
        (r"^\d+$", "123", True),
        (r"^\p{L}+$", "Ünal", True),
    ],
)
def test_signs_of_a_regular_expression_are_those_of_other_odk_programs(pattern, text, found):
    response = respond(
        table("survey", "type | name | label | constraint", f"text | q | Q | regex(., '{pattern}')")
    )

    response.set("/data/q", text)

    assert response.state("/data/q").constraint_ok is found


def test_the_label_of_a_doubled_choice_is_that_of_the_one_on_offer():
    # docs.getodk.org/form-operators-functions, jr:choice-name.
    response = respond(
        table(
            "survey",
            "type | name | label | choice_filter | calculation",
            "text | c | C | | ",
            "select_one l | q | Q | country = ${c} | ",
            "calculate | words | | | jr:choice-name(${q}, '${q}')",
            "calculate | none | | | jr:choice-name('zz', '${q}')",
        ),
        table(
            "choices",
            "list_name | name | label | country",
            "l | capital | Accra | gh",
            "l | capital | Abidjan | ci",
        ),
    )
    response.set("/data/c", "ci")

    response.set("/data/q", "capital")

    assert response.state("/data/words").value == "Abidjan"
    assert response.state("/data/none").value == ""


def test_a_list_in_several_languages_holds_the_ids_of_its_labels_and_no_label():
    # ODK XForms specification, "Secondary Instances": as the form itself holds the list.
    label = "instance('l')/root/item[name = ${q}]/label"
    response = respond(
        table(
            "survey",
            "type | name | label::English (en) | label::French (fr) | calculation",
            "select_one l | q | Q | Q | ",
            f"calculate | label | | | {label}",
            f"calculate | words | | | jr:itext({label.replace('/label', '/itextId')})",
            "calculate | choice | | | jr:choice-name(${q}, '${q}')",
        ),
        table(
            "choices",
            "list_name | name | label::English (en) | label::French (fr)",
            "l | a | One | Un",
        ),
        language="French (fr)",
    )

    response.set("/data/q", "a")

    assert response.state("/data/label").value == ""
    assert response.state("/data/words").value == "Un"
    assert response.state("/data/choice").value == "Un"


def test_the_label_of_a_choice_is_blank_where_its_question_has_no_entry():
    response = respond(
        table(
            "survey",
            "type | name | label | choice_filter | calculation | repeat_count",
            "begin repeat | r | R | | | 0",
            "select_one l | q | Q | name != 'b' | | ",
            "end repeat | | | | | ",
            "calculate | words | | | jr:choice-name('a', '/data/r/q') | ",
        ),
        table("choices", "list_name | name | label", "l | a | A", "l | b | B"),
    )

    assert response.state("/data/words").value == ""


def test_blanks_that_were_worked_out_are_a_text_and_blanks_that_were_typed_are_none():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation | required",
            "text | first | First | | yes",
            "text | last | Last | | ",
            "calculate | whole | | concat(${first}, ' ', ${last}) | ",
            "calculate | known | | ${whole} != '' | ",
        )
    )

    response.set("/data/first", "  ")

    assert not response.state("/data/first").required_ok
    assert response.state("/data/whole").value == " "
    assert response.state("/data/known").value == "true"


def test_triggers_that_set_each_other_end():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation | trigger",
            "text | a | A | concat(${b}, 'x') | ${b}",
            "text | b | B | concat(${a}, 'y') | ${a}",
        )
    )

    response.set("/data/a", "1")

    assert response.state("/data/b").value == "1y"
    assert response.state("/data/a").value == "1yx"


def test_what_stands_in_a_read_only_group_is_read_only():
    response = respond(
        table(
            "survey",
            "type | name | label | read_only",
            "begin group | g | G | yes",
            "text | t | T | ",
            "end group | | | ",
            "text | free | F | ",
        )
    )

    assert response.state("/data/g/t").readonly
    assert not response.state("/data/free").readonly
