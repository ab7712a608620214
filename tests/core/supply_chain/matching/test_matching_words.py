"""Names word by word: spelled in two ways, shortened, and what each side says alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.matching.name_words import word_columns
from supply_chain.matching.normalise import address_forms, name_forms, normalise
from supply_chain.matching.towns import differing_towns
from supply_chain.matching.word_likeness import likeness


def told(one: str, other: str) -> dict[str, float]:
    rows = np.array([0]), np.array([1])
    found = word_columns([name_forms(one), name_forms(other)], *rows)
    return {name: float(column[0]) for name, column in found.items()}


@pytest.mark.parametrize(
    ("short", "long"),
    [
        *(("mfg", "manufacturing"), ("intl", "international"), ("univ", "university")),
        *(("hse", "house"), ("ctr", "center"), ("assn", "association"), ("dev", "development")),
        *(("faberlick", "faberlic"), ("gazprom", "gasprom"), ("mueller", "muller")),
    ],
)
def test_one_word_in_two_spellings_is_nearly_one(short: str, long: str) -> None:
    assert likeness(short, long) >= 0.75 and likeness(long, short) == likeness(short, long)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("east", "north"),
        ("spain", "netherlands"),
        ("14", "41"),
        ("us", "usine"),
        ("ann", "mary"),
        ("northern", "northumberland"),
    ],
)
def test_two_words_are_two(one: str, other: str) -> None:
    assert likeness(one, other) == 0.0


def test_what_each_side_says_alone_tells_two_names_apart_and_what_one_adds_does_not() -> None:
    two = told("Mary Crane East", "Mary Crane North")
    more = told("Mary Crane", "Mary Crane Learning Centre")
    same = told("Northwestern Univ Settlement Hse", "Northwestern University Settlement House")

    assert two["name_each_alone"] > 0.2 and more["name_each_alone"] < 0.05
    assert more["name_held"] == 1.0 and more["name_shared"] < 1.0
    assert same["name_each_alone"] < 0.15 and same["name_shared"] > 0.85


def test_a_word_that_the_other_name_holds_inside_of_its_own_is_no_word_of_one_side_alone() -> None:
    assert told("Sawit Jaya", "Sawitjaya Kluang")["name_each_alone"] < 0.05


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("14 Main Road, Industrial Zone", "14 Main Road, Village District"),  # words of any place
        ("14 Main Road, Dhaka, Savar", "14 Main Road, Savar Upazila"),  # one holds the other's
        ("14 Main Road, Dhaka", "14 Main Road, Dacca"),  # spelled in two ways
        ("14 Main Road, Dhaka", "14 Main Road"),
        ("14 Main Road, Old Dhakacity Tongi", "14 Main Road, Dhaka Mirpur Tongi"),
    ],
)
def test_addresses_that_need_not_end_in_two_towns(one: str, other: str) -> None:
    assert differing_towns(address_forms(one), address_forms(other)) is None


def test_a_word_that_stands_inside_of_another_is_in_common_to_both_addresses() -> None:
    ends = differing_towns(
        address_forms("14 Sonargaon Janapath, Dhaka"), address_forms("14 Sonar Road, Khulna")
    )
    assert ends == ("dhaka", "khulna")


@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_both_orders_say_the_same_between_nothing_and_all(one: str, other: str) -> None:
    found = told(one, other)

    assert found == pytest.approx(told(other, one))
    assert all(0.0 <= value <= 1.0 for value in found.values())


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Открытое акционерное общество «Ромашка»", "romashka"),
        ("Товариство з обмеженою відповідальністю Ромашка", "romashka"),
        ("(주)삼성", "samseong"),
        ("㈜삼성", "samseong"),
        ("上海纺织(集团)有限公司", "shanghai textile"),
        ("Công ty Trách nhiệm hữu hạn Alfa", "alfa"),
        ("Alfa Gesellschaft mbH", "alfa"),
        ("Alfa akciová společnost", "alfa"),
        ("M/s. Alfa Ltd", "alfa"),
        ("Alfa SARLU", "alfa"),
        ("Alfa AB (publ)", "alfa"),
        ("Alfa Public Limited Company", "alfa"),
        ("AE Rubber", "ae rubber"),
        ("San Miguel", "san miguel"),
    ],
)
def test_legal_forms_of_many_countries_are_no_part_of_a_name(name: str, plain: str) -> None:
    assert normalise(name) == plain


def test_one_legal_form_in_two_languages_does_not_speak_against_a_pair() -> None:
    assert name_forms("ООО Ромашка").legal == name_forms("Romashka LLC").legal
    assert name_forms("Công ty TNHH Alfa").legal == {"ltd"}
    assert name_forms("株式会社トヨタ").legal == name_forms("Toyota Co., Ltd.").legal
