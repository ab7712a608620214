"""Turns of uploads: how many files of people are read at once on this machine.

Each place is a lock on a file, so that all web processes share the places, and a process that dies
gives its own back. Who gets none in a few seconds is told to try again: a page that waits keeps a
thread of its web process from everybody else.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from ddplatform.infrastructure.errors import Busy
from ddplatform.languages import gettext

WAITING: Final = 1
"""Uploads that wait for a place; together with those that have one they keep threads busy."""
PATIENCE_S: Final = 3.0
LONGEST_S: Final = 40.0
"""Seconds in which the files of one upload have to be read; those that are left are refused."""
_STEP_S: Final = 0.05
_PEOPLE: Final = 4_096
"""Locks that all people share, so that no file for each of them stays."""

_turn: ContextVar[float | None] = ContextVar("turn", default=None)
"""When the turn of this context began, by the monotonic clock; None without one."""


@dataclass(frozen=True)
class UploadTurns:
    """The places of this machine.

    Attributes:
        folder: holds the locks, empty files that stay.
        places: uploads that are read at once.
    """

    folder: Path
    places: int

    @contextmanager
    def take(self, person: UUID | None) -> Iterator[None]:
        """A place for reading files of an upload; inside a turn, the same turn.

        Args:
            person: who uploads; has one turn at a time. The platform itself, which makes nobody
                wait, needs none.

        Raises:
            Busy: no place is free, this person reads another file, or the turn took too long.
        """
        if person is None:
            yield
            return
        began = _turn.get()
        if began is not None:
            if time.monotonic() - began > LONGEST_S:
                raise Busy(gettext("The files of this upload take too long to check together."))
            yield
            return
        with ExitStack() as held:
            self._begin(held, person)
            token = _turn.set(time.monotonic())
            try:
                yield
            finally:
                _turn.reset(token)

    def _begin(self, held: ExitStack, person: UUID) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        places = [self.folder / f"place-{number}" for number in range(self.places)]
        own = [self._of(person)]
        if _lock_all(held, own, places):
            return
        waiting = [self.folder / f"waiting-{number}" for number in range(WAITING)]
        with ExitStack() as queue:
            end = time.monotonic() + PATIENCE_S * _lock_all(queue, [], waiting)
            while time.monotonic() < end:
                time.sleep(_STEP_S)
                if _lock_all(held, own, places):
                    return
        raise Busy(gettext("Other files are being checked at this moment."))

    def _of(self, person: UUID) -> Path:
        number = int.from_bytes(sha256(str(person).encode()).digest()[:4], "big") % _PEOPLE
        return self.folder / f"person-{number}"


def _lock_all(held: ExitStack, every: Sequence[Path], one_of: Sequence[Path]) -> bool:
    """Take each lock of the first list and one of the second, or none at all."""
    with ExitStack() as taken:
        for path in every:
            if not _lock(taken, path):
                return False
        if not any(_lock(taken, path) for path in one_of):
            return False
        held.enter_context(taken.pop_all())
        return True


def _lock(held: ExitStack, path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    held.callback(os.close, descriptor)
    return True
