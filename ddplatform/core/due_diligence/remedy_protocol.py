"""The remediation protocol REM-01 to REM-12: responsibilities and time limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import yaml

from ddplatform.core.due_diligence.time_limits import TimeLimit, limit_in, read_time_limit

REMEDY_STEPS_FILE: Final = Path(__file__).parent / "data" / "remedy_steps.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyStep:
    """One step of the protocol.

    Attributes:
        visits: limits of the repeated ones.
        records: fact of `ImpactFacts` -> the statement that a person ticks when it is true.
    """

    ref: str
    title: str
    who: str
    note: str = ""
    within: TimeLimit | None = None
    within_danger: TimeLimit | None = None
    visits: tuple[TimeLimit, ...] = ()
    records: Mapping[str, str] = field(default_factory=dict)


@cache
def remedy_steps() -> Mapping[str, RemedyStep]:
    """The shipped protocol, ref -> step, in its order; read once."""
    data = yaml.safe_load(REMEDY_STEPS_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            ref: RemedyStep(
                ref=ref,
                title=body["title"],
                who=body["who"],
                note=body.get("note", ""),
                within=read_time_limit(body.get("within")),
                within_danger=read_time_limit(body.get("within_danger")),
                visits=tuple(TimeLimit(**visit) for visit in body.get("visits", ())),
                records=MappingProxyType(dict(body.get("records", {}))),
            )
            for ref, body in data.items()
        }
    )


def remedy_due(
    ref: str, alerted_at: datetime, *, danger: bool | None = None
) -> tuple[datetime, ...]:
    """The last moments for a step of the protocol: none, one, or one for each visit.

    Args:
        ref: REM-01 to REM-12.
        alerted_at: when the alert came in, with a time zone.
        danger: whether a child is in danger; None (nobody has said) counts as danger.

    Raises:
        KeyError: no such step.
        ValueError: `alerted_at` carries no time zone.
    """
    step = remedy_steps()[ref]
    limit = limit_in(danger, within=step.within, within_danger=step.within_danger)
    limits = step.visits if limit is None else (limit,)
    return tuple(one.end(alerted_at) for one in limits)
