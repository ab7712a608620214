"""A past day of a map and two days side by side, with a hundredth of all nodes and links changed.

The cost of a past day is compared with reading the map of today in the same form. A change with
its history is compared with the same change without one. All of it is processor time, which other
programs on the machine hardly affect: at full size the map alone takes some 45 s to make, and each
reading of all of it 11 s.
"""

import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from benchmarks.assessed_map import EMAIL, NOW, PASSWORD, add_map, make_platform
from benchmarks.contract import Row, count_row, in_turn, limit_row, ratio_row
from benchmarks.pages import count_statements, sign_in, times_of
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.changes.queries.days import compare_days
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.history.queries.past import load_past
from ddplatform.value_chain.history.services.steps import keep_step
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_chain_for_change

SIZES = {"small": 2_000, "full": 100_000}
ROUNDS = {"small": 3, "full": 5}
READINGS = {"small": 3, "full": 1}  # of the whole map
PART = 100  # one of so many nodes and links changes
DAY, NEXT = NOW.date(), (NOW + timedelta(days=1)).date()
STATEMENTS = 18


def run(size: str) -> list[Row]:
    """Make a map, change a part of it a day later, and look at both days."""
    nodes = SIZES[size]
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            chain_id = add_map(by, nodes)
            rows = [_changing(chain_id, by, nodes)]
            with acting_in(by.organisation_id):
                rows += _reading(chain_id, nodes, READINGS[size])
        client = sign_in(app.test_client(), EMAIL, PASSWORD)
        with app.app_context():
            node = _some_node(chain_id, by)
            start = f"/o/bench/value-chain/{chain_id}"
            pages = {
                "two dates": f"{start}/changes?first={DAY}&second={NEXT}",
                "picture of a past day": f"{start}/past?day={DAY}",
                "list of a past day": f"{start}/past/table?day={DAY}",
                "node on a past day": f"/o/bench/value-chain/nodes/{node}/past?day={DAY}",
                "history of a node": f"/o/bench/value-chain/nodes/{node}/history",
            }
            for title, address in pages.items():
                first = time.process_time()
                client.get(address)
                first = time.process_time() - first
                later, _by_the_clock = times_of(client, [address], ROUNDS[size])
                statements = count_statements(client, address)
                rows += [
                    count_row(f"{title}, statements", statements, STATEMENTS, "statements"),
                    limit_row(f"{title}, {nodes:,} nodes, first time", first, 30.0),
                    limit_row(f"{title}, later", later, 2.0),
                ]
            db.engine.dispose()
    return rows


def _changing(chain_id: UUID, by: Identity, nodes: int) -> Row:
    """Change nodes and links; the part of the time that goes into the history."""
    with unit_of_work(), acting_in(by.organisation_id):
        start = time.process_time()
        chain = get_chain_for_change(chain_id)
        chosen = select(ValueChainNode).order_by(ValueChainNode.external_ref).limit(nodes // PART)
        for node in db.session.scalars(chosen.where(ValueChainNode.chain_id == chain_id)):
            node.name, node.country = f"{node.name} (new)", "CI"
        links = select(SupplyLink).order_by(SupplyLink.id).limit(nodes // PART)
        for link in db.session.scalars(links.where(SupplyLink.chain_id == chain_id)):
            link.share = 0.5
        chain.version += 1
        db.session.flush()
        without = time.process_time() - start
        keep_step(chain, "map_import:apply", act=Act(by, NOW + timedelta(days=1)))
        whole = time.process_time() - start
    return ratio_row(f"{nodes // PART * 2:,} changes with history", (whole, without), 1.5)


def _reading(chain_id: UUID, nodes: int, readings: int) -> list[Row]:
    chain = get_chain(chain_id)
    times = in_turn(
        lambda: load_drafts(chain_id, past=load_past(chain, DAY)),
        lambda: load_drafts(chain_id),
        readings,
        time.process_time,
    )
    start = time.process_time()
    found = compare_days(chain, DAY, NEXT)
    seconds = time.process_time() - start
    return [
        ratio_row(f"past day of {nodes:,} nodes against today", times, 1.5),
        limit_row(f"two days compared, {len(found.differences):,} changes", seconds, 2.0),
    ]


def _some_node(chain_id: UUID, by: Identity) -> UUID:
    with acting_in(by.organisation_id):
        return (
            db.session.scalars(
                select(ValueChainNode.id)
                .where(ValueChainNode.chain_id == chain_id)
                .order_by(ValueChainNode.external_ref)
            ).first()
            or chain_id
        )
