"""Small counts are hidden and cannot be worked out from what is shown."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddplatform.duediligence.suppression import (
    SUPPRESSED,
    place_for_sensitive,
    shared_node_band,
    show_percentage,
    suppress_count,
    suppress_row,
    suppress_table,
)

HIGHEST = 12


@pytest.mark.parametrize(
    ("count", "sensitive", "shown"),
    [
        (0, False, 0), (1, False, "<5"), (4, False, "<5"), (5, False, 5), (350, False, 350),
        (0, True, 0), (1, True, "<10"), (7, True, "<10"), (9, True, "<10"), (10, True, 10),
    ],
)  # fmt: skip
def test_count_below_the_limit_is_hidden(count, sensitive, shown):
    assert suppress_count(count, sensitive=sensitive) == shown


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="cannot be -1"):
        suppress_count(-1)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([3, 12, 20], ["<5", SUPPRESSED, 20, 35]),
        ([20, 12, 3], [20, SUPPRESSED, "<5", 35]),
        ([12, 20], [12, 20, 32]),
        ([0, 0], [0, 0, 0]),
        ([0, 3], [0, "<5", "<5"]),
        ([1, 4], ["<5", "<5", 5]),
        ([2, 2], ["<5", "<5", "<5"]),
        # 26 - 20 = 6 = 1 + 5 would give the 1 away, as a cell that is hidden besides is 5 or more.
        ([1, 5, 20], ["<5", SUPPRESSED, SUPPRESSED, 26]),
        # Four counts above zero under a sum below five are one each: nothing may be shown.
        ([1, 1, 1, 1], [SUPPRESSED] * 5),
        ([4, 4], ["<5", "<5", SUPPRESSED]),
    ],
)
def test_row_hides_what_its_total_would_give_away(counts, shown):
    assert suppress_row(counts) == shown


def test_sensitive_row_has_the_higher_limit():
    assert suppress_row([7, 30, 40], sensitive=True) == ["<10", SUPPRESSED, 40, 77]


def test_table_hides_a_rectangle_around_a_small_count():
    table = suppress_table([[3, 20, 30], [25, 15, 40], [50, 60, 70]])

    assert table.rows == (("<5", SUPPRESSED, 30), (SUPPRESSED, SUPPRESSED, 40), (50, 60, 70))
    assert table.row_totals == (53, 80, 180)
    assert table.column_totals == (78, 95, 140)
    assert table.total == 313


def test_table_without_small_counts_is_shown_whole():
    table = suppress_table([[5, 6], [0, 8]])

    assert table.rows == ((5, 6), (0, 8))
    assert (table.row_totals, table.column_totals, table.total) == ((11, 8), (5, 14), 19)


def test_small_sums_are_hidden_too():
    table = suppress_table([[3, 0], [0, 9]])

    assert (table.row_totals[0], table.column_totals[0]) == ("<5", "<5")


@pytest.mark.parametrize("rows", [[], [[]], [[1, 2], [3]]])
def test_table_of_no_shape_is_refused(rows):
    with pytest.raises(ValueError, match="rows of one length"):
        suppress_table(rows)


def test_table_with_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        suppress_row([3, -1])


def values_of(shown) -> range:
    if shown == "<5":
        return range(1, 5)
    return range(5, HIGHEST + 6) if shown == SUPPRESSED else range(shown, shown + 1)


def fits(total: int, shown) -> bool:
    return total >= 5 if shown == SUPPRESSED else total in values_of(shown)


def is_withheld(cells) -> bool:
    return all(cell == SUPPRESSED for cell in cells)


def assert_open(cells, possible, *, may_narrow: bool) -> None:
    """Each small count can be anything its label says; each other hidden one two values."""
    for place, cell in enumerate(cells):
        if isinstance(cell, int):
            continue
        values = {table[place] for table in possible}
        assert len(values) > 1
        if cell == "<5" and not may_narrow:
            assert values == {1, 2, 3, 4}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, HIGHEST), min_size=1, max_size=4))
def test_reader_cannot_work_out_a_hidden_cell_of_a_row(counts):
    *cells, total = suppress_row(counts)
    if is_withheld([*cells, total]):
        return

    possible = [
        (*guess, sum(guess)) for guess in product(*map(values_of, cells)) if fits(sum(guess), total)
    ]

    assert (*counts, sum(counts)) in possible
    assert_open([*cells, total], possible, may_narrow=total == "<5")


@settings(max_examples=200, deadline=None)
@given(st.tuples(*[st.tuples(*[st.integers(0, HIGHEST)] * 2)] * 2))
def test_reader_cannot_work_out_a_hidden_cell_of_a_table(rows):
    table = suppress_table(rows)
    sums = [*table.row_totals, *table.column_totals, table.total]
    cells = [cell for row in table.rows for cell in row]
    if is_withheld([*cells, *sums]):
        return

    possible = []
    for a, b, c, d in product(*map(values_of, cells)):
        found = (a + b, c + d, a + c, b + d, a + b + c + d)
        if all(map(fits, found, sums)):
            possible.append((a, b, c, d, *found))

    (a, b), (c, d) = rows
    assert (a, b, c, d, a + b, c + d, a + c, b + d, a + b + c + d) in possible
    assert_open([*cells, *sums], possible, may_narrow="<5" in sums)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (7, 15, "40-60%"), (15, 15, "80-100%"), (0, 15, "0-20%"), (3, 15, "20-40%"),
        (10, 20, "50%"), (4, 20, "20-40%"), (17, 20, "80-100%"), (20, 20, "100%"), (0, 20, "0%"),
        (1, 3, "20-40%"), (0, 0, "not available"),
    ],
)  # fmt: skip
def test_percentage_needs_twenty_people_and_no_hidden_count(part, whole, shown):
    assert show_percentage(part, whole) == shown


def test_percentage_of_a_sensitive_class_has_the_higher_limit():
    assert show_percentage(9, 30, sensitive=True) == "20-40%"


@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3)])
def test_share_that_is_none_is_refused(part, whole):
    with pytest.raises(ValueError, match="is no share"):
        show_percentage(part, whole)


@pytest.mark.parametrize(
    ("count", "band"),
    [(0, "0"), (1, "<5"), (4, "<5"), (5, "5-9"), (9, "5-9"), (10, "10-49"), (49, "10-49"), (50, "50+")],
)  # fmt: skip
def test_buyers_of_a_shared_supplier_see_bands(count, band):
    assert shared_node_band(count) == band


def test_negative_count_at_a_shared_supplier_is_refused():
    with pytest.raises(ValueError, match="cannot be -3"):
        shared_node_band(-3)


def test_sensitive_count_in_a_country_with_few_nodes_moves_to_its_sub_region():
    place = {"country": "Malawi", "sub_region": "Eastern Africa"}

    assert place_for_sensitive(**place, nodes_in_country=3) == "Malawi"
    assert place_for_sensitive(**place, nodes_in_country=2) == "Eastern Africa"
