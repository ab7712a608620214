"""Maps, sites and links for programs."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import g

from ddplatform.api.blueprint import Blueprint, Paged, decode_key, listed, page_of
from ddplatform.api.nodes.forms import (
    ChangedNodeSchema,
    LinkSchema,
    ListedNodeSchema,
    MapsSchema,
    NewLinkSchema,
    NewMapAnswerSchema,
    NewMapSchema,
    NewNodeSchema,
    NodesAskedSchema,
    NodeSchema,
)
from ddplatform.api.nodes.queries import (
    NodesAsked,
    get_node_with_summary,
    list_links,
    list_nodes,
)
from ddplatform.api.repeats.replaying import carried_out_once
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires_token
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node, list_chains
from ddplatform.value_chain.mapping.services import links, nodes
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields

bp = Blueprint("api_nodes", "Maps, their sites and links")


@bp.get("/maps")
@requires_token(Permission.VALUE_CHAIN_READ)
@bp.response(200, MapsSchema)
def maps() -> Any:
    """Every map of the organisation"""
    return {"items": list_chains()}


@bp.post("/maps")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.arguments(NewMapSchema)
@bp.response(201, NewMapAnswerSchema)
def add_map(wanted: dict[str, Any]) -> Any:
    """Make a map, with your own business as its first site"""
    return nodes.create_chain(**wanted, act=g.act)


@bp.get("/maps/<uuid:map_id>/nodes")
@requires_token(Permission.VALUE_CHAIN_READ)
@bp.arguments(NodesAskedSchema, location="query")
@bp.response(200, listed(ListedNodeSchema))
def nodes_of_map(asked: dict[str, Any], map_id: UUID) -> Any:
    """Sites of a map, with their summary"""
    limit, after = asked.pop("limit"), decode_key(asked.pop("cursor"), UUID)
    chain = get_chain(map_id)
    rows = list_nodes(chain.id, NodesAsked(**asked), after=after, limit=limit + 1)
    return page_of(rows, limit, lambda row: (row.node.id,))


@bp.post("/maps/<uuid:map_id>/nodes")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.arguments(NewNodeSchema)
@bp.response(201, NodeSchema)
def add_node(wanted: dict[str, Any], map_id: UUID) -> Any:
    """Add a site to a map"""
    external_ref = wanted.pop("external_ref", None)
    return nodes.add_node(
        map_id, NodeFields(**_typed(wanted)), external_ref=external_ref, act=g.act
    )


@bp.get("/nodes/<uuid:node_id>")
@requires_token(Permission.VALUE_CHAIN_READ)
@bp.response(200, ListedNodeSchema)
def node(node_id: UUID) -> Any:
    """A site, with its summary"""
    return get_node_with_summary(node_id)


@bp.patch("/nodes/<uuid:node_id>")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.arguments(ChangedNodeSchema)
@bp.response(200, NodeSchema)
def change_node(wanted: dict[str, Any], node_id: UUID) -> Any:
    """Change some fields of a site

    Refused with 409 where somebody changed it since the version that was sent.
    """
    version = wanted.pop("version")
    changed = NodeFields(**{**_fields_of(get_node(node_id)), **_typed(wanted)})
    return nodes.change_node(node_id, changed, row_version=version, act=g.act)


@bp.post("/nodes/<uuid:node_id>/archive")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.response(200, NodeSchema)
def archive_node(node_id: UUID) -> Any:
    """Take a site and its links out of the map; its history stays"""
    return nodes.archive_node(node_id, act=g.act)


@bp.post("/nodes/<uuid:node_id>/restore")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.response(200, NodeSchema)
def restore_node(node_id: UUID) -> Any:
    """Bring an archived site back, with the links that went with it"""
    return nodes.restore_node(node_id, act=g.act)


@bp.get("/maps/<uuid:map_id>/links")
@requires_token(Permission.VALUE_CHAIN_READ)
@bp.arguments(Paged, location="query")
@bp.response(200, listed(LinkSchema))
def links_of_map(asked: dict[str, Any], map_id: UUID) -> Any:
    """Links of a map: who supplies whom"""
    limit, after = asked["limit"], decode_key(asked["cursor"], UUID)
    rows = list_links(get_chain(map_id).id, after=after, limit=limit + 1)
    return page_of(rows, limit, lambda row: (row.id,))


@bp.post("/links")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.arguments(NewLinkSchema)
@bp.response(201, LinkSchema)
def add_link(wanted: dict[str, Any]) -> Any:
    """Add a link from a supplier to a buyer of the same map"""
    supplier_id, buyer_id = wanted.pop("supplier_id"), wanted.pop("buyer_id")
    return links.add_link(supplier_id, buyer_id, LinkFields(**wanted), act=g.act)


@bp.post("/links/<uuid:link_id>/archive")
@requires_token(Permission.VALUE_CHAIN_EDIT)
@carried_out_once
@bp.response(200, LinkSchema)
def archive_link(link_id: UUID) -> Any:
    """Take a link out of the map; it can be restored on the page"""
    return links.archive_link(link_id, act=g.act)


def _typed(wanted: dict[str, Any]) -> dict[str, Any]:
    """The values of a body as the service takes them."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in wanted.items()
    }


def _fields_of(found: ValueChainNode) -> dict[str, Any]:
    """A site as its fields stand, to be changed in part."""
    known = {field.name for field in fields(NodeFields)} - {"register_ids"}
    values = {name: getattr(found, name) for name in known}
    return {
        **values,
        "commodity_refs": tuple(found.commodity_refs),
        "tags": tuple(found.tags or ()),
    }
