"""Positions of all countries under RM-2.0, and where goods are produced."""

import pytest

from supply_chain.risk.rm2 import origin_shares
from supply_chain.risk.rm2.country_profile import (
    country_positions,
    country_profile,
    world_position,
)
from supply_chain.risk.rm2.reference import INDICATORS, public_data
from supply_chain.vocabulary import Issue


@pytest.fixture(autouse=True)
def read_anew() -> None:
    """Nothing is kept from what was read before."""
    for kept in (country_positions, world_position, origin_shares._shares):
        kept.cache_clear()


def test_every_country_of_the_data_stands_where_its_own_profile_puts_it():
    positions = country_positions()

    assert positions.keys() == public_data().place.keys()
    for country in ("CI", "BD", "BE"):
        profile = country_profile(country)
        assert [positions[country].issues[one.issue] for one in profile.issues] == [*profile.issues]
        assert positions[country].observed == profile.observed


def test_a_country_without_data_stands_where_the_world_does_and_has_no_statistic():
    world = world_position()

    assert [*world.issues] == [*Issue]
    assert world.observed == country_profile("no such country").observed == 0
    assert 0 < country_positions()["BE"].observed <= len(INDICATORS)


def test_producers_of_a_good_come_the_largest_first_each_with_its_source():
    cocoa = origin_shares.origin_shares("cocoa")

    assert cocoa[0].country == "CI"
    assert [one.share for one in cocoa] == sorted((one.share for one in cocoa), reverse=True)
    assert sum(one.share for one in cocoa) <= 1.0 + 1e-6
    assert all(one.publisher and one.year for one in cocoa if one.is_observed)


def test_of_a_good_that_nobody_counts_no_producer_is_known():
    assert origin_shares.origin_shares("unicorn horn") == ()
