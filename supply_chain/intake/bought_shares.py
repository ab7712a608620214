"""Link data in the rows of a list beside the link ends: shares by spend or volume, and tiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping as MappingOf
from dataclasses import replace

from supply_chain.intake.assembly import Assembly
from supply_chain.intake.drafts import Mapping
from supply_chain.intake.findings import RowLog
from supply_chain.intake.link_rows import LinkRow
from supply_chain.intake.measures import MEASURES, Bought, shares_of_buyer
from supply_chain.intake.node_rows import NodeRow
from supply_chain.intake.stated_tiers import tier_contradictions

Key = tuple[str, str, str, str, str]


def read_beside_links(assembly: Assembly, used: Mapping, link_to: str | None) -> None:
    """Take shares from spend and volume, and report stated tiers that the links contradict."""
    take_shares(assembly, used)
    tell_tiers(assembly, link_to)


def take_shares(assembly: Assembly, used: Mapping) -> None:
    """Shares of each buyer whose suppliers all have a spend, or a volume, in one unit."""
    columns = {
        m: how.columns[m] for how in used.nodes.values() for m in MEASURES if m in how.columns
    }
    if not columns:
        return
    by_buyer: dict[str, list[Key]] = defaultdict(list)
    for key, link in assembly.links.items():
        by_buyer[link.buyer].append(key)
    for buyer, keys in by_buyer.items():
        suppliers = [_bought(assembly, key) for key in keys]
        if len({one.supplier for one in suppliers}) == len(suppliers):
            _set_shares(assembly, buyer, dict(zip(keys, suppliers, strict=True)), columns)


def _set_shares(
    assembly: Assembly, buyer: str, bought: MappingOf[Key, Bought], columns: MappingOf[str, str]
) -> None:
    node = assembly.nodes.get(buyer)
    name = f"“{node.name}”" if node else "the buyer"
    shares, told = shares_of_buyer(name, list(bought.values()), columns)
    for key, one in bought.items():
        if one.supplier in shares:
            assembly.links[key] = replace(assembly.links[key], share=shares[one.supplier])
    first = next((assembly.link_places[key] for key in bought), None)
    for fault in told if first else ():
        column = next((c for c in columns.values() if f"“{c}”" in fault.problem), None)
        _log(assembly, first).note(column, None, fault)


def _bought(assembly: Assembly, key: Key) -> Bought:
    """A supplier with what its own row says; the spend of a row of several buyers is of none."""
    link, place = assembly.links[key], assembly.link_places[key]
    is_own = isinstance(place, NodeRow) and place.node.id == link.supplier and not place.path
    measures = place.measures if isinstance(place, NodeRow) and is_own else {}
    if isinstance(place, NodeRow) and len(place.buyers) > 1:
        measures = {}
    return Bought(link.supplier, measures, link.share is not None)


def tell_tiers(assembly: Assembly, link_to: str | None) -> None:
    """Note each place whose stated tier is not that of its links."""
    for ref, fault in tier_contradictions(assembly.nodes, assembly.links.values(), link_to):
        place = assembly.first_row(ref)
        if place is not None:
            _log(assembly, place).note("attributes.stated_tier", None, fault)


def _log(assembly: Assembly, place: NodeRow | LinkRow | None) -> RowLog:
    assert place is not None
    log = RowLog(assembly.findings, place.file, place.sheet)
    log.row = place.row
    return log
