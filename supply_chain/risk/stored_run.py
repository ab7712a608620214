"""Stored form of a whole assessment, for either version of the method."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk import register, stored_scores
from supply_chain.risk.assessment import Assessment as Rm1Assessment
from supply_chain.risk.heat_map import heat_cells
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.register import Register
from supply_chain.risk.rm2 import register as rm2_register
from supply_chain.risk.rm2 import stored_scores as rm2_scores
from supply_chain.risk.rm2.heat_map import heat_cells as rm2_heat_cells
from supply_chain.risk.rm2.map_assessment import Assessment as Rm2Assessment
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.run_counts import (
    KNOWN,
    CountedNodes,
    RunCounts,
    country_places,
    known_by_confidence,
    known_by_grade,
)
from supply_chain.risk.stored_scores import Records

Assessment = Rm1Assessment | Rm2Assessment
Column = NDArray[Any]


@dataclass(frozen=True)
class StoredRun(ABC):
    """A whole assessment as the rows, the register and the summary of a run.

    Arrays are (places, 16): the nodes of the map, then the unknown origins.
    """

    found: Assessment
    levels: ClassVar[Sequence[str]]
    """Levels of knowledge of a place."""

    @property
    @abstractmethod
    def over_one(self) -> dict[str, float]:
        """Buyers whose shares add to more than 1, and that sum."""

    @abstractmethod
    def column(self, name: str) -> Column:
        """A score by the name that both methods have for it; NaN, or -1, where not scored."""

    @abstractmethod
    def known(self) -> Ints:
        """(places,) position in `levels`; -1 where nothing is scored."""

    @abstractmethod
    def heat_cells(self) -> Ints:
        """The cell of each risk in the heat map of the method; 0 not scored."""

    @abstractmethod
    def records(self, in_remedy: Bools, start: int, stop: int) -> Records:
        """The records of the places `start` to `stop` (without `stop`)."""

    @abstractmethod
    def register(self, keys: Sequence[UUID]) -> Register:
        """The register.

        Args:
            keys: of the nodes, in the order of the map.
        """

    @abstractmethod
    def _scores(self) -> Iterable[Column]:
        """Every score."""

    def counts(self, nodes: int) -> tuple[RunCounts, NDArray[np.str_]]:
        """Counts of the summary, and the countries by which they are grouped.

        Args:
            nodes: the number of nodes of the map; the places behind them are unknown origins.
        """
        chain = self.found.chain
        codes = np.array([code or "" for code in chain.nodes.country], dtype=np.str_)
        countries = np.unique(codes[:nodes][codes[:nodes] != ""])
        counted = CountedNodes(
            severity_band=self.found.severity_band,
            residual_band=self.column("residual_band"),
            heat_cell=self.heat_cells(),
            insufficient=self.column("insufficient_evidence"),
            known=self.known(),
            levels=self.levels,
            tier=chain.tiers,
            country=country_places(codes, countries),
            is_node=np.arange(len(chain)) < nodes,
        )
        deepest = max(int(chain.tiers.max(initial=-1)), 0)
        return RunCounts.of(counted, tiers=deepest + 1, countries=len(countries)), countries

    def checksum(self) -> str:
        """SHA-256 over every score, so that a run that changes nothing is known."""
        found = self.found
        total = hashlib.sha256("\0".join(found.chain.nodes.ids).encode())
        reached = found.exposure, found.linkage, found.severity_chain, found.salience_rank
        for values in (*self._scores(), *reached):
            total.update(np.ascontiguousarray(values).tobytes())
        return total.hexdigest()


@dataclass(frozen=True)
class _Rm1Run(StoredRun):
    found: Rm1Assessment
    levels: ClassVar[Sequence[str]] = KNOWN

    @property
    def over_one(self) -> dict[str, float]:
        return self.found.scaled

    def column(self, name: str) -> Column:
        values: Column = getattr(self.found.scores, name)
        return values

    def known(self) -> Ints:
        return known_by_confidence(self.found.scores.confidence)

    def heat_cells(self) -> Ints:
        return heat_cells(self.found.scores.severity, self.found.scores.residual_likelihood)

    def records(self, in_remedy: Bools, start: int, stop: int) -> Records:
        return stored_scores.records_of(self.found, in_remedy, start, stop)

    def register(self, keys: Sequence[UUID]) -> Register:
        return register.register_of(self.found, keys)

    def _scores(self) -> Iterable[Column]:
        scores = self.found.scores
        names = (*stored_scores.SCORES, "insufficient_evidence", "group_score")
        return (getattr(scores, name) for name in names)


_RM2_NAMES: Mapping[str, str] = {"insufficient_evidence": "not_enough"}
"""Array stored under both methods -> its name in the scores of RM-2.0."""


@dataclass(frozen=True)
class _Rm2Run(StoredRun):
    found: Rm2Assessment
    levels: ClassVar[Sequence[str]] = GRADES

    @property
    def over_one(self) -> dict[str, float]:
        return self.found.reported

    def column(self, name: str) -> Column:
        return self.found.column(_RM2_NAMES.get(name, name))

    def known(self) -> Ints:
        grade: Ints = self.column("grade")
        return known_by_grade(grade, self.column("residual_index"))

    def heat_cells(self) -> Ints:
        band: Ints = self.column("residual_band")
        return rm2_heat_cells(self.found.severity_band, band, self.column("residual_index"))

    def records(self, in_remedy: Bools, start: int, stop: int) -> Records:
        return rm2_scores.records_of(self.found, in_remedy, start, stop)

    def register(self, keys: Sequence[UUID]) -> Register:
        return rm2_register.register_of(self.found, keys)

    def _scores(self) -> Iterable[Column]:
        scores = self.found.scores
        rows = (getattr(scores.rows, one.name) for one in fields(scores.rows))
        return (self.found.scored, self.found.urgency, scores.row_of, *rows)


def stored_run(found: Assessment) -> StoredRun:
    """Stored form of an assessment."""
    return _Rm2Run(found) if isinstance(found, Rm2Assessment) else _Rm1Run(found)
