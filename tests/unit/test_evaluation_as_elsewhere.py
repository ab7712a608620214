"""What was settled by putting the same forms and steps to another ODK engine, node by node."""

import pytest

from questionnaires.xpath_order import in_seeded_order, number_seed
from tests.forms import respond, table

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
