"""Duration report: seconds per file, and slow tests without the mark `long`.

Nothing fails by it: how long a test takes depends on the machine.
"""

import os
from collections import defaultdict

import pytest

MOST_FILES = 20
LONG = float(os.environ.get("LONG_TEST_SECONDS", "20"))
"""Seconds of one test, its fixtures included, from which it must carry the mark `long`."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: expected to take more than 20 seconds")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(DurationReport(), "seconds")


class DurationReport:
    """Adds up the durations of all tests of a run, whichever worker they run in."""

    def __init__(self) -> None:
        self._files: defaultdict[str, float] = defaultdict(float)
        self._tests: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._files[report.nodeid.partition("::")[0]] += report.duration
        if "long" not in report.keywords:
            self._tests[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("seconds by file", sep="-")
        files = sorted(self._files.items(), key=lambda item: -item[1])
        for file, seconds in files[:MOST_FILES]:
            terminalreporter.write_line(f"{seconds:7.1f} {file}")
        rest = sum(seconds for _, seconds in files[MOST_FILES:])
        terminalreporter.write_line(f"{rest:7.1f} all others")
        for test, seconds in sorted(self._tests.items(), key=lambda item: -item[1]):
            if seconds > LONG:
                terminalreporter.write_line(f"Slow without the mark `long`: {seconds:.0f} s {test}")
