"""Database states for fixtures: built once per worker, then restored from a copy.

A test says by fixtures what it begins with: a tenant, a map, a supplier who was asked. Each is
built when it is first asked for and copied from then on: on SQLite as a file, on PostgreSQL as the
rows of its tables. Ids are the same in every test that begins with the same world, so the caches of
the application that go by an id are emptied between two.
"""

import functools
import inspect
import pickle
import shutil
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar

import pytest
from flask import Flask
from sqlalchemy import event

from ddplatform.infrastructure.db import db
from ddplatform.risk.reference.queries.figures import figures_of_release
from ddplatform.risk.response.queries.silence import read_unanswered
from ddplatform.supplier_engagement.phone_apps.services import forms as answer_phone_forms
from ddplatform.supplier_engagement.translations.queries import texts as questionnaire_texts
from tests.postgres import Rows, call_before_reading, empty_tables, load_rows, read_rows

Made = TypeVar("Made")
World = tuple[str, ...]
EMPTY: World = ()
BESIDE = ("files", "keys", "outbox", "snapshots")
"""Folders that the application makes in its instance folder."""
Kept = Callable[[str, Callable[[], Any]], Any]
"""(name of a world, what builds it on the one that stands) -> what tests know of it."""

_makers: set[Callable[..., Any]] = set()
"""What makes the fixtures that are kept worlds."""


class Store(Protocol):
    """Where the tables of worlds are kept, by number; the empty world is 0."""

    event: str
    """What an engine tells before its connection can read: then a world is restored."""

    def keep(self, number: int) -> None:
        """Keep what stands in the tables now."""

    def restore(self, number: int) -> None:
        """Put what was kept into the tables."""


class FileStore:
    """Copies of a SQLite file."""

    event = "do_connect"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = Path(str(db.engine.url.database))

    def keep(self, number: int) -> None:
        db.engine.dispose()  # the last connection takes the log back into the file
        shutil.copy(self._file, self.kept(number))

    def restore(self, number: int) -> None:
        for beside in self._file.parent.glob(f"{self._file.name}-*"):
            beside.unlink()
        shutil.copy(self.kept(number), self._file)

    def kept(self, number: int) -> Path:
        """The copy of a world."""
        return self._folder / f"{number}.db"


class RowStore:
    """Rows of the tables of a PostgreSQL database, which stands empty when a test begins."""

    event = "checkout"  # its connections outlive a test

    def __init__(self) -> None:
        self._url = db.engine.url
        self._rows: dict[int, Rows] = {}

    def keep(self, number: int) -> None:
        self._rows[number] = read_rows(self._url)
        empty_tables(self._url)

    def restore(self, number: int) -> None:
        load_rows(self._url, self._rows[number])


