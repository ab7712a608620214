"""Context of nodes from the reference data and the map (RM-1.0 sections 3.4, 4, 5, 11.3)."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from supply_chain.graph.columns import NODE_KINDS, NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.reference.types import ReferenceObservation
from supply_chain.risk.factors import MONTH_DAYS, Observations
from supply_chain.risk.method import METHOD, Bools, Floats, Ints

REFERENCE_DATA = -2  # `Observations.source` of what the reference data say


def age_in_months(observed_on: date, as_of: date) -> float:
    """Months between two days, of 30.4375 days each; below 0 where `observed_on` is later."""
    return (as_of - observed_on).days / MONTH_DAYS


def reference_observations(nodes: NodeColumns, reference: Reference, as_of: date) -> Observations:
    """CTY factors by country, SEC-01 and SEC-02 by commodity or sector, for all nodes.

    What was published after `as_of` was not known then and is left out.
    """
    context: dict[tuple[str | None, str | None, tuple[str, ...]], int] = {}
    keys = zip(nodes.country, nodes.sector, nodes.commodities, strict=True)
    which = np.array([context.setdefault(key, len(context)) for key in keys], dtype=np.int64)
    known = [known_of(reference, *key) for key in context]
    rows = [[o for o in row if o.ageless or o.as_of <= as_of] for row in known]
    size = np.array([len(row) for row in rows], dtype=np.int64)
    first = np.cumsum(size) - size
    per_node = size[which]
    node = np.repeat(np.arange(len(nodes)), per_node)
    ends = np.cumsum(per_node)
    at = np.arange(len(node)) + np.repeat(first[which] - (ends - per_node), per_node)
    factor, value, kind, age = _columns([o for row in rows for o in row], as_of)
    alone = np.full(len(node), REFERENCE_DATA, dtype=np.int64)
    return Observations(
        node, factor[at], value[at], kind[at], age[at], np.full(len(node), np.nan), alone
    )


def _columns(rows: list[ReferenceObservation], as_of: date) -> tuple[Ints, Floats, Ints, Floats]:
    ages = [0.0 if o.ageless else age_in_months(o.as_of, as_of) for o in rows]
    return (
        np.array([METHOD.factor_index[o.factor] for o in rows], dtype=np.int64),
        np.array([np.nan if o.value is None else o.value for o in rows], dtype=np.float64),
        np.array([METHOD.source_index[o.source_type] for o in rows], dtype=np.int64),
        np.array(ages, dtype=np.float64),
    )


def known_of(
    reference: Reference, country: str | None, sector: str | None, commodities: tuple[str, ...]
) -> list[ReferenceObservation]:
    """Reference observations of a place and an activity; of several activities the worst counts.

    A node that handles two goods is exposed to both: averaging would let the safer one hide the
    other.
    """
    found = list(reference.country(country)) if country else []
    rates = [reference.commodity(ref) for ref in commodities]
    rates.append(reference.sector_observation(sector) if sector else None)
    pairs = [reference.pair(ref, country) for ref in commodities] if country else []
    return found + _worst(rates) + _worst(pairs)


def _worst(observations: Iterable[ReferenceObservation | None]) -> list[ReferenceObservation]:
    known = [o for o in observations if o is not None and o.value is not None]
    return [max(known, key=lambda o: o.value or 0.0)] if known else []


def online_nodes(nodes: NodeColumns, reference: Reference) -> Bools:
    """Nodes whose kind or sector makes ONL apply (3.4)."""
    kinds = [NODE_KINDS.index(kind) for kind in METHOD.online_kinds]
    sectors = {r for r, s in reference.sectors.items() if s.is_financial or s.is_online}
    return np.isin(nodes.kind, kinds) | np.array([s in sectors for s in nodes.sector], np.bool_)


def primary_sectors(reference: Reference) -> frozenset[str]:
    """Sectors whose nodes are known as origins (11.3)."""
    return frozenset(r for r, s in reference.sectors.items() if s.is_primary_production)


def peer_groups(nodes: NodeColumns) -> Ints:
    """Number of each node's country and sector within the map's organisation; -1 not known."""
    groups: dict[tuple[str, str], int] = {}
    return np.array(
        [
            groups.setdefault((country, sector), len(groups)) if country and sector else -1
            for country, sector in zip(nodes.country, nodes.sector, strict=True)
        ],
        dtype=np.int64,
    )
