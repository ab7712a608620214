"""Display texts of campaigns."""

from collections.abc import Mapping, Sequence

from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.campaign_progress.queries import Stage
from ddplatform.supplier_engagement.campaigns.models import Campaign, LeftOut
from ddplatform.supplier_engagement.campaigns.queries.calendar import CalendarRow, Happening
from ddplatform.supplier_engagement.campaigns.queries.campaigns import CampaignRow

LEFT_OUT_WORDS: Mapping[LeftOut, str] = {
    LeftOut.NO_ADDRESS: _("No usable e-mail address"),
    LeftOut.VISITS: _("Its address is that of an assessor"),
    LeftOut.HAS_IT: _("Has this questionnaire already"),
    LeftOut.ARCHIVED: _("No longer on the map"),
    LeftOut.BY_HAND: _("Left out by hand"),
}
STAGE_WORDS: Mapping[Stage, str] = {
    Stage.SENT: _("Sent"),
    Stage.REFUSED: _("Mail refused"),
    Stage.OPENED: _("Link opened"),
    Stage.STARTED: _("Started"),
    Stage.ANSWERED: _("Answers in"),
    Stage.RETURNED: _("Sent back"),
    Stage.ACCEPTED: _("Accepted"),
    Stage.OVER: _("Expired or withdrawn"),
}
HAPPENING_WORDS: Mapping[Happening, str] = {
    Happening.WAVE: _("Questionnaires are sent"),
    Happening.REMINDER: _("Reminder to those who have not answered"),
    Happening.DUE: _("Answers are due"),
    Happening.ESCALATION: _("Owners of late suppliers are notified"),
}


def state_words(row: Campaign | CampaignRow) -> tuple[str, str]:
    """The state of a campaign: the word and the kind of its tag."""
    if row.started_at is None:
        return gettext("Draft"), "line"
    return (gettext("Stopped"), "warn") if row.stopped_at else (gettext("Running"), "info")


def day_words(row: CalendarRow) -> str:
    """A day beside the due date: "7 days before the due date"."""
    return _beside(row.from_due)


def reminder_words(days: Sequence[int]) -> str:
    """The reminder days: "7 days before the due date, on the due date"; "none" without any."""
    return ", ".join(_beside(day) for day in days) or gettext("none")


def _beside(day: int) -> str:
    if day == 0:
        return gettext("on the due date")
    if day < 0:
        return ngettext("%(num)s day before the due date", "%(num)s days before the due date", -day)
    return ngettext("%(num)s day after the due date", "%(num)s days after the due date", day)
