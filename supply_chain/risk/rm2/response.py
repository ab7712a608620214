"""Response measure of a supplier: answering, evidence, checks and remediation (RM-2.0 13).

The measure is about conduct. A disclosed problem never lowers it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from supply_chain.risk.rm2.chain_parameters import CHAIN


class AnswerState(StrEnum):
    """State of the answer to a required question."""

    ANSWERED = "answered"  # on time
    LATE = "late"
    DONT_KNOW_PLANNED = "dont_know_planned"  # with a dated plan to find out
    DONT_KNOW = "dont_know"
    BLANK = "blank"


class OwnCheck(StrEnum):
    """A supplier's own activity to find problems."""

    AGE_CHECKS = "age_checks"  # with records
    GRIEVANCE_ROUTE = "grievance_route"  # used or tested
    INDEPENDENT_VOICE = "independent_voice"  # workers or children heard by someone independent
    UNANNOUNCED_ACCESS = "unannounced_access"
    SUB_SUPPLIERS_NAMED = "sub_suppliers_named"


class Effect(StrEnum):
    """Known effect of an action."""

    OPEN = "open"  # not closed yet
    NOT_VERIFIED = "not_verified"
    VERIFIED = "verified"
    NONE = "none"  # verified to be without effect


class ConductFlag(StrEnum):
    """Red flags that limit the measure while they are open."""

    RETALIATION = "RF-11"  # against a person who reported, until cleared
    ACCESS_REFUSED = "RF-12"  # or records destroyed
    FALSIFIED = "RF-13"  # found by an outsider; what the site reports itself is a disclosure


class Label(StrEnum):
    """Word for a response measure."""

    STRONG = "strong"
    WORKING = "working"
    WEAK = "weak"
    UNRESPONSIVE = "unresponsive"


@dataclass(frozen=True)
class Answer:
    """A required question that is shown to everybody.

    Raises:
        ValueError: the weight is not above 0.
    """

    state: AnswerState
    weight: float = 1.0  # of the form
    evidence_asked: bool = False
    evidence: bool = False  # accepted; of a blank it means nothing
    admission: bool = False  # a statement against own interest; of a blank it means nothing

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise ValueError("The weight of a question must be above 0.")


@dataclass(frozen=True)
class Action:
    """An agreed corrective action."""

    late: bool = False  # done late, or due and not done
    effect: Effect = Effect.OPEN
    self_disclosed: bool = False  # the supplier itself had disclosed the problem


@dataclass(frozen=True)
class Conduct:
    """Conduct of a supplier in the period, the last 24 months.

    Raises:
        ValueError: fewer than 0 disclosed problems.
    """

    answers: Sequence[Answer]
    own_checks: frozenset[OwnCheck] = frozenset()
    actions: Sequence[Action] = ()
    disclosed: int = 0  # problems disclosed beside the answers
    red_flags: frozenset[ConductFlag] = frozenset()

    def __post_init__(self) -> None:
        if self.disclosed < 0:
            raise ValueError("The number of disclosed problems must be 0 or more.")


@dataclass(frozen=True)
class Part:
    """A line of the measure."""

    component: str  # R1 to R5
    weight: float
    value: float  # x, 0-1

    @property
    def points(self) -> float:
        """Points of the component, at most its weight."""
        return self.weight * self.value


@dataclass(frozen=True)
class Response:
    """RESP with its lines."""

    value: float  # 0-100
    label: Label
    parts: tuple[Part, ...]
    limit: (
        float  # what a red flag, or no answer at all, takes, <= 0; with the parts it sums to RESP
    )


def measure_response(conduct: Conduct) -> Response | None:
    """RESP of a supplier, or None where nothing has been asked of it.

    Without any answer it is 0, the lowest value.
    """
    if not conduct.answers:
        return None
    answered = _answers(conduct.answers)
    values = {
        "R1": answered,
        "R2": answered * _openness(conduct),
        "R3": len(conduct.own_checks) / len(OwnCheck),
        "R4": _judged(conduct.actions, _on_time(conduct.actions), answered),
        "R5": _judged(_closed(conduct.actions), _effective(conduct.actions), answered),
    }
    rules = CHAIN.response
    parts = tuple(Part(name, weight, values[name]) for name, weight in rules.weights.items())
    total = sum(part.points for part in parts)
    most = min([rules.most_with_flag[flag] for flag in conduct.red_flags], default=total)
    value = min(total, most) if answered > 0 else 0.0
    return Response(value, label_of(value), parts, value - total)


def label_of(value: float) -> Label:
    """Label of a measure of 0 to 100."""
    compared = round(value, CHAIN.decimals)
    return Label(next(label for label, least in CHAIN.response.labels if compared >= least))


def _answers(answers: Sequence[Answer]) -> float:
    points = CHAIN.response.answers
    asked = sum(answer.weight for answer in answers)
    return sum(answer.weight * points[answer.state] for answer in answers) / asked


def _openness(conduct: Conduct) -> float:
    """Share of the questions with evidence asked that show something; disclosures count too."""
    spoken = [answer for answer in conduct.answers if answer.state != AnswerState.BLANK]
    shown = sum(
        answer.evidence_asked and (answer.evidence or answer.admission) for answer in spoken
    )
    further = sum(answer.admission and not answer.evidence_asked for answer in spoken)
    asked = sum(answer.evidence_asked for answer in conduct.answers)
    disclosed = conduct.disclosed + further
    if not asked:
        return 1.0 if disclosed else CHAIN.response.nothing_to_judge
    return min(shown + disclosed, asked) / asked


def _judged(actions: Sequence[Action], marks: Sequence[float], answered: float) -> float:
    """Mean of the marks; the fallbacks of R4 and R5 where there are none."""
    if marks:
        return sum(marks) / len(marks)
    neutral = CHAIN.response.nothing_to_judge
    return neutral if actions else neutral * answered


def _on_time(actions: Iterable[Action]) -> list[float]:
    return [0.0 if one.late else 1.0 for one in actions if not (one.late and one.self_disclosed)]


def _closed(actions: Iterable[Action]) -> list[Action]:
    return [action for action in actions if action.effect != Effect.OPEN]


def _effective(actions: Iterable[Action]) -> list[float]:
    marks = {Effect.VERIFIED: 1.0, Effect.NONE: 0.0}
    return [
        marks[action.effect]
        for action in actions
        if action.effect in marks and not (action.effect == Effect.NONE and action.self_disclosed)
    ]
