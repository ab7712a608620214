"""Plans to find out: method and date behind an "I don't know" (RM-2.0 13, R1).

A plan is stored with its answer exactly as typed. It counts where its day is a valid date, not
before the day on which the answers were sent.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.queries.responses import Filled
from questionnaires import Kind, NodeState, Question
from questionnaires.scoring.items import UNSURE
from questionnaires.scoring.plan import question_id


class PlanFault(StrEnum):
    """Why a plan does not count yet."""

    NO_DAY = "no_day"
    NOT_A_DAY = "not_a_day"
    PAST = "past"


@dataclass(frozen=True)
class FindOut:
    """A plan as typed."""

    day: str = ""
    text: str = ""


def takes_plan(state: NodeState) -> bool:
    """Whether a question offers "I don't know"."""
    question = state.node
    return (
        isinstance(question, Question)
        and question.kind is Kind.SELECT_ONE
        and any(choice.name == UNSURE for choice in state.choices)
    )


def day_of(text: str) -> date | None:
    """A day as typed; None: it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def fault_of(plan: FindOut, *, today: date) -> PlanFault | None:
    """The error in a plan on a day; None: none, or there is no plan."""
    if not plan.day.strip():
        return PlanFault.NO_DAY if plan.text.strip() else None
    day = day_of(plan.day)
    if day is None:
        return PlanFault.NOT_A_DAY
    return PlanFault.PAST if day < today else None


def plan_of(answer: Answer | None) -> FindOut:
    """The plan at an answer, empty where there is none."""
    return FindOut(answer.plan_day, answer.plan_text) if answer else FindOut()


def planned_days(filled: Filled) -> Mapping[str, date]:
    """Question -> the last day of its plan, where each "don't know" to it has one."""
    sent = (filled.row.submitted_at or filled.row.started_at).date()
    found: defaultdict[str, list[date | None]] = defaultdict(list)
    for page in filled.pages:
        for item in page.questions():
            if item.state.raw == UNSURE:
                plan = plan_of(filled.answers.get(item.state.path))
                is_sound = fault_of(plan, today=sent) is None
                found[question_id(item.question)].append(day_of(plan.day) if is_sound else None)
    return {
        question: min(day for day in days if day is not None)
        for question, days in found.items()
        if None not in days
    }
