"""What the page of the self-check says of each criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ddplatform.core.due_diligence.grievance_checklist import Criterion, grievance_checklist
from ddplatform.due_diligence.grievance_check.queries import CheckRow
from ddplatform.languages import day_in_words, gettext


@dataclass(frozen=True)
class CriterionRow:
    """A criterion with its newest check.

    Attributes:
        check: None where it was never checked.
        score_kind: the kind of tag; a missing check is neither good nor bad.
        is_late: the newest check is older than the interval.
    """

    criterion: Criterion
    check: CheckRow | None
    score_kind: str
    is_late: bool


def criterion_rows(newest: Mapping[str, CheckRow], today: date) -> list[CriterionRow]:
    """Every criterion in the order of the checklist."""
    return [
        _criterion_row(criterion, newest.get(ref), today)
        for ref, criterion in grievance_checklist().criteria.items()
    ]


def _criterion_row(criterion: Criterion, check: CheckRow | None, today: date) -> CriterionRow:
    if check is None:
        return CriterionRow(criterion, None, "line", False)
    is_late = grievance_checklist().good_until(check.checked_on) < today
    return CriterionRow(criterion, check, score_kind(check.score), is_late)


@dataclass(frozen=True)
class CheckState:
    """Whether the check as a whole counts as evidence, and what it found.

    Attributes:
        kind: of the notice; a complete check with a weakness is no success.
    """

    text: str
    kind: str


def state_of_check(rows: Sequence[CriterionRow]) -> CheckState:
    """What stands above the table."""
    to_check = [row.criterion.ref for row in rows if row.check is None or row.is_late]
    if to_check:
        return CheckState(
            gettext(
                "The self-check is not complete and does not count as evidence: "
                "%(items)s to be checked.",
                items=", ".join(to_check),
            ),
            "warn",
        )
    checklist = grievance_checklist()
    until = min(checklist.good_until(row.check.checked_on) for row in rows if row.check)
    complete = gettext(
        "All criteria are checked. The check counts as evidence until %(day)s.",
        day=day_in_words(until),
    )
    weak = [row.criterion.ref for row in rows if row.check and is_weak(row.check.score)]
    if not weak:
        return CheckState(complete, "ok")
    found = gettext("Weaknesses to work on: %(items)s.", items=", ".join(weak))
    return CheckState(f"{complete} {found}", "warn")


def is_weak(score: int) -> bool:
    """Whether a score is below the threshold of the checklist."""
    return score < grievance_checklist().weak_below


def score_kind(score: int) -> str:
    """The kind of tag that a score is shown as."""
    if is_weak(score):
        return "danger"
    return "ok" if score == max(grievance_checklist().scores) else "warn"
