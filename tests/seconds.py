"""Where the time of a run goes: seconds by file, and each test that takes long without saying so.

Nothing fails by it: how long a step takes depends on the machine.
"""

import os
from collections import Counter

import pytest

MOST_FILES = 20
LONG = float(os.environ.get("LONG_TEST_SECONDS", "20"))
"""Seconds of one test, its set-up included, that the mark `long` is asked for."""

FILES = pytest.StashKey[Counter[str]]()
TESTS = pytest.StashKey[Counter[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes long, and has to")
    config.stash[FILES], config.stash[TESTS] = Counter(), Counter()
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Clock(config), "seconds")


class _Clock:
    """Adds up what the tests of this run take, whichever worker they run in."""

    def __init__(self, config: pytest.Config) -> None:
        self._files, self._tests = config.stash[FILES], config.stash[TESTS]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._files[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]
        if "long" not in report.keywords:
            self._tests[report.nodeid] += report.duration  # type: ignore[assignment]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("seconds by file", sep="-")
        for file, seconds in self._files.most_common(MOST_FILES):
            terminalreporter.write_line(f"{seconds:7.1f} {file}")
        rest = sum(self._files.values()) - sum(s for _, s in self._files.most_common(MOST_FILES))
        terminalreporter.write_line(f"{rest:7.1f} all others")
        for test, seconds in self._tests.most_common():
            if seconds > LONG:
                terminalreporter.write_line(f"Slow without the mark `long`: {seconds:.0f} s {test}")
