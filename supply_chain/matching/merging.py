"""Merge of two nodes for one supplier: moved links, combined links, and completed fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from supply_chain.graph.labels import MOST_TAGS
from supply_chain.vocabulary import FlowEvidence, LinkKind

Key = TypeVar("Key")

# Flow evidence by its weight in linkage (RM-1.0 11.2), least first: of two the greater counts.
_BY_WEIGHT = (
    FlowEvidence.POSSIBLE,
    FlowEvidence.PROBABLE,
    FlowEvidence.UNMAPPED,
    FlowEvidence.CONFIRMED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveLink(Generic[Key]):
    """A link of one of the two nodes; `share` is 0..1 of the buyer's input."""

    id: Key
    supplier: Key
    buyer: Key
    kind: LinkKind
    commodity: str | None
    share: float | None
    flow_evidence: FlowEvidence
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class JoinedLink(Generic[Key]):
    """Two links that are equal after the merge: one is kept, with the data of both.

    Where several join one, they are in order and each holds the data of all so far.
    """

    kept: Key
    absorbed: Key
    share: float | None
    flow_evidence: FlowEvidence
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LinkMoves(Generic[Key]):
    """Changes to the links of the absorbed node."""

    as_supplier: tuple[Key, ...]
    as_buyer: tuple[Key, ...]
    inner: tuple[Key, ...]
    """Between the two: nobody supplies itself, so they leave the map."""
    joined: tuple[JoinedLink[Key], ...]


def plan_links(survivor: Key, absorbed: Key, links: Sequence[ActiveLink[Key]]) -> LinkMoves[Key]:
    """Decide what happens to each standing link of the absorbed node.

    Args:
        links: all standing links of both nodes, each once.
    """
    twins = {
        _meaning(link, survivor, absorbed): link
        for link in links
        if absorbed not in (link.supplier, link.buyer)
    }
    as_supplier, as_buyer, inner, joined = [], [], [], []
    for link in links:
        if absorbed not in (link.supplier, link.buyer):
            continue
        if {link.supplier, link.buyer} <= {survivor, absorbed}:
            inner.append(link.id)
            continue
        meaning = _meaning(link, survivor, absorbed)
        twin = twins.get(meaning)
        if twin is not None:
            both = _together(twin, link)
            twins[meaning] = both
            joined.append(
                JoinedLink(both.id, link.id, both.share, both.flow_evidence, both.valid_to)
            )
        elif link.supplier == absorbed:
            as_supplier.append(link.id)
        else:
            as_buyer.append(link.id)
    return LinkMoves(tuple(as_supplier), tuple(as_buyer), tuple(inner), tuple(joined))


def _meaning(link: ActiveLink[Key], survivor: Key, absorbed: Key) -> tuple[object, ...]:
    """Identity of a link (LinkDraft.key), with both nodes as one."""
    supplier = survivor if link.supplier == absorbed else link.supplier
    buyer = survivor if link.buyer == absorbed else link.buyer
    return (supplier, buyer, link.kind, link.commodity, link.valid_from)


def _together(kept: ActiveLink[Key], other: ActiveLink[Key]) -> ActiveLink[Key]:
    """The known shares add up: what is then missing of the input is an unknown origin."""
    known = [share for share in (kept.share, other.share) if share is not None]
    flows = (kept.flow_evidence, other.flow_evidence)
    days = (kept.valid_to, other.valid_to)
    return replace(
        kept,
        share=min(1.0, sum(known)) if known else None,
        flow_evidence=max(flows, key=_BY_WEIGHT.index),
        valid_to=None if None in days else max(day for day in days if day is not None),
    )


_GAPS = ("country", "region", "address", "sector_ref", "contact_email", "is_origin")
_LABELS = ("group_name", "owner_id")
_LINKED = ("operated_by_id", "supplier_organisation_id")
_PLACE = ("latitude", "longitude")
_MAPPINGS = ("external_ids", "attributes")
FILLED: tuple[str, ...] = (
    *_GAPS,
    *_LABELS,
    *_LINKED,
    *_PLACE,
    *_MAPPINGS,
    "commodity_refs",
    "tags",
    "own_operation",
)
"""The fields of a node that a merge may fill."""


def fill_gaps(
    survivor: Mapping[str, Any], absorbed: Mapping[str, Any], *, keys: tuple[Any, Any]
) -> dict[str, Any]:
    """Fields that the survivor takes from the other record: its own values stay, gaps are filled.

    Tags of both are joined; where these are too many, those of the survivor alone.

    Args:
        survivor, absorbed: the values of FILLED by name.
        keys: of both nodes, so that none of them ends as its own operator.

    Returns:
        Only the fields that change, with their new values.
    """
    wanted: dict[str, Any] = {
        name: absorbed[name] if survivor[name] is None else survivor[name]
        for name in (*_GAPS, *_LABELS, *_LINKED)
    }
    if wanted["operated_by_id"] in keys:
        wanted["operated_by_id"] = None
    if survivor["latitude"] is None:
        wanted |= {name: absorbed[name] for name in _PLACE}
    wanted |= {name: {**absorbed[name], **survivor[name]} for name in _MAPPINGS}
    wanted["commodity_refs"] = list(
        dict.fromkeys([*survivor["commodity_refs"], *absorbed["commodity_refs"]])
    )
    both = sorted({*survivor["tags"], *absorbed["tags"]})
    wanted["tags"] = both if len(both) <= MOST_TAGS else survivor["tags"]
    wanted["own_operation"] = survivor["own_operation"] or absorbed["own_operation"]
    return {name: value for name, value in wanted.items() if value != survivor[name]}
