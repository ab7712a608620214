"""Maps and their nodes: create, add, change, archive, restore."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_

from ddplatform.accounts.organisations.queries import get_person
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind, EndCause
from ddplatform.value_chain.approvals.queries.approvals import is_waiting
from ddplatform.value_chain.approvals.services.requests import (
    Part,
    Wish,
    ask,
    check_wish,
    end_active,
)
from ddplatform.value_chain.graph.services.tiers import refresh_tiers
from ddplatform.value_chain.history.services.steps import keep_step
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import (
    free_slug,
    get_active_links,
    get_chain_for_change,
    get_links_archived_with,
    get_node,
    get_node_by_ref,
    is_name_taken,
    list_rows,
    slug_of,
)
from ddplatform.value_chain.mapping.services.changes import (
    archive,
    change_fields,
    finish_change,
    follow_change,
    restore,
)
from ddplatform.value_chain.merging.queries.merges import find_merge_of
from ddplatform.value_chain.words.map_fields import NODE_LABELS
from supply_chain.graph.labels import GROUP_LENGTH, MOST_TAGS, TAG_LENGTH, plain_tags
from supply_chain.intake.register_ids import read_typed
from supply_chain.intake.wishes import held_origin
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind

MAX_NAME = 300


@dataclass(frozen=True, kw_only=True)
class NodeFields:
    """The fields of a node that a person may set. Coordinates in degrees, WGS 84."""

    name: str
    kind: NodeKind = NodeKind.BUSINESS_ENTITY
    country: str | None = None
    region: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    sector_ref: str | None = None
    commodity_refs: tuple[str, ...] = ()
    operated_by_id: UUID | None = None
    own_operation: bool = False
    is_origin: bool | None = None
    contact_email: str | None = None
    tags: tuple[str, ...] = ()
    group_name: str | None = None
    owner_id: UUID | None = None
    register_ids: Mapping[str, str] | None = None
    """Ids typed by hand, scheme -> text, empty to remove one; None leaves all as they are."""


def create_chain(
    name: str,
    *,
    own_business: str | None,
    country: str | None = None,
    sector_ref: str | None = None,
    description: str = "",
    act: Act,
) -> ValueChain:
    """Make a map, with the own business as its first node unless a file will bring it.

    Raises:
        Invalid: no name.
        Conflict: a map of this name exists.
    """
    name = " ".join(name.split())
    if not name:
        raise Invalid(fields={"name": gettext("Give the map a name, for example the product.")})
    if is_name_taken(name):
        raise Conflict(
            gettext("A map called “%(name)s” already exists.", name=name),
            gettext("Choose another name, or open that map."),
        )
    chain = ValueChain(
        name=name,
        slug=free_slug(name),
        description=description.strip(),
        version=1,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(chain)
    db.session.flush()  # its nodes point to it
    if own_business:
        _check(NodeFields(name=own_business, country=country), None)
        add_own_business(chain, own_business, country=country, sector_ref=sector_ref, at=act.at)
        refresh_tiers(chain)
    keep_step(chain, "value_chain:create", act=act)
    audit.record("value_chain:create", chain, act=act, name=name, own_business=own_business or "")
    return chain


def add_own_business(
    chain: ValueChain,
    name: str,
    *,
    country: str | None = None,
    sector_ref: str | None = None,
    at: datetime,
) -> ValueChainNode:
    """The organisation itself as a node, part of a larger change that records and refreshes."""
    node = ValueChainNode(
        chain_id=chain.id,
        external_ref=_free_ref(chain.id, "own-business"),
        kind=NodeKind.BUSINESS_ENTITY,
        name=" ".join(name.split()),
        country=country,
        sector_ref=sector_ref,
        own_operation=True,
        created_at=at,
    )
    db.session.add(node)
    db.session.flush()  # links are made to it
    return node


def change_chain(chain_id: UUID, *, name: str, description: str, act: Act) -> ValueChain:
    """Give a map another name or description; its address stays.

    Raises:
        Invalid: no name.
    """
    chain = get_chain_for_change(chain_id)
    name = " ".join(name.split())
    if not name:
        raise Invalid(fields={"name": gettext("Give the map a name, for example the product.")})
    before = (chain.name, chain.description)
    chain.name, chain.description = name, description.strip()
    chain.version += 1
    keep_step(chain, "value_chain:change", act=act)
    # Scores stand for a version of the map: without new ones they would be called old for ever.
    follow_change(chain.id, "facts", act=act)
    audit.record(
        "value_chain:change",
        chain,
        act=act,
        name=(before[0], chain.name),
        description=(before[1], chain.description),
    )
    return chain


def add_node(
    chain_id: UUID,
    wanted: NodeFields,
    *,
    act: Act,
    external_ref: str | None = None,
    wish: Wish | None = None,
) -> ValueChainNode:
    """Add a node to a map.

    Args:
        wish: needed to mark it as an origin, which counts once a second person approves it.

    Raises:
        Invalid: a field breaks a rule.
        Conflict: the external id is taken.
    """
    chain = get_chain_for_change(chain_id)
    _check(wanted, chain_id)
    if external_ref and get_node_by_ref(chain_id, external_ref) is not None:
        raise Conflict(
            gettext("The ID “%(ref)s” is taken in this map.", ref=external_ref),
            gettext("Choose another one, or leave it out."),
        )
    asked = _asked(None, wanted, wish, at=act.at)
    values = {**_values(wanted), "is_origin": held_origin(None, wanted.is_origin)}
    node = ValueChainNode(
        chain_id=chain_id,
        external_ref=external_ref or _free_ref(chain_id, slug_of(wanted.name)),
        created_at=act.at,
        **values,
    )
    db.session.add(node)
    db.session.flush()  # the event names it
    told = _ask(chain, node, asked, act=act)
    finish_change(chain, "node:add", touched=[node.id], act=act)
    audit.record("node:add", node, act=act, **values, **told)
    return node


def change_node(
    node_id: UUID, wanted: NodeFields, *, row_version: int, wish: Wish | None = None, act: Act
) -> ValueChainNode:
    """Change a node that still is as the person saw it.

    That it is no origin any more needs nobody and ends its approval.

    Args:
        wish: needed to mark it as an origin, which counts once a second person approves it.

    Raises:
        Invalid: a field breaks a rule.
        Conflict: somebody changed it meanwhile; both versions are on the error.
    """
    node = get_node(node_id)
    chain = get_chain_for_change(node.chain_id)
    _check(wanted, chain.id, of=node)
    asked = _asked(node, wanted, wish, at=act.at)
    values = {
        **_values(wanted, of=node),
        "is_origin": held_origin(node.is_origin, wanted.is_origin),
    }
    changed = change_fields(node, values, row_version=row_version, labels=NODE_LABELS)
    if "is_origin" in changed:
        end_active(
            and_(Approval.node_id == node.id, Approval.kind == ApprovalKind.ORIGIN),
            EndCause.SET_BACK,
            act=act,
        )
    told = _ask(chain, node, asked, act=act)
    if changed:
        finish_change(chain, "node:change", touched=[node.id], act=act)
    if changed or told:
        audit.record("node:change", node, act=act, **changed, **told)
    return node


def _asked(
    node: ValueChainNode | None, wanted: NodeFields, wish: Wish | None, *, at: datetime
) -> Wish | None:
    """The wish that waits for a second person; None where no new origin is marked.

    Raises:
        Invalid: it lacks a reason or a last day.
    """
    if not wanted.is_origin or (node is not None and node.is_origin):
        return None
    if node is not None and is_waiting(
        Approval.node_id == node.id, Approval.kind == ApprovalKind.ORIGIN
    ):
        return None
    return check_wish(wish, today=at.date())


def _ask(chain: ValueChain, node: ValueChainNode, wish: Wish | None, *, act: Act) -> dict[str, Any]:
    """Record the request; returns its entry for the event of the change."""
    if wish is None:
        return {}
    request = ask(chain, ApprovalKind.ORIGIN, [Part(node.id)], wish, act=act)
    return {"asked": "origin", "reason": wish.reason, "request": request.id}


def archive_node(node_id: UUID, *, act: Act) -> ValueChainNode:
    """Take a node and its links out of the map; nothing is deleted, history stays.

    Raises:
        Conflict: it is archived already.
    """
    node = get_node(node_id)
    chain = get_chain_for_change(node.chain_id)
    archive(node, f"“{node.name}”", act=act)
    links = get_active_links(node)
    for link in links:
        archive(link, gettext("One of its links"), act=act)
    finish_change(chain, "node:archive", touched=_suppliers(links), act=act)
    audit.record("node:archive", node, act=act, name=node.name, links=len(links))
    return node


def restore_node(node_id: UUID, *, act: Act) -> ValueChainNode:
    """Bring an archived node back, with the links that were archived in the same step.

    Raises:
        Conflict: it is not archived, or was merged into another.
    """
    node = get_node(node_id)
    chain = get_chain_for_change(node.chain_id)
    if find_merge_of(node_id) is not None:
        raise Conflict(
            gettext("This site was merged into another supplier."),
            gettext("Undo the merge to restore it."),
        )
    moment = restore(node, f"“{node.name}”")
    links = get_links_archived_with(node, moment)
    for link in links:
        restore(link, gettext("One of its links"))
    finish_change(chain, "node:restore", touched=[node_id, *_suppliers(links)], act=act)
    audit.record("node:restore", node, act=act, name=node.name, links=len(links))
    return node


def _suppliers(links: Iterable[SupplyLink]) -> list[UUID]:
    return sorted({link.supplier_id for link in links})


def _values(wanted: NodeFields, *, of: ValueChainNode | None = None) -> dict[str, Any]:
    found = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    typed = found.pop("register_ids")
    ids = {} if typed is None else {"external_ids": read_typed(typed, _known_ids(of))[0]}
    return {
        **found,
        **ids,
        "name": " ".join(wanted.name.split()),
        "commodity_refs": list(wanted.commodity_refs),
        "tags": plain_tags(wanted.tags),
        "group_name": _group_of(wanted),
    }


def _known_ids(of: ValueChainNode | None) -> Mapping[str, Any]:
    return of.external_ids if of is not None else {}


def _group_of(wanted: NodeFields) -> str | None:
    return " ".join((wanted.group_name or "").split()) or None


def _check(wanted: NodeFields, chain_id: UUID | None, *, of: ValueChainNode | None = None) -> None:
    faults = {}
    if not wanted.name.strip():
        faults["name"] = gettext("Give it a name.")
    elif len(wanted.name) > MAX_NAME:
        faults["name"] = gettext("Use at most %(count)s characters.", count=MAX_NAME)
    if wanted.country is not None and wanted.country not in load_reference().countries:
        faults["country"] = gettext("Choose a country of the list.")
    if wanted.latitude is not None and not -90 <= wanted.latitude <= 90:
        faults["latitude"] = gettext("Degrees between -90 and 90.")
    if wanted.longitude is not None and not -180 <= wanted.longitude <= 180:
        faults["longitude"] = gettext("Degrees between -180 and 180.")
    if (wanted.latitude is None) != (wanted.longitude is None):
        faults["longitude"] = gettext("Give both coordinates or none.")
    if of is not None and wanted.operated_by_id == of.id:
        faults["operated_by_id"] = gettext("A site cannot be operated by itself.")
    elif wanted.operated_by_id and not list_rows(
        ValueChainNode,
        ValueChainNode.id == wanted.operated_by_id,
        ValueChainNode.chain_id == chain_id,
    ):
        faults["operated_by_id"] = gettext("Choose a site of this map.")
    faults |= read_typed(wanted.register_ids or {}, _known_ids(of))[1]
    faults |= _label_faults(wanted, of)
    if faults:
        raise Invalid(fields=faults)


def _label_faults(wanted: NodeFields, known: ValueChainNode | None) -> dict[str, str]:
    """Only new labels are checked: a list may have added some that a person may not enter."""
    faults = {}
    tags = plain_tags(wanted.tags)
    fresh = [tag for tag in tags if known is None or tag not in known.tags]
    if fresh and len(tags) > MOST_TAGS:
        faults["tags"] = gettext("Use at most %(count)s tags.", count=MOST_TAGS)
    for tag in fresh:
        if fault := fault_in(tag, label=gettext("a tag"), longest=TAG_LENGTH):
            faults["tags"] = fault
    group = _group_of(wanted)
    if group is not None and (known is None or group != known.group_name):
        fault = fault_in(group, label=gettext("the group"), longest=GROUP_LENGTH)
        faults |= {"group_name": fault} if fault else {}
    if wanted.owner_id is not None:
        try:
            get_person(wanted.owner_id)
        except NotFound:
            faults["owner_id"] = gettext("Choose a person of your organisation.")
    return faults


def _free_ref(chain_id: UUID, wanted: str) -> str:
    return wanted if get_node_by_ref(chain_id, wanted) is None else f"{wanted}-{uuid4().hex[:8]}"
