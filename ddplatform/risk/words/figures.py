"""Figures of RM-2.0 in words: whole points, the band of an index, grades of evidence."""

from collections.abc import Mapping
from math import floor

from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import RiskBand

GRADES: Mapping[str, tuple[str, str]] = {
    "A": (
        _("Verified on site"),
        _("independent site work, audits or workers’ voices cover most of it"),
    ),
    "B": (_("Well documented"), _("with sources that can be relied on")),
    "C": (_("Partly known"), _("something is known of the place, most is not")),
    "D": (_("Context only"), _("country and activity are known, the place is not")),
    "E": (_("Mostly estimated"), _("country or activity is not known, or mostly estimated")),
}
"""Grade -> its word, and its meaning."""
BAND_NAMES: Mapping[RiskBand, str] = {
    RiskBand.LOW: _("low"),
    RiskBand.MEDIUM: _("medium"),
    RiskBand.HIGH: _("high"),
    RiskBand.CRITICAL: _("critical"),
}
"""The bands as they stand within a sentence."""


def whole_points(index: float) -> str:
    """An index as a whole number, halves up; with a decimal where rounding would cross a band."""
    whole = floor(index + 0.5)
    return str(whole) if band_at(whole) is band_at(index) else f"{floor(index * 10) / 10:.1f}"


def band_at(index: float) -> RiskBand:
    """The band that an index has by itself (section 7.3)."""
    shown = round(index, METHOD.policy.decimals)
    return RISK_BANDS[sum(shown >= threshold for threshold in METHOD.policy.index_bands)]
