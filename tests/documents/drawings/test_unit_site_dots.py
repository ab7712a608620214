"""Every site as a dot: places, file, rows."""

import json
import struct
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.documents.drawings.site_dots import (
    MAX_ROWS,
    OTHER,
    Sites,
    dot_map,
    dots_size,
    dots_svg,
    row_labels_svg,
    rows_json,
)

Fact = tuple[str, int, int]  # country, tier, place in the scale
CRITICAL, HIGH, LOW, NOT_ASSESSED = 0, 1, 3, 4


def sites(facts: Sequence[Fact], *, marked: Sequence[int] = ()) -> Sites:
    labels = sorted({country for country, _, _ in facts})
    return Sites(
        labels=labels,
        label=np.array([labels.index(country) for country, _, _ in facts], dtype=np.int64),
        column=np.array([column for _, column, _ in facts], dtype=np.int64),
        place=np.array([place for _, _, place in facts], dtype=np.int8),
        marked=np.isin(np.arange(len(facts)), marked),
    )


def unpack(packed: bytes) -> tuple[list[int], list[int], list[int], list[int]]:
    (count,) = struct.unpack_from("<I", packed)
    xs = list(struct.unpack_from(f"<{count}H", packed, 4))
    ys = list(struct.unpack_from(f"<{count}H", packed, 4 + 2 * count))
    kinds = list(packed[4 + 4 * count : 4 + 5 * count])
    (marks,) = struct.unpack_from("<I", packed, 4 + 5 * count)
    assert len(packed) == 8 + 5 * count + 4 * marks
    return xs, ys, kinds, list(struct.unpack_from(f"<{marks}I", packed, 8 + 5 * count))


def test_each_dot_stands_in_the_cell_of_its_country_and_tier_with_its_band() -> None:
    facts = [("Ghana", 0, HIGH), ("Ghana", 2, NOT_ASSESSED), ("Togo", 2, LOW)]
    drawing = dot_map(sites(facts), 4)
    xs, ys, kinds, _ = unpack(drawing.packed)
    rows = {row.name: row for row in drawing.rows}
    assert drawing.order.tolist() == [0, 1, 2]
    assert kinds == [0 * 8 + HIGH, 2 * 8 + NOT_ASSESSED, 2 * 8 + LOW]
    assert xs[0] < 65536 / 4
    assert 65536 * 2 / 4 < xs[1] < 65536 * 3 / 4
    assert rows["Togo"].top <= ys[2] / 65535 <= rows["Togo"].bottom


def test_the_gravest_dots_of_a_cell_come_first() -> None:
    drawing = dot_map(sites([("Ghana", 0, place) for place in (3, 4, 0, 2, 1)]), 1)
    assert [kind & 7 for kind in unpack(drawing.packed)[2]] == [0, 1, 2, 3, 4]
    assert drawing.order.tolist() == [2, 4, 3, 0, 1]


def test_marked_sites_are_named_by_their_place_in_the_file() -> None:
    facts = [("Ghana", 0, LOW), ("Ghana", 0, CRITICAL), ("Ghana", 0, HIGH)]
    drawing = dot_map(sites(facts, marked=[0, 2]), 1)
    marks = unpack(drawing.packed)[3]
    assert marks == [1, 2]
    assert {int(drawing.order[mark]) for mark in marks} == {0, 2}


def test_countries_given_in_any_order_give_the_same_drawing() -> None:
    facts = [("Ghana" if n % 3 else "Togo", n % 4, NOT_ASSESSED) for n in range(50)]
    given_ = sites(facts)
    turned = Sites(
        given_.labels[::-1], 1 - given_.label, given_.column, given_.place, given_.marked
    )
    assert dot_map(given_, 4).packed == dot_map(turned, 4).packed


