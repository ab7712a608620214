"""Web and worker killed (kill -9) in the middle of each step: no half state is left."""

from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks import postgres
from benchmarks.kill_lists import Sizes
from benchmarks.kills import killed_rounds
from tests.conftest import DATABASES

SEED, A_STEP = 3, 0.4  # seconds
STEPS = 12
SMALL = Sizes(suppliers=60, twice=26)  # merges of many go in units of 25: two of them


@pytest.mark.no_cover
@pytest.mark.parametrize("database", DATABASES)
def test_a_process_killed_at_a_random_moment_of_each_step_leaves_no_half_state(
    database: str, tmp_path: Path
) -> None:
    more = {"seed": SEED, "sizes": SMALL, "usual": A_STEP}
    if database == "sqlite":
        told = killed_rounds(tmp_path, f"sqlite:///{tmp_path / 'own.db'}", 1, **more)
    else:
        with postgres.own_database(f"kills_{uuid4().hex[:12]}") as url:
            told = killed_rounds(tmp_path, url, 1, **more)

    assert told.faults == []
    assert len(told.kills) == STEPS
