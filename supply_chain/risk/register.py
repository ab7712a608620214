"""Register: all risks of a run as columns in salience order, filtered without their scores.

A filter over 1.6 million risks is a comparison of numbers here, a few milliseconds for any
combination. The columns are stored with the run, and like it they never change.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, reduce
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.assessment import Assessment
from supply_chain.risk.heat_map import heat_cells
from supply_chain.risk.method import Bools
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.salience import EMERGENCY, FIND_OUT, UNITS
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

ISSUES = tuple(Issue)
NO_GRADE = -1
AT_ONCE = 1 << 15
"""Risks that are looked at together, so that what is made of them stays near the processor."""
_CRITICAL = RISK_BANDS.index(RiskBand.CRITICAL)
_CRITICAL_FROM = round(METHOD.policy.index_bands[_CRITICAL - 1] * UNITS)


@dataclass(frozen=True)
class RiskFilter:
    """Filter of risks; empty means all.

    `cell` is a cell of the heat map, its row times 10 plus its step; `grades` the letters of the
    grades of evidence that are asked for.
    """

    issue: Issue | None = None
    severity: SeverityBand | None = None
    residual: RiskBand | None = None
    grades: str = ""
    country: str = ""
    tier: int | None = None
    cell: int | None = None
    insufficient: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered out."""
        return self == RiskFilter()