def test_the_smallest_countries_share_one_row_at_the_end() -> None:
    facts = [(f"Country {c:02}", 0, LOW) for c in range(15) for _ in range(c + 1)]
    drawing = dot_map(sites(facts), 1)
    assert len(drawing.rows) == MAX_ROWS
    assert drawing.rows[0].name == "Country 14"
    assert drawing.rows[-1].name == OTHER
    assert sum(row.count for row in drawing.rows) == len(facts)
    assert sorted(drawing.order.tolist()) == list(range(len(facts)))


def test_rows_fill_the_height_from_top_to_bottom() -> None:
    rows = dot_map(sites([("AB"[n % 2], 0, NOT_ASSESSED) for n in range(9)]), 1).rows
    assert rows[0].top == 0
    assert rows[-1].bottom == pytest.approx(1, abs=1e-3)
    assert [row.top for row in rows[1:]] == [row.bottom for row in rows[:-1]]


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(0, 4), st.sampled_from([0, 3, 4])),
        max_size=300,
    )
)
def test_no_site_is_lost_and_no_dot_leaves_its_column(facts: list[Fact]) -> None:
    drawing = dot_map(sites(facts), 5)
    xs, _, kinds, _ = unpack(drawing.packed)
    assert sorted(drawing.order.tolist()) == list(range(len(facts)))
    assert [facts[at][1] * 8 + facts[at][2] for at in drawing.order.tolist()] == kinds
    assert all(kind >> 3 == x * 5 // 65536 for x, kind in zip(xs, kinds, strict=True))


def test_dots_of_a_small_map_are_large_and_stand_beside_each_other() -> None:
    drawing = dot_map(sites([("Ghana", 0, LOW)] * 5 + [("Togo", 2, LOW)] * 2), 4)
    xs, ys, _, _ = unpack(drawing.packed)
    assert drawing.side == pytest.approx(0.7 * 22)
    assert len(set(ys[:5])) == 1
    assert xs[1] - xs[0] == pytest.approx(22 / 1190 * 65_535, abs=2)
    assert xs[6] - xs[5] == pytest.approx(xs[1] - xs[0], abs=2)


def test_a_map_of_few_countries_is_drawn_low_as_long_as_its_dots_fit() -> None:
    heights = {
        countries: dot_map(sites([(f"C{c}", 0, LOW) for c in range(countries)]), 8).height
        for countries in (1, 3, 4, 6, 7)
    }
    assert heights == {1: "low", 3: "low", 4: "mid", 6: "mid", 7: ""}
    assert dot_map(sites([("Ghana", 0, LOW)] * 600), 8).height == ""


def test_dots_of_a_large_map_are_as_small_as_their_cells_ask() -> None:
    drawing = dot_map(sites([("Ghana", 0, LOW)] * 5_000), 4)
    _, ys, _, _ = unpack(drawing.packed)
    assert drawing.side == 0
    assert (ys[1] - ys[0]) / 65_535 * 544 < 6


def test_a_picture_for_a_file_is_as_high_as_the_drawing_and_its_dots_as_large() -> None:
    drawing = dot_map(sites([("Ghana", 0, LOW)]), 1)
    assert dots_size(drawing) == (1340, 26 + 208)
    assert "h15.4" in dots_svg(drawing, ["Tier 1"], ["low"] * 5)


def test_a_column_outside_the_drawing_is_refused_by_the_site() -> None:
    with pytest.raises(ValueError, match="Site 0 is in column 5 of 5"):
        dot_map(sites([("Ghana", 5, NOT_ASSESSED)]), 5)


def test_row_names_are_written_at_their_heights_and_never_read_as_markup() -> None:
    rows = dot_map(sites([("<b>Ghana", 0, NOT_ASSESSED)]), 1).rows
    labels = row_labels_svg(rows)
    assert 'y="0.00%"' in labels
    assert "&lt;b&gt;Ghana" in labels
    assert json.loads(rows_json(rows)) == [["<b>Ghana", 0.0, 1.0]]
