"""Distances on the Earth: those of a sphere of the mean radius, good to half a per cent."""

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0088  # mean radius, IUGG

Degrees = float | NDArray[np.float64]


def distances_km(
    latitude: Degrees, longitude: Degrees, latitudes: Degrees, longitudes: Degrees
) -> NDArray[np.float64]:
    """Great-circle distances (haversine) in km; NaN where a place is not known.

    Args:
        latitude, longitude: one place, or as many as there are others, degrees WGS 84.
        latitudes, longitudes: the other places; both sides are paired as numpy pairs shapes.
    """
    here, there = np.radians(latitude), np.radians(latitudes)
    half_lat = np.sin((there - here) / 2) ** 2
    half_lon = np.sin((np.radians(longitudes) - np.radians(longitude)) / 2) ** 2
    chord = np.clip(half_lat + np.cos(here) * np.cos(there) * half_lon, 0.0, 1.0)
    found: NDArray[np.float64] = 2 * EARTH_KM * np.arcsin(np.sqrt(chord))
    return found
