"""Kinds of events in the surroundings of sites, with their consequences.

Display texts are in `data/context_kinds.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

KINDS_FILE: Final = Path(__file__).parent / "data" / "context_kinds.yaml"

PRESENT: Final = 1.0
"""Score of a factor while its condition is present (RM-1.0 section 6.2)."""


@dataclass(frozen=True, slots=True)
class ContextKind:
    """One kind of event.

    Attributes:
        trigger: TRG-nn, what it asks for (due-diligence model, section 2).
        factors: factors of RM-1.0 6.2 that it shows, each with score `PRESENT`.
        counts_months_after: how long after the end the factors' own words still speak of it.
        action: the ICAT action that asks for this; empty for none.
        event: EVT-nn of RM-2.0 6.4, whose points it adds; empty for none.
    """

    ref: str
    title: str
    trigger: str
    factors: tuple[str, ...]
    counts_months_after: int
    action: str
    event: str


@cache
def context_kinds() -> Mapping[str, ContextKind]:
    """The shipped kinds by reference, in the order of the file, read once."""
    rows: list[dict[str, Any]] = yaml.safe_load(KINDS_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            row["ref"]: ContextKind(
                ref=row["ref"],
                title=row["title"],
                trigger=row["trigger"],
                factors=tuple(row["factors"]),
                counts_months_after=int(row.get("counts_months_after", 0)),
                action=row["action"],
                event=row.get("event", ""),
            )
            for row in rows
        }
    )
