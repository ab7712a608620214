"""Areas on the map and the places inside them: a country, a region of it, or a circle."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.distances import distances_km
from supply_chain.reference.regions import region_key
from supply_chain.search.spelling import bare_words

LONGEST_RADIUS_KM = 5_000.0


class AreaKind(StrEnum):
    """Kind of an area definition."""

    COUNTRY = "country"
    REGION = "region"
    CIRCLE = "circle"


@dataclass(frozen=True)
class Area:
    """An area.

    Attributes:
        country: ISO 3166-1 alpha-2; for a circle it may be None.
        region: name of a part of the country, for `REGION`.
        latitude, longitude: centre of a circle, degrees WGS 84. radius_km: above 0.
    """

    kind: AreaKind
    country: str | None = None
    region: str | None = None
    latitude: float = 0.0
    longitude: float = 0.0
    radius_km: float = 0.0


@dataclass(frozen=True)
class Places:
    """Places as columns of one length; what is not known is None or NaN."""

    country: Sequence[str | None]
    region: Sequence[str | None]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


@dataclass(frozen=True)
class Inside:
    """Places inside an area.

    Attributes:
        rows: rows of the places inside, rising. distance_km: of each to the centre; NaN where
            the area is no circle.
        unsure: rows that may be inside: in the country, and the region or the coordinates that
            would decide are not known.
    """

    rows: NDArray[np.int64]
    distance_km: NDArray[np.float64]
    unsure: NDArray[np.int64]


def find_inside(area: Area, places: Places) -> Inside:
    """The places in an area, the border of a circle included."""
    in_country = np.array([code == area.country for code in places.country], dtype=np.bool_)
    if area.kind is AreaKind.COUNTRY:
        return _without_distance(in_country, np.zeros_like(in_country))
    if area.kind is AreaKind.REGION:
        wanted = bare_words(region_key(area.region))
        named = np.array(
            [_speaks_of(wanted, bare_words(region or "")) for region in places.region],
            dtype=np.bool_,
        )
        silent = np.array([not bare_words(region or "") for region in places.region], np.bool_)
        return _without_distance(in_country & named, in_country & silent)
    distance = distances_km(area.latitude, area.longitude, places.latitude, places.longitude)
    unknown = np.isnan(distance)
    rows = np.flatnonzero(~unknown & (distance <= area.radius_km))
    return Inside(rows, distance[rows], np.flatnonzero(in_country & unknown))


def _without_distance(inside: NDArray[np.bool_], unsure: NDArray[np.bool_]) -> Inside:
    rows = np.flatnonzero(inside)
    return Inside(rows, np.full(len(rows), np.nan), np.flatnonzero(unsure))


def _speaks_of(wanted: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether the wanted words are consecutive: "Sylhet" is in "Sylhet Division"."""
    size = len(wanted)
    return size > 0 and any(
        words[start : start + size] == wanted for start in range(len(words) - size + 1)
    )
