"""A list as a picture: what does not fit is cut and says so, in letters of any width."""

import pytest

from ddplatform.value_chain.drawings.lists import Entry, Head, list_size, list_svg
from ddplatform.value_chain.drawings.shades import BAND_SHADES

HEADS = [Head("Name", 110), Head("Risk", 100)]


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Short name", ">Short name<"),
        ("A name that is much longer than its column", ">A name that…<"),
        ("上海可可进出口有限公司", ">上海可可进出口…<"),
        ("A < B & C", ">A &lt; B &amp; C<"),
    ],
)
def test_a_name_is_drawn_as_far_as_its_column_goes(name: str, drawn: str):
    assert drawn in list_svg(HEADS, [[Entry(name), Entry("High")]], empty="Nothing.")


def test_a_row_has_its_shade_with_a_letter_what_stands_below_and_the_mark_of_an_event():
    made = list_svg(
        HEADS, [[Entry("Mill", "Nawa"), Entry("High", "Event", BAND_SHADES[1], True)]], empty=""
    )
    for part in ('class="f-high"', ">H<", ">High<", ">Nawa<", 'class="ev"', ">Event<"):
        assert part in made, part


def test_a_list_is_as_high_as_its_rows_and_an_empty_one_says_why():
    row = [Entry("Mill"), Entry("High")]
    assert list_size(HEADS, [row, row])[1] - list_size(HEADS, [row])[1] == 36
    assert list_size(HEADS, [])[0] == 210
    assert ">No site matches.<" in list_svg(HEADS, [], empty="No site matches.")
