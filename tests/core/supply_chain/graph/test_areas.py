"""Which places stand in a country, a region or a circle."""

import numpy as np
import pytest

from supply_chain.graph.areas import Area, AreaKind, Places, find_inside
from supply_chain.graph.distances import distances_km

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
