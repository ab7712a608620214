"""Words for the bodies that meet."""

from collections.abc import Mapping

from ddplatform.due_diligence.governance.models import Body
from ddplatform.languages import lazy_gettext as _

BODIES: Mapping[Body, str] = {
    Body.BOARD: _("Board or other governing body"),
    Body.EXECUTIVE: _("Executive committee"),
}
