"""How far places are from each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.distances import distances_km
from tests.sampling import examples


def test_places_on_both_sides_of_the_date_line_are_neighbours():
    near = distances_km(0.0, 179.9, np.array([0.0]), np.array([-179.9]))

    assert near[0] == pytest.approx(22.24, abs=0.01)


def test_the_other_end_of_the_world_is_half_its_girth_away():
    assert distances_km(0, 0, np.array([0.0]), np.array([180.0]))[0] == pytest.approx(20_015, abs=1)


LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


@examples(50)
@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_a_distance_is_the_same_in_both_directions(lat, lon, other_lat, other_lon):
    there = distances_km(lat, lon, np.array([other_lat]), np.array([other_lon]))
    back = distances_km(other_lat, other_lon, np.array([lat]), np.array([lon]))

    assert there[0] == pytest.approx(back[0], abs=1e-3)
    assert 0 <= there[0] <= 20_016


def test_many_places_are_measured_pair_by_pair_and_unknown_ones_are_not_numbers():
    latitudes, longitudes = np.array([5.36, np.nan, 0.0]), np.array([-4.01, 0.0, 0.0])
    others = np.array([5.78, 0.0, 1.0]), np.array([-6.59, 0.0, 0.0])

    km = distances_km(latitudes, longitudes, *others)

    assert km == pytest.approx([289.3, np.nan, 111.2], abs=0.1, nan_ok=True)
    one_by_one = [
        float(distances_km(*place, *map(np.array, other)))
        for place, other in zip(
            zip(latitudes, longitudes, strict=True), zip(*others, strict=True), strict=True
        )
    ]
    assert km == pytest.approx(one_by_one, rel=1e-12, nan_ok=True)
