"""Parts of one firm, numbers in words, and towns and countries by other names."""

import pytest

from supply_chain.matching.matcher import score_pairs
from supply_chain.matching.normalise import address_forms, normalise
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.parts import differing_parts, part_words
from supply_chain.matching.records import Record
from supply_chain.matching.town_names import town_names
from supply_chain.matching.word_likeness import likeness


def judged(one: Record, other: Record) -> Pair:
    (pair,) = score_pairs([(one, other)])
    return pair


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("PKS Pinang Sebatang Timur", "PKS Pinang Sebatang Barat", "timur and barat"),
        ("Upper Kagera Factory", "Lower Kagera Factory", "upper and lower"),
        ("Lestari Tani Teladan Mill A", "Lestari Tani Teladan Mill B", "a and b"),
        ("Delta Spinning Mills Ltd", "Delta Dyeing Mills Ltd", "spinning and dyeing"),
        ("Sari Makmur PKS", "Sari Makmur Refinery", "pks and refinery"),
    ],
)
def test_two_parts_of_one_place_are_asked_about_and_named(one: str, other: str, words: str) -> None:
    left, right = (Record(name, name, "", "ID", region="Riau") for name in (one, other))
    pair = judged(left, right)
    assert pair.decision is Decision.REVIEW
    assert f"words for parts differ ({words})" in pair.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kebun utara", "kebun north"),  # one direction in two languages
        ("north mill", "mill"),
        ("abc knit composite", "abc knitwear"),  # one process in two words
        ("abc knitting dyeing", "abc dyeing knitting"),
        ("rose mill", "lily mill"),
        ("mill a", "mill 2"),
        ("unit two", "unit three"),  # numbers are compared as numbers
    ],
)
def test_words_that_tell_no_two_parts(one: str, other: str) -> None:
    assert differing_parts(one.split(), other.split()) is None


def test_parts_are_told_in_both_orders() -> None:
    one, other = ["alto", "bajo", "mina"], ["mina", "old"]
    assert differing_parts(one, other) is None and differing_parts(other, one) is None
    assert differing_parts(["mina", "alta"], ["mina", "baja"]) == ("alta", "baja")
    assert differing_parts(["mina", "baja"], ["mina", "alta"]) == ("baja", "alta")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Genesis Apparel Two S.A.", "genesis apparel 2"),
        ("Plant I Rubber", "plant 1 rubber"),
        ("Unidad Dos Calzado", "unidad 2 calzado"),
        ("Two Brothers Mill", "two brothers mill"),
        ("Vitamin C", "vitamin c"),
        ("Seven", "seven"),
    ],
)
def test_a_number_in_words_is_read_where_units_are_numbered(name: str, plain: str) -> None:
    assert normalise(name) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hosur Road, Bengaluru", "Hosur Road, Bangalore"),
        ("12 Rua Nova, Lisboa", "12 Rua Nova, Lisbon"),
        ("Quan 3, HCMC", "Quan 3, Ho Chi Minh"),
    ],
)
def test_a_town_is_one_by_whatever_name(one: str, other: str) -> None:
    assert address_forms(one) == address_forms(other)
    assert judged(Record("a", "Shahi", one), Record("b", "Shahi Ltd", other)).decision is (
        Decision.SAME
    )


def test_towns_in_a_column_of_their_own_are_known_too() -> None:
    pair = judged(
        Record("a", "Sun Knit Ltd", "", "IN", city="Chennai"),
        Record("b", "Sun Knit", "", "IN", city="Madras"),
    )
    assert "cities or regions differ" not in pair.reasons


def test_the_code_of_a_country_is_its_name() -> None:
    assert likeness("vn", "vietnam") == likeness("vietnam", "vn") >= 0.9
    assert likeness("vn", "vina") == likeness("in", "ink") == 0.0


def test_no_other_name_of_a_town_is_itself_what_one_stands_for() -> None:
    assert not town_names().keys() & {word for town in town_names().values() for word in town}


def test_words_for_parts_are_plain_and_each_has_one_meaning() -> None:
    assert all(word.isascii() and word.islower() and word.isalpha() for word in part_words())
    assert {kind for kind, _ in part_words().values()} >= {"direction", "height", "number", "unit"}
