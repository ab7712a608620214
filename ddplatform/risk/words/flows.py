"""Words for flows: goods, finance, turnover, labour (RM-1.0 11.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.analysis_answers.queries.flow_kinds import FlowKind
from supply_chain.reference.release import load_reference

NOT_STATED: str = _("not stated")


@dataclass(frozen=True)
class FlowWords:
    """The words for a flow, for those who give it and those who take it."""

    whole: str
    source: str
    sources: str
    taker: str
    takers: str


GOODS = FlowWords(_("input"), _("supplier"), _("suppliers"), _("buyer"), _("buyers"))
FINANCE = FlowWords(_("portfolio"), _("investee"), _("investees"), _("financier"), _("financiers"))
TURNOVER = FlowWords(_("turnover"), _("seller"), _("sellers"), _("platform"), _("platforms"))
LABOUR = FlowWords(
    _("labour"),
    _("labour provider"),
    _("labour providers"),
    _("user of labour"),
    _("users of labour"),
)
WORDS: Mapping[FlowKind, FlowWords] = {
    FlowKind.GOODS: GOODS,
    FlowKind.FINANCE: FINANCE,
    FlowKind.TURNOVER: TURNOVER,
    FlowKind.LABOUR: LABOUR,
}


def good_name(ref: str | None) -> str:
    """A commodity as people call it."""
    if ref is None:
        return str(NOT_STATED)
    commodity = load_reference().commodities.get(ref)
    return commodity.name if commodity else ref


def hs_codes(ref: str | None) -> str | None:
    """The prefixes of HS 2022 codes that a commodity covers; None where there are none."""
    commodity = load_reference().commodities.get(ref or "")
    return ", ".join(commodity.hs_codes) or None if commodity else None


def goods_of_way(steps: Sequence[Iterable[str | None]]) -> str:
    """The goods along a path, step by step from the buyer, equal neighbours once."""
    all_steps = [joined({good_name(ref) for ref in refs}) for refs in steps]
    named = [step for step in all_steps if step != NOT_STATED] or all_steps[:1]
    told = [step for at, step in enumerate(named) if at == 0 or step != named[at - 1]]
    return " ← ".join(told)


def joined(names: Iterable[str]) -> str:
    """Names in their order, as one text; what is not stated last."""
    return ", ".join(sorted(names, key=lambda name: (name == NOT_STATED, name)))
