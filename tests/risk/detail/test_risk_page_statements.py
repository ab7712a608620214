"""Pages of risks ask the database as often at a place of which much is known as at an empty one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.risk.observations.services import add_observation
from ddplatform.risk.runs.models import FactKind, RiskFact, SalienceNote, SeverityJudgement
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import Issue
from tests.answering import ask_again
from tests.conftest import NOW
from tests.factories import Tenant
from tests.finding_worlds import World, recorded
from tests.risk.context_events.test_context_events import TODAY
from tests.risk.context_events.test_context_events import add as add_event
from tests.risk.observations.test_place_observations import CHILDREN_SEEN
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

MOST = 8
MOST_OF_SITE = 8
DAY = timedelta(days=1)
Count = Callable[[str], int]


@pytest.fixture
def count(app: Flask, analyst: FlaskClient) -> Iterator[Count]:
    """SELECT statements of one request, whole: session and organisation included."""
    seen: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def counted(path: str) -> int:
        for _ in range(2):  # what a process reads once is read the first time
            seen.clear()
            with app.app_context():  # else a request finds what the one before left in `g`
                assert analyst.get(path).status_code == 200
        return sum(re.match(r"\s*(SELECT|WITH)\b", statement) is not None for statement in seen)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield counted
    event.remove(engine, "before_cursor_execute", hear)


@stored_world
def assessed(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """Two maps of which nothing is known yet, assessed; of one the day before too."""
    assess(tenant, cocoa.chain, at=NOW - DAY)
    assess(tenant, cocoa.chain)
    with acting(tenant):
        other = value_chain.create_chain(
            "Coffee",
            own_business="Maison Cacao",
            country="FR",
            act=Act(tenant.analyst, NOW),
        ).id
    assess(tenant, other)
    return cocoa


def tell_much(tenant: Tenant, cocoa: CocoaMap) -> None:
    """Signals, events, observations, requests, findings, facts and judgements of the farms."""
    about = {"node_id": cocoa.farms, "issue": Issue.CL}
    author = {"created_at": NOW, "created_by_id": tenant.analyst.user_id}
    for number in range(3):
        add_event(tenant, title=f"Flood {number}", starts_on=TODAY - (3 + number) * DAY)
        recorded(World(tenant, tenant, cocoa.chain, cocoa.farms), title=f"Heavy loads {number}")
    ask_again(tenant, cocoa.chain, cocoa.farms, ref="SAQ")
    with acting(tenant):
        for number, factor in enumerate(("WRK-01", "WRK-03", "WRK-09", "COM-01")):
            seen = replace(CHILDREN_SEEN, source=f"Group {number}")
            add_observation(cocoa.farms, seen, act=Act(tenant.analyst, NOW))
            db.session.add_all(
                [
                    RiskSignal(
                        node_id=cocoa.farms, factor=factor, value=0.7, quality=None, causes=[],
                        source_type="admission", observed_at=NOW - number * DAY,
                    ),
                    RiskFact(
                        **about, kind=FactKind.CREDIBLE, found_by=None, self_disclosed=False,
                        cause_type="finding", cause_id=cocoa.farms, since=NOW - number * DAY,
                        ended_at=None,
                    ),
                    SeverityJudgement(
                        **about, **author, scale=4, scope=3, irremediability=2, vulnerable=False,
                        reasons={},
                    ),
                    SalienceNote(
                        **about, **author, is_emergency=False, delay_harms=None,
                        involvement=None, reason="Harvest",
                    ),
                ]
            )  # fmt: skip
    assess(tenant, cocoa.chain)


def pages_of(cocoa: CocoaMap) -> dict[str, int]:
    """Address -> how many statements its page may take."""
    place = f"/o/acme/risk/explained/{cocoa.farms}"
    one, every = f"/o/acme/risk/register/?chain={cocoa.chain}", "/o/acme/risk/register/?chain=all"
    filters = (
        "&view=all",
        "&view=find&grade=DE",
        "&view=all&page=2",
        "&owner=none&view=all",
        "&step=visit&issue=ISS-CL&risk=high&grade=C&country=CI&tier=2",
        f"&view=all&since={TODAY - DAY}",
        f"&view=all&owner=me&step=finding&since={TODAY - DAY}",
    )
    registers = [f"{head}{query}" for head in (one, every) for query in filters]
    return {
        **dict.fromkeys(
            (place, *(f"{place}/{issue.value}" for issue in (Issue.CL, Issue.FL))), MOST
        ),
        **dict.fromkeys(registers, MOST),
        f"/o/acme/value-chain/nodes/{cocoa.farms}": MOST_OF_SITE,
    }


def test_no_page_asks_more_where_more_is_known(
    tenant: Tenant, assessed: CocoaMap, count: Count
) -> None:
    pages = pages_of(assessed)
    empty = {page: count(page) for page in pages}

    tell_much(tenant, assessed)

    assert {page: count(page) for page in pages} == empty
    assert {page: many for page, many in empty.items() if many > pages[page]} == {}


def test_no_page_asks_more_where_the_map_has_more_places(
    tenant: Tenant, assessed: CocoaMap, count: Count
) -> None:
    pages = pages_of(assessed)
    few = {page: count(page) for page in pages}
    with acting(tenant):
        for number in range(60):
            fields = NodeFields(name=f"More {number}", country="GH", commodity_refs=(COCOA,))
            value_chain.add_node(assessed.chain, fields, act=Act(tenant.analyst, NOW))
    assess(tenant, assessed.chain)

    assert {page: count(page) for page in pages} == few
