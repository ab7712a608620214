"""Assessments of a map for its views, read by a registered reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

from ddplatform.infrastructure.registry import Registry
from supply_chain.risk.register import Register

ASSESSMENT: Final = "assessment"


class RunFacts(Protocol):
    """The data of a view on the run that its scores come from."""

    @property
    def method_version(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def chain_version(self) -> int:
        """Version of the map that was assessed."""

    @property
    def release_name(self) -> str:
        """Edition of the reference data."""


@dataclass(frozen=True)
class RunReader:
    """The reader of runs of assessments; by one statement unless stated otherwise."""

    find_before: Callable[[UUID, datetime], UUID | None]
    """The newest run of a map that was there before a moment."""
    load_register: Callable[[UUID], Register]
    """All risks of a run; two statements at most, none for what the process has kept."""
    find_version: Callable[[UUID], int | None]
    """The version of the map that a run assessed."""
    find_current: Callable[[UUID], RunFacts | None]
    """The current run of a map, or None before the first."""


RUNS: Registry[RunReader] = Registry("runs of assessments")
"""Under `ASSESSMENT`."""


def runs() -> RunReader:
    """The registered reader of runs."""
    return RUNS.get(ASSESSMENT)
