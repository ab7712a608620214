"""Pytest plugin: each change that a verb makes leaves exactly one event, in every test.

Every verb (`tests/verbs.py`) is wrapped when its module is imported; the root `conftest.py` names
this plugin, so that it comes before the application. Of verbs that call verbs the outermost is
judged when it returns: one event of the log, or none where nothing was written; work in several
units may leave one in each. A verb that breaks this fails the test that called it, unless the table
of `tests/verbs.py` allows it. A whole run fails too by verbs that no test called, and by what the
table allows in vain.
"""

import functools
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from flask import has_app_context
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from tests.verbs import ALLOWED, LAYER, NONE, PACKAGE, entry_points

DATABASE = f"{PACKAGE}.infrastructure.db"
LOG = "audit_event"
NO_CHANGE = {
    *(LOG, "audit_head", "audit_value", "audit_checkpoint"),
    *("job", "rate_count", "refusal_count"),
}
"""Tables of the log itself, of work that is asked for, and of tries that are counted."""


@dataclass
class Seen:
    """What the verbs did in the processes of this run."""

    root: Path = Path()
    called: set[str] = field(default_factory=set)
    allowed: set[tuple[str, str]] = field(default_factory=set)
    """Verbs and what they left that the table allows."""
    faults: list[str] = field(default_factory=list)


@dataclass
class _Unit:
    """One unit of work of a verb: the actions of its events, and the tables it wrote to."""

    events: list[str] = field(default_factory=list)
    written: set[str] = field(default_factory=set)


@dataclass
class _Call:
    """The outermost verb at work; the last of its units of work is under way."""

    verb: str
    before: dict[int, object]
    """Rows that waited to be written when it was called, by the ids of their objects."""
    units: list[_Unit] = field(default_factory=lambda: [_Unit()])


SEEN = Seen()
LEFT = pytest.StashKey[list[str]]()
_call: ContextVar[_Call | None] = ContextVar("call", default=None)


class Verbs(MetaPathFinder):
    """Finds services modules as Python does, and wraps their verbs once they are imported."""

    def find_spec(self, fullname: str, path: Any, target: object = None) -> ModuleSpec | None:
        package, *inside = fullname.split(".")
        if package != PACKAGE or LAYER not in inside:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: _wrap_verbs(module, execute)  # type: ignore
        return spec


def _wrap_verbs(module: ModuleType, execute: Callable[[ModuleType], None]) -> None:
    execute(module)
    inside = module.__name__.removeprefix(f"{PACKAGE}.")
    for name, value in list(vars(module).items()):
        is_own = inspect.isfunction(value) and value.__module__ == module.__name__
        if is_own and not name.startswith("_") and "act" in inspect.signature(value).parameters:
            setattr(module, name, _watched(f"{inside}.{name}", value))


