"""Translation between filters of the sites of a map and of its risks, for equal sets of sites.

The register lists a line for each site and issue, the views of a map show sites. Most filters of
one have no equivalent in the other, or one with another meaning: an issue alone lists every site
here, and there those where it comes first. Only a filter with the same sites on both sides is
carried over.
"""

from supply_chain.risk.register import RiskFilter
from supply_chain.search.node_filter import NO_TIER, NOT_KNOWN, NodeFilter
from supply_chain.vocabulary import RiskBand


def sites_of(wanted: RiskFilter) -> NodeFilter | None:
    """The sites whose risks are listed; None where the filter of a map cannot say it."""
    has_more = wanted.severity is not None or wanted.cell is not None or wanted.insufficient
    has_more = has_more or bool(wanted.grades)
    if has_more or (wanted.issue is not None and wanted.residual is None):
        return None
    # The band of a site is the highest of its risks: only for the worst does one risk decide it.
    if wanted.issue is None and wanted.residual not in (None, RiskBand.CRITICAL):
        return None
    return NodeFilter(
        issue=wanted.issue,
        band=wanted.residual or "",
        country=wanted.country,
        tier=wanted.tier,
    )


def risks_of(wanted: NodeFilter) -> RiskFilter | None:
    """The risks of the sites that are shown; None where the register cannot say it."""
    band = wanted.band if isinstance(wanted.band, RiskBand) else None
    asked = RiskFilter(issue=wanted.issue, residual=band, country=wanted.country, tier=wanted.tier)
    is_told = wanted.country != NOT_KNOWN and wanted.tier != NO_TIER
    return asked if is_told and sites_of(asked) == wanted else None
