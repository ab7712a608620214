"""Likelihood of a commodity of unknown origin (section 5.4). Arrays are by issue."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from supply_chain.risk.rm2.context import (
    Seen,
    activities_of,
    exposure,
    place_of,
    prior,
    vulnerability,
)
from supply_chain.risk.rm2.method import METHOD, Floats
from supply_chain.risk.rm2.points import clipped, likelihood, points_of, rounded
from supply_chain.risk.rm2.reference import INDICATORS, TRAITS, Origins, public_data

_POLICY = METHOD.policy
_TAIL = 0.1  # share of children below the low and above the high end of the world's range


@dataclass(frozen=True)
class UnknownOrigin:
    """Estimate of an unknown origin, arrays (issues,); its grade is always E."""

    likelihood: Floats  # L, 0-1
    points: Floats  # P of that L, 0-100
    low: Floats  # lowest P among the countries that count for the range
    high: Floats


def unknown_origin(commodity: str | None) -> UnknownOrigin:
    """L of a commodity whose origin is not known, over the countries that produce it.

    Args:
        commodity: its reference; None: the commodity is not known either, then the class
            `unknown` in the world's mean.

    Returns:
        The estimate without listing. Countries of 2 % of production or more give the range; where
        production is not known, the middle 80 % of the world's children do.

    Raises:
        KeyError: the commodity is not known to the reference data.
    """
    data = public_data()
    class_ = data.unknown_class if commodity is None else data.commodity_class[commodity]
    points = class_points(class_)
    children = data.children[: data.world]
    world = _mean(likelihood(points), children / children.sum())
    origins = data.origins.get(commodity) if commodity else None
    if origins is None:
        low, high = _tails(points, children)
        return _estimate(world, low, high)
    produced = _mean(likelihood(points[origins.place]), origins.share)
    rest = max(0.0, 1 - float(origins.share.sum()))
    return _estimate(produced + rest * world, *_ends(points, origins))


@lru_cache(maxsize=128)
def class_points(class_: int) -> Floats:
    """P of a class of activity in each country by the public data alone, (countries, issues)."""
    data = public_data()
    rows = np.arange(data.world)
    one = activities_of(data, rows, np.full(len(rows), class_), len(rows))
    v = vulnerability(place_of(data, rows), _nothing(len(rows), len(INDICATORS)))
    x = exposure(one, _nothing(len(rows), len(TRAITS)))
    points = clipped(prior(v.value, x).points)
    points.setflags(write=False)
    return points


def _nothing(count: int, factors: int) -> Seen:
    return Seen(np.full((count, factors), np.nan), np.zeros((count, factors)))


def _mean(values: Floats, weights: Floats) -> Floats:
    total: Floats = (values * weights[:, None]).sum(axis=0)
    return total


def _ends(points: Floats, origins: Origins) -> tuple[Floats, Floats]:
    large = rounded(origins.share) >= _POLICY.origin_share_min
    # A good that many small producers share is judged by its largest one.
    large[np.argmax(origins.share)] = True
    among = points[origins.place[large]]
    return among.min(axis=0), among.max(axis=0)


def _tails(points: Floats, children: Floats) -> tuple[Floats, Floats]:
    """P below and above which a tenth of the world's children live, by issue."""
    order = np.argsort(points, axis=0, kind="stable")
    running = np.cumsum(children[order], axis=0) / children.sum()
    ordered = np.take_along_axis(points, order, axis=0)
    low = np.argmax(running >= _TAIL, axis=0)
    high = np.argmax(running >= 1 - _TAIL, axis=0)
    issues = np.arange(points.shape[1])
    return ordered[low, issues], ordered[high, issues]


def _estimate(likelihood_: Floats, low: Floats, high: Floats) -> UnknownOrigin:
    points = clipped(points_of(likelihood_))
    return UnknownOrigin(likelihood_, points, np.minimum(low, points), np.maximum(high, points))
