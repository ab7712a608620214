"""Kills of web and worker at random moments (kill -9): no partial state, and the work continues.

One round is one map from import to undo: upload, reading, applying, search for duplicates, merge of
one pair and its split, merge of many and its undo, a new assessment with its snapshot, the first
page that makes a snapshot, the import reverted. In each step the process that does it is killed
once, at a moment drawn from the time that the step takes undisturbed. Before anything is started
again, and once all jobs have ended, `kill_checks` inspects the installation.
"""

import socket
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import uuid4

from benchmarks.contract import SEED, Row, count_row
from benchmarks.kill_lists import Sizes
from benchmarks.kill_round import Round
from benchmarks.kill_steps import RoundResults
from benchmarks.kill_world import make_world
from benchmarks.postgres import SERVER, own_database

ROUNDS = {"small": 1, "full": 50}


def run(size: str) -> list[Row]:
    """So many moments of each kind, on SQLite and where there is a server on PostgreSQL."""
    rows = [_on_sqlite(ROUNDS[size])]
    return [*rows, _on_postgresql(ROUNDS[size])] if SERVER else rows


def _on_sqlite(rounds: int) -> Row:
    with TemporaryDirectory() as name:
        return _row("SQLite", Path(name), f"sqlite:///{Path(name) / 'platform.db'}", rounds)


def _on_postgresql(rounds: int) -> Row:
    with TemporaryDirectory() as name, own_database(f"kills_{uuid4().hex[:12]}") as url:
        return _row("PostgreSQL", Path(name), url, rounds)


def _row(name: str, folder: Path, url: str, rounds: int) -> Row:
    results = killed_rounds(folder, url, rounds, seed=SEED)
    for fault in results.faults:
        print(f"{name}: {fault}")
    print(f"{name}: {dict(results.kills)}, seconds undisturbed {results.usual}", flush=True)
    what = f"{sum(results.kills.values())} kills of web and worker on {name}: half states"
    return count_row(what, len(results.faults), 0, "seen")


def killed_rounds(
    folder: Path,
    url: str,
    rounds: int,
    *,
    seed: int,
    sizes: Sizes | None = None,
    usual: float | None = None,
) -> RoundResults:
    """So many rounds with a kill in each step.

    Args:
        usual: expected seconds of a step; None: a round before them, without kills, measures each.
    """
    results = RoundResults() if usual is None else RoundResults(usual=defaultdict(lambda: usual))
    world = make_world(folder, url, free_port())
    try:
        for number in range(0 if usual is None else 1, rounds + 1):
            chance = Random(f"{seed}:{number}") if number else None
            Round(world, results, number, chance=chance, sizes=sizes or Sizes()).run()
    finally:
        world.stop()
    return results


def free_port() -> int:
    """A port of this machine without a listener."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
