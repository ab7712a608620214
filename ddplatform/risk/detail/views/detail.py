"""Parts of one risk, ready for its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from ddplatform.risk.detail.queries.explanation import ExplainedRisk
from ddplatform.risk.detail.views.risks import who_can_tell
from ddplatform.risk.judgement.queries.judged import Control
from ddplatform.risk.runs.queries.scores import RiskScore
from ddplatform.risk.words.codes import control_name
from supply_chain.risk.explanation import Explanation, Lowering
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

ORIGINS_SHOWN = 8
LOWERING_SHOWN = 8  # of each kind: missing data, controls


@dataclass(frozen=True)
class ControlLine:
    """A control that addresses the issue, as it counts now."""

    control: str
    name: str
    design: float
    coverage: float
    evidence: float
    record: Control | None
    """None where the control is not recorded at the node."""


@dataclass(frozen=True)
class Origin:
    """One origin of the exposure; `part` is in the unit of E."""

    name: str
    node_id: UUID | None
    part: float
    is_own: bool


@dataclass(frozen=True)
class Origins:
    """The sources of exposure: the largest parts, the rest, and whether they were computed."""

    shown: tuple[Origin, ...]
    others: int
    others_part: float
    is_asked: bool


def explained(
    risk: RiskScore, found: ExplainedRisk, records: Mapping[str, Control]
) -> dict[str, Any]:
    """The explanation of likelihood, controls and possible reductions of the score.

    Args:
        records: the controls that are recorded at the node.
    """
    explanation, controls = found.explanation, found.assessment.known.controls
    helping = np.flatnonzero(METHOD.helps[:, found.column])
    lines = [
        ControlLine(
            control=METHOD.controls[at],
            name=control_name(METHOD.controls[at]),
            design=float(METHOD.design[at] * controls.design[found.row, at]),
            coverage=float(controls.coverage[found.row, at]),
            evidence=float(controls.evidence[found.row, at]),
            record=records.get(METHOD.controls[at]),
        )
        for at in helping.tolist()
    ]
    return {
        "factor_groups": [group for group in explanation.groups if group.beta > 0],
        "modelled": float(found.assessment.scores.modelled[found.row, found.column]),
        "floor": float(METHOD.floor[list(Issue).index(risk.issue)]),
        "is_outdated": found.is_outdated,
        "missing": len(explanation.missing),
        "lowering": _lowering(explanation),
        "controls": [line for line in lines if line.record is not None],
        "absent_controls": [line for line in lines if line.record is None],
    }


def _lowering(explanation: Explanation) -> list[tuple[Lowering, str | None]]:
    """The largest possible reductions: missing data with their contacts, then controls."""
    data = [item for item in explanation.lowering if item.kind == "factor"][:LOWERING_SHOWN]
    controls = [item for item in explanation.lowering if item.kind == "control"][:LOWERING_SHOWN]
    return [
        *((item, who_can_tell(item.ref)) for item in data),
        *((item, None) for item in controls),
    ]


def origins_of(
    risk: RiskScore,
    parts: Sequence[tuple[str, float]] | None,
    names: Mapping[str, tuple[str, UUID | None]],
) -> Origins:
    """The sources of the exposure of a risk.

    Args:
        parts: node ref and part, the largest first; None: nobody looked.
        names: name and id of the nodes that are shown.
    """
    if parts is None:
        return Origins((), 0, 0.0, is_asked=False)
    first, rest = parts[:ORIGINS_SHOWN], parts[ORIGINS_SHOWN:]
    shown = tuple(
        Origin(*names.get(ref, (ref, None)), part=part, is_own=ref == risk.node_ref)
        for ref, part in first
    )
    return Origins(shown, len(rest), sum(part for _, part in rest), is_asked=True)
