"""Most effective steps to raise the response measure of a supplier (RM-2.0 section 13)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from supply_chain.risk.rm2.response import (
    Action,
    AnswerState,
    Conduct,
    Effect,
    OwnCheck,
    measure_response,
)


class NextStep(StrEnum):
    """Next step of a supplier."""

    ANSWER = "answer"  # the open questions
    SHOW = "show"  # evidence that was asked for, or disclose a problem
    CHECK = "check"  # one more own check
    ACT = "act"  # finish the actions that are open


@dataclass(frozen=True)
class Raise:
    """One step alone."""

    step: NextStep
    count: int  # of what is open
    by: float  # points, at most


def best_step(conduct: Conduct) -> Raise | None:
    """The step that raises the measure most; None where nothing would."""
    now = measure_response(conduct)
    if now is None:
        return None
    found = []
    for step, count, then in _steps(conduct):
        after = measure_response(then)
        assert after is not None
        found.append(Raise(step, count, after.value - now.value))
    best = max(found, key=lambda one: one.by, default=None)
    return best if best is not None and best.by > 0 else None


def _steps(conduct: Conduct) -> Iterator[tuple[NextStep, int, Conduct]]:
    blank = [one.state == AnswerState.BLANK for one in conduct.answers]
    if any(blank):
        answers = [
            replace(one, state=AnswerState.LATE, evidence=False, admission=False)
            if is_blank
            else one
            for one, is_blank in zip(conduct.answers, blank, strict=True)
        ]
        yield NextStep.ANSWER, sum(blank), replace(conduct, answers=answers)
    silent = [
        one.evidence_asked
        and not (one.evidence or one.admission)
        and one.state != AnswerState.BLANK
        for one in conduct.answers
    ]
    if any(silent):
        answers = [
            replace(one, evidence=True) if is_silent else one
            for one, is_silent in zip(conduct.answers, silent, strict=True)
        ]
        yield NextStep.SHOW, sum(silent), replace(conduct, answers=answers)
    missing = [check for check in OwnCheck if check not in conduct.own_checks]
    if missing:
        more = conduct.own_checks | {missing[0]}
        yield NextStep.CHECK, len(missing), replace(conduct, own_checks=more)
    open_ = [one for one in conduct.actions if one.effect in (Effect.OPEN, Effect.NOT_VERIFIED)]
    if open_:
        yield NextStep.ACT, len(open_), replace(conduct, actions=[*map(_closed, conduct.actions)])


def _closed(action: Action) -> Action:
    is_open = action.effect in (Effect.OPEN, Effect.NOT_VERIFIED)
    return replace(action, effect=Effect.VERIFIED) if is_open else action
