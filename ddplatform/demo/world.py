"""The state of the sample company while it loads: people, records, moments in order."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from ddplatform.config import ROOT
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in

FOLDER = ROOT / "demo"
Deed = Callable[["World", datetime], None]
WORK_BEGINS = time(8, 30, tzinfo=UTC)


@dataclass
class World:
    """The records made so far: people by address, all others by the refs of the files."""

    now: datetime
    organisations: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Identity] = field(default_factory=dict)
    chains: dict[str, UUID] = field(default_factory=dict)
    """Slug of the organisation -> its map."""
    nodes: dict[tuple[str, str], UUID] = field(default_factory=dict)
    """(slug of the organisation, ref of the node) -> the node."""
    made: dict[str, UUID] = field(default_factory=dict)
    """Key in the files of the story -> the row that was made for it."""

    @contextmanager
    def acting(self, email: str, at: datetime) -> Iterator[Act]:
        """Everything inside is done by this person in their organisation, at this moment."""
        by = self.people[email]
        with acting_in(by.organisation_id):
            yield Act(by, at)

    @staticmethod
    @contextmanager
    def unit(organisation_id: UUID) -> Iterator[None]:
        """The unit of work of a staged service; the caller commits all at once."""
        with acting_in(organisation_id):
            yield
            db.session.flush()  # as the end of a unit of work would

    def day(self, days_ago: float) -> date:
        """The date so many days ago; below zero: to come."""
        return (self.now - timedelta(days=days_ago)).date()


@dataclass(frozen=True, order=True)
class Moment:
    """Something done so many days ago; `place` keeps the order of the files within a day."""

    at: datetime
    place: int
    deed: Deed = field(compare=False)


class Timeline:
    """Moments of all columns, played in the order of time, as they would have happened."""

    def __init__(self, now: datetime) -> None:
        self._now, self._moments = now, list[Moment]()

    def add(self, days_ago: float, deed: Deed) -> None:
        """Plan a deed. Those of one day follow each other by some minutes."""
        begins = datetime.combine((self._now - timedelta(days=days_ago)).date(), WORK_BEGINS)
        place = len(self._moments)
        self._moments.append(Moment(begins + timedelta(minutes=place % 480), place, deed))

    def each(self, entries: Iterable[dict[str, Any]], deed: Callable[..., None]) -> None:
        """Plan a deed for every entry of a file, which it gets before the world and the moment."""
        for entry in entries:
            self.add(entry["days_ago"], partial(deed, entry))

    def play(self, world: World) -> None:
        """Do everything, oldest first; nothing happens in the future."""
        for moment in sorted(self._moments):
            moment.deed(world, min(moment.at, self._now))


class Story:
    """The files below `demo/`, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @cached_property
    def organisations(self) -> list[dict[str, Any]]:
        """Organisations with their people and maps."""
        entries: list[dict[str, Any]] = self.read("organisations.yaml")
        return entries

    def read(self, name: str) -> Any:
        """One YAML or JSON file of the story (JSON is YAML)."""
        return yaml.safe_load(self.bytes(name))

    def bytes(self, name: str) -> bytes:
        """One file as it is."""
        return (self._folder / name).read_bytes()
