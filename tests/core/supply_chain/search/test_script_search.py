"""A name in one script finds the same name in another."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supply_chain.search.consonants import consonants, is_of_other_script
from supply_chain.search.names import SearchIndex, plain
from supply_chain.search.scripts import ScriptIndex, find_like
from tests.sampling import examples

OTHERS = (
    "Delta Mills",
    "Anhui Garments",
    "Tanger Cuir",
    "Ribera Foods",
    "Corrib Steel",
    "株式会社",
)
PAIRS = (
    ("القاهرة", "Al Qahira"),
    ("القاهرة للغزل", "El Kahira lil Ghazl"),
    ("شركة النيل للملابس", "Sharikat Al Nil lil Malabis"),
    ("محمد حسن", "Mohamed Hassan"),
    ("مُحَمَّد", "Muhammad"),
    ("دمياط", "Damietta"),
    ("مصنع الأمل", "Masnaa Al Amal"),
    ("الهدى", "Al Huda"),
    ("السلام", "As-Salam"),
    ("النصر", "Elnasr"),
    ("مراكش", "Marrakech"),
    ("الدار البيضاء", "Dar el Beida"),
    ("أحمد وأولاده", "Ahmed wa Awladuh"),
    ("کارخانه نساجی تهران", "Karkhane Nassaji Tehran"),
    ("فيصل آباد", "Faisalabad"),
    ("عبد الرحمن", "Abdul Rahman"),
    ("Щербаковская фабрика", "Shcherbakovskaya fabrika"),
    ("Юлия Чехова", "Yulia Chekhova"),
    ("Київ", "Kyiv"),
    ("Харківська", "Kharkivska"),
    ("上海纺织", "Shanghai Fangzhi"),
    ("深圳", "Shenzhen"),
    ("重庆", "Chongqing"),
    ("Θεσσαλονίκη", "Thessaloniki"),
    ("Ευρώπη", "Evropi"),
    ("Μπάμπης", "Babis"),
)


def found(typed: str, names: tuple[str, ...]) -> list[str]:
    kept = {**SearchIndex.arrays([plain(name) for name in names]), **ScriptIndex.arrays(names)}
    return [names[hit.row] for hit in find_like(kept, typed)]


@pytest.mark.parametrize(("other", "latin"), PAIRS)
def test_a_name_is_found_in_latin_letters_and_the_other_way_round(other: str, latin: str):
    assert found(other, (*OTHERS, latin))[0] == latin
    assert found(latin, (*OTHERS, other))[0] == other


@pytest.mark.parametrize("typed", ["القاهرة", "نسيج", "Харків", "Χανιά", "شركة الشروق للتجارة"])
def test_a_name_in_another_script_finds_nobody_who_is_called_otherwise(typed: str):
    assert found(typed, (*OTHERS, "Lagune Export", "Espoir farm group")) == []


def test_two_names_in_latin_letters_are_never_compared_by_their_consonants():
    assert consonants("Nusaira") == consonants("Nasir") == consonants("النصر")
    assert found("Nasir", ("Nusaira", "النصر")) == ["النصر"]


def test_a_row_that_is_found_in_both_ways_counts_once():
    names = ("Ташкент Хлопок", "Tashkent Khlopok")
    assert sorted(found("Хлопок", names)) == sorted(names)


@pytest.mark.parametrize("typed", ["", "ع", "او", "!?", "١"])
def test_what_has_no_consonants_finds_nothing_by_them(typed: str):
    index = ScriptIndex.of(ScriptIndex.arrays(["النصر", "Elnasr"]))
    assert index.find(typed) == []


@pytest.mark.parametrize(
    ("text", "is_other"),
    [
        ("Coopérative", False),
        ("Mill 🏭 ½", False),
        ("Mill 鴻海", True),
        ("النصر", True),
        ("", False),
    ],
)
def test_signs_and_accents_make_no_other_script(text: str, is_other: bool):
    assert is_of_other_script(text) is is_other


@examples(100)
@given(st.text(max_size=30))
@example("ب\nج ٣Ａ½")
def test_consonants_are_words_of_plain_letters_and_digits(text: str):
    assert re.fullmatch("(?:[a-z0-9]+(?: [a-z0-9]+)*)?", consonants(text))
