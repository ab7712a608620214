"""Test selection for `make test`: markers, sample and seed.

`make test` runs all tests on SQLite and a sample of the cases that repeat one rule. Three marks say
what belongs to the sample:

- `both_databases`: what PostgreSQL and SQLite do in their own ways (locks, triggers, constraints,
  ordering, JSON, bulk writes). Every other test of a database runs on SQLite alone. With
  `one_in=4` PostgreSQL runs a quarter of the tests that carry the mark, drawn by their names.
- `rotates("role", on="postgresql")`: of the cases of one test on this database that agree in these
  parameters, one is drawn; without a parameter one of all, without `on` whatever the database.
- `whole`: nothing of it.

`--whole` runs everything. The seed is printed at the start and the end; given again by `--seed` it
makes the same choice, also in Hypothesis. A sampled run takes the seed of the week: within a week
runs differ by what was changed alone, and the build server draws as the machine of the author did.
A whole run draws one by chance.
"""

import os
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.profiles import SAMPLED_PROFILE, WHOLE, WHOLE_PROFILE

POSTGRESQL = "postgresql"
FIRST = ("tests/journeys/", "tests/contract/test_leaks.py", "tests/contract/")
"""Long groups come first, so that the short ones fill up what is left at the end."""
JOURNEYS = "tests/journeys/"
OF_THE_SAMPLE = (JOURNEYS, "tests/demo/test_demo.py")
OWN_INSTALLATION = ("list_mending_walk.py", "lists_walk.py", "killed.py", "first_start.py")
"""Endings of the walks that do not use the sample company."""
MOST_SEED = 10**6
FEWEST = 4
"""Examples of a property in any kind of run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sampling")
    group.addoption("--whole", action="store_true", help="leave nothing out (make test-full)")
    group.addoption("--seed", type=int, help="draw as the run that printed this seed did")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    for mark in (
        "both_databases(one_in=1): runs on PostgreSQL too, in every run or in one of so many",
        "rotates(*by, on): of the cases that agree in parameters one is drawn, but in a whole run",
        "whole: only in a whole run",
    ):
        config.addinivalue_line("markers", mark)
    if hasattr(config, "workerinput"):
        config.option.seed = config.workerinput["seed"]
    elif config.option.seed is None:
        by_chance = secrets.randbelow(MOST_SEED)
        config.option.seed = (
            by_chance if config.option.whole else seed_of_week(datetime.now(UTC).date())
        )
    settings.load_profile(WHOLE_PROFILE if config.option.whole else SAMPLED_PROFILE)
    if getattr(config.option, "hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(config.option.seed)


def seed_of_week(day: date) -> int:
    """The seed of a sampled run of this day: year and week by ISO 8601, as 202649."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker the seed of the run."""
    node.workerinput["seed"] = node.config.option.seed


def pytest_sessionstart(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not hasattr(session.config, "workerinput"):
        reporter.write_line(_summary(session.config))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(_summary(terminalreporter.config))


def _summary(config: pytest.Config) -> str:
    seed, is_whole = config.option.seed, config.option.whole
    kind, target = ("Whole run", "test-full") if is_whole else ("Sampled run", "test")
    line = f"{kind}, seed {seed}. Repeat it with `make {target} SEED={seed}`."
    if "TEST_POSTGRES_URL" not in os.environ:
        line += " No PostgreSQL: run scripts/test.sh, which starts a server."
    return line


def draw(config: pytest.Config, what: str) -> Random:
    """Chance that is the same in every worker of a run, and again with the same seed.

    Args:
        what: names the draw; others are independent of it.
    """
    return Random(f"{config.option.seed}:{what}")


def examples(most: int, *, one_world: bool = False) -> settings:
    """Settings of a property: so many examples in a whole run, a quarter in a sampled one.

    Args:
        one_world: all examples of a test share the fixtures of its function.
    """
    few = max(FEWEST, most * settings().max_examples // WHOLE)
    shared = [HealthCheck.function_scoped_fixture] if one_world else []
    unchecked = [HealthCheck.too_slow, *shared]
    return settings(max_examples=min(most, few), suppress_health_check=unchecked)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_named = any("::" in argument for argument in config.args)
    if not config.option.whole and not is_named:
        left_out = {*map(id, _left_out(config, items))}
        config.hook.pytest_deselected(items=[item for item in items if id(item) in left_out])
        items[:] = [item for item in items if id(item) not in left_out]
    items.sort(key=_order)


def _left_out(config: pytest.Config, items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """What a sampled run does not take."""
    drawn: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("whole"):
            yield item
        elif rotates := _rotates(item):
            drawn[_function(item), _agreeing(item, rotates)].append(item)
        elif POSTGRESQL in _words(item) and not _is_drawn_on_both(config, item):
            yield item
    for (function, agreeing), cases in drawn.items():
        taken = draw(config, f"{function} {agreeing}").choice(cases)
        yield from (case for case in cases if case is not taken)


def _is_drawn_on_both(config: pytest.Config, item: pytest.Item) -> bool:
    mark = item.get_closest_marker("both_databases")
    if mark is None:
        return False
    return draw(config, item.nodeid).randrange(mark.kwargs.get("one_in", 1)) == 0


def _rotates(item: pytest.Item) -> pytest.Mark | None:
    """The closest mark that is meant for the database of this case."""
    marks = item.iter_markers("rotates")
    return next((m for m in marks if m.kwargs.get("on") in (None, *_words(item))), None)


def _agreeing(item: pytest.Item, rotates: pytest.Mark) -> str:
    """The database of a mark and the values of the parameters that it names, where it names any."""
    parameters = _parameters(item)
    for by in rotates.args:
        if by not in parameters:
            raise pytest.UsageError(f"{item.nodeid} rotates by {by}, not one of its parameters")
    on = rotates.kwargs.get("on", "")
    return " ".join([on, *(str(parameters[by]) for by in rotates.args)])


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _parameters(item: pytest.Item) -> dict[str, object]:
    spec = getattr(item, "callspec", None)
    return dict(spec.params) if spec else {}


def _words(item: pytest.Item) -> set[str]:
    """The parameters that are words; one of them names the database."""
    return {value for value in _parameters(item).values() if isinstance(value, str)}


def _order(item: pytest.Item) -> int:
    """Where a test stands in the order of a run; equal ones keep the order of the files."""
    is_short = item.nodeid.startswith("tests/core/") or "/test_unit_" in item.nodeid
    last = len(FIRST) + is_short
    return next((at for at, path in enumerate(FIRST) if item.nodeid.startswith(path)), last)


class InGroups(LoadScopeScheduling):
    """A file stays with one worker, tests of the sample company all with one.

    What they share is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(OF_THE_SAMPLE) and not file.endswith(OWN_INSTALLATION):
            return JOURNEYS
        database = POSTGRESQL if "test_leaks" in file and POSTGRESQL in nodeid else ""
        return f"{file} {database}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> InGroups:
    return InGroups(config, log)
