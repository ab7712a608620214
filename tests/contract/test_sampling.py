"""What a sampled run takes, that its seed draws the same again, and that long tests are named."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from tests.sampling import seed_of_week

SIDES = ["buyer", "supplier"]
ROOT = Path(__file__).resolve().parents[2]
CASES = """
import pytest
from hypothesis import given, strategies
from tests.sampling import examples

@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_plain(database): pass

@pytest.mark.both_databases
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_walls(database): pass

@pytest.mark.both_databases(one_in=4)
@pytest.mark.parametrize("number", range(40))
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_rows(database, number): pass

@pytest.mark.rotates("role")
@pytest.mark.parametrize("role", ["reader", "writer"])
@pytest.mark.parametrize("slug", range(50))
def test_doors(slug, role): pass

@pytest.mark.rotates(on="postgresql")
@pytest.mark.parametrize("step", range(9))
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kills(database, step): pass

@pytest.mark.rotates("side", on="postgresql")
@pytest.mark.rotates("side", "role", on="sqlite")
@pytest.mark.parametrize("role", ["reader", "writer"])
@pytest.mark.parametrize(("side", "slug"), [("buyer", 1), ("buyer", 2), ("supplier", 3)])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_sides(database, side, slug, role): pass

@pytest.mark.whole
def test_long(): pass

@examples(40)
@given(strategies.integers())
def test_property(number):
    with open("numbers", "a") as seen:
        print(number, file=seen)

@given(strategies.integers())
def test_wrong_rule(number):
    assert number < 300
"""


def run(folder: Path, *arguments: str) -> str:
    """What pytest prints of the cases in this folder."""
    (folder / "test_cases.py").write_text(CASES, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "numbers").unlink(missing_ok=True)
    is_named = any("::" in argument for argument in arguments)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider"]
    plugins = ["-p", "tests.sampling", "-p", "tests.seconds"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTEST_PLUGINS": "",
        "PYTEST_ADDOPTS": "",  # what the outer run asks for is not meant for this one
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "no examples of earlier runs"),
    }
    return subprocess.run(
        [*command, *plugins, *arguments, *([] if is_named else [str(folder)])],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip


def taken(printed: str) -> list[str]:
    return re.findall(r"::(\w+(?:\[[^\]]*\])?) (?:PASSED|FAILED)", printed)


def test_a_sampled_run_takes_a_part_and_a_whole_run_everything(tmp_path: Path) -> None:
    sampled, whole = taken(run(tmp_path)), taken(run(tmp_path, "--whole"))

    assert "test_plain[sqlite]" in sampled and "test_plain[postgresql]" not in sampled
    assert {"test_walls[sqlite]", "test_walls[postgresql]"} <= {*sampled}
    rows = [name for name in sampled if name.startswith("test_rows")]
    on_postgresql = sum("postgresql" in name for name in rows)
    assert len(rows) - on_postgresql == 40 and 0 < on_postgresql < 30
    doors = sorted(name.rpartition("-")[2] for name in sampled if name.startswith("test_doors"))
    assert doors == ["reader]", "writer]"]
    kills = [name for name in sampled if name.startswith("test_kills")]
    assert len(kills) == 9 + 1 and sum("postgresql" in name for name in kills) == 1
    sides = [re.findall(r"[a-z]+", name)[2:] for name in sampled if name.startswith("test_sides")]
    assert sorted(side for database, side, _ in sides if database == "postgresql") == SIDES
    assert sorted((side, role) for database, side, role in sides if database == "sqlite") == sorted(
        product(SIDES, ["reader", "writer"])
    )
    assert "test_long" not in sampled
    assert len(whole) == 2 + 2 + 80 + 100 + 18 + 12 + 3


def test_the_printed_seed_draws_the_same_again_and_a_fault_is_found_again(tmp_path: Path) -> None:
    first = run(tmp_path)
    numbers = (tmp_path / "numbers").read_text(encoding="utf-8")
    seeds = re.findall(r"Sampled run, seed (\d+)\. Repeat it with `make test SEED=\1`", first)
    again = run(tmp_path, "--seed", seeds[0])

    assert len(seeds) == 2 and seeds[0] == seeds[1]
    assert taken(again) == taken(first)
    assert (tmp_path / "numbers").read_text(encoding="utf-8") == numbers
    for printed in (first, again):
        assert "FAILED test_cases.py::test_wrong_rule" in printed


def test_another_seed_draws_other_cases_and_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    drawn, numbers = set(), set()
    for seed in "123":
        drawn.add(tuple(taken(run(tmp_path, "--seed", seed, "-k", "doors or property"))))
        numbers.add((tmp_path / "numbers").read_text(encoding="utf-8"))

    assert len(drawn) > 1 and len(numbers) == 3


def test_a_case_that_is_named_runs_whatever_is_drawn(tmp_path: Path) -> None:
    run(tmp_path, "-k", "nothing")  # writes the cases
    case = "test_cases.py::test_plain[postgresql]"

    assert taken(run(tmp_path, case)) == ["test_plain[postgresql]"]


def test_a_property_has_a_quarter_of_its_examples_in_a_sampled_run(tmp_path: Path) -> None:
    counts = []
    for kind in ([], ["--whole"]):
        run(tmp_path, "--seed", "7", "-k", "test_property", *kind)
        counts.append(len((tmp_path / "numbers").read_text(encoding="utf-8").splitlines()))

    assert counts[0] == 10 and counts[1] == 40


def test_seconds_are_told_by_file_and_a_long_test_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONG_TEST_SECONDS", "0")
    printed = run(tmp_path, "-k", "walls")

    assert re.search(r"^ +\d+\.\d test_cases\.py$", printed, re.MULTILINE)
    assert re.search(r"Slow without the mark `long`: \d+ s \S*test_walls\[sqlite\]", printed)


@pytest.mark.parametrize(
    ("first", "last", "seed"),
    [
        (date(2026, 11, 30), date(2026, 12, 6), 202649),
        (date(2026, 12, 28), date(2027, 1, 3), 202653),  # the week belongs to the year it began in
    ],
)
def test_sampled_runs_of_one_week_draw_alike(first: date, last: date, seed: int):
    assert seed_of_week(first) == seed_of_week(last) == seed
    assert seed_of_week(last + timedelta(days=1)) != seed
