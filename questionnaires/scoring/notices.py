"""Red flags fired by the answers of a respondent, with guidance.

Source: questionnaires.md section 0 (`!RF-nn` fires on save).
"""

from dataclasses import dataclass

from questionnaires.evaluation.response import Response
from questionnaires.library.red_flags import RedFlag, red_flags
from questionnaires.scoring.given import read_answers
from questionnaires.scoring.items import FiredFlag, judge
from questionnaires.scoring.plan import plan_scoring


@dataclass(frozen=True, slots=True)
class Notice:
    """A red flag with every answer that fired it, shown to the respondent once."""

    red_flag: RedFlag
    fired: tuple[FiredFlag, ...]

    @property
    def message(self) -> str:
        """Message to the respondent: help, not punishment."""
        return self.red_flag.message


def red_flags_fired(response: Response, *, light: bool = False) -> tuple[Notice, ...]:
    """The red flags that the answers given so far fire, each once, in the order of the form.

    Fit for every save of a section: questions not yet answered fire nothing. What is new since
    the last save is for the caller to determine, by flag, question and instance.

    Raises:
        FormUnusable: a scoring column of the form is faulty.
    """
    judged = judge(plan_scoring(response.plan.form), read_answers(response), light=light)
    by_flag: dict[str, list[FiredFlag]] = {}
    for judgement in judged:
        for fired in judgement.fired:
            by_flag.setdefault(fired.red_flag, []).append(fired)
    return tuple(Notice(red_flags()[flag], tuple(fired)) for flag, fired in by_flag.items())
