"""Every site as a dot: places, file, rows."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.web.site_dots import MAX_ROWS, OTHER, Site, dot_map, row_labels_svg, rows_json


def _unpack(packed: bytes) -> tuple[int, list[int], list[int], list[int]]:
    (count,) = struct.unpack_from("<I", packed)
    xs = list(struct.unpack_from(f"<{count}H", packed, 4))
    ys = list(struct.unpack_from(f"<{count}H", packed, 4 + 2 * count))
    return count, xs, ys, list(packed[4 + 4 * count :])


def test_each_dot_stands_in_the_cell_of_its_country_and_tier_with_its_band() -> None:
    sites = [
        Site("a", "Ghana", 0, "high"),
        Site("b", "Ghana", 2, None),
        Site("c", "Togo", 2, "low"),
    ]
    drawing = dot_map(sites, 4)
    count, xs, ys, kinds = _unpack(drawing.packed)
    rows = {row.name: row for row in drawing.rows}
    assert count == 3
    assert drawing.ids == ("a", "b", "c")
    assert kinds == [0 * 8 + 3, 2 * 8 + 0, 2 * 8 + 1]
    assert xs[0] < 65536 / 4
    assert 65536 * 2 / 4 < xs[1] < 65536 * 3 / 4
    assert rows["Togo"].top <= ys[2] / 65535 <= rows["Togo"].bottom


def test_the_gravest_dots_of_a_cell_come_first() -> None:
    bands = ["low", None, "critical", "medium", "high"]
    sites = [Site(str(n), "Ghana", 0, band) for n, band in enumerate(bands)]
    assert [kind & 7 for kind in _unpack(dot_map(sites, 1).packed)[3]] == [4, 3, 2, 1, 0]


def test_the_same_sites_in_any_order_give_the_same_drawing() -> None:
    sites = [Site(str(n), "Ghana" if n % 3 else "Togo", n % 4, None) for n in range(50)]
    assert dot_map(sites, 4) == dot_map(sites[::-1], 4)


def test_the_smallest_countries_share_one_row_at_the_end() -> None:
    sites = [Site(f"{c}-{n}", f"Country {c:02}", 0, "low") for c in range(15) for n in range(c + 1)]
    rows = dot_map(sites, 1).rows
    assert len(rows) == MAX_ROWS
    assert rows[0].name == "Country 14"
    assert rows[-1].name == OTHER
    assert sum(row.count for row in rows) == len(sites)
    assert len(dot_map(sites, 1).ids) == len(sites)


def test_rows_fill_the_height_from_top_to_bottom() -> None:
    rows = dot_map([Site(str(n), "AB"[n % 2], 0, None) for n in range(9)], 1).rows
    assert rows[0].top == 0
    assert rows[-1].bottom == pytest.approx(1, abs=1e-3)
    assert [row.top for row in rows[1:]] == [row.bottom for row in rows[:-1]]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABC"), st.integers(0, 4), st.sampled_from([None, "low", "critical"])
        ),
        max_size=300,
    )
)
def test_no_site_is_lost_and_no_dot_leaves_its_column(
    facts: list[tuple[str, int, str | None]],
) -> None:
    sites = [Site(str(n), *fact) for n, fact in enumerate(facts)]
    drawing = dot_map(sites, 5)
    count, xs, _, kinds = _unpack(drawing.packed)
    assert sorted(drawing.ids) == sorted(site.id for site in sites)
    assert count == len(sites) == len(kinds)
    assert all(kind >> 3 == x * 5 // 65536 for x, kind in zip(xs, kinds, strict=True))


def test_a_column_outside_the_drawing_is_refused_by_the_site() -> None:
    with pytest.raises(ValueError, match="Site a is in column 5 of 5"):
        dot_map([Site("a", "Ghana", 5, None)], 5)


def test_row_names_are_written_at_their_heights_and_never_read_as_markup() -> None:
    rows = dot_map([Site("a", "<b>Ghana", 0, None)], 1).rows
    labels = row_labels_svg(rows)
    assert 'y="0.00%"' in labels
    assert "&lt;b&gt;Ghana" in labels
    assert json.loads(rows_json(rows)) == [["<b>Ghana", 0.0, 1.0]]
