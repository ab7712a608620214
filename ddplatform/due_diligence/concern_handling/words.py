"""Words of the officers' pages that forms and views share."""

from ddplatform.due_diligence.concerns.models import Channel
from ddplatform.languages import lazy_gettext as _

CHANNELS = {
    Channel.PHONE.value: _("Phone"),
    Channel.MESSAGE.value: _("SMS or messenger"),
    Channel.PAPER.value: _("Paper or complaint box"),
    Channel.IN_PERSON.value: _("In person"),
    Channel.UNION.value: _("Trade union"),
    Channel.HOTLINE.value: _("Hotline of somebody else"),
}
REPRISALS = {
    "no": _("No sign of it"),
    "yes": _("Yes: somebody was threatened or punished"),
    "asked": _("Asked in the thread, not answered yet"),
}
