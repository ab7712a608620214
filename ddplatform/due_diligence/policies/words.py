"""Words for states, answers and approval of policies."""

from collections.abc import Mapping

from ddplatform.due_diligence.policies.models import ApprovalLevel, PolicyAnswer, PolicyState
from ddplatform.languages import lazy_gettext as _

STATES: Mapping[PolicyState, str] = {
    PolicyState.DRAFT: _("Draft"),
    PolicyState.APPROVED: _("Approved"),
    PolicyState.REPLACED: _("Replaced"),
}
STATE_KINDS = {PolicyState.DRAFT: "warn", PolicyState.APPROVED: "ok", PolicyState.REPLACED: "line"}
ANSWERS: Mapping[PolicyAnswer, str] = {
    PolicyAnswer.YES: _("Yes"),
    PolicyAnswer.PARTLY: _("Partly"),
    PolicyAnswer.NO: _("No"),
}
ANSWER_KINDS = {PolicyAnswer.YES: "ok", PolicyAnswer.PARTLY: "warn", PolicyAnswer.NO: "danger"}
LEVELS: Mapping[ApprovalLevel, str] = {
    ApprovalLevel.BOARD: _("Board or other governing body"),
    ApprovalLevel.CHIEF_EXECUTIVE: _("Chief executive"),
    ApprovalLevel.OWNER: _("Owner of the business"),
}
