"""Likelihood, severity, index, facts and controls (RM-1.0 sections 3.6, 3.7 and 7 to 9).

All functions take and give float64 arrays: (nodes, 5) by group in the order CTY SEC WRK COM ONL,
(nodes, 16) by issue in the order of `supply_chain.vocabulary.Issue`, (nodes, 24) by control.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.factors import FactorRows, rounded
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

ISSUES = len(Issue)
RISK_BANDS = tuple(RiskBand)  # low, medium, high, critical; a band array holds positions here
SEVERITY_BANDS = tuple(SeverityBand)  # minor, moderate, severe, very_severe
_REMEDY = METHOD.control_index[METHOD.policy.remedy_control]


@dataclass(frozen=True)
class Groups:
    """Scores of the five factor groups, arrays (nodes, 5)."""

    score: Floats  # G, 0-1; 0 where the group does not apply
    applies: Bools
    weight: Floats  # sum of w over the applicable factors
    known: Floats  # sum of w q over them


def group_scores(rows: FactorRows) -> Groups:
    """G of each group (section 3.6) and what confidence needs of it (section 3.7)."""
    adjusted = rows.adjusted
    weight = METHOD.weight * rows.applies
    shape = (len(adjusted), len(METHOD.groups))
    score, total, known = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for position, part in enumerate(METHOD.group_slices):
        total[:, position] = weight[:, part].sum(axis=1)
        known[:, position] = (weight[:, part] * rows.quality[:, part]).sum(axis=1)
        pull = (weight[:, part] * adjusted[:, part]).sum(axis=1)
        mean = np.divide(pull, total[:, position], out=np.zeros(len(pull)), where=pull > 0)
        alarm = np.where(rows.applies & METHOD.critical, adjusted, 0.0)[:, part].max(axis=1)
        score[:, position] = np.maximum(mean, METHOD.policy.critical_share * alarm)
    return Groups(score, total > 0, total, known)


def confidence(groups: Groups) -> Floats:
    """C of each issue, (nodes, 16): only groups that the issue uses count (section 3.7)."""
    shape = (len(groups.score), ISSUES)
    weight, known = np.zeros(shape), np.zeros(shape)
    for position in range(len(METHOD.groups)):
        used = METHOD.beta[:, position] > 0
        weight[:, used] += groups.weight[:, position, None]
        known[:, used] += groups.known[:, position, None]
    return np.divide(known, weight, out=np.zeros(shape), where=weight > 0)


def likelihood(group_score: Floats) -> Floats:
    """Modelled L, (nodes, 16), a leaky noisy-OR of the groups (section 7.1)."""
    survival: Floats = np.prod(_survivals(group_score), axis=2)
    return 1 - (1 - METHOD.policy.leak) * survival


def contributions(group_score: Floats) -> Floats:
    """`L - L(with G_g = 0)`, (nodes, 16, 5), with the modelled L (section 7.1)."""
    survival = _survivals(group_score)
    modelled = likelihood(group_score)
    parts = np.zeros(survival.shape)
    for position in range(survival.shape[2]):
        without = survival.copy()
        without[:, :, position] = 1.0
        parts[:, :, position] = modelled - (1 - (1 - METHOD.policy.leak) * without.prod(axis=2))
    return np.maximum(parts, 0.0)  # a last-bit difference may not look like a relief


def _survivals(group_score: Floats) -> Floats:
    return 1 - METHOD.beta[None, :, :] * group_score[:, None, :]


@dataclass(frozen=True)
class Judgement:
    """Severity traits as used, arrays (nodes, 16), 1-5."""

    scale: Floats
    scope: Floats
    irremediability: Floats


def judge(scale: Floats, scope: Floats, irremediability: Floats, sec01: Floats) -> Judgement:
    """Fill unknown traits (section 7.2).

    Args:
        scale, scope, irremediability: (nodes, 16), NaN where not judged.
        sec01: (nodes,) s' of SEC-01.
    """
    policy = METHOD.policy
    unknown = np.maximum(policy.severity_unknown, METHOD.floor)[None, :]
    high = rounded(sec01) >= policy.scope_high_from_sec01
    wide = np.where(high, policy.scope_unknown_high, policy.severity_unknown)[:, None]
    return Judgement(
        np.where(np.isnan(scale), unknown, scale),
        np.where(np.isnan(scope), wide, scope),
        np.where(np.isnan(irremediability), unknown, irremediability),
    )


def severity(judgement: Judgement) -> Floats:
    """S, (nodes, 16), 1-5, never below the floor of the issue (section 7.2)."""
    return np.maximum(METHOD.floor[None, :], severity_before_floor(judgement))


def severity_before_floor(judgement: Judgement) -> Floats:
    """The worst trait weighs most: one alone can make an impact severe."""
    traits = np.stack([judgement.scale, judgement.scope, judgement.irremediability])
    policy = METHOD.policy
    mean: Floats = traits.sum(axis=0) / 3
    worst: Floats = traits.max(axis=0)
    return policy.severity_max_weight * worst + policy.severity_mean_weight * mean


def severity_band(value: Floats) -> Ints:
    """Position in SEVERITY_BANDS of each S."""
    return np.searchsorted(METHOD.policy.severity_bands, rounded(value), side="right")


def risk_index(severity_: Floats, likelihood_: Floats) -> Floats:
    """RI, 0-100, for display: severity outweighs likelihood (section 7.3)."""
    return 100 * (severity_ / 5) * np.sqrt(likelihood_)


def insufficient(severity_: Floats, confidence_: Floats) -> Bools:
    """Too little is known for a risk this severe (section 7.4)."""
    policy = METHOD.policy
    return (rounded(severity_) >= policy.guard_severity) & (
        rounded(confidence_) < policy.guard_confidence
    )


def risk_band(index: Floats, thin: Bools) -> Ints:
    """Position in RISK_BANDS of each RI; never low where evidence is `thin` (section 7.4)."""
    band = np.searchsorted(METHOD.policy.index_bands, rounded(index), side="right")
    return np.where(thin, np.maximum(band, RISK_BANDS.index(RiskBand.MEDIUM)), band)


@dataclass(frozen=True)
class Facts:
    """States of (node, issue) pairs that override the model (section 8), arrays (nodes, 16)."""

    rule: Floats  # L and L_res are at least this; 0: no rule
    confirmed: Bools  # open confirmed impact
    found_by: Ints  # control through which the site itself found it, -1: none


def recurrence_floor(months: Floats) -> Floats:
    """Lower bound of L, `months` after verified closure (section 8)."""
    policy = METHOD.policy
    return policy.closed_floor * 0.5 ** (months / policy.closed_half_life_months)


@dataclass(frozen=True)
class Controls:
    """Controls of nodes, arrays (nodes, 24); coverage, evidence and design 0-1."""

    listed: Bools
    coverage: Floats
    evidence: Floats
    design: Floats  # design credit of the questionnaire, 1 where there is none


def capped_evidence(controls: Controls, facts: Facts) -> Floats:
    """e, (nodes, 24): controls that address an open confirmed impact failed once (section 8)."""
    node, issue = np.nonzero(facts.confirmed)
    failed = METHOD.helps[:, issue].T.copy()
    found = facts.found_by[node, issue]
    known = np.flatnonzero(found >= 0)
    failed[known, found[known]] = False
    capped = np.zeros(controls.evidence.shape, dtype=np.bool_)
    np.logical_or.at(capped, node, failed)
    limited = np.minimum(controls.evidence, METHOD.policy.evidence_cap)
    return np.where(capped, limited, controls.evidence)


@dataclass(frozen=True)
class Relief:
    """L and S after controls, arrays (nodes, 16)."""

    product: Floats  # product of (1 - r) over the controls of the issue
    factor: Floats  # L_res = L * factor before section 8
    severity: Floats  # S_res


def relief(controls: Controls, evidence: Floats, judgement: Judgement) -> Relief:
    """Effect of controls on likelihood and severity (section 9)."""
    policy = METHOD.policy
    shape = (len(evidence), ISSUES)
    product, best = np.ones(shape), np.zeros(shape)
    for control in np.flatnonzero(controls.listed.any(axis=0)):
        rows = np.flatnonzero(controls.listed[:, control])
        cell = np.ix_(rows, np.flatnonzero(METHOD.helps[control]))
        strength = METHOD.design[control] * controls.design[rows, control]
        effect = strength * controls.coverage[rows, control] * evidence[rows, control]
        product[cell] *= (1 - effect)[:, None]
        best[cell] = np.maximum(best[cell], evidence[rows, control][:, None])
    remedy = evidence[:, _REMEDY] * controls.coverage[:, _REMEDY] * controls.listed[:, _REMEDY]
    eased = np.maximum(1.0, judgement.irremediability - remedy[:, None])
    after = severity(Judgement(judgement.scale, judgement.scope, eased))
    return Relief(product, np.maximum(np.maximum(policy.residual_min, 1 - best), product), after)