def _watched(verb: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, judged where no other verb called it."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        SEEN.called.add(verb)
        if _call.get() is not None and not _is_of_a_test(sys._getframe(1)):
            return function(*given, **named)
        this = _Call(verb, {id(row): row for row in _waiting(_session())})
        token = _call.set(this)
        try:
            result = function(*given, **named)
            _look(_session())
        finally:
            _call.reset(token)
        _judge(this)
        return result

    return call


def _is_of_a_test(caller: FrameType) -> bool:
    """Whether a test itself calls: it does what somebody else does in the middle of a verb."""
    return str(caller.f_globals.get("__name__")).startswith(("tests.", "test_"))


def _judge(call: _Call) -> None:
    several = [unit.events for unit in call.units if len(unit.events) > 1]
    written = {table for unit in call.units for table in unit.written}
    is_silent = bool(written) and not any(unit.events for unit in call.units)
    if not (several or is_silent) or call.verb not in entry_points(SEEN.root):
        return
    allowed = ALLOWED.get(call.verb, set())
    left = {action for events in several for action in events} | ({NONE} if is_silent else set())
    SEEN.allowed.update((call.verb, what) for what in allowed & left)
    for events in several:
        if sum(action not in allowed for action in events) > 1:
            told = (f"{action} ({times})" for action, times in Counter(events).items())
            SEEN.faults.append(f"{call.verb} left {len(events)} events: {', '.join(told)}.")
    if is_silent and NONE not in allowed:
        told = ", ".join(sorted(written))
        SEEN.faults.append(f"{call.verb} left no event, but wrote to {told}.")


# ---- what is written -------------------------------------------------------------------------


def _session() -> Session | None:
    return sys.modules[DATABASE].db.session() if has_app_context() else None


def _waiting(session: Session | None) -> Iterator[Any]:
    """Rows that the next flush writes."""
    if session is not None:
        yield from session.new
        yield from (row for row in session.dirty if session.is_modified(row))
        yield from session.deleted


@event.listens_for(Session, "before_flush")
def _look(session: Session | None, *_of_flush: object) -> None:
    call = _call.get()
    if call is None or session is None:
        return
    unit = call.units[-1]
    unit.events += [row.action for row in session.new if row.__tablename__ == LOG]
    own = (row for row in _waiting(session) if id(row) not in call.before)
    unit.written |= {row.__tablename__ for row in own} - NO_CHANGE


@event.listens_for(Session, "do_orm_execute")
def _look_at_statement(state: ORMExecuteState) -> None:
    call = _call.get()
    if call is not None and (state.is_insert or state.is_update or state.is_delete):
        call.units[-1].written |= {state.statement.table.name} - NO_CHANGE


@event.listens_for(Session, "after_commit")
def _end_unit(session: Session) -> None:
    call = _call.get()
    if call is not None and not session.in_nested_transaction():
        call.units.append(_Unit())


@event.listens_for(Session, "after_rollback")
def _forget_unit(session: Session) -> None:
    call = _call.get()
    if call is not None and not session.in_nested_transaction():
        call.units[-1] = _Unit()


# ---- hooks -----------------------------------------------------------------------------------

sys.meta_path.insert(0, Verbs())


def pytest_configure(config: pytest.Config) -> None:
    SEEN.root = config.rootpath


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    return (yield from _failing())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    return (yield from _failing())


def _failing() -> Generator[None, object, object]:
    """Let a test fail by the verbs it called, also where a route or the worker called them."""
    SEEN.faults.clear()
    result = yield
    if SEEN.faults:
        pytest.fail("\n".join(dict.fromkeys(SEEN.faults)), pytrace=False)
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["verbs"] = sorted(SEEN.called), sorted(SEEN.allowed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker saw."""
    called, allowed = getattr(node, "workeroutput", {}).get("verbs", ((), ()))
    SEEN.called.update(called)
    SEEN.allowed.update(allowed)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Outermost of all, so that every worker has told what it saw."""
    result = yield
    if _is_whole(session):
        session.config.stash[LEFT] = left = list(_left())
        session.testsfailed += bool(left)
    return result


def _is_whole(session: pytest.Session) -> bool:
    """Whether this run was to take every test, and took them."""
    config, options = session.config, session.config.option
    if not getattr(options, "whole", False) or hasattr(config, "workerinput"):
        return False
    is_part = options.keyword or options.markexpr or session.shouldstop or session.shouldfail
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not is_part


def _left() -> Iterator[str]:
    for verb in sorted(entry_points(SEEN.root) - SEEN.called):
        yield f"{verb} is called by no test."
    for verb, besides in ALLOWED.items():
        for what in sorted(besides - {each for of, each in SEEN.allowed if of == verb}):
            yield f"{verb} never leaves {what} besides its event: tests/verbs.py allows it in vain."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left = terminalreporter.config.stash.get(LEFT, [])
    if left:
        terminalreporter.section("verbs and their events")
        for line in left:
            terminalreporter.write_line(line)
