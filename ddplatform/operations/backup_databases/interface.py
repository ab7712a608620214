"""The interface of both databases to backups.

Backups read every row of every organisation, and before the platform knows one. So they use the
drivers directly, beside the ORM and its tenant check, and show no row to anybody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how much of it is done, of how much."""


@dataclass(frozen=True)
class DatabaseFacts:
    """Facts about one state of a database: its migration, and the rows of each table."""

    revision: str
    rows: Mapping[str, int]


class Database(Protocol):
    """The database of an installation."""

    kind: str

    def copy(self, into: Path, progress: Progress) -> DatabaseFacts:
        """Write a copy of one consistent state into a file, while the platform runs."""

    def is_empty(self) -> bool:
        """Whether there is no database, or none that holds an organisation."""

    def stage(self, copy: Path, name: str) -> "Staged":
        """Restore a copy beside the database, out of the way of the platform."""

    def drop_leftovers(self) -> None:
        """Remove what an interrupted restore has left beside the database."""

    def is_staged(self, ref: str) -> bool:
        """Whether a staged database is there still: it did not take its place."""

    def undo(self, aside: str) -> None:
        """Bring the database back that `put_in_force` put aside before it was interrupted."""


class Staged(Protocol):
    """A restored database that is not in force yet."""

    url: str
    ref: str
    """Finds it again (`Database.is_staged`); holds no secret."""

    def facts(self) -> DatabaseFacts:
        """Its migration and rows."""

    def faults(self) -> list[str]:
        """What the database itself finds wrong with it."""

    def put_in_force(self, aside: str) -> str:
        """Take the place of the database that stands; tells where that one was put, or nothing.

        Args:
            aside: a name for what stood in this place.
        """

    def discard(self) -> None:
        """Remove it."""
