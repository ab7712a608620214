"""Risk signals from answers, each with the questions that caused it.

Source: questionnaires.md section 0 (Q-1.1), RM-2.0 sections 3.2, 3.7 and 10.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.evaluation.response import Response
from questionnaires.library.red_flags import red_flags
from questionnaires.scoring.consistency import find_inconsistencies
from questionnaires.scoring.given import read_answers
from questionnaires.scoring.items import (
    ADMISSION,
    ANSWER,
    EVIDENCE,
    RELIABILITY,
    FiredFlag,
    Item,
    Judgement,
    judge,
)
from questionnaires.scoring.plan import ASSESSOR_SOURCES, ScoringPlan, plan_scoring
from questionnaires.scoring.signals import (
    AnswerGiven,
    Cause,
    ControlSignal,
    CriterionSignal,
    FactorSignal,
    Signals,
)

HALF = 0.5  # a score below it speaks for the site


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest score a red flag lets a factor have, and the answer that fired it."""

    score: float
    fired: FiredFlag
    w: float
    source_type: str


def score(
    response: Response,
    *,
    evidence_accepted: Collection[str] = (),
    light: bool = False,
    sector_risk: float | None = None,
) -> Signals:
    """Score the answers of one response.

    Of a factor the answers count; "I don't know" is none, and a blank lowers no admission. Of a
    control required blanks and "I don't know" count with r = 1, so that they earn nothing. A
    question in which every option goes to a factor of its own (SAQ-B04) says nothing while blank.

    Args:
        response: the answers, evaluated.
        evidence_accepted: paths of the questions (with the places of repeats) whose evidence a
            reviewer has accepted.
        light: light mode for firms with fewer than 50 workers; a form that marks no question
            for it is scored whole.
        sector_risk: score of SEC-01 for the checks, None where it is not known.

    Raises:
        FormUnusable: a scoring column of the form is faulty; every fault is listed.
    """
    plan, answers = plan_scoring(response.plan.form), read_answers(response)
    judged = judge(plan, answers, evidence_accepted=evidence_accepted, light=light)
    checks = find_inconsistencies(plan, answers, light=light, sector_risk=sector_risk)
    return Signals(
        factors=_factors(judged),
        controls=_controls(judged),
        red_flags=tuple(flag for judgement in judged for flag in judgement.fired),
        checks=checks,
        criteria=_criteria(judged),
        answers=tuple(_given_to(judged, plan)),
    )


def _given_to(judged: Iterable[Judgement], plan: ScoringPlan) -> Iterable[AnswerGiven]:
    """Answer states of the scored questions that are required of everybody."""
    for judgement in judged:
        question = judgement.question
        if not question.weight or question.path not in plan.for_all:
            continue
        if not judgement.given.required:
            continue
        yield AnswerGiven(
            question=question.id,
            weight=question.weight,
            state=judgement.state,
            evidence_asked=bool(question.evidence),
            evidence=judgement.has_evidence,
            admission=judgement.is_admission,
        )


@dataclass(slots=True)
class _Tally:
    items: list[Item] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)


def _factors(judged: Iterable[Judgement]) -> dict[str, FactorSignal]:
    tallies: dict[str, _Tally] = {}
    for judgement in judged:
        for item in judgement.items:
            if item.factor:
                tallies.setdefault(item.factor, _Tally()).items.append(item)
        for factor, floor in _floors(judgement):
            tallies.setdefault(factor, _Tally()).floors.append(floor)
    return {
        factor: score_factor(tally.items, floors=tally.floors) for factor, tally in tallies.items()
    }


def _floors(judgement: Judgement) -> Iterable[tuple[str, Floor]]:
    is_told = judgement.admission_type == ADMISSION
    for flag in judgement.fired:
        known = red_flags()[flag.red_flag]
        for factor, lowest in (known.told if is_told else known.sets).items():
            weight = judgement.question.weight or 1.0
            yield factor, Floor(lowest, flag, weight, judgement.admission_type)


def score_factor(items: Sequence[Item], *, floors: Sequence[Floor] = ()) -> FactorSignal:
    """Score one factor: s = sum(w r)/sum(w) of its answers, never below a flag or a floor.

    A score below .5 has its quality in the part that is answered: half an answer earns half the
    credit. Without an answer there is no score.

    Args:
        items: its items, in the order of the form.
        floors: what red flags set; at least one where there is no item.

    Source:
        questionnaires.md section 0; RM-2.0 section 3.7.
    """
    answers = [item for item in items if item.r is not None]
    # A blank is known by having no answer: one that is not required makes no item.
    is_blank = bool(items) and all(item.answer is None for item in items)
    charged_to = items[0].charged_to if items else ""
    if not answers:
        if floors:
            return _set_by_flag(max(floors, key=lambda floor: floor.score))
        return FactorSignal(None, 0.0, ANSWER, (), charged_to, is_blank=is_blank)
    answered, asked = sum(item.w for item in answers), sum(item.w for item in items)
    lowest = [item.r for item in answers if item.flagged and item.r is not None]
    score = max([_mean(answers), *lowest, *(floor.score for floor in floors)])
    quality = sum(item.w * item.q for item in answers) / answered
    return FactorSignal(
        score=score,
        quality=quality * answered / asked if round(score, 6) < HALF else quality,
        source_type=_source_type(answers, floors),
        causes=tuple(_cause(item, q=item.q) for item in answers),
        charged_to=charged_to,
    )


def _set_by_flag(floor: Floor) -> FactorSignal:
    quality, fired = RELIABILITY[floor.source_type], floor.fired
    cause = Cause(fired.question, fired.instance, fired.answer, r=floor.score, w=floor.w, q=quality)
    return FactorSignal(floor.score, quality, floor.source_type, (cause,))


def _source_type(items: Sequence[Item], floors: Sequence[Floor]) -> str:
    if floors:
        return floors[0].source_type
    answered = [item.source_type for item in items if item.source_type is not None]
    for source_type in answered:
        if source_type in ASSESSOR_SOURCES:
            return source_type
    if ADMISSION in answered or any(item.flagged for item in items):
        return ADMISSION
    return EVIDENCE if answered and set(answered) == {EVIDENCE} else ANSWER


def _controls(judged: Iterable[Judgement]) -> Mapping[str, ControlSignal]:
    by_control = _items_by(judged, lambda item: item.control)
    return {control: credit_control(found) for control, found in by_control.items()}


def _criteria(judged: Iterable[Judgement]) -> Mapping[str, CriterionSignal]:
    by_criterion = _items_by(judged, lambda item: item.criterion)
    return {
        criterion: CriterionSignal(_mean(found), tuple(_cause(item) for item in found))
        for criterion, found in by_criterion.items()
    }


def _items_by(
    judged: Iterable[Judgement], target: Callable[[Item], str]
) -> Mapping[str, Sequence[Item]]:
    found: dict[str, list[Item]] = {}
    for judgement in judged:
        for item in judgement.items:
            if target(item):
                found.setdefault(target(item), []).append(item)
    return found


def credit_control(items: Sequence[Item]) -> ControlSignal:
    """Design credit of one control: 1 - sum(w r)/sum(w), over at least one item."""
    return ControlSignal(1 - _mean(items), tuple(_cause(item) for item in items))


def _mean(items: Sequence[Item]) -> float:
    """sum(w r)/sum(w) of items that have an r."""
    return sum(item.w * (item.r or 0.0) for item in items) / sum(item.w for item in items)


def _cause(item: Item, *, q: float | None = None) -> Cause:
    return Cause(item.question, item.instance, item.answer, r=item.r or 0.0, w=item.w, q=q)
