"""Changes in words, for pages, files and commands."""

from collections.abc import Mapping

from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.documents.words import country_words
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.scenarios.queries.scenarios import NodeName, Place
from supply_chain.analysis.what_if_changes import (
    AddControl,
    Change,
    CloseNode,
    KnowOrigin,
)
from supply_chain.reference.release import load_reference
from supply_chain.risk.control_names import CONTROL_NAMES

EVIDENCE: Mapping[float, str] = {
    0.0: _("promised or absent"),
    0.25: _("written down, not tested"),
    0.5: _("put into practice, records exist"),
    0.75: _("running, monitored with process data"),
    0.9: _("outcome data and feedback of workers, families or children's representatives"),
}


def leverage_words() -> tuple[str, ...]:
    """Ways to move a supplier, in words."""
    return tuple(impact_words().leverage_types.values())


def name_of(node: NodeName) -> str:
    """The name of a node, or its substitute."""
    if node.place is Place.ORIGIN:
        return gettext("Unknown origin of what %(site)s buys", site=node.name)
    if node.place is Place.STAND_IN:
        return gettext("Whatever takes the place of %(site)s", site=node.name)
    return node.name


def change_words(change: Change, names: Mapping[str, NodeName]) -> str:
    """A change in one sentence."""

    def name(ref: str) -> str:
        return name_of(names[ref]) if ref in names else ref

    if isinstance(change, CloseNode):
        return gettext("Close %(site)s", site=name(change.node))
    if isinstance(change, AddControl):
        return gettext(
            "%(control)s at %(site)s: reaches %(share)s, %(evidence)s",
            control=CONTROL_NAMES.get(change.control, change.control),
            site=name(change.node),
            share=percent(change.coverage),
            evidence=EVIDENCE.get(change.evidence, ""),
        )
    if isinstance(change, KnowOrigin):
        parts = [country_words(change.country)] if change.country else []
        parts += [commodity_name(change.commodity)] if change.commodity else []
        return gettext(
            "Unknown origin of what %(site)s buys: %(origin)s",
            site=name(change.node),
            origin=", ".join(parts),
        )
    return gettext(
        "%(buyer)s buys %(share)s of its input from %(supplier)s",
        buyer=name(change.buyer),
        share=percent(change.share),
        supplier=name(change.supplier),
    )


def commodity_name(ref: str) -> str:
    """The name of a commodity of the reference data."""
    found = load_reference().commodities.get(ref)
    return found.name if found else ref


def percent(share: float) -> str:
    """A share in hundredths, to three digits: "80 %"."""
    return f"{100 * share:.3g} %"
