"""Names, ids and places are found as people type them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from supply_chain.search import names as name_search
from supply_chain.search.names import CANDIDATES, SearchIndex, plain
from tests.sampling import examples

NAMES = (
    "Coopérative Espoir de Soubré, Nawa",
    "Hon Hai Precision Industry 鴻海精密",
    "Μύλος Αθηνών",
    "مصنع القاهرة",
    "Farm group Bibiani, Western North",
    "Ashanti Produce Buying Ltd CN2021250D1DTN7",
    "🏭",
    "",
)


def index_of(names: tuple[str, ...] | list[str]) -> SearchIndex:
    return SearchIndex.of(SearchIndex.arrays([plain(name) for name in names]))


def found(typed: str, names: tuple[str, ...] | list[str] = NAMES) -> list[str]:
    return [names[hit.row] for hit in index_of(names).find(typed)]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("cooperative espoir", 0),
        ("Espior Soubre", 0),  # two letters changed places, no accent
        ("soubré espoir", 0),  # in another order
        ("esp", 0),  # not typed to its end
        ("nawwa", 0),
        ("Honhai", 1),
        ("鴻海", 1),
        ("mylos athinon", 2),
        ("ΜΥΛΟΣ", 2),
        ("bibiani westren", 4),
        ("cn2021250d1dtn7", 5),
        ("CN2021250D1DTN8", 5),
        ("ltd", 5),
    ],
)
def test_what_is_typed_finds_who_is_meant_first(typed: str, place: int):
    assert found(typed)[0] == NAMES[place]


@pytest.mark.parametrize("typed", ["", " ", "x", "!?", "nowhere at all", "zz" * 300])
def test_what_is_like_nothing_finds_nothing(typed: str):
    assert found(typed) == []


def test_every_word_that_is_typed_must_be_like_something():
    assert found("espoir quartz") == []


def test_words_that_begin_so_come_before_letters_inside_of_words():
    assert found("coop", ["Scooper", "Zen coop", "Bacoop"]) == ["Zen coop", "Bacoop", "Scooper"]


def test_a_map_without_nodes_finds_nothing():
    assert found("coop", []) == []


def test_of_very_many_the_likest_are_compared():
    names = [f"Farm {number}" for number in range(2 * CANDIDATES)]

    hits = found(f"farm {2 * CANDIDATES - 1}", names)

    assert hits[0] == names[-1]
    assert len(hits) <= CANDIDATES


def test_of_very_many_that_begin_so_the_one_that_is_called_so_comes_first():
    names = [f"Farm 12{number}" for number in range(2 * CANDIDATES)]

    assert found("farm 12", [*names, "Farm 12"])[0] == "Farm 12"


@examples(30)
@given(st.lists(st.sampled_from(["coop", "coopera", "cooperative 7", "sucre"]), max_size=60))
def test_candidates_share_most_and_of_equals_the_first_rows_are_taken(names: list[str]):
    shared = [len(runs("cooperative") & runs(f"{name} ")) for name in names]
    enough = name_search.LEAST_SHARED * len(runs("cooperative"))
    rows = [row for row, many in enumerate(shared) if many >= enough]
    whole = [len(runs("cooperative ") & runs(f"{name} ")) for name in names]
    best = sorted(rows, key=lambda row: -whole[row])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_search, "CANDIDATES", 10)
        taken = index_of(names).candidates("cooperative") if names else []
    assert taken == (best[:10] if len(rows) > 10 else rows)


def runs(text: str) -> set[str]:
    """Three characters each, as an index holds them."""
    return {f" {text}"[at : at + 3] for at in range(len(text) - 1)}


WORDS = st.lists(
    st.sampled_from(["coop", "cooperative", "espoir", "espior", "de", "soubre", "7", "sucre"]),
    min_size=1,
    max_size=4,
).map(" ".join)


@examples(50)
@given(WORDS, st.lists(WORDS, min_size=1, max_size=6))
def test_likeness_is_that_of_each_word_to_the_likest_or_of_all_in_one_piece(
    typed: str, texts: list[str]
):
    assume(len(typed) >= name_search.SHORTEST)
    hits = {hit.row: hit.likeness for hit in index_of(texts).find(typed)}

    for row in index_of(texts).candidates(typed):
        likeness = _by_the_book(typed, texts[row])
        assert hits.get(row) == (likeness if likeness >= name_search.LEAST_LIKE else None)


def _by_the_book(typed: str, text: str) -> float:
    words, others = typed.split(), text.split()
    best = [
        max(max(fuzz.ratio(word, other), fuzz.ratio(word, other[: len(word)])) for other in others)
        for word in words
    ]
    by_word = sum(best) / len(best) if min(best) >= name_search.LEAST_WORD else 0.0
    whole = fuzz.partial_ratio(typed, text) if len(typed) <= len(text) else 0.0
    return max(by_word, name_search.INSIDE * whole)


@examples(25)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=12), st.data())
def test_a_part_of_a_text_finds_it_in_batches_of_every_size(names: list[str], data: st.DataObject):
    size = data.draw(st.integers(1, 5))
    with pytest.MonkeyPatch.context() as patch:
        whole = SearchIndex.arrays([plain(name) for name in names])
        patch.setattr(name_search, "BATCH", size)
        parts = SearchIndex.arrays([plain(name) for name in names])
    assert all((whole[name] == parts[name]).all() for name in whole)
    row = data.draw(st.integers(0, len(names) - 1))
    if len(plain(names[row])) >= name_search.SHORTEST:
        assert row in [hit.row for hit in SearchIndex.of(parts).find(names[row])]
