"""View models of a case page: stages, current tasks, possible steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ddplatform.core.due_diligence.case_figures import CaseStage
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.lifecycle import DueStep, lifecycle, missing_for, next_steps
from ddplatform.core.due_diligence.remedy_protocol import RemedyStep, remedy_due, remedy_steps
from ddplatform.core.due_diligence.time_limits import limit_words
from ddplatform.core.due_diligence.vocabulary import ImpactState, Machine
from ddplatform.due_diligence.remedy.models import (
    HANDED_OVER,
    MERGED,
    RemediationCase,
    SupportItem,
)
from ddplatform.due_diligence.remedy.queries.cases import (
    AccessRow,
    AssigneeRow,
    CaseOrigin,
    CaseRow,
)
from ddplatform.due_diligence.remedy.services.facts import (
    CaseFacts,
    JudgedCriterion,
    OpenedCase,
    StepNote,
)
from ddplatform.languages import LazyText
from ddplatform.languages import lazy_gettext as _

STAGES: Sequence[tuple[str, tuple[str, ...]]] = (
    (_("Make safe"), ("REM-01", "REM-02", "REM-03", "REM-04")),
    (_("Best interests"), ("REM-05", "REM-06")),
    (_("Plan and money"), ("REM-07",)),
    (_("Support, remedy"), ("REM-08", "REM-09")),
    (_("Root cause"), ("REM-10",)),
    (_("Follow-up"), ("REM-11",)),
    (_("Verify, close"), ("REM-12",)),
)


CUSTODY_STEPS: Mapping[str, LazyText] = {
    MERGED: _("Merged"),
    HANDED_OVER: _("Handed over"),
}
"""Steps beside the protocol: who holds the case."""
CASE_STAGES: Mapping[CaseStage, LazyText] = {
    CaseStage.MADE_SAFE: _("Being made safe"),
    CaseStage.PLAN: _("Plan being agreed"),
    CaseStage.HELP: _("Support in progress"),
    CaseStage.FOLLOW_UP: _("Follow-up"),
    CaseStage.CLOSED: _("Closed and verified"),
    CaseStage.ELSEWHERE: _("Elsewhere"),
}


def _limits_of(refs: Sequence[str]) -> str:
    """The limits of a stage's steps, each once; the protocol's note where none has one."""
    steps = [remedy_steps()[ref] for ref in refs]
    limits = [limit for step in steps for limit in (step.within, *step.visits) if limit]
    words = ", ".join(dict.fromkeys(limit_words(limit) for limit in limits))
    return f"{words[0].upper()}{words[1:]}" if words else steps[0].note


STAGE_NOW: Mapping[ImpactState, int] = {
    ImpactState.ALLEGED: 0,
    ImpactState.TRIAGED: 0,
    ImpactState.REOPENED: 0,
    ImpactState.IMMEDIATE_PROTECTION: 1,
    ImpactState.ASSESSED: 2,
    ImpactState.PLAN_AGREED: 3,
    ImpactState.IN_REMEDIATION: 3,
    ImpactState.FOLLOW_UP: 5,
    ImpactState.CLOSURE_PROPOSED: 6,
}
"""The current stage of a case; a case that ended otherwise is in none."""


@dataclass(frozen=True)
class Stage:
    """One of the seven stages shown on top."""

    title: str
    limit: str
    state: str
    """done, now, late (left behind with steps open) or empty."""
    steps_open: int


@dataclass(frozen=True)
class ToDo:
    """One step of the protocol: done, or due when."""

    step: RemedyStep
    done_at: datetime | None
    due_at: datetime | None
    is_late: bool
    open_records: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """One possible next state of the case, with its open requirements."""

    to: ImpactState
    title: str
    missing: tuple[str, ...]
    asks_reason: bool
    asks_reference: bool


@dataclass(frozen=True)
class Criterion:
    """One closure criterion as judged last."""

    ref: str
    title: str
    evidence: str
    is_met: bool | None
    basis: str


@dataclass(frozen=True)
class ListRow:
    """One case in the list of an officer."""

    case: CaseRow
    due: DueStep | None
    """Its next step; None where no step from here has a limit."""
    is_late: bool


@dataclass(frozen=True)
class CasePage:
    """All of a case page."""

    case: RemediationCase
    state: str
    facts: CaseFacts
    work_class: str
    age_band: str
    alert_source: str
    origin: CaseOrigin
    stages: list[Stage]
    todo: list[ToDo]
    steps: Sequence[StepNote]
    support: list[tuple[SupportItem, str]]
    criteria: list[Criterion]
    moves: list[Move]
    due: DueStep | None
    """The next step with a limit; None where no step from here has one."""
    assignees: Sequence[AssigneeRow]
    accesses: Sequence[AccessRow]
    step_titles: Mapping[str, str | LazyText]


def case_rows(
    cases: Sequence[CaseRow], limits: Mapping[UUID, DueStep], *, at: datetime
) -> list[ListRow]:
    """The cases of an officer, the one whose step is due first on top.

    Args:
        limits: the next step of each case that has one with a limit.
    """
    rows = []
    for case in cases:
        due = limits.get(case.id)
        rows.append(ListRow(case, due, due is not None and due.is_late(at)))
    # Sorting keeps the order of the query, open ones by date, where nothing is due.
    return sorted(rows, key=lambda row: (row.due is None, row.due.due_at if row.due else at))


def case_page(opened: OpenedCase, due: DueStep | None, *, at: datetime) -> CasePage:
    """One case for the person who is assigned to it.

    Args:
        due: its next step with a limit.
    """
    case, facts, words = opened.case, opened.facts, impact_words()
    todo = [_todo(case, facts, opened.steps, step, at) for step in remedy_steps().values()]
    titles = {ref: step.title for ref, step in remedy_steps().items()}
    return CasePage(
        case=case,
        state=lifecycle(Machine.IMPACT).states[case.status],
        facts=facts,
        work_class=words.work_classes[facts.work_class],
        age_band=words.age_bands[facts.age_band],
        alert_source=words.alert_sources[facts.alert_source],
        origin=opened.origin,
        stages=_stages(todo, case.status),
        todo=todo,
        steps=opened.steps[::-1],
        support=[(i, words.support_items[i.item]["title"]) for i in opened.support],
        criteria=_criteria(opened),
        moves=_moves(opened),
        due=due,
        assignees=opened.assignees,
        accesses=opened.accesses,
        step_titles={**titles, **lifecycle(Machine.IMPACT).states, **CUSTODY_STEPS},
    )


def _todo(
    case: RemediationCase,
    facts: CaseFacts,
    steps: Sequence[StepNote],
    step: RemedyStep,
    at: datetime,
) -> ToDo:
    taken = [note for note in steps if note.step == step.ref]
    ticked = {flag for note in taken for flag in note.ticked}
    due = remedy_due(step.ref, case.opened_at, danger=facts.in_danger)
    next_due = due[min(len(taken), len(due) - 1)] if due else None
    is_done = bool(taken) and (step.ref != "REM-11" or len(taken) >= len(due))
    return ToDo(
        step=step,
        done_at=taken[-1].taken_at if is_done else None,
        due_at=next_due,
        is_late=not is_done and next_due is not None and next_due < at,
        open_records=tuple(words for flag, words in step.records.items() if flag not in ticked),
    )


def _stages(todo: list[ToDo], status: ImpactState) -> list[Stage]:
    """The stages in order: where the case is, and which steps it has left open behind it."""
    done = {item.step.ref for item in todo if item.done_at is not None}
    now = STAGE_NOW.get(status)
    stages = []
    for place, (title, refs) in enumerate(STAGES):
        steps_open = len(set(refs) - done)
        is_behind = now is None or place < now
        state = "now" if place == now else ("late" if is_behind else "") if steps_open else "done"
        stages.append(Stage(title, _limits_of(refs), state, steps_open))
    return stages


def _criteria(opened: OpenedCase) -> list[Criterion]:
    nobody = JudgedCriterion(None, "")
    found = []
    for ref, words in impact_words().closure_criteria.items():
        judged = opened.criteria.get(ref, nobody)
        found.append(Criterion(ref, words["title"], words["evidence"], judged.is_met, judged.basis))
    return found


def _moves(opened: OpenedCase) -> list[Move]:
    return [
        Move(
            ImpactState(step.to),
            step.title,
            missing_for(step, opened.may_move),
            "reason" in step.needs,
            "authority_reference" in step.needs,
        )
        for step in next_steps(Machine.IMPACT, opened.case.status)
    ]
