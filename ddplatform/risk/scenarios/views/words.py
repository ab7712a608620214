"""How changes read, on a page, in a file and in a command."""

from collections.abc import Mapping

from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.documents.words import country_words
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
    0.0: "promised or absent",
    0.25: "written down, not tested",
    0.5: "put into practice, records exist",
    0.75: "running, monitored with process data",
    0.9: "outcome data and feedback of workers, families or children's representatives",
}


def leverage_words() -> tuple[str, ...]:
    """Ways to move a supplier, in words."""
    return tuple(impact_words().leverage_types.values())


def name_of(node: NodeName) -> str:
    """What a node is called, or what stands for it."""
    if node.place is Place.ORIGIN:
        return f"Unknown origin of what {node.name} buys"
    return f"Whatever takes the place of {node.name}" if node.place is Place.STAND_IN else node.name


def change_words(change: Change, names: Mapping[str, NodeName]) -> str:
    """A change in one sentence."""

    def name(ref: str) -> str:
        return name_of(names[ref]) if ref in names else ref

    if isinstance(change, CloseNode):
        return f"Close {name(change.node)}"
    if isinstance(change, AddControl):
        control = CONTROL_NAMES.get(change.control, change.control)
        level = EVIDENCE.get(change.evidence, "")
        return f"{control} at {name(change.node)}: reaches {_percent(change.coverage)}, {level}"
    if isinstance(change, KnowOrigin):
        parts = [country_words(change.country)] if change.country else []
        parts += [commodity_name(change.commodity)] if change.commodity else []
        return f"Unknown origin of what {name(change.node)} buys: {', '.join(parts)}"
    return (
        f"{name(change.buyer)} buys {_percent(change.share)} of its input "
        f"from {name(change.supplier)}"
    )


def commodity_name(ref: str) -> str:
    """The name of a commodity of the reference data."""
    found = load_reference().commodities.get(ref)
    return found.name if found else ref


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
