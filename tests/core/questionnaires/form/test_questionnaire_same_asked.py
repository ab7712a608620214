"""Two questionnaires that ask the same: by id and by what the words say, never by a name alone."""

from hypothesis import given
from hypothesis import strategies as st

from questionnaires import Form, same_asked
from tests.forms import form, table

SETTINGS = table(
    "settings", "form_id | namespaces", 'T | dd="urn:child-rights-due-diligence:xforms"'
)


def asking(*rows: str, columns: str = "label", yes: str = "Yes", more: str = "") -> Form:
    choices = [f"yn | yes | {yes}", "yn | no | No", *([f"yn | {more}"] if more else [])]
    return form(
        table("survey", f"type | name | bind::dd:id | {columns}", *rows),
        table("choices", "list_name | name | label", *choices),
        SETTINGS,
    )


CHECKS = "select_one yn | q | Q-1 | Do you check ages?"


def test_same_id_and_words_carry_an_answer_over_without_a_mark():
    same = same_asked(asking(CHECKS), asking(CHECKS), {"/data/q": "yes"})

    assert (same.answers, same.reworded) == ({"/data/q": "yes"}, {})


def test_same_id_with_other_words_names_the_words_that_were_answered():
    other = asking("select_one yn | other | Q-1 | Do children work for you?")

    same = same_asked(asking(CHECKS), other, {"/data/q": "yes"})

    assert same.answers == {"/data/other": "yes"}
    assert same.came_from == {"/data/other": "/data/q"}
    assert same.reworded == {"/data/other": "Do you check ages?"}


def test_another_type_or_another_choice_on_offer_is_a_mark_too():
    whole, part = asking("integer | n | Q-2 | Workers?"), asking("decimal | n | Q-2 | Workers?")
    assert same_asked(whole, part, {"/data/n": "4"}).reworded == {"/data/n": "Workers?"}

    wider = asking(CHECKS, more="some | Some")
    assert same_asked(asking(CHECKS), wider, {"/data/q": "yes"}).reworded


def test_a_chosen_answer_that_reads_otherwise_there_is_no_answer():
    turned = asking(CHECKS, yes="No, never")

    assert same_asked(asking(CHECKS), turned, {"/data/q": "yes"}).answers == {}
    assert same_asked(asking(CHECKS), turned, {"/data/q": "no"}).reworded


def test_an_answer_of_which_a_part_would_be_lost_is_no_answer():
    many = "select_multiple yn | q | Q-1 | Which?"
    old, new = asking(many, more="some | Some"), asking(many)

    assert same_asked(old, new, {"/data/q": "yes some"}).answers == {}


def test_a_name_alone_says_nothing_and_the_same_words_do():
    old = asking("text | q1 | | What is made here?")

    assert same_asked(old, asking("text | q1 | | Who cheats?"), {"/data/q1": "Tiles"}).answers == {}
    assert same_asked(old, old, {"/data/q1": "Tiles"}).answers == {"/data/q1": "Tiles"}


def test_words_are_compared_in_the_languages_that_both_have():
    columns = "label::English (en) | label::French (fr)"
    old = asking("text | q | Q-1 | What? | Quoi ?", columns=columns)
    new = asking("text | q | Q-1 | What? | Qui ?", columns=columns)
    one = asking("text | q | Q-1 | What?", columns="label::English (en)")

    assert same_asked(old, new, {"/data/q": "x"}).reworded
    assert not same_asked(old, one, {"/data/q": "x"}).reworded


@given(st.text("ab ?", min_size=1, max_size=6), st.text("ab ?", min_size=1, max_size=6))
def test_a_question_is_marked_exactly_where_its_words_differ(first: str, second: str):
    old, new = (asking(f"text | q | Q-1 | x{words}") for words in (first, second))

    same = same_asked(old, new, {"/data/q": "Tiles"})

    assert bool(same.reworded) is (f"x{first}".split() != f"x{second}".split())
