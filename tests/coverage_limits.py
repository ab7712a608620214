"""Pytest plugin of `make test-full`: short coverage is printed and fails the run.

It stands inside pytest so that pytest's own closing line stays the last one.
With `COVERAGE=report` the same is printed and nothing fails.
"""

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from scripts.check_coverage import shortfalls

REPORT = Path(".coverage.json")
SHORT = pytest.StashKey[list[str]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Outermost of all, so that the report of this run has been written when it looks."""
    result = yield
    if REPORT.is_file() and not hasattr(session.config, "workerinput"):
        session.config.stash[SHORT] = shortfalls(json.loads(REPORT.read_text(encoding="utf-8")))
        if session.config.stash[SHORT] and os.environ.get("COVERAGE") != "report":
            session.testsfailed += 1
    return result


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure nothing of a test marked `no_cover`, in a parallel worker either.

    There pytest-cov stops the second of two measurements, and the first one goes on.
    """
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    measuring = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(measuring)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the shortfalls before the closing line."""
    short = terminalreporter.config.stash.get(SHORT, [])
    if short:
        terminalreporter.section("coverage is short")
        for line in short:
            terminalreporter.write_line(line)
