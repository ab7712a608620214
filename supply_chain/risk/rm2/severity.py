"""Severity, risk index and bands (section 7). Arrays are (nodes, issues)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.rm2.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import clipped, rounded
from supply_chain.vocabulary import RiskBand, SeverityBand

RISK_BANDS = tuple(RiskBand)  # low, medium, high, critical; a band array holds positions here
SEVERITY_BANDS = tuple(SeverityBand)  # minor, moderate, severe, very_severe
_POLICY = METHOD.policy
_LOW, _MEDIUM = RISK_BANDS.index(RiskBand.LOW), RISK_BANDS.index(RiskBand.MEDIUM)
_LEAST, _MOST = 1.0, 5.0
_SCALE, _SCOPE, _LASTING = range(3)


@dataclass(frozen=True)
class Judgement:
    """Severity traits as used, 1-5."""

    scale: Floats
    scope: Floats
    irremediability: Floats
    scope_known: Bools  # False: estimated by the people at risk or by the issue


def raised_scale(scale: Floats, vulnerable: Bools) -> Floats:
    """Scale with the added 1 for children who are especially vulnerable, 1-5 (section 7.1).

    Args:
        scale: 1-5, NaN where it was not judged; then 1 is added to the default of the issue.
        vulnerable: children under 12, unaccompanied, with disabilities or living at the work place.
    """
    known = np.where(np.isnan(scale), METHOD.default_severity[:, _SCALE], scale)
    return np.where(vulnerable, np.minimum(_MOST, known + 1), scale)


def judge(scale: Floats, scope: Floats, irremediability: Floats, people: Floats) -> Judgement:
    """Fill what was not judged (section 7.1).

    Args:
        scale, scope, irremediability: 1-5, NaN where not judged; `scale` holds the added 1 for
            children under 12, unaccompanied, with disabilities or living at the work place.
        people: number of people at risk, >= 0, NaN where it is not known.
    """
    default = METHOD.default_severity
    known = ~np.isnan(scope)
    by_people = 1.0 + np.searchsorted(_POLICY.people_bands, rounded(people), side="right")
    estimated = np.where(np.isnan(people), default[:, _SCOPE], by_people)
    return Judgement(
        np.where(np.isnan(scale), default[:, _SCALE], scale),
        np.where(known, scope, estimated),
        np.where(np.isnan(irremediability), default[:, _LASTING], irremediability),
        known,
    )


def severity(scale: Floats, scope: Floats, irremediability: Floats) -> Floats:
    """S, 1-5, never below the floor of the issue: the worst trait weighs most (section 7.1)."""
    mean = (scale + scope + irremediability) / 3
    worst = np.maximum(np.maximum(scale, scope), irremediability)
    value = _POLICY.severity_max_weight * worst + _POLICY.severity_mean_weight * mean
    return np.maximum(METHOD.floor, value)


@dataclass(frozen=True)
class Severity:
    """S with its range, and what better remedy leaves of it, 1-5."""

    value: Floats
    low: Floats  # with b one lower where it was not known (section 7.2)
    high: Floats
    residual: Floats


def severities(judgement: Judgement, remedy: Floats) -> Severity:
    """S with its range and S_res (sections 7.1, 7.2 and 9).

    Args:
        remedy: (nodes,) evidence times coverage of the remedy control, 0-1.
    """
    scale, scope, lasting = judgement.scale, judgement.scope, judgement.irremediability
    step = np.where(judgement.scope_known, 0.0, 1.0)
    eased = np.maximum(_LEAST, lasting - remedy[:, None])
    return Severity(
        severity(scale, scope, lasting),
        severity(scale, np.maximum(_LEAST, scope - step), lasting),
        severity(scale, np.minimum(_MOST, scope + step), lasting),
        severity(scale, scope, eased),
    )


def severity_band(value: Floats) -> Ints:
    """Position in SEVERITY_BANDS of each S (section 7.1)."""
    return np.searchsorted(_POLICY.severity_bands, rounded(value), side="right")


def severity_points(value: Floats) -> Floats:
    """Points that severity adds to the index, below 0 for S under 4 (section 7.2)."""
    return _POLICY.severity_points * (value - _POLICY.severity_middle)


def risk_index(points: Floats, severity_: Floats) -> Floats:
    """RI, 0-100 (section 7.2)."""
    return clipped(points + severity_points(severity_))


def index_band(index: Floats) -> Ints:
    """Position in RISK_BANDS of each RI, before section 7.4."""
    return np.searchsorted(_POLICY.index_bands, rounded(index), side="right")


@dataclass(frozen=True)
class Band:
    """Band as it is shown, and whether it is marked "not enough evidence"."""

    band: Ints  # position in RISK_BANDS
    not_enough_evidence: Bools


def shown_band(index: Floats, index_high: Floats) -> Band:
    """Shown band: an unknown risk is not shown as low (section 7.4)."""
    band = index_band(index)
    unclear = (band == _LOW) & (rounded(index_high) >= _POLICY.not_low_from)
    apart = index_band(index_high) - band >= _POLICY.mark_bands_apart
    return Band(np.where(unclear, _MEDIUM, band), unclear | apart)
