"""Duties that follow from an involvement, as the page of a finding shows them."""

from ddplatform.core.due_diligence.duties import Duty, DutyState
from ddplatform.languages import lazy_gettext as _

DUTY_TITLES = {
    Duty.STOP: _("Stop our own part"),
    Duty.LEVERAGE: _("Use or build leverage"),
    Duty.MITIGATE: _("Prevent and mitigate"),
    Duty.REMEDY: _("Provide or take part in remedy"),
}
STATE_TITLES = {
    DutyState.OPEN: _("nothing planned"),
    DutyState.PLANNED: _("planned"),
    DutyState.DONE: _("done"),
    DutyState.WITH_OFFICERS: _("known to safeguarding officers"),
}
STATE_KINDS = {
    DutyState.OPEN: "danger",
    DutyState.PLANNED: "info",
    DutyState.DONE: "ok",
    DutyState.WITH_OFFICERS: "line",
}
