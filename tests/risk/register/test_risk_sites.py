"""From the register and the overview to the sites of the map and back: the same sites, counted."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import AssessmentRun
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.words.register_filter import read_filter as read_risks
from ddplatform.value_chain.filters.queries.filters import list_meant
from ddplatform.value_chain.filters.views import read_filter
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.register import ISSUES, RISK_BANDS
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.pictures.test_map_views import grown as grown
from tests.value_chain.pictures.test_map_views import manager as manager

BASE = "/o/acme/risk/register/"


def _links(page: str, text: str) -> list[str]:
    return [unescape(one) for one in re.findall(rf'<a href="([^"]+)"[^>]*>{text}</a>', page)]


def _asked(address: str) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(urlsplit(address).query))


def _sites_of_register(tenant: Tenant, address: str) -> set[UUID]:
    """The nodes at which the risks of a filter stand, from the columns of the run."""
    with acting(tenant):
        register = load_register(db.session.scalars(select(AssessmentRun.id)).one())
        keys, places = (
            register.keys(),
            register.place[register.matching(read_risks(_asked(address)))],
        )
    return {keys[place] for place in places.tolist() if place < len(keys)}


def _sites_of_map(tenant: Tenant, chain_id: UUID, address: str) -> set[UUID]:
    with acting(tenant):
        db.session.expunge_all()  # as a request begins
        return set(list_meant(chain_id, read_filter(_asked(address)), limit=1_000))


def _filters(tenant: Tenant) -> list[str]:
    """Filters of the register that lead to the map, as far as this map has such risks."""
    with acting(tenant):
        register = load_register(db.session.scalars(select(AssessmentRun.id)).one())
    pairs = set(zip(register.issue.tolist(), register.residual_band.tolist(), strict=True))
    return [
        "",
        "country=GH",
        "tier=1",
        "country=CI&tier=2",
        *(f"issue={ISSUES[i].value}&risk={RISK_BANDS[b].value}" for i, b in sorted(pairs)),
    ]


def test_each_filter_that_leads_to_the_map_shows_the_sites_it_counts_and_leads_back(
    tenant: Tenant, grown: CocoaMap, manager: FlaskClient
):
    followed = 0
    for asked in _filters(tenant):
        address = f"{BASE}?view=all&chain={grown.chain}&{asked}"
        page, mine = manager.get(address).text, _sites_of_register(tenant, address)
        if not mine:
            continue
        (on_map,), (in_table,) = _links(page, "On the map"), _links(page, "In the table")
        assert _sites_of_map(tenant, grown.chain, in_table) == mine, asked
        assert f"{len(mine)} site{'s' if len(mine) > 1 else ''} of the map:" in page
        for view in (on_map, in_table):
            (back,) = _links(manager.get(view).text, "Risks of (?:all|these) sites")
            assert read_risks(_asked(back)) == read_risks(_asked(address))
        followed += 1
    assert followed > 8


@pytest.mark.parametrize(
    "asked", ["issue=ISS-CL", "risk=high", "severity=severe", "cell=21", "grade=D"]
)
def test_a_filter_that_the_map_cannot_say_leads_nowhere(
    grown: CocoaMap, manager: FlaskClient, asked: str
):
    page = manager.get(f"{BASE}?view=all&chain={grown.chain}&{asked}").text

    assert _links(page, "In the table") == []


def test_a_map_that_changed_since_it_was_scored_is_not_promised_to_show_the_same(
    tenant: Tenant, grown: CocoaMap, manager: FlaskClient
):
    with acting(tenant):
        value_chain.add_node(grown.chain, NodeFields(name="New"), act=Act(tenant.analyst, NOW))

    assert _links(manager.get(f"{BASE}?view=all&chain={grown.chain}").text, "In the table") == []


def test_a_filter_of_the_map_that_the_register_cannot_say_has_no_way_there(
    grown: CocoaMap, manager: FlaskClient
):
    table = f"/o/acme/value-chain/{grown.chain}/table"
    for asked in ("q=mill", "issue=ISS-CL", "band=high", "country=none", "overdue=1"):
        assert _links(manager.get(f"{table}?{asked}").text, "Risks of these sites") == []


def test_counts_of_the_overview_lead_to_as_many_sites(
    tenant: Tenant, grown: CocoaMap, manager: FlaskClient
):
    page = manager.get("/o/acme/").text
    counted = re.findall(r'<td class="n"[^>]*><a href="([^"]+)">(\d+)</a></td>', page)
    tiers = re.findall(
        r'<span class="small strong"><a href="([^"]+)">.*?<span class="small num r">\d+ of (\d+)',
        page,
        re.DOTALL,
    )

    assert len(counted) == 2 and len(tiers) >= 3
    for address, number in [*counted, *tiers]:
        found = _sites_of_map(tenant, grown.chain, unescape(address))
        assert len(found) == int(number), address


def test_unknown_origins_of_the_register_lead_to_who_buys_from_them(
    tenant: Tenant, grown: CocoaMap, manager: FlaskClient
):
    page = manager.get(f"{BASE}?chain={grown.chain}").text
    address, number = re.findall(r'<a href="([^"]+)">(\d+) unknown origin', page)[0]

    assert len(_sites_of_map(tenant, grown.chain, unescape(address))) == int(number) > 0
