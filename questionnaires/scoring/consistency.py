"""Consistency checks: contradictory answers raise a review, never an accusation.

Source: questionnaires.md section 0, consistency checks. CHK-4 (the same words at several sites)
and CHK-7 (last year's answers) need data that one response does not hold: comparisons.py. CHK-5
(volume and capacity) needs volumes that no shipped form asks for.
"""

from collections.abc import Iterator

from questionnaires.scoring.given import Answers, Given
from questionnaires.scoring.plan import NONE, PRACTICES, ScoredQuestion, ScoringPlan
from questionnaires.scoring.signals import Check

MANY_WORKERS = 200
MANY_FROM_BROKERS = 40  # per cent
RISKY_SECTOR = 0.70
MOST_MONITORED = 50  # per cent


def find_inconsistencies(
    plan: ScoringPlan, answers: Answers, *, light: bool = False, sector_risk: float | None = None
) -> tuple[Check, ...]:
    """Every check that raises a review, by number.

    Args:
        light: light mode; the questions it leaves out raise nothing.
        sector_risk: score of SEC-01, 0 to 1. None: not known, which counts as risky, because
            missing data never lowers a risk.
    """
    asked = _Asked(plan, answers, light)
    found = (
        _no_complaints(asked),
        _no_young_workers(asked, sector_risk),
        _perfect_without_files(asked),
        _known_origin_without_suppliers(asked),
        _monitoring_that_finds_nobody(asked, sector_risk),
    )
    return tuple(check for check in found if check is not None)


class _Asked:
    """The answers by question id, only those shown."""

    def __init__(self, plan: ScoringPlan, answers: Answers, light: bool) -> None:
        self.answers = answers
        self.questions = {question.id: question for question in plan.asked(light=light)}
        self.repeats = plan.repeats

    def given(self, question: ScoredQuestion) -> Iterator[Given]:
        return (given for given in self.answers.of(question.path) if given.relevant)

    def number(self, question_id: str) -> float | None:
        """The number answered outside repeats; None where it is not asked or blank."""
        question = self.questions.get(question_id)
        values = [given.value for given in self.given(question) if given.valid] if question else []
        return float(values[0]) if values and values[0] else None

    def is_any_answered(self, question_id: str) -> bool:
        question = self.questions.get(question_id)
        return question is not None and any(given.value for given in self.given(question))


def _no_complaints(asked: _Asked) -> Check | None:
    workers = asked.number("SAQ-A04")
    if asked.number("SAQ-L03") != 0 or workers is None or workers <= MANY_WORKERS:
        return None
    return Check(
        "CHK-1",
        ("SAQ-L03", "SAQ-A04"),
        f"No complaint in 12 months with {workers:.0f} workers. Ask whether people know the "
        "complaint route and trust it.",
    )


def _no_young_workers(asked: _Asked, sector_risk: float | None) -> Check | None:
    share = asked.number("SAQ-C02")
    if asked.number("SAQ-D01") != 0 or share is None or share <= MANY_FROM_BROKERS:
        return None
    if not _is_risky(sector_risk):
        return None
    return Check(
        "CHK-2",
        ("SAQ-D01", "SAQ-C02"),
        f"No worker under 18, while {share:.0f} % of the workers come through labour providers. "
        "Ask how the ages of these workers were checked.",
    )


def _is_risky(sector_risk: float | None) -> bool:
    return sector_risk is None or round(sector_risk, 6) >= RISKY_SECTOR


def _perfect_without_files(asked: _Asked) -> Check | None:
    lists = [q for q in asked.questions.values() if q.answer_set == PRACTICES]
    shown = [(question, given) for question in lists for given in asked.given(question)]
    if not shown or not all(_is_complete(question, given) for question, given in shown):
        return None
    paths = [path for question, _ in shown for path in question.evidence]
    if any(file.value for path in paths for file in asked.answers.of(path)):
        return None
    return Check(
        "CHK-3",
        tuple(dict.fromkeys(question.id for question, _ in shown)),
        "Every good practice of every list was chosen, and no file was added. Ask for one "
        "document for each list.",
    )


def _is_complete(question: ScoredQuestion, given: Given) -> bool:
    return set(given.value.split()) == set(given.offered) - {NONE}


def _known_origin_without_suppliers(asked: _Asked) -> Check | None:
    listed = asked.is_any_answered("SAQ-N02")
    if asked.number("SAQ-N07") != 0 or listed or "SAQ-N01" not in asked.repeats:
        return None
    return Check(
        "CHK-6",
        ("SAQ-N07", "SAQ-N01"),
        "No input of unknown origin, but no supplier is listed. Ask for the list of suppliers.",
    )


def _monitoring_that_finds_nobody(asked: _Asked, sector_risk: float | None) -> Check | None:
    share = asked.number("AGR-16")
    if asked.number("AGR-18") != 0 or share is None or share <= MOST_MONITORED:
        return None
    if not _is_risky(sector_risk):
        return None
    return Check(
        "CHK-8",
        ("AGR-18", "AGR-16"),
        f"No child was found in 12 months, while {share:.0f} % of the farm households are in a "
        "system that looks for child labour. Ask how it looks, and who is asked.",
    )
