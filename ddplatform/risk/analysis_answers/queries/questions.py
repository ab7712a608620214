"""Questions that can be asked of a map, and the basis of their answers."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ddplatform.risk.runs.queries.runs import RunHead
from supply_chain.vocabulary import Issue

NAMED = 20
"""Default number of rows of a table."""
EPSILON = 1e-12


class Analysis(StrEnum):
    """The questions that can be asked of a map; the words stand in addresses and commands."""

    ORIGINS = "origins"
    PATHS = "paths"
    CHOKE_POINTS = "choke-points"
    DEPENDENCE = "dependence"
    BLIND_SPOTS = "blind-spots"
    PRODUCTS = "products"
    CIRCLES = "circles"
    REACH = "reach"
    STOP = "stop"


NEEDS_NODE = frozenset({Analysis.ORIGINS, Analysis.PATHS, Analysis.REACH, Analysis.STOP})
"""Without a node, these questions take the most informative one."""
TAKES_NODE = NEEDS_NODE | {Analysis.DEPENDENCE, Analysis.BLIND_SPOTS, Analysis.PRODUCTS}


@dataclass(frozen=True)
class Asked:
    """A question; `other` is the second end of ways, `issue` counts for origins alone."""

    what: Analysis
    node: UUID | None = None
    other: UUID | None = None
    issue: Issue = Issue.CL
    most: int = NAMED


@dataclass(frozen=True)
class Basis:
    """The basis of an answer: the map in this version, the run and the method behind it."""

    map_name: str
    map_version: int
    method_version: str
    run_id: str | None
    scored_version: int | None
    as_of: str | None
    reference_release: str | None

    @classmethod
    def of(cls, *, name: str, version: int, method: str, head: RunHead | None) -> "Basis":
        """From the map and its current run."""
        return cls(
            map_name=name,
            map_version=version,
            method_version=head.method_version if head else method,
            run_id=str(head.id) if head else None,
            scored_version=head.chain_version if head else None,
            as_of=head.as_of.isoformat() if head else None,
            reference_release=head.release_name if head else None,
        )
