"""Names that hold some letters: the same as a look at each of them."""

from hypothesis import given
from hypothesis import strategies as st

from supply_chain import name_texts
from supply_chain.kept_columns import TextColumn
from supply_chain.name_texts import NameTexts

WORDS = st.text("abAB9 é", max_size=6)


def texts_of(names: list[str]) -> NameTexts:
    return NameTexts.of(TextColumn.of("name", TextColumn.arrays("name", names)))


def small(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


@given(st.lists(WORDS, max_size=12), st.text("abAB9 é", min_size=1, max_size=3))
def test_rows_with_a_text_are_those_whose_name_holds_it(names: list[str], typed: str):
    expected = [row for row, name in enumerate(names) if small(typed) in small(name)]

    found = texts_of(names).holding(typed)

    assert found is not None
    assert found.tolist() == expected


def test_what_ends_in_the_next_name_is_not_found():
    found = texts_of(["Mill ab", "cd Farm", "abcd"]).holding("abcd")

    assert found is not None
    assert found.tolist() == [2]


def test_no_text_and_very_many_places_are_left_to_the_database(monkeypatch):
    monkeypatch.setattr(name_texts, "MOST", 2)
    texts = texts_of(["aa", "a", "b"])

    assert texts.holding("") is None
    assert texts.holding("a") is None
    assert texts.holding("b") is not None
