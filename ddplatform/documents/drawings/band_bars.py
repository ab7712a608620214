"""Bars by risk band: the colours in their order, worst first, and their legend."""

from collections.abc import Sequence

from markupsafe import Markup

from ddplatform.documents.drawings.charts import stacked_bar
from supply_chain.vocabulary import RiskBand

BAR_CLASSES: dict[RiskBand | None, str] = {
    RiskBand.CRITICAL: "f-critical",
    RiskBand.HIGH: "f-high",
    RiskBand.MEDIUM: "f-medium",
    RiskBand.LOW: "f-low",
    None: "f-none",
}
BAR_LEGEND = tuple(
    (css, band.value.capitalize() if band else "Not assessed") for band, css in BAR_CLASSES.items()
)


def band_bar(mix: Sequence[int]) -> Markup:
    """The bar of how many are in each band: worst first, not assessed last."""
    return stacked_bar(list(zip(BAR_CLASSES.values(), mix, strict=True)))
