"""Reasons why a factor does not apply at a place, in words for forms and pages."""

from collections.abc import Mapping

from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.approvals.models import AbsenceReason

ABSENCES: Mapping[AbsenceReason, str] = {
    AbsenceReason.NO_SUCH_WORK: _("No such work or practice at this site"),
    AbsenceReason.NO_SUCH_PEOPLE: _("No member of this group works or lives at this site"),
    AbsenceReason.NO_SUCH_SERVICE: _("The service or feature is not offered"),
}
