"""Other handlers of jobs than those that are registered, for one test."""

import pytest

from ddplatform.infrastructure.jobs.context import Handler
from ddplatform.infrastructure.jobs.handlers import HANDLERS


def set_handler(monkeypatch: pytest.MonkeyPatch, name: str, handler: Handler) -> None:
    """Have this handler do the jobs of this name."""
    monkeypatch.setattr(HANDLERS, "_values", {**dict(HANDLERS.items()), name: handler})


def drop_handler(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have nobody do the jobs of this name."""
    others = {key: handler for key, handler in HANDLERS.items() if key != name}
    monkeypatch.setattr(HANDLERS, "_values", others)
