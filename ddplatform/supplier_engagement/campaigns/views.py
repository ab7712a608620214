"""What campaigns are called on their pages."""

from collections.abc import Mapping, Sequence

from ddplatform.infrastructure.web.filters import plural
from ddplatform.supplier_engagement.campaign_progress.queries import Stage
from ddplatform.supplier_engagement.campaigns.models import Campaign, LeftOut
from ddplatform.supplier_engagement.campaigns.queries.calendar import CalendarRow, Happening
from ddplatform.supplier_engagement.campaigns.queries.campaigns import CampaignRow

LEFT_OUT_WORDS: Mapping[LeftOut, str] = {
    LeftOut.NO_ADDRESS: "No e-mail address that can be used is known",
    LeftOut.VISITS: "Its address is that of somebody asked to visit it",
    LeftOut.HAS_IT: "Has this questionnaire already",
    LeftOut.ARCHIVED: "Left the map",
    LeftOut.BY_HAND: "Left out by hand",
}
STAGE_WORDS: Mapping[Stage, str] = {
    Stage.SENT: "Sent",
    Stage.REFUSED: "Mail refused",
    Stage.OPENED: "Link opened",
    Stage.STARTED: "Begun",
    Stage.ANSWERED: "Answers in",
    Stage.RETURNED: "Sent back for more",
    Stage.ACCEPTED: "Accepted",
    Stage.OVER: "Run out or withdrawn",
}
HAPPENING_WORDS: Mapping[Happening, str] = {
    Happening.WAVE: "Questionnaires go out",
    Happening.REMINDER: "Reminder to who has not answered",
    Happening.DUE: "Answers are due",
    Happening.ESCALATION: "Who answers for a silent supplier is told",
}


def state_words(row: Campaign | CampaignRow) -> tuple[str, str]:
    """Where a campaign stands: the word and the kind of its tag."""
    if row.started_at is None:
        return "Draft", "line"
    return ("Stopped", "warn") if row.stopped_at else ("Going on", "info")


def day_words(row: CalendarRow) -> str:
    """A day beside the due date: "7 days before the due date"."""
    return f"{_beside(row.from_due)} the due date"


def reminder_words(days: Sequence[int]) -> str:
    """When reminders go out: "7 days before, 1 day after the due date"; "none" without any."""
    return f"{', '.join(_beside(day) for day in days)} the due date" if days else "none"


def _beside(day: int) -> str:
    if day == 0:
        return "on"
    return f"{plural(abs(day), 'day', 'days')} {'before' if day < 0 else 'after'}"
