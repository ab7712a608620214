"""Web and worker killed (kill -9) in the middle of each step: no half state is left."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from unittest.mock import MagicMock, patch
from uuid import uuid4

import pytest

from benchmarks import postgres
from benchmarks.kill_lists import Sizes
from benchmarks.kill_steps import RoundResults, Steps
from benchmarks.kill_world import count_backends, make_world
from benchmarks.kills import free_port, killed_rounds
from tests.conftest import DATABASES

SEED, A_STEP = 3, 0.4  # seconds
STEPS = 12
SMALL = Sizes(suppliers=60, twice=26)  # merges of many go in units of 25: two of them


@contextmanager
def address_of(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'own.db'}"
    else:
        with postgres.own_database(f"kills_{uuid4().hex[:12]}") as url:
            yield url


@pytest.mark.long
@pytest.mark.no_cover
@pytest.mark.rotates
@pytest.mark.parametrize("database", DATABASES)
def test_a_process_killed_at_a_random_moment_of_each_step_leaves_no_half_state(
    database: str, tmp_path: Path
) -> None:
    more = {"seed": SEED, "sizes": SMALL, "usual": A_STEP}
    with address_of(database, tmp_path) as url:
        results = killed_rounds(tmp_path, url, 1, **more)

    assert results.faults == []
    assert len(results.kills) == STEPS


def test_what_is_kept_between_two_looks_after_a_kill_is_no_half_state() -> None:
    results, world = RoundResults(usual={"apply": 0.0}), MagicMock()
    kept = iter([False, True, True])  # as three looks after the kill find it

    def look(_read: object) -> object:
        return next(kept) if world.kill.called and not world.start.called else False

    world.look.side_effect = look
    steps = Steps(world, results, 1, chance=Random(SEED), chain_id=uuid4())
    with patch.object(Steps, "_look"):
        done = steps._is_done_when_killed("apply", lambda: None, lambda: next(kept))

    assert (done, results.faults) == (True, [])


@pytest.mark.both_databases
@pytest.mark.no_cover
@pytest.mark.parametrize("database", DATABASES)
def test_no_backend_works_for_a_killed_process_any_more(database: str, tmp_path: Path) -> None:
    with address_of(database, tmp_path) as url:
        world = make_world(tmp_path, url, free_port())
        try:
            of_web = world.look(lambda: count_backends("web"))
            assert (of_web > 0) == (database != "sqlite")
            world.kill("web")
            assert world.look(lambda: count_backends("web")) == 0
        finally:
            world.stop()
