"""Salience order of risks (RM-1.0 section 12): severity leads, commercial importance is no key."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from supply_chain.risk.factors import rounded
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.scoring import severity_band


class Involvement(StrEnum):
    """Involvement of the business in an impact (UNGP 13), nearest first."""

    CAUSE = "cause"
    CONTRIBUTE = "contribute"
    LINKED = "linked"


INVOLVEMENTS = tuple(Involvement)


@dataclass(frozen=True)
class Risks:
    """Open (node, issue) risks, one entry each; S, b and C are those before controls."""

    node: Ints  # place of the node id by code point, see `places`
    issue: Ints  # place of the issue id by code point
    emergency: Bools  # a child known to be in danger now
    delay: Bools  # delay makes harm irremediable
    severity: Floats
    residual: Floats  # L_res
    scope: Floats
    confidence: Floats
    involvement: Ints  # position in INVOLVEMENTS


def salience_ranks(risks: Risks) -> Ints:
    """Rank of each risk, 1 first, all different; ties fall to node id, then issue id."""
    keys = (  # np.lexsort takes the weakest key first
        risks.issue,
        risks.node,
        risks.involvement,
        rounded(risks.confidence),
        -rounded(risks.scope),
        -rounded(risks.residual),
        ~risks.delay,
        -severity_band(risks.severity),
        ~risks.emergency,
    )
    order = np.lexsort(keys)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def places(ids: Sequence[str]) -> Ints:
    """Place of each id by code point; equal ids share one."""
    place = {ref: at for at, ref in enumerate(sorted(set(ids)))}
    return np.fromiter((place[ref] for ref in ids), dtype=np.int64, count=len(ids))
