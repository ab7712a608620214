"""What would cost time in every test and proves nothing there.

- Python's search for unused objects stays away from what is loaded to the end of a run.
- Templates are compiled once for all processes of a run, not once for each application.
- Passwords are hashed with the least that Argon2id allows, except in whole runs. A test of the real
  parameters asks for `real_hashes`.
"""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from ddplatform.infrastructure.adapters import passwords
from tests.profiles import is_whole

ALLOCATIONS = 200_000
"""New objects after which the youngest are searched; Python's own 700 suit small programs."""
REAL = passwords._hasher
LEAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_configure() -> None:
    """Collecting the tests imports everything and leaves nothing unused."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on only what the tests themselves make is searched."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Applications of this process share compiled templates, those of other workers too."""
    own = tmp_path_factory.getbasetemp()
    folder: Path = (own if worker_id == "main" else own.parent) / "templates"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        kept = FileSystemBytecodeCache(str(folder))
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": kept})
        yield


@pytest.fixture(scope="session", autouse=True)
def light_hashes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if not is_whole():
            _hash_with(LEAST, patch)
        yield


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as in production."""
    _hash_with(REAL, monkeypatch)


def _hash_with(hasher: PasswordHasher, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(passwords, "_hasher", hasher)
    patch.setattr(passwords, "_DUMMY", hasher.hash("a password nobody has"))
