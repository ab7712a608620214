"""Other people's uploads, which take every turn."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from unittest.mock import patch
from uuid import UUID

from ddplatform.infrastructure.adapters import upload_turns
from ddplatform.infrastructure.adapters.installed import adapters


@contextmanager
def all_turns_taken() -> Iterator[None]:
    """The files of others are being read, and nobody waits for an end of it."""
    turns = adapters().turns
    with ExitStack() as others, patch.object(upload_turns, "PATIENCE_S", 0.0):
        for number in range(turns.places):
            request, held = copy_context(), turns.take(UUID(int=number + 1))
            request.run(held.__enter__)
            others.callback(request.run, held.__exit__, None, None, None)
        yield
