"""Nodes that are other now, on the same links, are assessed alone: as a whole run, to each reader."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.runner import run_job
from ddplatform.infrastructure.together import ask
from ddplatform.risk.assessment.services import incremental_state as assessment_standing
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.risk.detail.queries.explanation import list_names_of
from ddplatform.risk.detail.queries.risks import select_risks_of_node
from ddplatform.risk.runs.models import RiskAssessment, WholeBecause
from ddplatform.value_chain.filters.queries.search import find_index
from ddplatform.value_chain.graph.queries.snapshots import find_part, load_snapshot, place_of
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.vocabulary import NodeKind
from tests.changed_runs import (
    GOODS,
    LEARNED,
    NODES,
    SECTOR,
    all_told,
    assess_new,
    change_facts,
    current_run,
    keys_of,
    looking,
    make_peers_map,
    minutes,
    other_facts,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk.assessment.test_risk_changes import records_of_run
from tests.risk.assessment.test_risk_runs import queued_reassessment
from tests.risk_maps import CocoaMap, acting, assess
from tests.stored_worlds import stored_world

pytestmark = pytest.mark.usefixtures("context")


@stored_world
def chain_id(tenant: Tenant) -> UUID:
    """A map that was assessed as a whole."""
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    return chain_id


def key_of(tenant: Tenant, chain_id: UUID, at: int) -> UUID:
    with looking(tenant):
        return keys_of(chain_id)[at]


def change(tenant: Tenant, chain_id: UUID, at: int, step: int = 1, **other: Any) -> None:
    """Other facts of one node."""
    change_facts(tenant, key_of(tenant, chain_id, at), NOW + minutes(step), **other)


def change_some(tenant: Tenant, chain_id: UUID, random: Random, step: int) -> None:
    """Other facts of one to three nodes, and at times something new of one."""
    with looking(tenant):
        keys = keys_of(chain_id)
        buyers = set(db.session.scalars(select(SupplyLink.buyer_id)))
    for _ in range(random.randint(1, 3)):
        key = random.choice(keys)
        facts = other_facts(random, buys=key in buyers)
        change_facts(tenant, key, NOW + minutes(step), **facts)
    if random.random() < 0.5:
        with acting(tenant):
            random.choice(LEARNED)(random, random.choice(keys), tenant, NOW + minutes(step))


def rows_written(tenant: Tenant, base: UUID) -> int:
    with looking(tenant):
        wanted = (RiskAssessment.run_id == base, RiskAssessment.step > 0)
        return db.session.scalar(select(func.count()).where(*wanted)) or 0


@pytest.mark.rotates(on="sqlite")
@pytest.mark.parametrize("seed", range(8))
def test_whatever_nodes_become_every_reader_tells_what_a_whole_run_tells(
    tenant: Tenant, chain_id: UUID, seed: int
) -> None:
    random = Random(seed)
    with looking(tenant):
        first = current_run(chain_id).id
    for step in range(1, 3 + seed % 4):
        change_some(tenant, chain_id, random, step)
        done = assess_new(tenant, chain_id, NOW + minutes(step))
        assert isinstance(done, UUID), done
        with looking(tenant):
            run, chain = current_run(chain_id), db.session.get_one(ValueChain, chain_id)
            assert (run.id, run.base_run_id, run.step) == (done, first, step)
            assert run.chain_version == chain.version
        if (seed + step) % 2:  # another worker does the next one
            assessment_standing._kept.clear()
    assert rows_written(tenant, first) > 0
    with looking(tenant):
        told, records = all_told(tenant, chain_id), records_of_run(done)
    whole = assess(tenant, chain_id, at=NOW + minutes(59))
    assert whole != done
    with looking(tenant):
        expected = all_told(tenant, chain_id)
        assert records.tobytes() == records_of_run(whole).tobytes()
    assert told.keys() == expected.keys()
    for what, value in told.items():
        assert value == expected[what], what


def test_a_change_that_needs_more_than_the_nodes_asks_for_a_whole_run(
    tenant: Tenant, chain_id: UUID
) -> None:
    leaf = NODES - 1  # it buys nothing: what it is tells whether its input is missing
    cases: list[dict[str, Any]] = [
        {"at": leaf, "is_origin": True},
        {"at": leaf, "kind": NodeKind.UNKNOWN_ORIGIN},
        {"at": 1, "country": "VN"},  # nobody was there before
        {"at": 1, "own_operation": True},
        {"at": 2, "commodity_refs": (GOODS[0],)},  # what its unproven flows count as
    ]
    for step, case in enumerate(cases, start=1):
        change(tenant, chain_id, step=step, **case)
        assert assess_new(tenant, chain_id, NOW + minutes(step)) is WholeBecause.MAP
        assess(tenant, chain_id, at=NOW + minutes(step))
    with acting(tenant):
        link = db.session.scalars(select(SupplyLink).limit(1)).one()
        supply_links.archive_link(link.id, act=Act(tenant.analyst, NOW + minutes(len(cases) + 1)))
    assert assess_new(tenant, chain_id, NOW + minutes(len(cases) + 1)) is WholeBecause.MAP
    with acting(tenant):
        db.session.get_one(ValueChain, chain_id).version += 1  # no history tells what it was
    assert assess_new(tenant, chain_id, NOW + minutes(len(cases) + 1)) is WholeBecause.MAP


def test_a_change_of_nodes_and_one_of_links_ask_for_a_whole_run(
    tenant: Tenant, chain_id: UUID
) -> None:
    change(tenant, chain_id, 3, country="GH")
    with acting(tenant):
        key = keys_of(chain_id)[4]
        value_chain.archive_node(key, act=Act(tenant.analyst, NOW + minutes(1)))
    change(tenant, chain_id, 4, country="GH", step=2)  # it left the map
    assert assess_new(tenant, chain_id, NOW + minutes(2)) is WholeBecause.MAP


def test_a_change_of_a_node_that_left_the_map_scores_nothing(
    tenant: Tenant, chain_id: UUID
) -> None:
    with acting(tenant):
        key = keys_of(chain_id)[-1]
        value_chain.archive_node(key, act=Act(tenant.analyst, NOW))
    base = assess(tenant, chain_id, at=NOW + minutes(1))
    change(tenant, chain_id, -1, country="CI", step=2)
    done = assess_new(tenant, chain_id, NOW + minutes(2))
    with looking(tenant):
        run = current_run(chain_id)
        assert (run.id, run.base_run_id) == (done, base)
    assert rows_written(tenant, base) == 0


def test_what_no_score_reads_makes_a_run_of_the_new_version_without_a_row(
    tenant: Tenant, chain_id: UUID
) -> None:
    with looking(tenant):
        base, told = current_run(chain_id).id, all_told(tenant, chain_id)
    change(tenant, chain_id, 3, region="Sud", tags=("cocoa",))
    with acting(tenant):
        value_chain.change_chain(
            chain_id,
            name="Renamed",
            description="",
            act=Act(tenant.analyst, NOW + minutes(2)),
        )
    done = assess_new(tenant, chain_id, NOW + minutes(3))
    with looking(tenant):
        run = current_run(chain_id)
        assert (run.id, run.base_run_id, run.chain_version) == (done, base, 3)
        assert all_told(tenant, chain_id)["at"] == told["at"]
    assert rows_written(tenant, base) == 0
    assert assess_new(tenant, chain_id, NOW + minutes(4)) is WholeBecause.UNMARKED


def test_a_new_name_stands_with_the_node_and_with_the_unknown_origin_of_what_it_buys(
    tenant: Tenant, chain_id: UUID
) -> None:
    with looking(tenant):
        base, ref = current_run(chain_id).id, "unknown-origin:N001"
        assert list_names_of(base, [ref])[ref][0] == "Unknown origin of what Site 1 buys"
    for step, name in enumerate(("Moulin", "Moulin du Sud"), start=1):
        change(tenant, chain_id, 1, step=step, name=name)
        done = assess_new(tenant, chain_id, NOW + minutes(step))
        assert isinstance(done, UUID)
    assert rows_written(tenant, base) == 4  # two of each step
    with looking(tenant):
        names = list_names_of(done, ["N001", ref])
        assert names["N001"] == ("Moulin du Sud", keys_of(chain_id)[1])
        assert names[ref] == ("Unknown origin of what Moulin du Sud buys", None)


def test_a_node_that_comes_back_leaves_scores_and_peers_as_they_were(
    tenant: Tenant, chain_id: UUID
) -> None:
    with looking(tenant):
        told = all_told(tenant, chain_id)
    change(tenant, chain_id, 2, step=1, country="GH", sector_ref=None)
    assert isinstance(assess_new(tenant, chain_id, NOW + minutes(1)), UUID)
    with looking(tenant):
        assert all_told(tenant, chain_id)["at"] != told["at"]
    assessment_standing._kept.clear()
    change(tenant, chain_id, 2, step=2, country="CI", sector_ref=SECTOR)
    assert isinstance(assess_new(tenant, chain_id, NOW + minutes(2)), UUID)
    with looking(tenant):
        again = all_told(tenant, chain_id)
    assert {what for what, value in again.items() if value != told[what]} <= {"report"}


def test_a_change_while_the_whole_map_is_assessed_is_assessed_after_it(
    tenant: Tenant, chain_id: UUID
) -> None:
    def change_it(_done: int, _total: int) -> None:
        change(tenant, chain_id, 6, country="GH", name="Moved")

    assess_chain(
        chain_id,
        "request",
        as_of=NOW.date() + timedelta(days=1),
        act=Act(tenant.analyst, NOW + minutes(2)),
        unit=lambda: acting(tenant),
        progress=change_it,
    )
    tomorrow = NOW.date() + timedelta(days=1)
    done = assess_new(tenant, chain_id, NOW + minutes(3), as_of=tomorrow)
    with looking(tenant):
        run = current_run(chain_id)
        assert (run.id, run.step, run.chain_version) == (done, 1, 2)
        (row,) = ask(select_risks_of_node(run.id, keys_of(chain_id)[6]))[:1]
        assert (row.country, row.node_name) == ("GH", "Moved")


def test_the_job_leaves_the_map_of_the_new_version_and_the_numbers_that_runs_rest_on(
    tenant: Tenant, chain_id: UUID
) -> None:
    first = queued_reassessment(tenant, chain_id)
    run_job(first, owner="worker")
    for step in range(1, 5):
        change(tenant, chain_id, 5, step=step, country=("GH", "CI")[step % 2])
        claim = queued_reassessment(tenant, chain_id)
        run_job(claim, owner="worker")
        assessment_standing._kept.clear()  # another worker does the next one
        with looking(tenant):
            run, chain = current_run(chain_id), db.session.get_one(ValueChain, chain_id)
            assert (run.id, run.base_run_id, run.step) == (claim.id, first.id, step)
            place = place_of(chain_id, chain.version)
            assert find_part(place) is not None
            assert find_index(place) is not None
            country = load_snapshot(chain).graph.nodes.country[5]
            assert country == db.session.get_one(ValueChainNode, keys_of(chain_id)[5]).country
    with looking(tenant):
        home = adapters().snapshots.root / tenant.id.hex / chain_id.hex
        kept = sorted(int(folder.name) for folder in home.iterdir())
        assert kept == [1, 4, 5]


def test_a_node_of_which_all_input_is_known_is_the_only_row_of_its_new_name(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    base = assess(tenant, cocoa.chain)
    change_facts(tenant, cocoa.own, NOW + minutes(1), name="Maison du Cacao")
    assert isinstance(assess_new(tenant, cocoa.chain, NOW + minutes(1)), UUID)
    assert rows_written(tenant, base) == 1
