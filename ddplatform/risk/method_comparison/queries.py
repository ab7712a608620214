"""Comparison of the scores of a map by RM-1.0 and by RM-2.0. No run is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from sqlalchemy import func, select

from ddplatform.infrastructure.db import db
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.value_chain.graph.queries.columns import read_map
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import assess as assess_by_rm1
from supply_chain.risk.method_comparison import Comparison, compare
from supply_chain.risk.rm2.map_assessment import assess as assess_by_rm2


@dataclass(frozen=True)
class Compared:
    """A comparison with what it rests on and the names of its places."""

    map_name: str
    map_version: int
    as_of: date
    release: str  # of the reference data
    comparison: Comparison
    keys: Mapping[str, UUID]  # of the nodes
    names: Mapping[str, str]
    countries: Mapping[str, str | None]
    over_one: Mapping[str, float]  # buyers whose shares add to more than 1, and that sum
    set_by_people: int
    """Places with a raised or lowered score, which RM-2.0 alone counts."""


def count_places(chain_id: UUID) -> int:
    """Places of a map as it is now."""
    places = select(func.count()).where(
        ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None)
    )
    return db.session.scalar(places) or 0


def compare_methods(chain: ValueChain, as_of: date) -> Compared:
    """Score a map as of a day by both methods, which takes as long as two assessments."""
    rows, reference = read_map(chain.id), load_reference()
    graph, keys = rows.graph, tuple(rows.keys)
    evidence = load_evidence(chain.id, keys, as_of)
    before = assess_by_rm1(graph, evidence, reference=reference, as_of=as_of)
    after = assess_by_rm2(graph, evidence, reference=reference, as_of=as_of)
    ids = graph.nodes.ids
    keys_of = dict(zip(ids, rows.keys, strict=True))
    return Compared(
        map_name=chain.name,
        map_version=rows.version,
        as_of=as_of,
        release=reference.release,
        comparison=compare(before, after, len(graph)),
        keys=keys_of,
        names=dict(zip(ids, rows.names, strict=True)),
        countries=dict(zip(ids, graph.nodes.country, strict=True)),
        over_one={ref: total for ref, total in after.reported.items() if ref in keys_of},
        set_by_people=len(np.unique(evidence.adjustments.node)),
    )
