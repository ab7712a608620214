"""Range, completeness and grade of an estimate (section 3.9). Arrays are (nodes, issues)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.rm2.context import Vulnerability, context_points
from supply_chain.risk.rm2.evidence import FactorRows, Slopes
from supply_chain.risk.rm2.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import rounded, weighted
from supply_chain.vocabulary import Grade

_POLICY = METHOD.policy
_LINKED: Floats = (METHOD.up > 0).astype(np.float64)
_DIRECT: Floats = METHOD.direct.astype(np.float64)

_COMMUNITY: Bools = np.zeros(len(METHOD.factors), dtype=np.bool_)
_COMMUNITY[METHOD.community] = True
GRADES = tuple(grade.value for grade in Grade)  # a grade array holds positions here


@dataclass(frozen=True)
class Spread:
    """Possible distance of P above and below the estimate, points >= 0."""

    up: Floats
    down: Floats


def spread(
    vulnerability: Vulnerability, activity_known: Bools, rows: FactorRows, slopes: Slopes
) -> Spread:
    """Plausible bounds of P, about 80 % by judgement (section 3.9).

    Args:
        vulnerability: V with its interval.
        activity_known: (nodes,) an activity of the node is known.
        rows, slopes: what is known of the factors.
    """
    community = (rows.observed & _COMMUNITY).astype(np.float64)
    local = vulnerability.regional | (weighted(community, _LINKED) > 0)
    place = np.where(local, _POLICY.place_points_known, _POLICY.place_points)
    activity = np.where(activity_known, _POLICY.activity_points, _POLICY.activity_points_unknown)
    common = place**2 + activity[:, None] ** 2
    above = context_points(vulnerability.high, vulnerability.value)
    below = context_points(vulnerability.value, vulnerability.low)
    unknown = np.where(rows.applies, _POLICY.missing_share * (1 - rows.quality), 0.0) ** 2
    missing_up = weighted(unknown, METHOD.up**2)
    missing_down = weighted(unknown, METHOD.down**2)
    _add_blanks(missing_up, rows, slopes, unknown)
    return Spread(
        np.sqrt(above**2 + common + missing_up), np.sqrt(below**2 + common + missing_down)
    )


def _add_blanks(missing_up: Floats, rows: FactorRows, slopes: Slopes, unknown: Floats) -> None:
    """Let the upper bound of each blank factor reach what an admission would add."""
    node, factor = np.nonzero(rows.blank)
    if not len(node):
        return
    weight_up = METHOD.up[factor]
    item = slopes.up[node, factor, None] * weight_up
    item = item - slopes.down[node, factor, None] * METHOD.down[factor]
    counted = unknown[node, factor, None] * weight_up**2
    reach = np.where(weight_up > 0, _POLICY.admission_reliability * weight_up - item, 0.0) ** 2
    np.add.at(missing_up, node, np.maximum(0.0, reach - counted))


def completeness(rows: FactorRows) -> Floats:
    """C, 0-1: what part of the weight of the linked, applicable factors is known."""
    applies = rows.applies.astype(np.float64)
    total = weighted(applies, METHOD.up)
    known = weighted(applies * rows.quality, METHOD.up)
    return np.divide(known, total, out=np.zeros(total.shape), where=total > 0)


def grade(
    complete: Floats, rows: FactorRows, vulnerability: Vulnerability, context_known: Bools
) -> Ints:
    """Position in GRADES of each pair.

    Args:
        complete: C.
        context_known: (nodes,) activity and country are known.
    """
    share = rounded(complete)
    visited = rows.applies & (rounded(rows.visit_quality) >= _POLICY.grade_a_quality)
    reliable = rows.applies & (rounded(rows.reliability) >= _POLICY.grade_b_reliability)
    direct = weighted(visited.astype(np.float64), _DIRECT) > 0
    sound = weighted(reliable.astype(np.float64), _LINKED) > 0
    enough = rounded(vulnerability.observed_share) >= _POLICY.grade_d_observed
    return np.select(
        [
            (share >= _POLICY.grade_a_completeness) & direct,
            (share >= _POLICY.grade_b_completeness) & sound,
            complete > 0,
            context_known[:, None] & enough,
        ],
        [GRADES.index(letter) for letter in "ABCD"],
        default=GRADES.index("E"),
    )
