"""Candidate pairs of long lists: by runs of letters, equal names and ids, and place.

Recall of the true pairs, and its cost: docs/matching.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from supply_chain import lazy
from supply_chain.graph.distances import EARTH_KM
from supply_chain.matching.grams import (
    BASE,
    Floats,
    Ints,
    distinct,
    distinct_cells,
    gram_codes,
    unit_rows,
)
from supply_chain.matching.normalise import Forms
from supply_chain.matching.prepared import Prepared

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NAME_LENGTH, ADDRESS_LENGTH = 3, 4
NAME_PART, ADDRESS_PART = 0.775, 0.632
# A run of letters in more records than this adds little and costs most of the time.
COMMON = 1_000
CLOSEST, CLOSEST_BY_NAME, LEAST_COSINE = 10, 6, 0.1
# Short lists can afford more: as many times the closest, up to this many rows.
MORE, SHORT_LIST = 3, 20_000
NEAR_KM = 0.5
# In one park or under one name there may be hundreds; as many are compared with each.
MOST_NEAR, MOST_OF_ONE_KEY = 12, 20
THREADS = 2

Pairs = tuple[Ints, Ints]


def candidate_pairs(prepared: Prepared, boundary: int | None = None) -> Pairs:
    """Rows (left, right) of the pairs to score, each pair once, left < right, in order.

    Without `boundary` pairs are within the list; with it the first `boundary` rows are one list,
    the rest the other, and pairs go across. Equal rows must be in an order of their own
    (by content), so that the order of a file changes nothing.
    """
    count = len(prepared.records)
    names = _weighted(prepared.names, NAME_LENGTH)
    addresses = _weighted(prepared.addresses, ADDRESS_LENGTH)
    both = lazy.sparse.csr_array(lazy.sparse.hstack([names * NAME_PART, addresses * ADDRESS_PART]))
    found = [_of_one_key(prepared)]
    times = MORE if count <= SHORT_LIST else 1
    for one, other in _sides(count, boundary):
        found.append(_closest(both, one, other, times * CLOSEST))
        found.append(_closest(names, one, other, times * CLOSEST_BY_NAME))
        found.append(_neighbours(prepared, one, other))
    left = np.concatenate([np.minimum(*pairs) for pairs in found])
    right = np.concatenate([np.maximum(*pairs) for pairs in found])
    sound = left < right
    if boundary is not None:
        sound &= (left < boundary) & (right >= boundary)
    return distinct_cells(left[sound], right[sound], max(count, 1))


def _sides(count: int, boundary: int | None) -> list[tuple[Ints, Ints]]:
    rows = np.arange(count)
    if boundary is None:
        return [(rows, rows)]
    return [(rows[:boundary], rows[boundary:]), (rows[boundary:], rows[:boundary])]


def _weighted(forms: Sequence[Forms], length: int) -> csr_array:
    """Texts over their runs of letters, weighted by rarity in these very lists."""
    rows, codes = gram_codes([form.squeezed for form in forms if form.squeezed], length=length)
    given = np.flatnonzero([bool(form.squeezed) for form in forms])
    rows, codes = distinct_cells(rows, codes, BASE**length)
    counts = np.bincount(codes, minlength=1)
    weights = np.where(counts > COMMON, 0.0, 1.0 + np.log((len(forms) + 1) / (counts + 1)))
    kept = counts[codes] <= COMMON
    if not kept.any():
        return lazy.sparse.csr_array((len(forms), 1))
    rows, codes = given[rows[kept]], codes[kept]
    place = np.cumsum(np.bincount(codes, minlength=len(counts)) > 0) - 1  # without empty columns
    return unit_rows(rows, place[codes], weights[distinct(codes)], len(forms))


def _closest(texts: csr_array, one: Ints, other: Ints, most: int) -> Pairs:
    """Each row of `one` with the rows of `other` most like it, by the cosine of their runs."""
    if not (len(one) and len(other)):
        return _no_pairs()
    found = lazy.sparse_dot_topn.sp_matmul_topn(
        lazy.sparse.csr_matrix(texts[one]),
        lazy.sparse.csr_matrix(texts[other].T),
        top_n=most + 1,  # within one list each row is most like itself
        threshold=LEAST_COSINE,
        sort=False,
        n_threads=THREADS,
    ).tocoo()
    return one[found.row], other[found.col]


def _neighbours(prepared: Prepared, one: Ints, other: Ints) -> Pairs:
    """Each row of `one` with the nearest rows of `other` within 500 m."""
    points = _points(prepared)
    one, other = (side[~np.isnan(points[side, 0])] for side in (one, other))
    if not (len(one) and len(other)):
        return _no_pairs()
    most = min(MOST_NEAR + 1, len(other))
    reach = 2 * np.sin(NEAR_KM / EARTH_KM / 2)
    _, nearest = lazy.spatial.cKDTree(points[other]).query(
        points[one], k=[*range(1, most + 1)], distance_upper_bound=reach, workers=THREADS
    )
    found = np.asarray(nearest)
    row, place = np.nonzero(found < len(other))
    return one[row], other[found[row, place]]


def _points(prepared: Prepared) -> Floats:
    """Places on the unit sphere, so that a straight line measures distance also at 180 degrees."""
    latitude, longitude = np.radians(prepared.latitude), np.radians(prepared.longitude)
    flat = np.cos(latitude)
    return np.column_stack(
        [flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude + 0 * longitude)]
    )


def _of_one_key(prepared: Prepared) -> Pairs:
    """Rows that share a name or an external id; of very many, each with those that follow it."""
    groups: Mapping[tuple[str, str], list[int]] = defaultdict(list)
    for row, (ids, form) in enumerate(zip(prepared.ids, prepared.names, strict=True)):
        for key in (("name", form.squeezed), *ids.items()):
            groups[key].append(row)
    pairs = [pair for rows in groups.values() for pair in _following(rows)]
    found: Ints = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _following(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    for place, row in enumerate(rows):
        for other in rows[place + 1 : place + 1 + MOST_OF_ONE_KEY]:
            yield row, other


def _no_pairs() -> Pairs:
    nothing = np.zeros(0, dtype=np.int64)
    return nothing, nothing
