"""Seeded, realistic value chains, shared by benchmarks and tests.

Tiers widen and narrow again; 15 % of links skip a tier; numbers of suppliers and popularity of
suppliers are heavy-tailed (lognormal, sigma 1.3); a small part of the nodes is in circles,
some of them large; shares add to at most 1 per buyer and the rest is unknown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.contract import SEED

TIERS = (0.001, 0.01, 0.06, 0.15, 0.22, 0.22, 0.16, 0.1, 0.05, 0.029)  # part of nodes in each
SKIPPING = 0.15
TAIL = 1.3
CIRCLES = 0.015  # part of nodes in circles
LARGEST_CIRCLE = 111
UNKNOWN_SHARES = 0.2
CONFIRMED = 0.0005

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Graph:
    """Columns of a generated chain; rows of nodes rise with the tier."""

    count: int
    tier: Ints
    buyer: Ints
    supplier: Ints
    share: Floats  # NaN unknown
    flow: Floats  # f of RM-1.0 section 11.2
    residual: Floats  # (nodes, 16) L_res


def make_graph(nodes: int, links: int, *, seed: int = SEED) -> Graph:
    """A chain of `nodes` nodes and about `links` links; equal arguments give equal arrays."""
    random = np.random.default_rng(seed)
    sizes = np.maximum(1, (np.array(TIERS) * nodes).astype(int))
    sizes[4] += nodes - sizes.sum()
    ends = np.cumsum(sizes)
    tier = np.repeat(np.arange(len(sizes)), sizes)
    buyer, supplier = _links(random, tier, ends, links)
    ring_buyer, ring_supplier = _circles(random, nodes)
    buyer = np.concatenate([buyer, ring_buyer])
    supplier = np.concatenate([supplier, ring_supplier])
    order = np.unique(buyer * nodes + supplier)
    buyer, supplier = np.divmod(order, nodes)
    share = _shares(random, buyer, nodes)
    flow = random.choice([1.0, 0.7, 0.4], len(buyer), p=[0.6, 0.25, 0.15])
    residual = random.beta(2, 5, (nodes, 16)) * 0.9 + 0.004
    residual[random.random(residual.shape) < CONFIRMED] = 1.0
    return Graph(nodes, tier, buyer, supplier, share, flow, residual)


def _links(random: np.random.Generator, tier: Ints, ends: Ints, links: int) -> tuple[Ints, Ints]:
    starts = np.append(0, ends[:-1])
    buyers = np.flatnonzero(tier < len(ends) - 1)
    wanted = random.lognormal(0, TAIL, len(buyers))
    count = np.maximum(1, np.round(wanted * links / wanted.sum())).astype(int)
    buyer = np.repeat(buyers, np.minimum(count, 1_200))
    step = 1 + (random.random(len(buyer)) < SKIPPING)
    to = np.minimum(tier[buyer] + step, len(ends) - 1)
    popularity = random.lognormal(0, TAIL, len(tier))
    supplier = np.empty(len(buyer), dtype=np.int64)
    for t in range(1, len(ends)):
        rows = np.flatnonzero(to == t)
        weight = np.cumsum(popularity[starts[t] : ends[t]])
        drawn = np.searchsorted(weight, random.random(len(rows)) * weight[-1])
        supplier[rows] = starts[t] + drawn
    return buyer, supplier


def _circles(random: np.random.Generator, nodes: int) -> tuple[Ints, Ints]:
    """Rings of neighbouring rows, most of them small, with some chords."""
    buyers, suppliers, left, row = [], [], int(nodes * CIRCLES), int(nodes * TIERS[0]) + 1
    while left > 1:
        size = int(min(2 + random.lognormal(0.5, TAIL), LARGEST_CIRCLE, left))
        row += random.integers(1, max(2, int(size / CIRCLES * 1.6)))
        ring = row + np.arange(max(2, size))
        row, left = int(ring[-1]) + 1, left - len(ring)
        if row >= nodes * (1 - TIERS[-1]):
            break
        chords = random.choice(ring, (2, len(ring) // 3))
        buyers += [ring, chords[0]]
        suppliers += [np.roll(ring, 1), chords[1]]
    buyer, supplier = np.concatenate(buyers), np.concatenate(suppliers)
    return buyer[buyer != supplier], supplier[buyer != supplier]


def _shares(random: np.random.Generator, buyer: Ints, nodes: int) -> Floats:
    part = random.exponential(1.0, len(buyer))
    total = np.bincount(buyer, part, minlength=nodes)
    mapped = random.uniform(0.5, 1.0, nodes)
    share: Floats = part / total[buyer] * mapped[buyer]
    share[random.random(len(buyer)) < UNKNOWN_SHARES] = np.nan
    return share
