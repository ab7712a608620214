"""Pages on likely duplicates: the list, one pair, many at once, what is merged, and who may."""

import re
import sys
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.matching.models import DuplicatePair, MatchRun, NodeMerge, PairState
from ddplatform.value_chain.matching.routes.pairs import index as list_pairs_page
from ddplatform.value_chain.matching.views import Part, compare
from ddplatform.value_chain.merging.queries.sides import load_sides
from supply_chain.intake.drafts import NamedBytes
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world
from tests.value_chain.imports.test_map_import import _work as do_jobs
from tests.value_chain.matching.test_matching import World, put_pairs


@stored_world
def built(tenant: Tenant) -> World:
    return World(tenant)


@pytest.fixture
def world(app: Flask, built: World) -> World:
    """The same for tests that are outside the application."""
    built.app = app
    return built


class Browser:
    """A signed-in person, with short ways to open and to send."""

    def __init__(self, app: Flask, world: World, role: RoleId) -> None:
        self.client = signed_in_client(app, world.tenant, role)
        self.root = f"/o/{world.tenant.slug}/matching"

    def open(self, path: str) -> str:
        column = (
            self.root.replace("matching", "value-chain") if path.startswith("/nodes") else self.root
        )
        answer = self.client.get(f"{column}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **data: object) -> tuple[int, str]:
        token = csrf_token(self.client, "/account")
        answer = self.client.post(f"{self.root}{path}", data={**data, "csrf_token": token})
        return answer.status_code, answer.headers.get("Location", "") or answer.text


@pytest.fixture
def manager(app: Flask, world: World) -> Browser:
    return Browser(app, world, RoleId.SUSTAINABILITY_MANAGER)


@pytest.fixture
def auditor(app: Flask, world: World) -> Browser:
    return Browser(app, world, RoleId.AUDITOR)


def work(app: Flask) -> None:
    """Do the jobs that wait, as the worker does them."""
    with app.app_context():
        do_jobs()


def the_pair(world: World) -> DuplicatePair:
    with world.unit():
        return db.session.scalars(select(DuplicatePair)).one()


def test_a_map_that_was_never_searched_says_what_a_search_does(manager: Browser, world: World):
    page = manager.open(f"/{world.chain_id}/")

    assert "has not been searched yet" in page
    assert "Search this map" in page
    assert "Nothing has been merged" in manager.open(f"/{world.chain_id}/merged")


def test_a_search_is_asked_for_shown_as_it_goes_and_its_pairs_listed(
    manager: Browser, world: World
):
    status, _ = manager.send(f"/{world.chain_id}/search")
    assert status == 302
    assert "Searching the map" in manager.open(f"/{world.chain_id}/")
    work(world.app)

    page = manager.open(f"/{world.chain_id}/")
    with world.unit():
        search = db.session.scalars(select(MatchRun.id)).one()

    assert manager.client.get(f"{manager.root}/runs/{search}").status_code == 404
    assert "1 likely pair" in page
    assert "Usine Soleil S.A." in page
    assert "No pair matches" in manager.open(f"/{world.chain_id}/?score=100&country=GH&q=x")
    assert "No pair matches" in manager.open(f"/{world.chain_id}/?state=same")


def test_a_long_list_is_paged_by_the_last_pair_seen(
    manager: Browser, world: World, monkeypatch: pytest.MonkeyPatch
):
    put_pairs(world, 3)
    monkeypatch.setattr(sys.modules[list_pairs_page.__module__], "PAGE_SIZE", 2)
    first = manager.open(f"/{world.chain_id}/")
    more = re.search(r'rel="next" href="[^?]*(\?[^"]*)"', first)
    assert more is not None

    second = manager.open(f"/{world.chain_id}/{more.group(1)}")

    assert second.count("Compare<span") == 1
    assert "First page" in second
    assert "First page" not in manager.open(f"/{world.chain_id}/?after=nonsense")


def test_both_records_stand_side_by_side_with_differing_words_marked(world: World):
    with world.unit():
        node = db.session.get(ValueChainNode, world.two)
        node.external_ids, node.attributes = {"lei": "X1"}, {"workers": 1200, "open": True}
        node.latitude, node.longitude, node.commodity_refs = 5.0, -4.0, ["palm-oil", "own word"]
        db.session.flush()
        rows = {row.label: row for row in compare(*load_sides((world.one, world.two)))}

    assert rows["Name"].left == [Part("Usine Soleil", False), Part("S.A.", True)]
    assert rows["Name"].state == "differs"
    assert (rows["Country"].state, rows["ID: lei"].state) == ("same", "gap")
    assert rows["Coordinates"].right == [Part("5.00000, -4.00000", False)]
    assert rows["From the list: workers"].right == [Part("1,200", False)]
    assert rows["From the list: open"].right == [Part("yes", False)]
    assert "Region" not in rows


def test_each_decision_leads_to_the_next_pair_and_the_last_one_to_the_list(
    manager: Browser, world: World
):
    world.search()
    pair = the_pair(world)
    page = manager.open(f"/pairs/{pair.id}")
    assert "<mark>S.A.</mark>" in page
    assert 'data-key="s"' in page and "keys.js" in page

    status, where = manager.send(f"/pairs/{pair.id}", decision="different", version=1)

    assert (status, where) == (302, f"{manager.root}/{world.chain_id}/")
    page = manager.open(f"/pairs/{pair.id}")
    assert "Decided: different" in page and world.tenant.manager.name in page
    assert manager.send(f"/pairs/{pair.id}/reopen", version=2)[0] == 302
    assert manager.send(f"/pairs/{pair.id}", decision="later", version=3)[0] == 302
    assert "Postponed on" in manager.open(f"/pairs/{pair.id}")


def test_a_decision_goes_on_to_the_next_open_pair(manager: Browser, world: World):
    put_pairs(world, 2)
    with world.unit():
        first, second = db.session.scalars(
            select(DuplicatePair.id).order_by(DuplicatePair.id.desc())
        ).all()

    where = manager.send(f"/pairs/{first}", decision="different", version=1)[1]

    assert where.endswith(str(second))


def test_the_second_of_two_people_sees_both_decisions_and_can_go_on(manager: Browser, world: World):
    world.search()
    pair = the_pair(world)
    world.decide(PairState.DIFFERENT)

    status, page = manager.send(f"/pairs/{pair.id}", decision="same", version=1)

    assert status == 409
    assert "Both versions" in page and "the same" in page
    assert 'name="version" value="2"' in page
    status, page = manager.send(f"/pairs/{pair.id}/reopen", version=1)
    assert status == 409
    status, page = manager.send(f"/pairs/{pair.id}", decision="perhaps", version=2)
    assert status == 422


def test_a_merge_is_told_on_both_pages_and_split_from_them(
    app: Flask, manager: Browser, world: World
):
    world.search()
    pair = the_pair(world)
    node_page = f"/nodes/{world.one}"
    assert "Compare with" in manager.open(node_page)
    manager.send(f"/pairs/{pair.id}", decision="same", version=1, keep=world.one)
    with world.unit():
        merge = db.session.scalars(select(NodeMerge)).one().id

    assert "2 records are this supplier" in manager.open(node_page)
    assert "Merged into Usine Soleil S.A." in manager.open(f"/nodes/{world.two}")
    assert "Split them again" in manager.open(f"/pairs/{pair.id}")
    assert "Usine Soleil" in manager.open(f"/{world.chain_id}/merged")
    assert "supplier of its own again" in manager.open(f"/merges/{merge}/split")
    status, where = manager.send(f"/merges/{merge}/split", then="different")

    assert (status, where.endswith(str(world.two))) == (302, True)
    assert "split already" in manager.open(f"/merges/{merge}/split")
    assert manager.send(f"/merges/{merge}/split")[0] == 409


def test_a_merged_pair_whose_list_changed_is_asked_again_on_its_page(
    manager: Browser, world: World
):
    world.search()
    world.decide(PairState.SAME)
    (pair,) = world.pairs(state=PairState.SAME)
    world.rename(world.two, "Soleil Mills")
    with world.unit():
        db.session.get(DuplicatePair, pair.id).state = PairState.OPEN

    page = manager.open(f"/pairs/{pair.id}")

    assert "Merged since" in page
    assert "Still the same" in page
    assert "Record to keep if they are the same" not in page
    listed = manager.open(f"/{world.chain_id}/")
    assert f"/pairs/{pair.id}" in listed
    assert "Decision reopened" in listed
    code, _ = manager.send(f"/pairs/{pair.id}", decision="same", version=3)
    assert code == 302
    assert "The records stay merged." in manager.open(f"/{world.chain_id}/")


def test_an_archived_node_that_was_not_merged_can_be_restored(manager: Browser, world: World):
    with world.unit():
        db.session.get(ValueChainNode, world.two).archived_at = NOW
    page = manager.open(f"/nodes/{world.two}")

    assert "Restore" in page and "Merged into" not in page


def test_many_are_counted_asked_once_merged_and_undone(manager: Browser, world: World):
    put_pairs(world, 2)
    page = manager.open(f"/{world.chain_id}/many?score=90")
    assert "Merge 2 pairs that score 90% or more?" in page
    assert "No open pair scores 99%" in manager.open(f"/{world.chain_id}/many?score=99")
    assert manager.send(f"/{world.chain_id}/many", score=90, seen=5)[0] == 409
    assert manager.send(f"/{world.chain_id}/many", score=10, seen=2)[0] == 422

    status, where = manager.send(f"/{world.chain_id}/many", score=90, seen=2)
    assert status == 302
    with world.unit():
        run = f"/runs/{db.session.scalars(select(MatchRun.id)).one()}"
    assert where.endswith(run)
    assert "Merging" in manager.open(run)
    work(world.app)
    assert "2 pairs were merged." in manager.open(run)
    assert manager.send(f"{run}/undo")[0] == 302
    assert "Undoing the merges" in manager.open(run)
    work(world.app)
    assert "the pairs are open" in manager.open(run)


def test_who_only_reads_sees_everything_and_decides_nothing(
    auditor: Browser, manager: Browser, world: World
):
    world.search()
    pair = the_pair(world)
    page = auditor.open(f"/pairs/{pair.id}")
    assert "Merge them" not in page and 'name="decision"' not in page
    assert "Search again" not in auditor.open(f"/{world.chain_id}/")
    for path in (
        f"/pairs/{pair.id}",
        f"/pairs/{pair.id}/reopen",
        f"/{world.chain_id}/search",
        f"/{world.chain_id}/many",
        f"/merges/{uuid4()}/split",
        f"/runs/{uuid4()}/undo",
    ):
        assert auditor.send(path, decision="same", version=1)[0] == 403, path


@pytest.mark.parametrize("path", ["/{}/", "/{}/merged", "/{}/many", "/pairs/{}", "/runs/{}"])
def test_what_is_not_there_is_404(manager: Browser, path: str):
    key: UUID = uuid4()
    assert manager.client.get(manager.root + path.format(key)).status_code == 404


def test_the_preview_of_a_list_shows_rows_that_may_be_known(manager: Browser, world: World):
    row = "Usine Soleil,CI,12 rue du Port\n"
    text = f"id,name,country,address\nx,{row}y,{row}"
    with world.unit():
        staged = map_import.stage(
            world.chain_id,
            [NamedBytes("mills.csv", text.encode())],
            link_to_id=None,
            act=Act(world.tenant.manager, NOW),
        )
        path = f"/imports/{staged.id}?tab=doubles"
    work(world.app)

    page = manager.client.get(manager.root.replace("matching", "value-chain") + path)

    assert page.status_code == 200
    assert "Possible duplicates" in page.text
    assert f"/value-chain/nodes/{world.one}" in page.text
    assert "another row of this list" in page.text
