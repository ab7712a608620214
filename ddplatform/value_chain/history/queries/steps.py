"""Steps of a map: author, time and reason, and whether something was added or removed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.history.models import MapStep
from ddplatform.value_chain.mapping.models import MapImport

ADDS = frozenset({"value_chain:create", "node:add", "link:add", "map_import:apply"})


@dataclass(frozen=True)
class Step:
    """One change of a map: when, who (none: the platform), the word of the log, the list."""

    version: int
    at: datetime
    by: str | None
    action: str
    import_id: UUID | None
    files: tuple[str, ...]
    """Names of the files of the list it came with."""


class Steps:
    """Steps of a map by their version, and by their moment."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._by_version = {step.version: step for step in steps}
        self._by_moment: Mapping[datetime, list[Step]] = defaultdict(list)
        for step in self._by_version.values():
            self._by_moment[step.at].append(step)

    def of(self, version: int | None) -> Step | None:
        """The step that made a version."""
        return None if version is None else self._by_version.get(version)

    def at(self, moment: datetime | None, *, adds: bool) -> Step | None:
        """The step with which something came (`adds`) or left at a moment."""
        if moment is None or moment not in self._by_moment:
            return None
        found = self._by_moment[moment]
        fitting = (step for step in found if (step.action in ADDS) is adds)
        return next(fitting, found[0])


def load_steps(chain_id: UUID, *which: ColumnElement[bool]) -> Steps:
    """Steps of a map that meet some conditions; one statement."""
    rows = db.session.execute(
        select(
            MapStep.version,
            MapStep.made_at,
            User.name.label("by"),
            MapStep.action,
            MapStep.import_id,
            MapImport.files,
        )
        .outerjoin(User, User.id == MapStep.made_by_id)
        .outerjoin(MapImport, MapImport.id == MapStep.import_id)
        .where(MapStep.chain_id == chain_id, *which)
        .order_by(MapStep.version)
    ).all()
    return Steps(
        Step(row.version, row.made_at, row.by, row.action, row.import_id, _names(row.files))
        for row in rows
    )


def _names(files: list[Any] | None) -> tuple[str, ...]:
    return tuple(file["name"] for file in files or ())
