"""A whole map from the database through the method back into it, without and with its rows.

`assess` reads the map and all that is known and scores it; `assess and keep` also writes one row
for each node with the scores of all issues, the register of the run, and the node summaries.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks.assessed_map import NOW, add_map, make_platform
from benchmarks.contract import Row, limit_row
from ddplatform.access.identity import Identity
from ddplatform.db import db, unit_of_work
from ddplatform.services.assessments import assess_chain, load
from ddplatform.tenancy import acting_in

NODES = {"small": 1_000, "full": 100_000}
SCORE_SECONDS_PER_NODE = 0.0004
KEEP_SECONDS_PER_NODE = 0.0006


def run(size: str) -> list[Row]:
    """Time both ways once; a run of this size does not vary by more than a tenth."""
    nodes = NODES[size]
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            chain_id = add_map(by, nodes)
            scored, kept = _score(chain_id, by), keep(chain_id, by)
            db.engine.dispose()
    return [
        limit_row(f"assess {nodes:,} nodes x 16", scored, SCORE_SECONDS_PER_NODE * nodes + 1),
        limit_row(f"assess and keep {nodes:,} x 16", kept, KEEP_SECONDS_PER_NODE * nodes + 1),
    ]


def keep(chain_id: UUID, by: Identity) -> float:
    """Seconds of a whole assessment with all its writes."""

    @contextmanager
    def unit() -> Iterator[None]:
        with unit_of_work(), acting_in(by.organisation_id):
            yield

    start = time.perf_counter()
    assess_chain(
        chain_id,
        "request",
        as_of=NOW.date(),
        by=by,
        at=NOW,
        unit=unit,
        progress=lambda done, total: None,
    )
    return time.perf_counter() - start


def _score(chain_id: UUID, by: Identity) -> float:
    start = time.perf_counter()
    with unit_of_work(), acting_in(by.organisation_id):
        loaded = load(chain_id, as_of=NOW.date(), at=NOW)
    loaded.score()
    return time.perf_counter() - start
