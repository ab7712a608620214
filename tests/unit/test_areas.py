"""Which places stand in a country, a region or a circle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.areas import Area, AreaKind, Places, distances_km, find_inside, region_words

ABIDJAN, SOUBRE = (5.36, -4.01), (5.78, -6.59)


def places(*rows):
    """(country, region, latitude, longitude) of each place."""
    return Places(
        [row[0] for row in rows],
        [row[1] for row in rows],
        np.array([row[2] if row[2] is not None else np.nan for row in rows], dtype=np.float64),
        np.array([row[3] if row[3] is not None else np.nan for row in rows], dtype=np.float64),
    )


PLACES = places(
    ("CI", "Bas-Sassandra District", *SOUBRE),
    ("CI", "LAGUNES", *ABIDJAN),
    ("CI", None, None, None),
    ("GH", "Bas-Sassandra", 5.6, -0.19),
    (None, None, None, None),
)


def test_a_country_holds_all_its_places_whatever_else_is_known_of_them():
    inside = find_inside(Area(AreaKind.COUNTRY, "CI"), PLACES)

    assert inside.rows.tolist() == [0, 1, 2]
    assert np.isnan(inside.distance_km).all()
    assert inside.unsure.tolist() == []


def test_a_region_is_found_in_other_spelling_and_only_in_its_country():
    inside = find_inside(Area(AreaKind.REGION, "CI", "bas sassandra"), PLACES)

    assert inside.rows.tolist() == [0]


def test_a_place_without_a_region_may_be_inside_and_is_told_so():
    inside = find_inside(Area(AreaKind.REGION, "CI", "Bas-Sassandra"), PLACES)

    assert inside.unsure.tolist() == [2]


def test_a_region_without_words_holds_nothing():
    assert find_inside(Area(AreaKind.REGION, "CI", "--"), PLACES).rows.tolist() == []


def test_a_circle_holds_what_is_near_enough_in_any_country_with_its_distance():
    area = Area(AreaKind.CIRCLE, "CI", latitude=5.36, longitude=-4.01, radius_km=300)

    inside = find_inside(area, PLACES)

    assert inside.rows.tolist() == [0, 1]
    assert inside.distance_km.tolist() == pytest.approx([289.5, 0.0], abs=1)
    assert inside.unsure.tolist() == [2]


def test_the_border_of_a_circle_is_inside():
    distance = float(distances_km(0, 0, np.array([1.0]), np.array([0.0]))[0])
    area = Area(AreaKind.CIRCLE, latitude=0, longitude=0, radius_km=distance)

    assert find_inside(area, places(("KE", None, 1.0, 0.0))).rows.tolist() == [0]


def test_places_on_both_sides_of_the_date_line_are_neighbours():
    near = distances_km(0.0, 179.9, np.array([0.0]), np.array([-179.9]))

    assert near[0] == pytest.approx(22.24, abs=0.01)


def test_the_other_end_of_the_world_is_half_its_girth_away():
    assert distances_km(0, 0, np.array([0.0]), np.array([180.0]))[0] == pytest.approx(20_015, abs=1)


LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


@settings(max_examples=50)
@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_a_distance_is_the_same_in_both_directions(lat, lon, other_lat, other_lon):
    there = distances_km(lat, lon, np.array([other_lat]), np.array([other_lon]))
    back = distances_km(other_lat, other_lon, np.array([lat]), np.array([lon]))

    assert there[0] == pytest.approx(back[0], abs=1e-3)
    assert 0 <= there[0] <= 20_016


def test_words_of_a_region_lose_case_and_accents_and_keep_other_scripts():
    assert region_words("Côte-d’Or") == ("cote", "d", "or")
    assert region_words("新疆") == ("新疆",)
