"""The filter of the register in the address: read and written."""

from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from ddplatform.web.address_values import number
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand


def read_filter(arguments: MultiDict[str, str]) -> RiskFilter:
    """The filter of an address; what it does not know is left out, so old links still open."""
    return RiskFilter(
        issue=_member(Issue, arguments.get("issue")),
        severity=_member(SeverityBand, arguments.get("severity")),
        residual=_member(RiskBand, arguments.get("risk")),
        country=arguments.get("country", ""),
        tier=arguments.get("tier", type=number),
        cell=arguments.get("cell", type=number),
        insufficient=arguments.get("insufficient") == "1",
    )


def address_of(wanted: RiskFilter, chain_id: Any, **more: Any) -> str:
    """The address of the register with a filter."""
    given = {
        "chain": chain_id,
        "issue": wanted.issue.value if wanted.issue else None,
        "severity": wanted.severity.value if wanted.severity else None,
        "risk": wanted.residual.value if wanted.residual else None,
        "country": wanted.country or None,
        "tier": wanted.tier,
        "cell": wanted.cell,
        "insufficient": "1" if wanted.insufficient else None,
    }
    return url_for("risk.index", **{**given, **more})


def _member(kind: Any, value: str | None) -> Any:
    return next((member for member in kind if member.value == value), None)
