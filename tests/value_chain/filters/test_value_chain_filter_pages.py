"""The filters on every view: set once, kept when the view changes, each taken off by a link."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.filters.queries import labels as node_labels
from ddplatform.value_chain.filters.queries.labels import load_labels
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services.nodes import archive_node
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting, assess

VIEWS = ("", "table", "matrix", "all", "world")


def at(cocoa: CocoaMap, rest: str) -> str:
    return f"/o/acme/value-chain/{cocoa.chain}/{rest}"


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_what_is_set_and_takes_it_along(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap, view: str
):
    assess(tenant, cocoa.chain)
    page = analyst.get(at(cocoa, f"{view}?country=CI&tag=none")).text
    chips = re.findall(r'<a class="tag info" href="([^"]*)"><bdi>(.*?)</bdi>', page)
    assert [words for _, words in chips] == ["Côte d’Ivoire", "Without a tag"]
    assert "tag=none" in chips[0][0]
    assert "country" not in chips[0][0]
    others = re.findall(r'href="([^"]*/(?:table|matrix|all|world)\?[^"]*)"', page)
    assert any("country=CI" in one and "tag=none" in one for one in others)
    assert "Maison Cacao" not in re.sub(r"<option.*?</option>", "", page)


@pytest.mark.parametrize("view", VIEWS)
def test_a_filter_that_nobody_meets_says_so_and_shows_the_way_out(
    analyst: FlaskClient, cocoa: CocoaMap, view: str
):
    page = analyst.get(at(cocoa, f"{view}?country=PE"))
    assert page.status_code == 200
    assert "Peru" in page.text
    assert "Show all" in page.text
    assert "This map is empty" not in page.text
    assert "the 0 sites" not in page.text


def test_all_filters_stand_on_one_page_that_leads_back(analyst: FlaskClient, cocoa: CocoaMap):
    page = analyst.get(at(cocoa, "filter?view=matrix&country=CI&colour=highest&overdue=1")).text
    assert f'action="/o/acme/value-chain/{cocoa.chain}/matrix"' in page
    assert '<option value="CI" selected>' in page
    assert re.search(r'name="overdue" value="1" checked', page)
    assert '<input type="hidden" name="colour" value="highest">' in page
    assert 'name="archived"' not in page
    assert 'name="archived"' in analyst.get(at(cocoa, "filter")).text


@pytest.mark.parametrize(
    ("name", "value"),
    [("group", "Left long ago"), ("tag", "left"), ("owner", str(UUID(int=7))), ("tier", "12")],
)
def test_what_is_set_stays_chosen_though_no_site_of_the_map_has_it(
    analyst: FlaskClient, cocoa: CocoaMap, name: str, value: str
):
    page = analyst.get(at(cocoa, f"filter?{name}={value}")).text
    assert f'<option value="{value}" selected>' in page


def test_words_of_sites_that_left_are_not_offered_and_the_first_of_many_are(
    tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    with acting(tenant):
        for node_id, word in ((cocoa.own, "c"), (cocoa.exporter, "b"), (cocoa.farms, "a")):
            get_node(node_id).tags, get_node(node_id).group_name = [word], f"Group {word}"
    with acting(tenant):
        archive_node(cocoa.farms, act=Act(tenant.analyst, NOW))
    with acting(tenant):
        labels = load_labels(cocoa.chain)
        assert (labels.groups, labels.tags) == (["Group b", "Group c"], ["b", "c"])
        monkeypatch.setattr(node_labels, "MOST", 1)
        labels = load_labels(cocoa.chain)
        assert (labels.groups, labels.tags) == (["Group b"], ["b"])


def test_a_site_says_who_answers_for_it_and_what_it_is_called(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    address = f"/o/acme/value-chain/nodes/{cocoa.farms}"
    form = analyst.get(f"{address}/edit").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', form)
    version = re.search(r'name="version"[^>]*value="([^"]*)"', form)
    assert token and version
    fields = {
        "csrf_token": token[1],
        "version": version[1],
        "name": "Espoir farm group",
        "kind": "business_entity",
        "country": "CI",
        "is_origin": "yes",
        "tags": "Cocoa West,  high volume, cocoa west",
        "group_name": "  Farms   West ",
        "owner_id": str(tenant.manager.user_id),
    }
    assert analyst.post(f"{address}/edit", data=fields).status_code == 302
    page = analyst.get(address).text
    for words in ("cocoa west", "high volume", "Farms West", "Sustainability manager of acme"):
        assert words in page
    assert "The chain begins here: nothing comes before it." in page
    again = analyst.get(f"{address}/edit").text
    assert 'value="cocoa west, high volume"' in again
