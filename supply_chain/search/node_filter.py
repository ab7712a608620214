"""Node filter of a map: one set of filters for every view, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from uuid import UUID

from supply_chain.vocabulary import Issue, NodeKind, RiskBand

NOT_KNOWN = "none"
"""Asks for nodes of which this is not known: no country, no band, no owner, no questionnaire."""
ANY_EVENT = "any"
NO_TIER = -1


class Coverage(StrEnum):
    """Coverage of the method's inputs for the first issue of a node (RM-1.0 3.7)."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"
    """Not assessed."""


GRADES_OF: Mapping[Coverage, tuple[str, ...]] = {
    Coverage.GOOD: ("A", "B"),
    Coverage.FAIR: ("C",),
    Coverage.POOR: ("D", "E"),
}
"""The grades of RM-2.0 (section 3.9) for each word."""


@dataclass(frozen=True, kw_only=True)
class NodeFilter:
    """Filter of the nodes of a map; empty means all current ones.

    `NOT_KNOWN` in a field of text selects unknown values; empty selects all.
    """

    q: str = ""
    """In the name, or the id itself; where nobody is called so, those whose words are like it."""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    region: str = ""
    tier: int | None = None
    """Steps to the own business; `NO_TIER` for nodes without a path to it."""
    issue: Issue | None = None
    """With a band: the band of this issue. Alone: nodes where it is the first in salience."""
    band: RiskBand | str = ""
    """Residual band, the highest over all issues unless `issue` names one."""
    commodity: str = ""
    kind: NodeKind | None = None
    sector: str = ""
    owner: UUID | str = ""
    """Person of the organisation responsible for the node."""
    tag: str = ""
    group: str = ""
    coverage: Coverage | None = None
    questionnaire: str = ""
    """State of the newest questionnaire."""
    overdue: bool = False
    """Only nodes with an action that is overdue."""
    unknown_origin: bool = False
    """Only nodes whose suppliers are not all known (RM-1.0 11.3)."""
    event: UUID | str = ""
    """Inside this context event; `ANY_EVENT`: inside one that goes on."""
    archived: bool = False
    """Removed nodes instead of current ones; only lists show them."""

    @property
    def is_empty(self) -> bool:
        """Whether all current nodes of the map are meant."""
        return self == NodeFilter()


FILTERS: tuple[str, ...] = tuple(one.name for one in fields(NodeFilter))
"""The names of all filters, as used in addresses."""
