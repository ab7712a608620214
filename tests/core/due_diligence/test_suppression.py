"""Small counts are hidden and cannot be worked out from what is shown."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence.suppression import (
    SUPPRESSED,
    banded_row,
    suppress_count,
    suppress_row,
)
from tests.sampling import examples

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


def test_row_without_counts_is_refused():
    with pytest.raises(ValueError, match="at least one count"):
        suppress_row([])


def test_row_with_a_negative_count_is_refused():
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


@examples(300)
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


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([0, 3, 12, 20], ["<5", "<5", "10–14", "20–24", "35–39"]),
        ([0, 0, 0], ["<5", "<5", "<5", "<5"]),
        ([4, 4, 4, 4, 4, 4], ["<5"] * 6 + ["20–24"]),
        # Of two small counts with a total of five or more neither could be zero.
        ([4, 4], [SUPPRESSED] * 3),
    ],
)  # fmt: skip
def test_row_of_cases_stands_in_bands_and_tells_no_zero(counts, shown):
    assert banded_row(counts) == shown


def in_band(shown) -> range:
    if shown == "<5":
        return range(5)
    low, high = map(int, shown.split("–"))
    return range(low, high + 1)


@examples(300)
@given(st.lists(st.integers(0, HIGHEST), min_size=1, max_size=4))
def test_small_count_of_a_row_in_bands_can_still_be_anything_below_five(counts):
    *cells, total = banded_row(counts)
    if is_withheld([*cells, total]):
        return

    possible = [guess for guess in product(*map(in_band, cells)) if sum(guess) in in_band(total)]

    assert tuple(counts) in possible
    for place, cell in enumerate(cells):
        if cell == "<5":
            assert {table[place] for table in possible} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("counts", [[], [3, -1]])
def test_row_in_bands_without_counts_or_with_a_negative_one_is_refused(counts):
    with pytest.raises(ValueError, match="count"):
        banded_row(counts)
