"""Salience order: priority for action, and priority for finding out more (RM-2.0 section 12).

Commercial importance, reputational risk and ease of fixing are no keys.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.ranking import RankKeys, packed
from supply_chain.risk.rm2.chain_parameters import CHAIN, as_compared
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.ranges import GRADES

MOST_INDEX, MOST_SEVERITY = 100.0, 5.0
MOST_SALIENCE = MOST_INDEX + CHAIN.salience.delay_points
UNITS = 10**METHOD.policy.decimals  # of a comparison
FIND_OUT = [GRADES.index(grade) for grade in sorted(CHAIN.salience.find_out_grades)]
"""Positions in GRADES of the grades that are found out about."""
DELAY, EMERGENCY = 1, 2  # parts of the urgency of a risk


@dataclass(frozen=True)
class OpenRisks:
    """Open (node, issue) risks, one entry each in every column."""

    node: Ints  # place of the node id by code point, see `supply_chain.risk.salience.places`
    issue: Ints  # place of the issue id by code point
    emergency: Bools  # a child known to be in danger now
    delay: Bools  # judged: delay makes harm irremediable
    residual_index: Floats  # RI_res, 0-100
    severity: Floats  # S, 1-5
    index_high: Floats  # RI_high, 0-100
    involvement: Ints  # position in `supply_chain.risk.salience.INVOLVEMENTS`

    def __len__(self) -> int:
        return len(self.node)


def urgency_of(risks: OpenRisks) -> NDArray[np.int8]:
    """Urgency of each risk as judged: EMERGENCY plus DELAY, 0 where neither is."""
    urgency: NDArray[np.int8] = (EMERGENCY * risks.emergency + DELAY * risks.delay).astype(np.int8)
    return urgency


def salience(risks: OpenRisks) -> Floats:
    """SAL of each risk: RI_res, more where delay makes harm irremediable; 0-105."""
    return as_compared(risks.residual_index + CHAIN.salience.delay_points * risks.delay)


def salience_ranks(risks: OpenRisks) -> Ints:
    """Rank of each risk, 1 first, all different.

    Keys: emergency; SAL, S and RI_high, each high to low; involvement; node id, then issue id.
    """
    ranks = np.empty(len(risks), dtype=np.int64)
    ranks[rank_keys(risks).order] = np.arange(1, len(risks) + 1)
    return ranks


def rank_keys(risks: OpenRisks) -> RankKeys:
    """The keys of the order, packed into two whole numbers, which sort faster than seven.

    Raises:
        ValueError: a number is outside what the method allows, or a place of a node is.
    """
    strong = packed(
        (~risks.emergency, 1),
        (_falling(salience(risks), MOST_SALIENCE), 27),
        (_falling(risks.severity, MOST_SEVERITY), 23),
    )
    weak = packed(
        (_falling(risks.index_high, MOST_INDEX), 27),
        (risks.involvement, 2),
        (risks.node, 30),
        (risks.issue, 4),
    )
    return RankKeys(strong, weak)


def _falling(values: Floats, most: float) -> Ints:
    """Values from 0 to `most` as whole numbers that fall as these rise, equal where these are."""
    whole: Ints = np.rint((most - as_compared(values)) * UNITS).astype(np.int64)
    return whole


def find_out_ranks(risks: OpenRisks, grades: Ints, ranks: Ints) -> Ints:
    """Rank of each risk in the find-out list, 1 first; 0 for risks that are known well enough.

    RI_high, high to low, among the grades C, D and E; equal ones in their salience order.

    Args:
        grades: position in GRADES of each risk (section 3.9).
        ranks: those of `salience_ranks`.
    """
    at = np.flatnonzero(np.isin(grades, FIND_OUT))
    found = np.zeros(len(risks), dtype=np.int64)
    found[at] = _ranks(ranks[at], -as_compared(risks.index_high[at]))
    return found


def _ranks(*keys: Floats | Ints | Bools) -> Ints:
    order = np.lexsort(keys)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks
