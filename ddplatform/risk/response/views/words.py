"""Response measure of a supplier in words: its label, its five parts and their lines."""

from collections.abc import Mapping

from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.rm2.response import ConductFlag, Label, OwnCheck

LABELS: Mapping[Label, str] = {
    Label.STRONG: _("strong"),
    Label.WORKING: _("working"),
    Label.WEAK: _("weak"),
    Label.UNRESPONSIVE: _("unresponsive"),
}
PARTS: Mapping[str, str] = {
    "R1": _("Answers on time"),
    "R2": _("Evidence shown or problems disclosed"),
    "R3": _("Own checks"),
    "R4": _("Actions on time"),
    "R5": _("Effect verified"),
}
CHECKS: Mapping[OwnCheck, str] = {
    OwnCheck.AGE_CHECKS: _("Age checks with records"),
    OwnCheck.GRIEVANCE_ROUTE: _("A complaint route that is used"),
    OwnCheck.INDEPENDENT_VOICE: _("Workers or children heard by someone independent"),
    OwnCheck.UNANNOUNCED_ACCESS: _("Visits without notice"),
    OwnCheck.SUB_SUPPLIERS_NAMED: _("Own suppliers named"),
}
FLAGS: Mapping[ConductFlag, str] = {
    ConductFlag.ACCESS_REFUSED: _(
        "A visitor was refused access, or records were destroyed: the measure is at most 20."
    ),
    ConductFlag.FALSIFIED: _("A visitor found falsified records: the measure is 0."),
}
"""The limits of the measure. A report of retaliation is not among them: the supplier must not learn
that somebody reported it."""
REPORTED = _("An open report of retaliation: the measure is 0 until it is cleared.")
"""For the buyer alone."""
NOTHING_ANSWERED = _("Nothing was answered: the measure is 0.")
