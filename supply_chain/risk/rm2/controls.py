"""Controls and their deduction from the points (section 9). Arrays by control are (nodes, 24)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.rm2.facts import Facts, failed_controls
from supply_chain.risk.rm2.method import ISSUES, METHOD, Floats
from supply_chain.risk.rm2.points import rounded

_POLICY = METHOD.policy
_REMEDY = METHOD.control_index[_POLICY.remedy_control]
_LEVELS = tuple(zip(_POLICY.evidence_levels, _POLICY.evidence_caps, strict=True))


@dataclass(frozen=True)
class Controls:
    """Controls of nodes; a control that is absent or of which a part is unknown has 0."""

    coverage: Floats  # share of the exposed people reached, 0-1
    evidence: Floats  # one of the five levels of evidence
    design: Floats  # design credit of the questionnaire, 0-1; 1 where there is none


def reverified(evidence: Floats, months: Floats) -> Floats:
    """Levels of evidence as they count, of one shape.

    Args:
        evidence: levels of evidence as they were established.
        months: months since they were verified last, >= 0.
    """
    late = rounded(months) > _POLICY.reverify_months
    return np.where(late, np.minimum(evidence, _POLICY.evidence_unverified), evidence)


def capped(controls: Controls, facts: Facts) -> Controls:
    """Controls with the evidence that open confirmed impacts leave them (section 8)."""
    failed = failed_controls(facts, len(controls.evidence))
    limited = np.minimum(controls.evidence, _POLICY.evidence_cap)
    evidence = np.where(failed, limited, controls.evidence)
    return Controls(controls.coverage, evidence, controls.design)


def remedy(controls: Controls) -> Floats:
    """Extent to which remedy eases irremediability, (nodes,), 0-1."""
    return controls.evidence[:, _REMEDY] * controls.coverage[:, _REMEDY]


def relief(controls: Controls) -> Floats:
    """R, points that controls take off, (nodes, issues), 0-18."""
    total = np.zeros((len(controls.evidence), ISSUES))
    # Few nodes of a large map have any control that counts.
    some = np.flatnonzero((controls.coverage * controls.evidence).any(axis=1))
    few = Controls(controls.coverage[some], controls.evidence[some], controls.design[some])
    for issue in range(ISSUES):
        total[some, issue] = relief_lines(few, issue).sum(axis=1)
    return total


def relief_lines(controls: Controls, issue: int) -> Floats:
    """Points that each control takes off an issue, (nodes, 24), >= 0; they add up to R.

    Taken by rising level of evidence: all up to a level never take more than its cap, and a level
    over its cap is cut in proportion.
    """
    strength = controls.design * METHOD.design * METHOD.helps[:, issue]
    asked = _POLICY.control_points * strength * controls.coverage * controls.evidence
    lines, taken = np.zeros(asked.shape), np.zeros(len(asked))
    for level, cap in _LEVELS:
        here = np.where(controls.evidence == level, asked, 0.0)
        if not here.any():
            continue
        total = here.sum(axis=1)
        room = np.minimum(cap - taken, total)
        share = np.divide(room, total, out=np.zeros(len(total)), where=total > 0)
        lines += here * share[:, None]
        taken += room
    return lines