class KeptWorlds:
    """The worlds of one application.

    Tables are restored when the first connection of a test asks for them, so that a world on top of
    another costs one copy.
    """

    def __init__(self, app: Flask, folder: Path) -> None:
        """Take what stands in the database of the application as the empty world.

        Args:
            folder: where copies of files are kept.
        """
        self._app, self._folder = app, folder
        self._made: dict[World, bytes] = {}
        self._numbers: dict[World, int] = {}
        self._world: World = EMPTY
        self._is_waiting = False
        self._instance = folder
        self._lock = Lock()
        with app.app_context():
            is_file = db.engine.dialect.name == "sqlite"
            self._store: Store = FileStore(folder) if is_file else RowStore()
            self._keep(EMPTY)
            event.listen(db.engine, self._store.event, self._before_connecting)
            call_before_reading(db.engine.url, self._before_connecting)

    @property
    def empty(self) -> Path:
        """A migrated SQLite file without rows."""
        assert isinstance(self._store, FileStore)
        return self._store.kept(self._number(EMPTY))

    def begin(self, instance: Path) -> None:
        """Begin a test in an empty world, its files in this folder."""
        clear_caches()
        self._instance = instance
        self._restore(EMPTY)

    def end(self) -> None:
        """End a test: a world that nobody asked to see is not restored for somebody else."""
        self._is_waiting = False

    def __call__(self, name: str, build: Callable[[], Made]) -> Made:
        """Go on to the world of this name: what `build` made of the one that stands now.

        Something else may have happened in this test before; then `build` is called as it is.

        Args:
            name: says what is built and from what; the same name is never built in two ways.
            build: is called inside the application; what it returns can be pickled: ids, no rows.

        Returns:
            What `build` returned, a copy of its own for each test.
        """
        world = (*self._world, name)
        if not self._is_waiting:
            return self._build(build)
        if world not in self._made:
            self._before_connecting()  # what is built may not ask for a connection at all
            made = pickle.dumps(self._build(build))
            with self._app.app_context():
                self._keep(world)
            self._made[world] = made
        self._restore(world)
        return pickle.loads(self._made[world])  # type: ignore[no-any-return]

    def _build(self, build: Callable[[], Made]) -> Made:
        with self._app.app_context():
            return build()

    def _number(self, world: World) -> int:
        return self._numbers.setdefault(world, len(self._numbers))

    def _files(self, world: World) -> Path:
        return self._folder / str(self._number(world))

    def _keep(self, world: World) -> None:
        db.session.remove()
        self._store.keep(self._number(world))
        if world is not EMPTY:
            _copy_folders(self._instance, self._files(world))

    def _restore(self, world: World) -> None:
        self._world, self._is_waiting = world, True
        if world is not EMPTY:
            _copy_folders(self._files(world), self._instance)

    def _before_connecting(self, *_of_engine: Any) -> None:
        with self._lock:
            if not self._is_waiting:
                return
            self._is_waiting = False
            self._store.restore(self._number(self._world))


def _copy_folders(source: Path, target: Path) -> None:
    for name in BESIDE:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)


def stored_world(build: Callable[..., Made]) -> Callable[..., Made]:
    """A fixture that makes a world out of the fixtures it asks for, once in a worker.

    Args:
        build: is called inside the application; what it returns can be pickled: ids, no rows.
    """
    name, signature = f"{build.__module__}.{build.__name__}", inspect.signature(build)
    parameters = list(signature.parameters.values())
    keeper = inspect.Parameter("stored_worlds", inspect.Parameter.POSITIONAL_OR_KEYWORD)

    @functools.wraps(build)
    def fixture(stored_worlds: Kept, **given: object) -> Made:
        made: Made = stored_worlds(name, lambda: build(**given))
        return made

    fixture.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[keeper, *parameters]
    )
    _makers.add(fixture)
    return pytest.fixture(fixture)


def worlds_first(item: pytest.Function) -> None:
    """Let a test ask for its worlds before all else, in the order in which they stand.

    A browser that signs in leaves a session behind, and what is built on top of that is not kept.
    """
    made_by = item._fixtureinfo.name2fixturedefs

    def worlds(name: str) -> Iterator[str]:
        for made in made_by.get(name, ())[-1:]:
            for asked in made.argnames:
                if asked != name:
                    yield from worlds(asked)
            if made.func in _makers:
                yield name

    names = item.fixturenames
    item.fixturenames = [*dict.fromkeys([*chain.from_iterable(map(worlds, names)), *names])]


def clear_caches() -> None:
    """Empty every cache of this process that goes by the id of a row."""
    for cache in caches():
        cache.clear()
    figures_of_release.cache_clear()
    read_unanswered.cache_clear()


def caches() -> list[dict[Any, Any]]:
    """Caches in modules of the application: ordered, as the oldest entry goes first; and two."""
    names = tuple(name for name in list(sys.modules) if name.startswith("ddplatform."))
    return _caches_of(names)


@functools.lru_cache(maxsize=1)
def _caches_of(names: tuple[str, ...]) -> list[dict[Any, Any]]:
    found: list[dict[Any, Any]] = [answer_phone_forms._kept, questionnaire_texts._wordings]
    for name in names:
        kept = vars(sys.modules[name]).values()
        found += [value for value in kept if isinstance(value, OrderedDict)]
    return found
