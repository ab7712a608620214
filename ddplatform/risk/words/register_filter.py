"""Filter of the register in the address: read and written."""

from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.web.address_values import number
from supply_chain.risk.register import RiskFilter
from supply_chain.risk.rm2.ranges import GRADES
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
        grades="".join(grade for grade in GRADES if grade in arguments.get("grade", "")),
    )


def address_of(wanted: RiskFilter, chain_id: Any, **more: Any) -> str:
    """The address of the register with a filter."""
    return url_for("risk.index", **{"chain": chain_id, **query_of(wanted), **more})


def query_of(wanted: RiskFilter) -> dict[str, Any]:
    """A filter as written in an address; what is not filtered is None."""
    return {
        "issue": wanted.issue.value if wanted.issue else None,
        "severity": wanted.severity.value if wanted.severity else None,
        "risk": wanted.residual.value if wanted.residual else None,
        "country": wanted.country or None,
        "tier": wanted.tier,
        "cell": wanted.cell,
        "insufficient": "1" if wanted.insufficient else None,
        "grade": wanted.grades or None,
    }


def _member(kind: Any, value: str | None) -> Any:
    return next((member for member in kind if member.value == value), None)
