"""ODK's functions for places written as `latitude longitude altitude accuracy`."""

import math
from collections.abc import Sequence
from itertools import pairwise

EARTH = 6_378_100.0  # metres at the equator, the figure of ODK's own programs
PLACES = 2  # decimals of a result: centimetres, square centimetres


def read_places(texts: Sequence[str]) -> list[tuple[float, float]]:
    """Latitude and longitude in radians of every place named; what is not a place is left out."""
    places: list[tuple[float, float]] = []
    for text in texts:
        for place in text.split(";"):
            parts = place.split()
            try:
                latitude, longitude = float(parts[0]), float(parts[1])
            except (ValueError, IndexError):
                continue
            if abs(latitude) > 90 or abs(longitude) > 180 or len(parts) > 4:
                continue
            places.append((math.radians(latitude), math.radians(longitude)))
    return places


def area(texts: Sequence[str]) -> float:
    """Square metres enclosed by the places, 0 for fewer than three or one that is none."""
    places = read_places(texts)
    named = sum(1 for text in texts for place in text.split(";") if place.strip())
    if len(places) < 3 or len(places) < named:
        return 0.0
    total = 0.0
    for (lat_a, lon_a), (lat_b, lon_b) in zip(places, places[1:] + places[:1], strict=True):
        total += (lon_b - lon_a) * (2 + math.sin(lat_a) + math.sin(lat_b))
    return round(abs(total) * EARTH * EARTH / 2, PLACES)


def distance(texts: Sequence[str]) -> float:
    """Metres along the places in order, 0 for fewer than two."""
    places = read_places(texts)
    return round(sum(_between(first, second) for first, second in pairwise(places)), PLACES)


def is_inside(place: str, shape: str) -> bool:
    """Whether a place lies inside a closed shape; False where either is not known."""
    places, corners = read_places([place]), read_places([shape])
    if len(places) != 1 or len(corners) < 4 or corners[0] != corners[-1]:
        return False
    ((latitude, longitude),) = places
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in pairwise(corners):
        if (lat_a > latitude) != (lat_b > latitude):
            crossing = lon_b + (lon_a - lon_b) * (latitude - lat_b) / (lat_a - lat_b)
            inside ^= longitude < crossing
    return inside


def _between(first: tuple[float, float], second: tuple[float, float]) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = first, second
    # The law of cosines, as ODK's own programs: near places differ from theirs otherwise.
    cosine = math.sin(lat_a) * math.sin(lat_b)
    cosine += math.cos(lat_a) * math.cos(lat_b) * math.cos(lon_a - lon_b)
    return math.acos(max(-1.0, min(1.0, cosine))) * EARTH
