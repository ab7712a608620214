"""Runs that a list of the register rests on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from ddplatform.risk.register.queries.register import MapRun
from ddplatform.risk.runs.queries.runs import MapHead, RunHead
from supply_chain.risk.rm2.method import METHOD_VERSION
from supply_chain.vocabulary import Issue

ALL_MAPS = "all"
"""The value in an address for all maps of the organisation."""


@dataclass(frozen=True)
class Basis:
    """The basis of a list: the current run of one map, or those of several, by name."""

    heads: tuple[RunHead, ...]
    is_all: bool
    maps: tuple[MapHead, ...]  # every map of the organisation

    @property
    def left_out(self) -> list[str]:
        """Maps that RM-2.0 has not scored, in a list over all."""
        scored = {head.chain_id for head in self.heads}
        return [one.name for one in self.maps if self.is_all and one.id not in scored]

    @property
    def chain(self) -> UUID | str:
        """The map as written in an address."""
        return ALL_MAPS if self.is_all else self.heads[0].chain_id

    @property
    def head(self) -> RunHead | None:
        """The run of the one map."""
        return None if self.is_all else self.heads[0]

    @property
    def name(self) -> str:
        """The map, or how many there are."""
        return f"{len(self.heads)} maps" if self.is_all else self.heads[0].chain_name

    @property
    def runs(self) -> list[MapRun]:
        """The maps with their runs."""
        return [MapRun(head.chain_id, head.chain_name, head.id) for head in self.heads]

    @property
    def pairs(self) -> int:
        """Risks of all maps."""
        return sum(head.summary["pairs"] for head in self.heads)

    @cached_property
    def coverage(self) -> Counter[str]:
        """Places by the grade of their highest risk, and "nodes": all of them."""
        return self._sum(lambda summary: summary["coverage"])

    @property
    def unknown_origins(self) -> int:
        """Unmapped origins."""
        return sum(head.summary["unknown_origins"] for head in self.heads)

    def cells(self, issue: Issue | None) -> Counter[str]:
        """Risks by cell of the heat map."""
        return self._sum(lambda summary: summary["cells"][issue.value if issue else "all"])

    def words_of(self, name: str) -> set[str]:
        """The countries or tiers of all maps."""
        return {word for head in self.heads for word in head.summary[name]}

    def _sum(self, part: Any) -> Counter[str]:
        counts: Counter[str] = Counter()
        for head in self.heads:
            counts.update(part(head.summary))
        return counts


def basis_of(maps: Sequence[MapHead], chain_id: UUID | None) -> Basis | None:
    """The runs by RM-2.0 of one map, or of all; None: there is none.

    Args:
        chain_id: None: all maps; of a single one the list is that of the map.
    """
    heads = tuple(
        one.head
        for one in maps
        if one.head is not None
        and one.head.method_version == METHOD_VERSION
        and chain_id in (None, one.id)
    )
    is_all = chain_id is None and len(maps) > 1
    return Basis(heads, is_all, tuple(maps)) if heads else None
