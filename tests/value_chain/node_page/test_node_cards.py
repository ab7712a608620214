"""Cards of later packages on the page of a node."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.together import Question
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.node_page.views import (
    CardPart,
    NodeCard,
    Place,
    parts_by_place,
    styles_of,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk.context_events.test_context_events import add as add_event
from tests.risk_maps import CocoaMap, acting, assess

CARDS = "ddplatform.value_chain.node_page.routes.CARDS"


@pytest.fixture
def farms(cocoa: CocoaMap) -> str:
    """The address of the page of the farms."""
    return f"/o/acme/value-chain/nodes/{cocoa.farms}"


def test_cards_stand_in_their_fixed_order(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient, farms: str
) -> None:
    add_event(tenant)
    assess(tenant, cocoa.chain)

    page = analyst.get(farms).text

    headings = (
        "Active events affect this site",
        ">Suppliers<",
        ">Buyers<",
        'id="node-risks">Risks to children<',
        'id="node-again">Reassessments<',
        ">History<",
        ">Headline risk<",
        ">Response measure<",
        ">Facts<",
    )
    assert [page.count(heading) for heading in headings] == [1] * len(headings)
    assert sorted(headings, key=page.index) == list(headings)
    assert page.count("css/risk.css") == 1


def test_a_map_without_an_assessment_keeps_the_summary_of_the_map(
    analyst: FlaskClient, farms: str
) -> None:
    page = analyst.get(farms).text

    assert ">Headline risk<" not in page
    assert 'id="node-risk">Risk to children<' in page
    assert "The next assessment of the map fills it" in page


def test_shares_of_input_beyond_the_whole_are_said_beside_them(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient
) -> None:
    page = f"/o/acme/value-chain/nodes/{cocoa.exporter}"
    before = analyst.get(page).text
    with acting(tenant):
        fields = NodeFields(name="Baoulé farm group", country="CI")
        more = value_chain.add_node(cocoa.chain, fields, act=Act(tenant.analyst, NOW))
        wanted = LinkFields(share=0.63)
        supply_links.add_link(more.id, cocoa.exporter, wanted, act=Act(tenant.analyst, NOW))

    after = analyst.get(page).text

    assert "Shares of input total" not in before
    suppliers = after.split(">Suppliers<")[1].split(">Buyers<")[0]
    assert "Shares of input total 123%" in suppliers
    assert "Origin not mapped" not in suppliers


def test_a_card_is_neither_asked_for_nor_shown_without_its_permission(
    analyst: FlaskClient, farms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def card(permission: Permission, name: str) -> NodeCard:
        question = Question((select(ValueChainNode.name),), asked.append)
        part = CardPart(Place.SIDE, "value_chain/node_page/_panel.html", {})
        return NodeCard(
            permission,
            lambda of: {name: question},
            lambda of, told: shown.append(name) or [part],
        )

    asked: list[object] = []
    shown: list[str] = []
    registry: Registry[NodeCard] = Registry("cards")
    registry.add("open", card(Permission.RISK_READ, "open"))
    registry.add("closed", card(Permission.RESPONSE_ANSWER, "closed"))
    monkeypatch.setattr(CARDS, registry)

    page = analyst.get(farms).text

    assert (len(asked), shown) == (1, ["open"])
    assert page.count('id="panel"') == 1


def test_a_page_without_registered_cards_is_refused(
    analyst: FlaskClient, farms: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CARDS, Registry("cards"))

    assert analyst.get(farms).status_code == 500


def test_parts_are_sorted_by_place_and_sheets_come_once() -> None:
    one, two = (CardPart(Place.MAIN, name, {}, style="css/risk.css") for name in "ab")
    three = CardPart(Place.SIDE, "c", {})

    assert parts_by_place([one, three, two]) == {
        "notice": [],
        "main": [one, two],
        "headline": [],
        "side": [three],
    }
    assert styles_of([one, three, two]) == ["css/risk.css"]
