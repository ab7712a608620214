"""Reassessment of a whole map, from the database and back, without and with its rows.

`assess` reads the map and all its evidence and scores it; `assess and keep` also writes one row
for each node with the scores of all issues, the register of the run, and the node summaries.
`one new answer`, and `one node that is other` in country, trade or name: from the commit
of the change to the first page of the new ranks read, by a process that read the ranks before.
The nodes are drawn at random; the map has peers.

BENCH_NODES names another number of nodes. On a larger map fewer steps are timed, because some of
them need a whole run.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from benchmarks.assessed_map import COUNTRIES, LINKS_PER_NODE, NOW, SECTORS, make_platform
from benchmarks.contract import SEED, Row, limit_row
from benchmarks.map_load import add_large_map
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db, finish, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.assessment.services.changes import STEPS, assess_changes
from ddplatform.risk.assessment.services.maps import assess_chain, load
from ddplatform.risk.detail.queries.risks import list_risks
from ddplatform.risk.runs.queries.runs import find_current_head
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services.nodes import NodeFields, change_node
from supply_chain.reference.release import load_reference
from supply_chain.risk.register import RiskFilter

NODES = {"small": 1_000, "full": 100_000}
SCORE_SECONDS_PER_NODE = 0.0004
KEEP_SECONDS_PER_NODE = 0.0006
CHANGE = 0.05  # seconds of the median
FEWEST = 25  # steps, on however large a map
Change = Callable[[random.Random, UUID, Act], None]
FACTORS = ("WRK-01", "WRK-06", "COM-01")


def run(size: str) -> list[Row]:
    """Time both ways once; a run of this size does not vary by more than a tenth."""
    nodes = int(os.environ.get("BENCH_NODES", NODES[size]))
    steps = max(FEWEST, min(STEPS, STEPS * NODES["full"] // nodes))
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            chain_id = UUID(add_large_map(by, nodes, LINKS_PER_NODE * nodes)["chain"])
            scored, kept = _score(chain_id, by), keep(chain_id, by)
            answers = _steps(chain_id, by, "one new answer", _answer, steps)
            others = _steps(chain_id, by, "one node that is other", _become_other, steps)
            db.engine.dispose()
    return [
        limit_row(f"assess {nodes:,} nodes x 16", scored, SCORE_SECONDS_PER_NODE * nodes + 1),
        limit_row(f"assess and keep {nodes:,} x 16", kept, KEEP_SECONDS_PER_NODE * nodes + 1),
        *_told(f"one new answer in {nodes:,}", answers),
        *_told(f"one node that is other of {nodes:,}", others),
    ]


def _told(what: str, times: tuple[float, float]) -> list[Row]:
    wall, busy = times
    return [
        limit_row(f"{what} to new ranks read, processor", busy, CHANGE),
        limit_row(f"{what} to new ranks read, by the clock", wall, CHANGE),
    ]


def keep(chain_id: UUID, by: Identity) -> float:
    """Seconds of a whole assessment with all its writes."""
    start = time.perf_counter()
    assess_chain(
        chain_id,
        "request",
        as_of=NOW.date(),
        act=Act(by, NOW),
        unit=lambda: _acting(by),
        progress=lambda done, total: None,
    )
    return time.perf_counter() - start


def _score(chain_id: UUID, by: Identity) -> float:
    start = time.perf_counter()
    with unit_of_work(), acting_in(by.organisation_id):
        loaded = load(chain_id, as_of=NOW.date(), at=NOW)
    loaded.score()
    return time.perf_counter() - start


@contextmanager
def _acting(by: Identity) -> Iterator[None]:
    with unit_of_work(), acting_in(by.organisation_id):
        yield


def _steps(
    chain_id: UUID, by: Identity, what: str, change: Change, steps: int
) -> tuple[float, float]:
    """Median seconds by the clock and of the processor of one changed node, step after step.

    A step that needs a whole run is reported, not timed.
    """
    chance, times, wholes = random.Random(SEED), [], 0
    with _acting(by):
        of_map = select(ValueChainNode.id).where(ValueChainNode.chain_id == chain_id)
        keys = db.session.scalars(of_map).all()
    _look(chain_id, by)
    for step in range(1, steps):
        at = NOW + timedelta(minutes=step)
        with _acting(by):
            change(chance, chance.choice(keys), Act(by, at))
        start, spent = time.perf_counter(), time.process_time()
        done = assess_changes(
            chain_id, "answers", as_of=NOW.date(), act=Act(by, at), unit=lambda: _acting(by)
        )
        _look(chain_id, by)
        if isinstance(done, UUID):
            times.append((time.perf_counter() - start, time.process_time() - spent))
        else:
            wholes += 1
            keep(chain_id, by)
    wall, busy = zip(*times, strict=True)
    high = " / ".join(f"{value * 1e3:.0f}" for value in statistics.quantiles(busy, n=10)[6::2])
    print(f"{what}: processor time at 70 / 90 % {high} ms of {len(times)} steps")
    print(f"{what}: {wholes} more moved so much that the whole map was assessed")
    return statistics.median(wall), statistics.median(busy)


def _answer(chance: random.Random, node_id: UUID, act: Act) -> None:
    db.session.add(
        RiskSignal(
            node_id=node_id,
            factor=chance.choice(FACTORS),
            value=chance.random(),
            source_type="audit",
            quality=chance.random(),
            causes=[],
            observed_at=act.at,
        )
    )


def _become_other(chance: random.Random, node_id: UUID, act: Act) -> None:
    """As the form of a node does: another country, trade and name, or two of these."""
    node, reference = db.session.get_one(ValueChainNode, node_id), load_reference()
    others = {
        "name": f"{node.name}, {act.at:%H:%M}",
        "country": chance.choice(COUNTRIES),
        "sector_ref": chance.choice(sorted(reference.sectors)[:SECTORS]),
    }
    said = {one.name: getattr(node, one.name) for one in fields(NodeFields)}
    wanted = {**said, **{name: others[name] for name in chance.sample(sorted(others), 2)}}
    change_node(node_id, NodeFields(**wanted), row_version=node.row_version, act=act)


def _look(chain_id: UUID, by: Identity) -> None:
    """The first page of the register, as a page reads it."""
    with acting_in(by.organisation_id):
        head = find_current_head(chain_id)
        assert head is not None
        assert list_risks(head.id, RiskFilter()).rows
        finish(ok=False)