@dataclass(frozen=True)
class Register:
    """Columns of the risks of a run; the first risk of each has salience rank 1."""

    place: NDArray[np.int32]  # row of the node in the run, unknown origins last
    issue: NDArray[np.int8]  # position in Issue
    severity_band: NDArray[np.int8]  # position in scoring.SEVERITY_BANDS
    residual_band: NDArray[np.int8]  # position in scoring.RISK_BANDS
    heat_cell: NDArray[np.int8]
    insufficient: NDArray[np.bool_]
    grade: NDArray[np.int8]  # position in GRADES of RM-2.0; NO_GRADE under RM-1.0
    index: NDArray[np.uint32]  # RI_res of RM-2.0 in steps of a comparison; 0 under RM-1.0
    highest: NDArray[np.uint32]  # RI_high in the same steps; 0 under RM-1.0
    urgency: NDArray[np.int8]  # as in `rm2.salience.urgency_of`; 0 under RM-1.0
    country: NDArray[np.str_]  # by place; empty where it is not known
    tier: NDArray[np.int16]  # by place; -1 without a path to the own business
    highest_index: NDArray[np.float64]  # by place: residual RI of its worst issue, NaN none
    key: NDArray[np.uint8]  # (nodes, 16) by place: the UUID of the node; unknown origins none

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def stands(self) -> Bools:
        """(places,) whether any risk of a place is scored."""
        stands = np.zeros(len(self.tier), dtype=np.bool_)
        stands[self.place] = True
        return stands

    @cached_property
    def ties(self) -> NDArray[np.int32]:
        """(risks,) number of the tie of each, rising: one issue and country, equal scores.

        Neighbours in the order of work tie where index, upper end, grade and urgency are equal
        too.
        """
        scores = (self.index, self.highest, self.grade, self.severity_band)
        columns = (self.issue, *scores, self.urgency)
        country = np.unique(self.country, return_inverse=True)[1][self.place]
        differs = np.zeros(max(len(self) - 1, 0), dtype=np.bool_)
        for values in (*columns, country):
            differs |= values[1:] != values[:-1]
        return np.concatenate([[0], np.cumsum(differs)]).astype(np.int32)[: len(self)]

    def span_of(self, position: int) -> tuple[int, int]:
        """Start of the tie of a risk, and the position after its last one."""
        tie = self.ties[position]
        first, after = np.searchsorted(self.ties, (tie, tie + 1)).tolist()
        return first, after

    @cached_property
    def tie_starts(self) -> NDArray[np.int32]:
        """Position of the first risk of each tie, rising."""
        return starts_of(self.ties)

    @cached_property
    def is_to_act(self) -> Bools:
        """(risks,) whether a risk is critical, or a child is known to be in danger now."""
        is_critical: Bools = self.residual_band == _CRITICAL
        return is_critical | (self.urgency & EMERGENCY > 0)

    @cached_property
    def is_to_find(self) -> Bools:
        """(risks,) whether a risk of grade C, D or E could be critical."""
        could_be: Bools = self.highest >= _CRITICAL_FROM
        return could_be & np.isin(self.grade, FIND_OUT)

    @cached_property
    def act_first(self) -> NDArray[np.int32]:
        """Positions of all risks that `is_to_act`, in the order of work."""
        return np.flatnonzero(self.is_to_act).astype(np.int32)

    @cached_property
    def find_out(self) -> NDArray[np.int32]:
        """Positions of the find-out list of RM-2.0, the first one first (section 12).

        RI_high, high to low, among the grades C, D and E; equal ones in the order of work.
        """
        asked = np.flatnonzero(np.isin(self.grade, FIND_OUT))
        order = np.argsort(-self.highest[asked].astype(np.int64), kind="stable")
        return asked[order].astype(np.int32)

    @property
    def find_first(self) -> NDArray[np.int32]:
        """The find-out list down to the last risk that `is_to_find`."""
        return self.find_out[: np.count_nonzero(self.is_to_find)]

    @property
    def sites(self) -> int:
        """Number of nodes of all risks; unknown origins are not part of the map."""
        return int(np.count_nonzero(self.stands[: len(self.key)]))

    def rows_of(self, keys: bytes) -> NDArray[np.int64]:
        """The place of each node, given by its 16 bytes; -1 for one that the run does not hold."""
        asked = np.frombuffer(keys, dtype="V16")
        known, place = self._by_key
        if not len(known):
            return np.full(len(asked), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        return np.where(known[at] == asked, place[at], -1).astype(np.int64)

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        keys = np.ascontiguousarray(self.key).view("V16").reshape(-1)
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    def positions_at(self, places: NDArray[np.int64], issues: Sequence[Issue]) -> list[int]:
        """Position of each (place, issue), in their order; -1 for a pair that is not scored."""
        wanted = places * len(ISSUES) + [ISSUES.index(issue) for issue in issues]
        pairs = self.place * np.int64(len(ISSUES)) + self.issue
        at = np.flatnonzero(np.isin(pairs, wanted))
        found = dict(zip(pairs[at].tolist(), at.tolist(), strict=True))
        return [found.get(pair, -1) for pair in wanted.tolist()]

    def pairs_at(self, positions: NDArray[np.int64]) -> tuple[list[int], list[int]]:
        """Place and issue (position in Issue) of the risks at some positions."""
        return self.place[positions].tolist(), self.issue[positions].tolist()

    def matching(self, wanted: RiskFilter) -> NDArray[np.int64]:
        """Positions (salience rank less one) of the risks that are asked for, rising."""
        of_risks = self._of_risks(wanted)
        found = (
            np.flatnonzero(reduce(np.logical_and, of_risks)) if of_risks else np.arange(len(self))
        )
        for condition in self._of_places(wanted):
            found = found[np.take(condition, np.take(self.place, found))]
        return found

    def count_sites(self, found: NDArray[np.int64]) -> int:
        """Number of nodes of some of the risks; unknown origins are not part of the map."""
        if len(found) == len(self):
            return self.sites
        stands = np.zeros(len(self.tier), dtype=np.bool_)
        sites, most = stands[: len(self.key)], self.sites
        for at in range(0, len(found), AT_ONCE):
            stands[np.take(self.place, found[at : at + AT_ONCE]).astype(np.intp)] = True
            if np.count_nonzero(sites) == most:
                break  # every one of them is already in place
        return int(np.count_nonzero(sites))

    def _of_risks(self, wanted: RiskFilter) -> list[Bools]:
        asked: list[Bools] = []
        if wanted.issue is not None:
            asked.append(self.issue == ISSUES.index(wanted.issue))
        if wanted.severity is not None:
            asked.append(self.severity_band == SEVERITY_BANDS.index(wanted.severity))
        if wanted.residual is not None:
            asked.append(self.residual_band == RISK_BANDS.index(wanted.residual))
        if wanted.cell is not None:
            asked.append(self.heat_cell == wanted.cell)
        if wanted.insufficient:
            asked.append(self.insufficient)
        if wanted.grades:
            grades = [at for at, grade in enumerate(GRADES) if grade in wanted.grades]
            asked.append(np.isin(self.grade, grades))
        return asked

    def _of_places(self, wanted: RiskFilter) -> list[Bools]:
        asked: list[Bools] = []
        if wanted.country:
            asked.append(self.country == wanted.country)
        if wanted.tier is not None:
            asked.append(self.tier == wanted.tier)
        return asked

    def bands_of(self, issue: Issue) -> NDArray[np.int8]:
        """(places,) position in RISK_BANDS of the residual band on one issue; -1 not scored."""
        bands = np.full(len(self.tier), -1, dtype=np.int8)
        at = self.issue == ISSUES.index(issue)
        bands[self.place[at]] = self.residual_band[at]
        return bands

    def highest_bands(self) -> NDArray[np.int8]:
        """(places,) position in RISK_BANDS of the highest residual band; -1 not scored."""
        bands = np.full(len(self.tier), -1, dtype=np.int8)
        np.maximum.at(bands, self.place, self.residual_band)
        return bands

    def keys(self) -> list[UUID]:
        """The keys of the nodes by place; unknown origins, which come last, have none."""
        content = self.key.tobytes()
        return [UUID(bytes=content[at : at + 16]) for at in range(0, len(content), 16)]

    def pack(self) -> bytes:
        """The columns as an .npz file."""
        stream = io.BytesIO()
        np.savez_compressed(stream, **{one.name: getattr(self, one.name) for one in fields(self)})
        return stream.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> "Register":
        """The columns of an .npz file that `pack` made."""
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            return cls(**{one.name: kept[one.name] for one in fields(cls)})


def starts_of(ties: NDArray[np.int32]) -> NDArray[np.int32]:
    """Start of each tie among some risks; those of a tie are adjacent."""
    changes = np.flatnonzero(ties[1:] != ties[:-1]) + 1
    return np.concatenate([[0], changes]).astype(np.int32)[: len(ties)]


def without_ranges(count: int) -> dict[str, NDArray[Any]]:
    """The columns of risks that RM-1.0 has not."""
    nothing = np.zeros(count, dtype=np.uint32)
    return {
        "grade": np.full(count, NO_GRADE, dtype=np.int8),
        "index": nothing,
        "highest": nothing,
        "urgency": np.zeros(count, dtype=np.int8),
    }


def register_of(assessment: Assessment, keys: Sequence[UUID]) -> Register:
    """The register of an assessment.

    Args:
        keys: of the nodes, in the order of the chain; its ghosts follow them and have none.
    """
    scores, scored = assessment.scores, assessment.scored
    node, issue = np.nonzero(scored)
    order = np.argsort(assessment.salience_rank[node, issue])
    at = node[order], issue[order]
    index = np.where(scored, scores.residual_index, -1.0).max(axis=1, initial=-1.0)
    return Register(
        place=at[0].astype(np.int32),
        issue=at[1].astype(np.int8),
        severity_band=assessment.severity_band[at].astype(np.int8),
        residual_band=scores.residual_band[at].astype(np.int8),
        heat_cell=heat_cells(scores.severity[at], scores.residual_likelihood[at]).astype(np.int8),
        insufficient=scores.insufficient_evidence[at],
        **without_ranges(len(node)),
        country=np.array([country or "" for country in assessment.chain.nodes.country], dtype="U"),
        tier=assessment.chain.tiers.astype(np.int16),
        highest_index=np.where(index < 0, np.nan, index),
        key=np.frombuffer(b"".join(key.bytes for key in keys), dtype=np.uint8).reshape(-1, 16),
    )
