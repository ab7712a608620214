"""A map as plain arrays, and the same map from them."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.stored_chain import arrays_of, chain_of
from supply_chain.graph.stored_columns import CodedColumn, KeyColumn, RowOfKey, TextColumn, rows_of
from supply_chain.vocabulary import FlowEvidence, NodeKind
from tests.sampling import examples

words = st.one_of(st.none(), st.sampled_from(["CI", "GH"]), st.text(max_size=3))
texts = st.lists(st.text(max_size=5), max_size=6)
keys = st.lists(st.uuids(), max_size=8, unique=True)


@given(texts)
@examples(50)
def test_texts_come_back_one_by_one_and_all_at_once(given_texts):
    column = TextColumn.of("name", TextColumn.arrays("name", given_texts))
    assert list(column) == given_texts
    assert column == tuple(given_texts)
    assert [column[row] for row in range(len(column))] == given_texts
    assert column[1:] == tuple(given_texts[1:])


def test_a_row_that_is_not_there_is_named_and_the_last_one_counts_from_the_end():
    column = TextColumn.of("name", TextColumn.arrays("name", ["first", "last"]))
    assert column[-1] == "last"
    assert column != "first"
    with pytest.raises(IndexError, match="no row 2 among 2"):
        column[2]


@given(st.lists(st.one_of(words, st.lists(st.text(max_size=2)).map(tuple)), max_size=6))
@examples(50)
def test_words_of_a_small_table_come_back(values):
    column = CodedColumn.of("country", CodedColumn.arrays("country", values))
    assert list(column) == values
    assert [column[row] for row in range(len(column))] == values
    assert len(column.table) == len(set(values))


@given(keys, keys)
@examples(50)
def test_keys_are_found_by_halving_alone_and_many_at_once(mine, others):
    column = KeyColumn.of(mine)
    row_of = RowOfKey(column, column.rising())
    assert list(column) == mine
    assert dict(row_of) == {key: row for row, key in enumerate(mine)}
    assert len(row_of) == len(mine)
    asked = [*others, *mine[:2]]
    expected = [mine.index(key) if key in mine else -1 for key in asked]
    assert row_of.rows(KeyColumn.of(asked).halves).tolist() == expected
    assert [row_of.get(key, -1) for key in asked] == expected


@given(st.lists(st.integers(0, 2**40 - 2), unique=True, max_size=40), st.integers(0, 2**88 - 1))
@examples(50)
def test_keys_that_only_count_up_are_found_and_their_neighbours_are_not(counts, head):
    mine = KeyColumn.of(UUID(int=head << 40 | count) for count in counts)
    near = {count + 1 for count in counts} - set(counts)
    others = KeyColumn.of(UUID(int=head << 40 | count) for count in near)
    assert rows_of(mine.halves, mine.halves).tolist() == list(range(len(counts)))
    assert rows_of(mine.halves, others.halves).tolist() == [-1] * len(near)


def test_keys_whose_mixed_numbers_are_equal_are_still_told_apart():
    odd = 0x9E3779B97F4A7C15
    halves = np.array([[5, 7], [5 ^ (7 * odd) % 2**64, 0]], dtype=np.uint64)
    third = np.array([[(7 * odd) % 2**64 ^ 5 ^ odd, 1]], dtype=np.uint64)
    assert rows_of(halves, halves[::-1]).tolist() == [1, 0]
    assert rows_of(halves, third).tolist() == [-1]


def test_a_chain_made_of_its_arrays_is_the_same_chain():
    nodes = NodeColumns.build(
        ["a", "b", "ü"],
        kind=[NodeKind.SITE, NodeKind.BUSINESS_ENTITY, NodeKind.SITE],
        country=["CI", None, "GH"],
        sector=[None, None, "A.01"],
        commodities=[(), ("cocoa", "gold"), ()],
        own_operation=[True, False, False],
        origin=[None, False, True],
    )
    links = LinkColumns.build(
        nodes,
        buyer=["a", "b", "b"],
        supplier=["b", "ü", "b"],
        share=[0.5, None, 0.1],
        flow=[FlowEvidence.CONFIRMED, None, None],
        commodity=["cocoa", None, None],
    )
    chain = ValueChain.build(nodes=nodes, links=links)
    again = chain_of(arrays_of(chain))
    for name in ("ids", "country", "sector", "commodities"):
        assert getattr(again.nodes, name) == getattr(chain.nodes, name)
    for name in ("kind", "own_operation", "origin", "closed"):
        np.testing.assert_array_equal(getattr(again.nodes, name), getattr(chain.nodes, name))
    for name in ("buyer", "supplier", "share", "flow", "kind"):
        np.testing.assert_array_equal(getattr(again.links, name), getattr(chain.links, name))
    assert list(again.links.commodity) == ["cocoa", None, None]
    assert again.tiers.tolist() == chain.tiers.tolist() == [0, 1, 2]
    assert again.path_to_own_business(2) == chain.path_to_own_business(2)
    assert again.downstream(2).tolist() == [0, 1]
    assert dict(again.rows) == dict(chain.rows)
