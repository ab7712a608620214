"""The list of erasures: opaque ids in a file beside the database, replayed after a restore.

A backup of before brings erased data back, so what was erased has to be known apart from it. The
list holds random ids alone and says nothing of anybody to who has it without the database.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from ddplatform.infrastructure.errors import Invalid


class ErasedKind(StrEnum):
    """What an erasure was about."""

    PERSON = "person"
    CASE = "case"
    CONCERN = "concern"


@dataclass(frozen=True)
class Erasure:
    """One line: the id of an account, or of a case or concern in its organisation."""

    kind: ErasedKind
    id: UUID
    organisation_id: UUID | None
    at: datetime

    def to_line(self) -> str:
        """As it stands in the file."""
        return json.dumps({name: str(value or "") for name, value in asdict(self).items()})


def read_list(path: Path) -> tuple[Erasure, ...]:
    """Every erasure of a list, oldest first; a list that is missing is empty.

    Raises:
        Invalid: a line cannot be read. An erasure that is passed over would bring data back.
    """
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_read(number, line) for number, line in enumerate(lines, start=1) if line)


def _read(number: int, line: str) -> Erasure:
    try:
        told = json.loads(line)
        organisation = told["organisation_id"]
        return Erasure(
            ErasedKind(told["kind"]),
            UUID(told["id"]),
            UUID(organisation) if organisation else None,
            datetime.fromisoformat(told["at"]),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise Invalid(
            f"Line {number} of the list of erasures cannot be read.",
            "Take the list from another copy, or correct the line.",
        ) from fault


def add_to_list(path: Path, erasures: Iterable[Erasure]) -> None:
    """Add what the list lacks, durably, before the erasure itself is kept."""
    known = {(one.kind, one.id) for one in read_list(path)}
    new = [one for one in erasures if (one.kind, one.id) not in known]
    if not new:
        return
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{one.to_line()}\n" for one in new)
        file.flush()
        os.fsync(file.fileno())
