"""Display texts of the leverage plan."""

from ddplatform.core.due_diligence.leverage_plan import Escalation, StepResult
from ddplatform.languages import lazy_gettext as _

RESULTS = {
    StepResult.ACHIEVED: _("Achieved"),
    StepResult.PARTLY: _("Partly achieved"),
    StepResult.FAILED: _("Failed"),
}
RESULT_KINDS = {
    StepResult.ACHIEVED: "ok",
    StepResult.PARTLY: "warn",
    StepResult.FAILED: "danger",
}
ESCALATIONS = {
    Escalation.INCREASE: _("Increase leverage ourselves: offer more, or change our own practice"),
    Escalation.JOIN_OTHERS: _("Act together with others: buyers, scheme, unions, government"),
    Escalation.ASSESS_EXIT: _("Assess responsible disengagement: its ten conditions"),
}
