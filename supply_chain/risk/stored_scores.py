"""Stored scores of one node in a run: all issues in a few hundred bytes.

A byte of the layout, then one record, little-endian on any machine, deflated: `NODE` under
RM-1.0, that of `supply_chain.risk.rm2.stored_scores` under RM-2.0. A map of 100,000 nodes so takes
100,000 rows and not 1.6 million.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.heat_map import heat_cells
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.pairs import PairScores
from supply_chain.risk.rm2 import stored_scores as rm2
from supply_chain.vocabulary import Issue

LAYOUT = b"\x01"
FAST = 1  # deflating harder takes three times as long and saves a twentieth
ISSUES = len(Issue)
GROUPS = len(METHOD.groups)
SCORES = (
    *("likelihood", "severity", "scale", "scope", "irremediability", "index", "confidence"),
    *("residual_likelihood", "residual_severity", "residual_index"),
)
"""Fields of PairScores that are kept as they are."""
CHAIN_SCORES = ("exposure", "linkage", "severity_chain")
"""Fields of Assessment that are kept as they are."""
NODE = np.dtype(
    [
        *((name, "<f8", (ISSUES,)) for name in (*SCORES, *CHAIN_SCORES)),
        ("contributions", "<f8", (ISSUES, GROUPS)),
        ("group_scores", "<f8", (GROUPS,)),  # NaN where the group does not apply
        ("salience_rank", "<i4", (ISSUES,)),  # -1 where the pair is not scored
        *((name, "i1", (ISSUES,)) for name in ("severity_band", "band", "residual_band")),
        ("heat_cell", "i1", (ISSUES,)),
        ("insufficient_evidence", "?", (ISSUES,)),
        ("in_remedy", "?", (ISSUES,)),  # an open impact that the site itself disclosed
    ]
)
"""One node; columns in the order of `Issue`, bands as positions in `scoring`."""

Records = NDArray[np.void]
_LAYOUTS: Final[Mapping[bytes, np.dtype[Any]]] = {LAYOUT: NODE, rm2.LAYOUT: rm2.NODE}


class Scored(Protocol):
    """Stored part of an assessment, of all of its nodes or of some; as in `Assessment`."""

    @property
    def scores(self) -> PairScores: ...
    @property
    def scored(self) -> Bools: ...
    @property
    def severity_band(self) -> Ints: ...
    @property
    def contributions(self) -> Floats: ...
    @property
    def exposure(self) -> Floats: ...
    @property
    def linkage(self) -> Floats: ...
    @property
    def severity_chain(self) -> Floats: ...
    @property
    def salience_rank(self) -> Ints: ...


class UnreadableScoresError(ValueError):
    """Bytes that are no scores of this layout."""


def records_of(assessment: Scored, in_remedy: Bools, start: int, stop: int) -> Records:
    """The rows `start` to `stop` (without `stop`) of an assessment as records.

    Args:
        in_remedy: (nodes, 16) pairs with an open impact that the site itself disclosed.
    """
    run, scores = slice(start, stop), assessment.scores
    made = np.zeros(min(stop, len(assessment.scored)) - start, dtype=NODE)
    for name in SCORES:
        made[name] = getattr(scores, name)[run]
    for name in CHAIN_SCORES:
        made[name] = getattr(assessment, name)[run]
    made["contributions"] = assessment.contributions[run]
    made["group_scores"] = np.where(scores.group_applies[run], scores.group_score[run], np.nan)
    made["salience_rank"] = np.where(assessment.scored[run], assessment.salience_rank[run], -1)
    made["severity_band"] = assessment.severity_band[run]
    made["band"], made["residual_band"] = scores.band[run], scores.residual_band[run]
    made["heat_cell"] = heat_cells(scores.severity[run], scores.residual_likelihood[run])
    made["insufficient_evidence"] = scores.insufficient_evidence[run]
    made["in_remedy"] = in_remedy[run]
    return made


def pack(records: Records) -> list[bytes]:
    """The bytes of each record."""
    layout = next(layout for layout, node in _LAYOUTS.items() if node == records.dtype)
    return [layout + zlib.compress(record.tobytes(), FAST) for record in records]


def unpack(kept: Sequence[bytes]) -> Records:
    """The records of these bytes, all of one layout, in their order.

    Raises:
        UnreadableScoresError: the bytes have another layout or are damaged.
    """
    layout = kept[0][:1] if kept else rm2.LAYOUT
    node = _LAYOUTS.get(layout)
    try:
        plain = [zlib.decompress(content[1:]) for content in kept]
    except zlib.error as error:
        raise UnreadableScoresError(f"These scores are damaged: {error}.") from error
    is_whole = node is not None and {*map(len, plain)} <= {node.itemsize}
    if not is_whole or any(content[:1] != layout for content in kept):
        raise UnreadableScoresError(
            f"These scores do not have layout {layout[0]} or none that is known: read them with "
            "the version that made them, or assess the map again."
        )
    return np.frombuffer(b"".join(plain), dtype=node)
