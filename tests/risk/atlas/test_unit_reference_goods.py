"""What the list of goods tells of a country by any of its names for a good."""

from datetime import date

import pytest

from ddplatform.risk.atlas.queries.goods import CountryListing
from supply_chain.reference.types import GoodListing


def line(answer: bool | None) -> GoodListing:
    return GoodListing(
        edition="2024",
        good="Tin",
        alpha2="BO",
        child_labour=answer,
        forced_labour=answer,
        forced_child_labour=answer,
        downstream=False,
        input_from=None,
        status="listed",
        as_of=date(2024, 9, 5),
    )


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((False, None), None),
        ((True, None), True),
        ((True, False), True),
        ((False, False), False),
        ((None,), None),
        ((), None),
    ],
)
def test_what_one_line_does_not_say_is_no_no(
    answers: tuple[bool | None, ...], told: bool | None
) -> None:
    listing = CountryListing("BO", tuple(map(line, answers)), (), (2024,), ("Tin",))
    assert listing.child_labour is told
    assert listing.forced_labour is told
    assert listing.forced_child_labour is told
