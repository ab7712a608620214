"""Which risk first, and which to find out about first (RM-2.0 section 12).

Commercial importance, reputational risk and ease of fixing are no keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rm2.chain_parameters import CHAIN, as_compared


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


def salience(risks: OpenRisks) -> Floats:
    """SAL of each risk: RI_res, more where delay makes harm irremediable; 0-105."""
    return as_compared(risks.residual_index + CHAIN.salience.delay_points * risks.delay)


def salience_ranks(risks: OpenRisks) -> Ints:
    """Rank of each risk, 1 first, all different.

    Keys: emergency; SAL, S and RI_high, each high to low; involvement; node id, then issue id.
    """
    return _ranks(
        risks.issue,  # np.lexsort takes the weakest key first
        risks.node,
        risks.involvement,
        -as_compared(risks.index_high),
        -as_compared(risks.severity),
        -salience(risks),
        ~risks.emergency,
    )


def find_out_ranks(risks: OpenRisks, grades: Sequence[str]) -> Ints:
    """Rank of each risk in the find-out list, 1 first; 0 for risks that are known well enough.

    RI_high, high to low, among the grades C, D and E; equal ones in their salience order.

    Args:
        grades: one for each risk, A to E (section 3.9).
    """
    asked = CHAIN.salience.find_out_grades
    at = np.flatnonzero(np.array([grade in asked for grade in grades], dtype=np.bool_))
    ranks = np.zeros(len(risks), dtype=np.int64)
    ranks[at] = _ranks(salience_ranks(risks)[at], -as_compared(risks.index_high[at]))
    return ranks


def _ranks(*keys: Floats | Ints | Bools) -> Ints:
    order = np.lexsort(keys)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks
