"""Likelihood in points (section 1), and sums that do not depend on the number of rows."""

import numpy as np

from supply_chain.risk.rm2.method import METHOD, Floats

_POLICY = METHOD.policy


def rounded(values: Floats) -> Floats:
    """Values as comparisons with a threshold see them (section 3.10)."""
    return np.round(values, _POLICY.decimals)


def clipped(points: Floats) -> Floats:
    """Points kept in 0 to 100, of any shape."""
    return np.clip(points, 0.0, _POLICY.points_max)


def likelihood(points: Floats) -> Floats:
    """L, above 0 and below 1, of points P; any shape (section 1)."""
    odds: Floats = 2.0 ** ((_POLICY.even_odds_points - points) / _POLICY.doubling_points)
    return 1 / (1 + odds)


def points_of(likelihood_: Floats) -> Floats:
    """Points P of likelihoods above 0 and below 1; any shape. The inverse of `likelihood`."""
    odds: Floats = likelihood_ / (1 - likelihood_)
    return _POLICY.even_odds_points + _POLICY.doubling_points * np.log2(odds)


def weighted(values: Floats, weights: Floats) -> Floats:
    """Weighted sums, (nodes, issues), of values (nodes, k) with weights (k, issues).

    Added column by column: a matrix product would round a row differently by the number of rows.
    """
    columns = np.ascontiguousarray(values.T)
    total = np.zeros((weights.shape[1], len(values)))
    used = set(np.flatnonzero(values.any(axis=0)).tolist())
    for column, issue in zip(*np.nonzero(weights), strict=True):
        if column in used:
            total[issue] += columns[column] * weights[column, issue]
    return np.ascontiguousarray(total.T)
