"""Words for the kinds of indicators."""

from collections.abc import Mapping

from ddplatform.core.due_diligence.indicators import MeasuredIndicator
from ddplatform.core.due_diligence.tracking import IndicatorKind
from ddplatform.languages import lazy_gettext as _

KINDS: Mapping[IndicatorKind, str] = {
    IndicatorKind.INPUT: _("Input"),
    IndicatorKind.PROCESS: _("Process"),
    IndicatorKind.OUTCOME: _("Outcome"),
}
EFFORT = _("Detection effort")


def kind_word(one: MeasuredIndicator) -> str:
    """The kind of an indicator; that it shows effort says more than that it is a process."""
    return EFFORT if one.effort else KINDS[one.named.kind]
