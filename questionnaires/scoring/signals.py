"""Signals from scored answers: risk factors and controls, red flags, checks.

The JSON is "Questionnaire signals (version 2)": keys and order are a stable interface for other
programs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.scoring.items import BLANK, FiredFlag


@dataclass(frozen=True, slots=True)
class Cause:
    """One item behind a number: r 0..1 (1 worst), w above 0, q 0..1 (None under a control).

    `answer` is None for a required question left blank, `instance` None outside repeats.
    """

    question: str
    instance: int | None
    answer: str | None
    r: float
    w: float
    q: float | None = None

    def as_json(self) -> dict[str, object]:
        """The cause as promised; no `q` under a control."""
        found: dict[str, object] = {
            "question": self.question,
            "instance": self.instance,
            "answer": self.answer,
            "r": self.r,
            "w": self.w,
        }
        return found if self.q is None else {**found, "q": self.q}


@dataclass(frozen=True, slots=True)
class FactorSignal:
    """Score s and quality q of one risk factor, both 0..1; s is None where nothing is answered.

    `is_blank`: nothing that is required was answered, not even with "I don't know".
    `charged_to` is "buyer" where the factor belongs on the record of the buyer who asked
    (WRK-21), else empty: on that of the respondent.
    """

    score: float | None
    quality: float
    source_type: str
    causes: tuple[Cause, ...]
    charged_to: str = ""
    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class ControlSignal:
    """Design credit of one control, 0 (none) to 1 (full)."""

    design: float
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class CriterionSignal:
    """Distance of one criterion for closing a case from being met, 0 (met) to 1."""

    gap: float
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Answers that do not fit together: a reason to review, never an accusation."""

    check: str
    questions: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """Answer state of a question that is required of everybody (RM-2.0 section 13, R1 and R2)."""

    question: str
    weight: float
    state: str  # answered, dont_know or blank
    evidence_asked: bool
    evidence: bool  # accepted
    admission: bool

    def as_json(self) -> dict[str, object]:
        """The answer as promised."""
        return {
            "question": self.question,
            "weight": self.weight,
            "state": self.state,
            "evidence_asked": self.evidence_asked,
            "evidence": self.evidence,
            "admission": self.admission,
        }


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything a response says about risk, in the order of the form."""

    factors: Mapping[str, FactorSignal]
    controls: Mapping[str, ControlSignal]
    red_flags: tuple[FiredFlag, ...]
    checks: tuple[Check, ...]
    criteria: Mapping[str, CriterionSignal] = field(default_factory=dict)
    answers: tuple[AnswerGiven, ...] = ()

    @property
    def answered_share(self) -> float:
        """Part of the questions required of everybody that are not blank; 1 where none is."""
        blank = sum(answer.state == BLANK for answer in self.answers)
        return 1 - blank / len(self.answers) if self.answers else 1.0

    def as_json(self) -> dict[str, object]:
        """The signals as `questionnaires score` prints them; `criteria` where a form has any."""
        found = self._promised()
        if self.criteria:
            found["criteria"] = {
                ref: {"gap": one.gap, "causes": [cause.as_json() for cause in one.causes]}
                for ref, one in self.criteria.items()
            }
        return found

    def _promised(self) -> dict[str, object]:
        return {
            "factors": {
                ref: {
                    "score": factor.score,
                    "quality": factor.quality,
                    "source_type": factor.source_type,
                    "blank": factor.is_blank,
                    "causes": [cause.as_json() for cause in factor.causes],
                }
                for ref, factor in self.factors.items()
            },
            "controls": {
                ref: {
                    "design": control.design,
                    "causes": [cause.as_json() for cause in control.causes],
                }
                for ref, control in self.controls.items()
            },
            "red_flags": [
                {
                    "red_flag": flag.red_flag,
                    "question": flag.question,
                    "instance": flag.instance,
                    "answer": flag.answer,
                }
                for flag in self.red_flags
            ],
            "checks": [
                {
                    "check": check.check,
                    "questions": list(check.questions),
                    "message": check.message,
                }
                for check in self.checks
            ],
            "response": {"answers": [answer.as_json() for answer in self.answers]},
        }
