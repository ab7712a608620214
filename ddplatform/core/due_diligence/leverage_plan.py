"""Plan of leverage over a business partner: steps, results, escalation (UNGP 19, commentary)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from ddplatform.core.due_diligence.impacts import Involvement

FAILURES_BEFORE_DECISION: Final = 2
"""A second failed step is a pattern: going on alone then needs a senior decision."""

NEEDS_LEVERAGE: Final = frozenset({Involvement.CONTRIBUTE, Involvement.DIRECTLY_LINKED})
"""Who causes an impact stops it directly; whoever contributes or is linked changes others."""


CONTRIBUTION_ASKED_AFTER: Final = timedelta(days=180)
"""Who knows of an impact this long without effective action is asked about their own part."""


def asks_contribution(
    involvement: str | None, *, known_since: date, has_effect: bool, today: date
) -> bool:
    """Whether a direct link has to be assessed again as a possible contribution.

    Args:
        known_since: the day of the last assessment of the involvement.
        has_effect: an action is verified, or a step of leverage achieved something.

    Source:
        OHCHR, Response to request from BankTrack (12 June 2017): a business that knows of an
        impact and does not act on it over time may be seen to facilitate it, and so contribute.
    """
    is_linked = involvement == Involvement.DIRECTLY_LINKED
    return is_linked and not has_effect and today - known_since >= CONTRIBUTION_ASKED_AFTER


class StepResult(StrEnum):
    """What a step of leverage achieved."""

    ACHIEVED = "achieved"
    PARTLY = "partly"
    FAILED = "failed"


class Escalation(StrEnum):
    """What a senior person decides after repeated failure."""

    INCREASE = "increase"
    JOIN_OTHERS = "join_others"
    ASSESS_EXIT = "assess_exit"


@dataclass(frozen=True, slots=True)
class LeverageStep:
    """One step of a plan.

    Attributes:
        number: counts from 1 within the plan.
        kind: LEV-nn. owner_id: the person responsible. due: planned day.
        result: None while it is not recorded; then `reason` and `closed_on` say more.
    """

    number: int
    kind: str
    text: str
    owner_id: str
    due: date
    result: StepResult | None = None
    reason: str = ""
    closed_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Whether its day has passed without a result."""
        return self.result is None and self.due < today


@dataclass(frozen=True, slots=True)
class EscalationDecision:
    """A decision after repeated failure: on which failures, what, why, by whom, when."""

    after_failures: int
    choice: Escalation
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class LeveragePlan:
    """All steps of leverage on one finding, with the decisions after failures."""

    steps: tuple[LeverageStep, ...] = ()
    decisions: tuple[EscalationDecision, ...] = ()

    @property
    def failures(self) -> int:
        """Steps that failed."""
        return sum(1 for step in self.steps if step.result is StepResult.FAILED)

    @property
    def has_effect(self) -> bool:
        """Whether a step achieved something."""
        return any(step.result in (StepResult.ACHIEVED, StepResult.PARTLY) for step in self.steps)

    @property
    def needs_decision(self) -> bool:
        """Whether enough steps failed since the last decision."""
        decided = max((one.after_failures for one in self.decisions), default=0)
        return self.failures - decided >= FAILURES_BEFORE_DECISION

    def untried(self, kinds: Sequence[str]) -> list[str]:
        """Kinds of leverage that no step uses yet, in the order given."""
        used = {step.kind for step in self.steps}
        return [kind for kind in kinds if kind not in used]


def read_plan(kept: Mapping[str, Any]) -> LeveragePlan:
    """The plan as it is kept with a finding; an empty one where nothing is kept."""
    return LeveragePlan(
        steps=tuple(_read_step(row) for row in kept.get("steps", ())),
        decisions=tuple(
            EscalationDecision(
                row["after_failures"],
                Escalation(row["choice"]),
                row["reason"],
                row["by"],
                date.fromisoformat(row["on"]),
            )
            for row in kept.get("decisions", ())
        ),
    )


def _read_step(row: Mapping[str, Any]) -> LeverageStep:
    return LeverageStep(
        number=row["number"],
        kind=row["kind"],
        text=row["text"],
        owner_id=row["owner_id"],
        due=date.fromisoformat(row["due"]),
        result=StepResult(row["result"]) if row["result"] else None,
        reason=row["reason"],
        closed_on=date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
    )


def write_plan(plan: LeveragePlan) -> dict[str, Any]:
    """The plan as JSON values; `read_plan` gives the same plan back."""
    return {
        "steps": [
            {
                "number": step.number,
                "kind": step.kind,
                "text": step.text,
                "owner_id": step.owner_id,
                "due": step.due.isoformat(),
                "result": step.result.value if step.result else None,
                "reason": step.reason,
                "closed_on": step.closed_on.isoformat() if step.closed_on else None,
            }
            for step in plan.steps
        ],
        "decisions": [
            {
                "after_failures": one.after_failures,
                "choice": one.choice.value,
                "reason": one.reason,
                "by": one.by,
                "on": one.on.isoformat(),
            }
            for one in plan.decisions
        ],
    }
