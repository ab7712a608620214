"""States and risk values in plain words."""

from ddplatform.duediligence.vocabulary import QuestionnaireState as State

STATE_WORDS = {
    State.DRAFT: ("Draft", "line"),
    State.SENT: ("Sent", "info"),
    State.OPENED: ("Being answered", "info"),
    State.SUBMITTED: ("To review", "warn"),
    State.UNDER_REVIEW: ("In review", "warn"),
    State.ACCEPTED: ("Accepted", "ok"),
    State.RETURNED: ("Sent back", "info"),
    State.ESCALATED: ("Escalated", "danger"),
    State.EXPIRED: ("Not answered", "line"),
    State.WITHDRAWN: ("Withdrawn", "line"),
}
"""State -> word and kind of its tag."""

NOT_SCORED = ("Not scored", "line")
_STEPS = ((0.2, "Good practice", "ok"), (0.5, "Some risk", "info"), (0.8, "Raised risk", "warn"))


def risk_words(value: float | None) -> tuple[str, str]:
    """A risk value (0 good to 1 bad) as a word and the kind of its tag."""
    if value is None:
        return NOT_SCORED
    for upper, word, kind in _STEPS:
        if value < upper:
            return word, kind
    return "Serious risk", "danger"
