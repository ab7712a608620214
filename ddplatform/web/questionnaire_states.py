"""States of a questionnaire in plain words."""

from ddplatform.duediligence.vocabulary import QuestionnaireState as State

STATE_WORDS = {
    State.DRAFT: ("Draft", "line"),
    State.SENT: ("Sent", "info"),
    State.OPENED: ("Being answered", "info"),
    State.SUBMITTED: ("To review", "warn"),
    State.UNDER_REVIEW: ("In review", "warn"),
    State.ACCEPTED: ("Accepted", "ok"),
    State.RETURNED: ("Sent back", "info"),
    State.ESCALATED: ("Decision asked for", "danger"),
    State.EXPIRED: ("Not answered", "line"),
    State.WITHDRAWN: ("Withdrawn", "line"),
}
"""State -> word and kind of its tag."""


def questionnaire_word(state: State | str | None) -> str:
    """`under_review` -> "In review"; nothing sent yet is no word."""
    return STATE_WORDS[State(state)][0] if state else ""
