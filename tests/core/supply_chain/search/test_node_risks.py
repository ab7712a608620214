"""From the register to the sites of a map and back: only where both mean the same sites."""

from typing import Any

import pytest

from supply_chain.risk.register import RiskFilter
from supply_chain.search.node_filter import NO_TIER, NOT_KNOWN, NodeFilter
from supply_chain.search.node_risks import risks_of, sites_of
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"country": "CI", "tier": 2}, {"country": "CI", "tier": 2}),
    ({"residual": RiskBand.CRITICAL}, {"band": RiskBand.CRITICAL}),
    (
        {"issue": Issue.CL, "residual": RiskBand.LOW, "tier": 0},
        {"issue": Issue.CL, "band": RiskBand.LOW, "tier": 0},
    ),
]


@pytest.mark.parametrize(("risks", "sites"), SAME)
def test_what_means_the_same_sites_leads_over_and_back(
    risks: dict[str, Any], sites: dict[str, Any]
):
    assert sites_of(RiskFilter(**risks)) == NodeFilter(**sites)
    assert risks_of(NodeFilter(**sites)) == RiskFilter(**risks)


@pytest.mark.parametrize(
    "risks",
    [
        {"issue": Issue.CL},
        {"residual": RiskBand.HIGH},
        {"severity": SeverityBand.SEVERE},
        {"cell": 51},
        {"insufficient": True},
    ],
)
def test_risks_that_the_filter_of_a_map_cannot_say_lead_nowhere(risks: dict[str, Any]):
    assert sites_of(RiskFilter(**risks)) is None


@pytest.mark.parametrize(
    "sites",
    [
        {"q": "mill"},
        {"issue": Issue.CL},
        {"band": RiskBand.HIGH},
        {"band": NOT_KNOWN},
        {"country": NOT_KNOWN},
        {"tier": NO_TIER},
        {"country": "CI", "overdue": True},
        {"archived": True},
    ],
)
def test_sites_that_the_register_cannot_say_lead_nowhere(sites: dict[str, Any]):
    assert risks_of(NodeFilter(**sites)) is None
