"""States of a questionnaire in plain words."""

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.languages import lazy_gettext as _

STATE_WORDS = {
    State.DRAFT: (_("Draft"), "line"),
    State.SENT: (_("Sent"), "info"),
    State.OPENED: (_("Being answered"), "info"),
    State.SUBMITTED: (_("To review"), "warn"),
    State.UNDER_REVIEW: (_("In review"), "warn"),
    State.ACCEPTED: (_("Accepted"), "ok"),
    State.RETURNED: (_("Sent back"), "info"),
    State.ESCALATED: (_("Decision asked for"), "danger"),
    State.EXPIRED: (_("Not answered"), "line"),
    State.WITHDRAWN: (_("Withdrawn"), "line"),
}
"""State -> word and kind of its tag."""


def questionnaire_word(state: State | str | None) -> str:
    """`under_review` -> "In review"; nothing sent yet is no word."""
    return str(STATE_WORDS[State(state)][0]) if state else ""
