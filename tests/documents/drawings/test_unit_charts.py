"""Charts drawn on the server."""

import re

import pytest

from ddplatform.documents.drawings.charts import line_chart, stacked_bar


def test_a_stacked_bar_shares_its_width_by_value() -> None:
    drawing = stacked_bar([("f-accent", 3), ("f-none", 1)])
    widths = re.findall(r'class="f-(accent|none)" x="([\d.]+)%" y="0" width="([\d.]+)%"', drawing)
    assert widths == [("accent", "0.00", "74.65"), ("none", "75.00", "24.65")]


def test_a_stacked_bar_leaves_out_what_is_zero_and_survives_nothing_at_all() -> None:
    assert "f-low" not in stacked_bar([("f-low", 0), ("f-high", 2)])
    assert stacked_bar([]).count("<rect") == 1


def test_a_tiny_share_stays_visible() -> None:
    assert 'width="0.35%"' in stacked_bar([("f-critical", 1), ("f-low", 100_000)])


def test_a_line_chart_says_its_title_and_names_each_line_directly() -> None:
    drawing = line_chart(
        [{"label": "With <teams>", "values": [14, 9.2]}, {"label": "Without", "values": [14, 14]}],
        id="hours",
        title="Hours fell with teams",
        labels=["May", "Nov"],
        unit="hours",
    )
    assert '<title id="hours">Hours fell with teams</title>' in drawing
    assert "With &lt;teams&gt;</text>" in drawing
    assert "<teams>" not in drawing
    assert ">hours</text>" in drawing


def test_a_value_not_known_is_a_gap_and_not_a_zero() -> None:
    drawing = line_chart(
        [{"label": "A", "values": [1, None, 3]}], id="a", title="A", labels=["x", "y", "z"]
    )
    path = re.search(r'class="s1" stroke-linecap="round" d="([^"]+)"', drawing)
    assert path is not None
    assert path[1].count("M") == 2
    assert "L" not in path[1]


def test_names_of_lines_that_end_together_are_pushed_apart() -> None:
    drawing = line_chart(
        [{"label": "A", "values": [5.0]}, {"label": "B", "values": [5.0]}],
        id="a",
        title="A",
        labels=["x"],
    )
    heights = [float(y) for y in re.findall(r'class="lab" x="[\d.]+" y="([\d.]+)"', drawing)]
    assert heights[1] - heights[0] >= 14


def test_a_line_with_no_known_value_has_no_name_and_no_path_points() -> None:
    drawing = line_chart([{"label": "A", "values": [None]}], id="a", title="A", labels=["x"])
    assert "lab" not in drawing.replace("labelledby", "")


def test_a_scale_reaches_a_round_figure_above_the_largest_value() -> None:
    drawing = line_chart([{"label": "A", "values": [37]}], id="a", title="A", labels=["x"])
    assert ">40</text>" in drawing


def test_a_series_of_the_wrong_length_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match='Series "A" has 1 values for 2 columns'):
        line_chart([{"label": "A", "values": [1]}], id="a", title="A", labels=["x", "y"])
