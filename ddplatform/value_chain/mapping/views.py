"""Names of maps, suppliers, sites and links on the pages of the value chain."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.graph.queries.snapshots import MapSnapshot
from ddplatform.value_chain.mapping.queries.maps import LinkRow
from ddplatform.value_chain.pictures.queries.groups import (
    BETWEEN,
    NOT_KNOWN,
    TIER,
    GroupBy,
)
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import LinkKind

_TIER_KEY = re.compile(rf"{TIER}-?\d{{1,3}}")
_WHAT_FLOWS: Mapping[LinkKind, str] = {
    LinkKind.SUPPLIES: _("goods"),
    LinkKind.PROCESSES_FOR: _("processing"),
    LinkKind.PROVIDES_LABOUR: _("labour"),
    LinkKind.FINANCES: _("finance"),
    LinkKind.SELLS_ON: _("sold on"),
    LinkKind.DISTRIBUTES: _("distribution"),
}


def lane_word(snapshot: MapSnapshot, lane: int) -> str:
    """The name of the lane of a tier."""
    if lane == snapshot.unlinked:
        return gettext("Not linked yet")
    if lane == 0:
        return gettext("Own business") if snapshot.has_own_business else gettext("Final buyers")
    if lane > 0:
        return gettext("Tier %(tier)s", tier=lane)
    return gettext("Customers %(tier)s", tier=-lane)


def link_words(link: LinkRow) -> str:
    """The flow over a link, in one line."""
    commodity = load_reference().commodities.get(link.commodity_ref or "")
    what = commodity.name if commodity else link.commodity_ref
    kind = str(_WHAT_FLOWS[link.kind])
    return f"{kind}: {what}" if what else kind


@dataclass(frozen=True)
class UnknownShare:
    """The share of a buyer's input from an origin that is not mapped (RM-1.0 11.3)."""

    share: float | None
    """0..1; None where shares are missing, so that the rest cannot be told."""
    unstated: int
    """Links without a share."""


def unknown_share(suppliers: Sequence[LinkRow], total: int) -> UnknownShare | None:
    """The part of a buyer's input without a mapped origin; None where all of it is mapped.

    A list that was cut off (`total` is more) is not judged by its part: the share is not known.
    """
    if not suppliers:
        return None
    unstated = sum(1 for link in suppliers if link.share is None) + total - len(suppliers)
    rest = round(1 - sum(link.share or 0 for link in suppliers), 4)
    if unstated:
        return UnknownShare(None, unstated) if rest > 0 else None
    return UnknownShare(rest, 0) if rest > 0 else None


def excess_share(suppliers: Sequence[LinkRow]) -> float | None:
    """The sum of the stated shares of a buyer's input, where that is more than all of it."""
    total = round(sum(link.share or 0 for link in suppliers), 4)
    return total if total > 1 else None


def group_word(snapshot: MapSnapshot, by: GroupBy, key: str) -> str:
    """The name of a group of nodes; `key` as in `pictures/queries/groups`."""
    tier = _tier_of(key)
    return _GROUPS[by](snapshot, key) if tier is None else lane_word(snapshot, tier)


def _tier_of(key: str) -> int | None:
    """The tier that a key names; None for a key of another kind."""
    return int(key[len(TIER) :]) if _TIER_KEY.fullmatch(key) else None


def _country_word(_snapshot: MapSnapshot, key: str) -> str:
    return gettext("Country not known") if key == NOT_KNOWN else country_name(key)


def _region_word(snapshot: MapSnapshot, key: str) -> str:
    country, _, region = key.partition(BETWEEN)
    where = _country_word(snapshot, country)
    if region in ("", NOT_KNOWN):
        return gettext("%(country)s, region not known", country=where)
    return f"{region}, {where}"


def _commodity_word(_snapshot: MapSnapshot, key: str) -> str:
    if key == NOT_KNOWN:
        return gettext("Goods not known")
    known = load_reference().commodities
    return ", ".join(known[ref].name if ref in known else ref for ref in key.split(BETWEEN))


def _operator_word(snapshot: MapSnapshot, key: str) -> str:
    row = _operator_row(snapshot, key)
    if row is None:
        return gettext("Operator not known")
    return gettext("Run by %(name)s", name=snapshot.names[row])


def _operator_row(snapshot: MapSnapshot, key: str) -> int | None:
    """The row of the operator that a key names; None for one that nobody knows."""
    try:
        return snapshot.row_of.get(UUID(key))
    except ValueError:
        return None


_GROUPS: Mapping[GroupBy, Callable[[MapSnapshot, str], str]] = {
    GroupBy.COUNTRY: _country_word,
    GroupBy.REGION: _region_word,
    GroupBy.COMMODITY: _commodity_word,
    GroupBy.OPERATOR: _operator_word,
}
