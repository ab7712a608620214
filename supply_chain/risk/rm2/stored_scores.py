"""Stored scores of one node under RM-2.0 for all issues (layout 2)."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rm2.heat_map import heat_cells
from supply_chain.risk.rm2.map_scores import LINES, MapScores
from supply_chain.vocabulary import Issue

LAYOUT = b"\x02"
ISSUES = len(Issue)
CHAIN_SCORES = ("exposure", "free", "severity_chain")
"""Fields that risk travelling along links makes; `free` is 1 - LAM, to the last bit."""
SCORES = (
    *("points", "points_low", "points_high", "residual_points"),
    *("likelihood", "residual_likelihood"),
    *("scale", "scope", "irremediability", "severity", "residual_severity"),
    *("index", "index_low", "index_high", "residual_index", "residual_low", "residual_high"),
    "completeness",
)
"""Fields of `ScoreRows` that are kept as they are."""
NODE = np.dtype(
    [
        *((name, "<f8", (ISSUES,)) for name in (*SCORES, *CHAIN_SCORES)),
        ("lines", "<f8", (ISSUES, len(LINES))),  # of P, in points
        ("salience_rank", "<i4", (ISSUES,)),  # -1 where the pair is not scored
        *((name, "i1", (ISSUES,)) for name in ("severity_band", "band", "residual_band")),
        ("grade", "i1", (ISSUES,)),  # position in GRADES, -1 where the pair is not scored
        ("heat_cell", "i1", (ISSUES,)),
        ("urgency", "i1", (ISSUES,)),  # as judged (`salience.urgency_of`), 0 not scored
        ("insufficient_evidence", "?", (ISSUES,)),  # the mark of section 7.4
        ("in_remedy", "?", (ISSUES,)),  # an open impact that the site itself disclosed
    ]
)
"""One node; columns in the order of `Issue`. Fields of one name mean the same under RM-1.0."""


class Scored(Protocol):
    """Stored part of an assessment, of all of its nodes or of some; as in `Assessment`."""

    @property
    def scores(self) -> MapScores: ...
    @property
    def scored(self) -> Bools: ...
    @property
    def severity_band(self) -> Ints: ...
    @property
    def exposure(self) -> Floats: ...
    @property
    def free(self) -> Floats: ...
    @property
    def severity_chain(self) -> Floats: ...
    @property
    def salience_rank(self) -> Ints: ...
    @property
    def urgency(self) -> NDArray[np.int8]: ...


def records_of(found: Scored, in_remedy: Bools, start: int, stop: int) -> NDArray[np.void]:
    """The rows `start` to `stop` (without `stop`) of an assessment as records.

    Args:
        in_remedy: (nodes, 16) pairs with an open impact that the site itself disclosed.
    """
    run = slice(start, stop)
    rows, scored = found.scores.row_of[run], found.scored[run]
    made = np.zeros(len(rows), dtype=NODE)

    def score(name: str) -> NDArray[Any]:
        return np.asarray(getattr(found.scores.rows, name)[rows])

    for name in SCORES:
        made[name] = np.where(scored, score(name), np.nan)
    for at, name in enumerate(LINES):
        made["lines"][:, :, at] = np.where(scored, score(name), np.nan)
    for name in CHAIN_SCORES:
        made[name] = getattr(found, name)[run]
    for name in ("band", "residual_band", "grade"):
        made[name] = np.where(scored, score(name), -1)
    made["severity_band"] = found.severity_band[run]
    made["salience_rank"] = np.where(scored, found.salience_rank[run], -1)
    made["urgency"] = found.urgency[run]
    made["heat_cell"] = heat_cells(
        found.severity_band[run], made["residual_band"].astype(np.int64), made["residual_index"]
    )
    made["insufficient_evidence"] = scored & score("not_enough")
    made["in_remedy"] = in_remedy[run]
    return made
