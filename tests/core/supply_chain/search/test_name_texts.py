"""Names that hold some letters: the same as a look at each of them."""

from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.stored_columns import TextColumn
from supply_chain.search.texts import NameTexts

WORDS = st.text("abAB9 é", max_size=6)


def texts_of(names: list[str]) -> NameTexts:
    return NameTexts.of(TextColumn.of("name", TextColumn.arrays("name", names)))


def small(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


@given(st.lists(WORDS, max_size=12), st.text("abAB9 é", min_size=1, max_size=3), st.integers(0, 12))
def test_rows_with_a_text_are_those_whose_name_holds_it(names: list[str], typed: str, most: int):
    expected = [row for row, name in enumerate(names) if small(typed) in small(name)]

    assert texts_of(names).holding(typed, most=most).tolist() == expected[: most + 1]


def test_what_ends_in_the_next_name_is_not_found():
    found = texts_of(["Mill ab", "cd Farm", "abcd"]).holding("abcd", most=9)

    assert found.tolist() == [2]


def test_a_name_that_holds_a_text_twice_counts_once_and_no_text_finds_nobody():
    texts = texts_of(["aa", "", "aXa", "b"])

    assert texts.holding("a", most=9).tolist() == [0, 2]
    assert texts.holding("a", most=0).tolist() == [0]
    assert texts.holding("", most=9).tolist() == []
