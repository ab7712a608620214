"""Context of a node: vulnerability of the place, exposure of the activity, listing.

Sections 3.4, 4 and 5. Arrays are float64: (nodes, 13) by country indicator, (nodes, 14) by trait of
the activity, (nodes, issues) by issue.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.rm2.method import ISSUES, METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import weighted
from supply_chain.risk.rm2.reference import PublicData

_POLICY = METHOD.policy
_INDICATOR_TOTAL: Floats = METHOD.indicator_weight.sum(axis=0)
_TRAIT_TOTAL: Floats = METHOD.trait_weight.sum(axis=0)


@dataclass(frozen=True)
class Place:
    """Reference values of the country indicators of nodes, arrays (nodes, 13)."""

    score: Floats  # s, 0-1
    low: Floats  # ends of the interval; s where it is known
    high: Floats
    observed: Bools  # False: imputed or the world's mean
    known: Bools  # (nodes,) the country is known


@dataclass(frozen=True)
class Seen:
    """Observations at nodes themselves, of some factors; arrays (nodes, k)."""

    score: Floats  # s, 0-1; NaN where nothing was observed
    quality: Floats  # q, 0-1; 0 where nothing was observed

    def moved(self, reference: Floats) -> Floats:
        """Reference values moved by the observations: `q s_obs + (1 - q) s_ref` (section 4)."""
        score = np.where(np.isnan(self.score), reference, self.score)
        return np.where(
            np.isnan(self.score), reference, self.quality * score + (1 - self.quality) * reference
        )


@dataclass(frozen=True)
class Vulnerability:
    """V of the place by issue, arrays (nodes, issues), 0-1 (section 4)."""

    value: Floats
    low: Floats  # by the intervals of imputed indicators (section 3.9)
    high: Floats
    observed_share: Floats  # part of the weight that is observed
    regional: Bools  # an indicator of the issue has an observation of the node's own region


def place_of(data: PublicData, rows: Ints) -> Place:
    """Reference values of nodes in the places `rows` (nodes,), rows of the tables of `data`."""
    return Place(
        data.score[rows], data.low[rows], data.high[rows], data.observed[rows], rows != data.world
    )


def vulnerability(place: Place, regional: Seen) -> Vulnerability:
    """V of each issue with its interval (sections 4 and 3.9).

    Args:
        place: reference values of the nodes.
        regional: observations of the nodes' own regions, (nodes, 13).
    """
    weight = METHOD.indicator_weight
    value = weighted(regional.moved(place.score), weight) / _INDICATOR_TOTAL
    rest = 1 - regional.quality
    above = weighted((rest * (place.high - place.score)) ** 2, weight**2)
    below = weighted((rest * (place.score - place.low)) ** 2, weight**2)
    own = ~np.isnan(regional.score)
    observed = (place.observed | own).astype(np.float64)
    return Vulnerability(
        value,
        np.maximum(0.0, value - np.sqrt(below) / _INDICATOR_TOTAL),
        np.minimum(1.0, value + np.sqrt(above) / _INDICATOR_TOTAL),
        weighted(observed, weight) / _INDICATOR_TOTAL,
        weighted(own.astype(np.float64), weight) > 0,
    )


@dataclass(frozen=True)
class Activities:
    """Activities of nodes, one row a (node, activity) pair by rising node."""

    node: Ints  # (pairs,) each node of 0 .. nodes - 1 has at least one pair
    traits: Floats  # (pairs, 14) 0-1
    known: Bools  # (nodes,) an activity is known


def activities_of(data: PublicData, node: Ints, class_: Ints, count: int) -> Activities:
    """Activities of `count` nodes; a node without any has the class `unknown` (section 5.1).

    Args:
        node, class_: (pairs,) rows of nodes and their classes, in any order.
    """
    known = np.zeros(count, dtype=np.bool_)
    known[node] = True
    without = np.flatnonzero(~known)
    nodes = np.concatenate([node, without])
    classes = np.concatenate([class_, np.full(len(without), data.unknown_class)])
    order = np.lexsort((classes, nodes))
    return Activities(nodes[order], data.traits[classes[order]], known)


def exposure(activities: Activities, seen: Seen) -> Floats:
    """X of each issue, (nodes, issues), 0-1: the highest over the activities (section 5).

    Args:
        seen: observations of traits at the nodes, (nodes, 14).
    """
    at = activities.node
    moved = Seen(seen.score[at], seen.quality[at]).moved(activities.traits)
    each = weighted(moved, METHOD.trait_weight) / _TRAIT_TOTAL
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    highest: Floats = np.maximum.reduceat(each, starts, axis=0)
    return highest


def listing_points(listed: Bools, elsewhere: Floats) -> Floats:
    """Points of the US DOL list, (nodes, issues): the highest that applies (section 5.3).

    Args:
        listed: (nodes, 3) kinds for which the pair (country, good) is listed, in the order of
            `METHOD.listing.kinds`.
        elsewhere: (nodes, 2) number of other countries in which the good is listed, in the order
            of `METHOD.listing.elsewhere_kinds`.
    """
    points = np.zeros((len(listed), ISSUES))
    for kind, pair in enumerate(METHOD.listing.pair):
        points = np.maximum(points, listed[:, kind, None] * pair)
    steps = np.concatenate([[0.0], METHOD.listing.step_points])
    for kind, issues in enumerate(METHOD.listing.elsewhere):
        step = np.searchsorted(METHOD.listing.countries_from, elsewhere[:, kind], side="right")
        points = np.maximum(points, steps[step][:, None] * issues)
    return points


@dataclass(frozen=True)
class Prior:
    """Lines of the context prior P0, points by issue (section 3.4)."""

    base: Floats  # (issues,) K with V and X at the middle
    country: Floats  # (nodes, issues)
    activity: Floats  # (nodes, issues)

    @property
    def points(self) -> Floats:
        """P0, (nodes, issues), before clipping."""
        return self.base + self.country + self.activity


def prior(vulnerability_: Floats, exposure_: Floats) -> Prior:
    """Context prior from V and X, both (nodes, issues), 0-1 (section 3.4)."""
    middle = _POLICY.context_least + _POLICY.context_middle
    base: Floats = METHOD.base_points + 2 * _POLICY.context_points * np.log2(middle)
    return Prior(base, context_points(vulnerability_), context_points(exposure_))


def context_points(value: Floats, beside: float | Floats = _POLICY.context_middle) -> Floats:
    """Points between a value of V or X and another, 0-1 and of one shape (sections 3.4 and 3.9)."""
    ratio = (_POLICY.context_least + value) / (_POLICY.context_least + beside)
    points: Floats = _POLICY.context_points * np.log2(ratio)
    return points
