"""Lifecycles: permitted transitions, their guards and time limits.

The steps are in `data/lifecycles.yaml`, one table for each kind of record; the guards
they name are read from the facts of `step_facts`.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.due_diligence.errors import DataFault, StepNotAllowed
from ddplatform.core.due_diligence.step_facts import (
    ActionFacts,
    GrievanceFacts,
    ImpactFacts,
    QuestionnaireFacts,
    ReportFacts,
    RiskFacts,
    StepFacts,
    holds,
)
from ddplatform.core.due_diligence.time_limits import TimeLimit, limit_in, read_time_limit
from ddplatform.core.due_diligence.vocabulary import Machine

LIFECYCLES_FILE: Final = Path(__file__).parent / "data" / "lifecycles.yaml"

FACTS_OF: Final[Mapping[Machine, type[StepFacts]]] = MappingProxyType(
    {
        Machine.RISK: RiskFacts,
        Machine.ACTION: ActionFacts,
        Machine.IMPACT: ImpactFacts,
        Machine.GRIEVANCE: GrievanceFacts,
        Machine.QUESTIONNAIRE: QuestionnaireFacts,
        Machine.REPORT: ReportFacts,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One allowed step: `needs` are its guards, `within` its time limits."""

    machine: Machine
    state: str
    to: str
    title: str
    needs: tuple[str, ...] = ()
    within: TimeLimit | None = None
    within_danger: TimeLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The table of one kind of record.

    Attributes:
        states: state -> title. guards: guard -> what to do when it is not met.
        steps: (state, to) -> step, in the order of the file.
    """

    machine: Machine
    title: str
    initial: str
    states: Mapping[str, str]
    guards: Mapping[str, str]
    steps: Mapping[tuple[str, str], Step]


def read_lifecycles(data: Mapping[str, Any]) -> dict[Machine, Lifecycle]:
    """Build the tables from the content of a lifecycles file.

    Raises:
        DataFault: unknown state or guard, a step given twice, a state nobody can reach,
            a guard nobody uses; the message lists every fault.
    """
    tables = {Machine(name): _read_table(Machine(name), body) for name, body in data.items()}
    faults = [fault for table in tables.values() for fault in _table_faults(table)]
    if faults:
        raise DataFault("lifecycles: " + " ".join(faults))
    return tables


def _read_table(machine: Machine, body: Mapping[str, Any]) -> Lifecycle:
    always = tuple(body.get("always", ()))
    steps: dict[tuple[str, str], Step] = {}
    for row in body["steps"]:
        for state in _origins(row, body["states"]):
            if (state, row["to"]) in steps:
                raise DataFault(f"lifecycles: {machine} gives {state} -> {row['to']} twice.")
            steps[state, row["to"]] = Step(
                machine=machine,
                state=state,
                to=row["to"],
                title=row["title"],
                needs=always + tuple(row.get("needs", ())),
                within=read_time_limit(row.get("within")),
                within_danger=read_time_limit(row.get("within_danger")),
            )
    return Lifecycle(
        machine=machine,
        title=body["title"],
        initial=body["initial"],
        states=MappingProxyType(dict(body["states"])),
        guards=MappingProxyType(dict(body["guards"])),
        steps=MappingProxyType(steps),
    )


def _origins(row: Mapping[str, Any], states: Mapping[str, str]) -> list[str]:
    origin = row["from"]
    if origin == "*":
        return [state for state in states if state != row["to"]]
    return [origin] if isinstance(origin, str) else list(origin)


def _table_faults(table: Lifecycle) -> list[str]:
    used = {guard for step in table.steps.values() for guard in step.needs}
    named = {state for pair in table.steps for state in pair}
    reached = {to for _, to in table.steps} | {table.initial}
    known = {name for name in dir(FACTS_OF[table.machine]) if not name.startswith("_")}
    return [
        *(f"{table.machine} knows no state '{name}'." for name in sorted(named - {*table.states})),
        *(f"{table.machine} never reaches '{name}'." for name in sorted({*table.states} - reached)),
        *(f"{table.machine} has no words for '{name}'." for name in sorted(used - {*table.guards})),
        *(f"{table.machine} never uses '{name}'." for name in sorted({*table.guards} - used)),
        *(f"{table.machine} has no fact '{name}'." for name in sorted(used - known)),
    ]


@cache
def lifecycles() -> Mapping[Machine, Lifecycle]:
    """The shipped tables, read once."""
    data = yaml.safe_load(LIFECYCLES_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(read_lifecycles(data))


def lifecycle(machine: str) -> Lifecycle:
    """One table by its ref, for example "ST-IMPACT". Raises ValueError for an unknown ref."""
    return lifecycles()[Machine(machine)]


def next_steps(machine: str, state: str) -> tuple[Step, ...]:
    """The steps that the table knows from a state, whether or not their guards are met.

    Raises:
        ValueError: unknown machine, or the machine has no such state.
    """
    table = lifecycle(machine)
    if state not in table.states:
        raise ValueError(
            f"{machine} has no state '{state}'. Use one of: {', '.join(table.states)}."
        )
    return tuple(step for step in table.steps.values() if step.state == state)


def missing_for(step: Step, facts: StepFacts) -> tuple[str, ...]:
    """Unmet conditions of a step, one plain sentence each, in the file's order.

    Raises:
        TypeError: the facts belong to another machine.
    """
    expected = FACTS_OF[step.machine]
    if not isinstance(facts, expected):
        raise TypeError(
            f"{step.machine} is judged by {expected.__name__}, not {type(facts).__name__}."
        )
    words = lifecycle(step.machine).guards
    return tuple(words[guard] for guard in step.needs if not holds(guard, facts))


def require_step(machine: str, state: str, to: str, facts: StepFacts) -> Step:
    """Give the step from `state` to `to`, provided that it is open now.

    Raises:
        StepNotAllowed: no such step from here, or a guard is not met; `missing` says
            what to do first.
        ValueError: unknown machine or state.
        TypeError: the facts belong to another machine.
    """
    candidates = {step.to: step for step in next_steps(machine, state)}
    if to not in candidates:
        raise StepNotAllowed(machine, state, to, reachable=tuple(candidates))
    missing = missing_for(candidates[to], facts)
    if missing:
        raise StepNotAllowed(machine, state, to, missing=missing)
    return candidates[to]


def due_by(step: Step, opened_at: datetime, *, danger: bool | None = None) -> datetime | None:
    """The last moment for a step, or None where it has no limit.

    Args:
        opened_at: when the record entered the step's state, with a time zone.
        danger: whether a child is in danger; None (nobody has said) counts as danger.

    Raises:
        ValueError: `opened_at` carries no time zone.
    """
    limit = limit_in(danger, within=step.within, within_danger=step.within_danger)
    return None if limit is None else limit.end(opened_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStep:
    """The next step of a record: the start of its time limit, and its end."""

    step: Step
    since: datetime
    due_at: datetime

    def is_late(self, at: datetime) -> bool:
        """Whether the last moment lies before `at`."""
        return self.due_at < at

    def is_long_late(self, at: datetime) -> bool:
        """Whether the limit has passed twice over: once more as long as was given."""
        return self.due_at + (self.due_at - self.since) < at


def next_due(
    machine: str,
    state: str,
    since: datetime,
    *,
    reached: Set[str] = frozenset(),
    danger: bool | None = None,
) -> DueStep | None:
    """The step from a state that is due first, or None where no step from here has a limit.

    Args:
        since: when the record entered the state, with a time zone.
        reached: states that the record has been through: what they asked for is done, so coming
            back to them is no duty.
        danger: as in `due_by`.

    Raises:
        ValueError: unknown machine or state, or `since` carries no time zone.
    """
    found = [
        DueStep(step=step, since=since, due_at=due_at)
        for step in next_steps(machine, state)
        if step.to not in reached and (due_at := due_by(step, since, danger=danger)) is not None
    ]
    return min(found, key=lambda one: one.due_at, default=None)
