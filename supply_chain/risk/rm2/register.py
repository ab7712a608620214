"""Register under RM-2.0: all risks of a run as columns in the order of work."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Floats
from supply_chain.risk.register import Register
from supply_chain.risk.rm2.chain_parameters import as_compared
from supply_chain.risk.rm2.heat_map import heat_cells
from supply_chain.risk.rm2.map_assessment import Assessment
from supply_chain.risk.rm2.salience import UNITS


def register_of(found: Assessment, keys: Sequence[UUID]) -> Register:
    """The register of an assessment.

    Args:
        keys: of the nodes, in the order of the chain; its ghosts follow them and have none.
    """
    node, issue = np.nonzero(found.scored)
    order = np.argsort(found.salience_rank[node, issue])
    node, issue = node[order], issue[order]
    rows, at = found.scores.rows, (found.scores.row_of[node], issue)
    severity, band = found.severity_band[node, issue], rows.residual_band[at]
    index = found.column("residual_index")
    worst = np.nan_to_num(index, nan=-1.0).max(axis=1, initial=-1.0)
    return Register(
        place=node.astype(np.int32),
        issue=issue.astype(np.int8),
        severity_band=severity.astype(np.int8),
        residual_band=band.astype(np.int8),
        heat_cell=heat_cells(severity, band, rows.residual_index[at]).astype(np.int8),
        insufficient=rows.not_enough[at],
        grade=rows.grade[at].astype(np.int8),
        index=in_steps(rows.residual_index[at]),
        highest=in_steps(rows.index_high[at]),
        urgency=found.urgency[node, issue],
        country=np.array([country or "" for country in found.chain.nodes.country], dtype="U"),
        tier=found.chain.tiers.astype(np.int16),
        highest_index=np.where(worst < 0, np.nan, worst),
        key=np.frombuffer(b"".join(key.bytes for key in keys), dtype=np.uint8).reshape(-1, 16),
    )


def in_steps(values: Floats) -> NDArray[np.uint32]:
    """Numbers from 0 to 100 as whole steps of a comparison: the same where the method says so."""
    steps: NDArray[np.uint32] = np.rint(as_compared(values) * UNITS).astype(np.uint32)
    return steps
