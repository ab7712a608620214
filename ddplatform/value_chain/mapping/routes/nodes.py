"""One node: its form, archiving and restoring."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind
from ddplatform.value_chain.approvals.queries.approvals import ActiveApproval, list_active
from ddplatform.value_chain.approvals.services.requests import Wish
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.queries.labels import Labels, load_labels
from ddplatform.value_chain.filters.queries.lists import list_names
from ddplatform.value_chain.filters.queries.search import find_meant
from ddplatform.value_chain.mapping.forms import NodeChangeForm, NodeForm
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node, list_links_of
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.graph.labels import split_tags
from supply_chain.intake.register_ids import REGISTERS
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind

ORIGIN: dict[str, bool | None] = {"": None, "yes": True, "no": False}
ORIGIN_WAITS = _("The mark as beginning of the chain waits for a second person.")


def _origin_asked(node_id: UUID) -> Sequence[ActiveApproval]:
    """The request for it as an origin that is pending or in force."""
    return list_active(Approval.node_id == node_id, Approval.kind == ApprovalKind.ORIGIN)


@bp.route("/<uuid:chain_id>/nodes/new", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def add_node(chain_id: UUID) -> ResponseReturnValue:
    """Add a supplier or site by hand."""
    chain, labels = get_chain(chain_id), load_labels(chain_id)
    form = NodeForm(owners=labels.owners)

    def save() -> ResponseReturnValue:
        wanted, wish = _fields(form, chain_id, ()), wish_of(form)
        made = value_chain.add_node(chain_id, wanted, wish=wish, act=g.act)
        waits = f" {ORIGIN_WAITS}" if made.is_origin != wanted.is_origin else ""
        added = gettext("“%(name)s” is in the map. Link it to its buyer next.", name=made.name)
        flash(f"{added}{waits}", "success")
        return redirect(url_for("value_chain.node", node_id=made.id))

    def show() -> str:
        names = list_names(chain_id)
        return render_template(
            "value_chain/mapping/add_node.html", form=form, chain=chain, names=names, labels=labels
        )

    return answer_form(form, save, show)


@bp.route("/nodes/<uuid:node_id>/edit", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def edit_node(node_id: UUID) -> ResponseReturnValue:
    """Change a node; a stale form shows both versions."""
    found = get_node(node_id)
    labels = load_labels(found.chain_id)
    form = NodeChangeForm(
        sector=found.sector_ref, owners=labels.owners, data=_as_typed(found, labels)
    )

    def save() -> ResponseReturnValue:
        wanted = _fields(form, found.chain_id, found.commodity_refs)
        changed = value_chain.change_node(
            node_id,
            wanted,
            row_version=form.version_number,
            wish=wish_of(form),
            act=g.act,
        )
        waits = f" {ORIGIN_WAITS}" if changed.is_origin != wanted.is_origin else ""
        saved = gettext("Saved.")
        flash(f"{saved}{waits}", "success")
        return redirect(url_for("value_chain.node", node_id=node_id))

    def show() -> str:
        return render_template(
            "value_chain/mapping/edit_node.html",
            form=form,
            node=found,
            chain=get_chain(found.chain_id),
            names=list_names(found.chain_id),
            labels=labels,
            standing=_origin_asked(node_id),
        )

    return answer_form(form, save, show)


def _as_typed(found: ValueChainNode, labels: Labels) -> dict[str, Any]:
    is_member = any(key == found.owner_id for key, _ in labels.owners)
    operator = get_node(found.operated_by_id) if found.operated_by_id else None
    commodities = load_reference().commodities
    return {
        **{
            name: getattr(found, name)
            for name in ("name", "region", "address", "latitude", "longitude", "own_operation")
        },
        "kind": found.kind.value,
        "country": found.country or "",
        "sector_ref": found.sector_ref or "",
        "contact_email": found.contact_email or "",
        "commodities": ", ".join(
            commodities[ref].name if ref in commodities else ref for ref in found.commodity_refs
        ),
        "operated_by": operator.external_ref if operator else "",
        "tags": ", ".join(found.tags),
        "group_name": found.group_name or "",
        "owner_id": str(found.owner_id) if is_member else "",
        **{scheme: str(found.external_ids.get(scheme, "")) for scheme in REGISTERS},
        "is_origin": next(word for word, value in ORIGIN.items() if value is found.is_origin),
        "version": found.row_version,
    }


def _fields(form: NodeForm, chain_id: UUID, known: list[str] | tuple[str, ...]) -> NodeFields:
    """The typed values for the service. Raises Invalid naming those not found."""
    faults: dict[str, str] = {}
    commodities = _commodities(form.commodities.data or "", known, faults)
    operator = _operator(form.operated_by.data or "", chain_id, faults)
    if faults:
        raise Invalid(fields=faults)
    return NodeFields(
        name=form.name.data,
        kind=NodeKind(form.kind.data),
        country=form.country.data or None,
        region=(form.region.data or "").strip() or None,
        address=(form.address.data or "").strip() or None,
        latitude=form.latitude.data,
        longitude=form.longitude.data,
        sector_ref=form.sector_ref.data or None,
        commodity_refs=commodities,
        operated_by_id=operator,
        own_operation=form.own_operation.data,
        is_origin=ORIGIN[form.is_origin.data or ""],
        contact_email=(form.contact_email.data or "").strip() or None,
        tags=tuple(split_tags(form.tags.data or "")),
        group_name=form.group_name.data or None,
        owner_id=UUID(form.owner_id.data) if form.owner_id.data else None,
        register_ids={scheme: form[scheme].data or "" for scheme in REGISTERS},
    )


def wish_of(form: FlaskForm) -> Wish:
    """The reason and the last day for what a second person has to approve."""
    reason = form.approval_reason.data or ""
    return Wish(reason=reason, expires_on=form.approval_until.data)


def _commodities(
    text: str, known: list[str] | tuple[str, ...], faults: dict[str, str]
) -> tuple[str, ...]:
    found, unknown = [], []
    for word in filter(None, map(str.strip, text.split(","))):
        commodity = load_reference().find_commodity(word)
        if word in known:
            found.append(word)
        elif commodity is not None:
            found.append(commodity.ref)
        else:
            unknown.append(word)
    if unknown:
        faults["commodities"] = gettext(
            "Not known: %(names)s. Use a common name or an HS code, "
            "or put it into the description of the map.",
            names=", ".join(unknown),
        )
    return tuple(dict.fromkeys(found))


def _operator(text: str, chain_id: UUID, faults: dict[str, str]) -> UUID | None:
    return find_one(text, chain_id, faults, field="operated_by") if text.strip() else None


def find_one(text: str, chain_id: UUID, faults: dict[str, str], *, field: str) -> UUID | None:
    """The one node that the words mean; otherwise the fault of the field says what to do."""
    meant = find_meant(chain_id, text)
    if meant.one is not None:
        return meant.one
    names = ", ".join(f"“{row.name}”" for row in meant.nodes[:5])
    if meant.are_called_so:
        faults[field] = gettext(
            "Several sites match: %(names)s. Enter the whole name or the ID.", names=names
        )
    elif names:
        faults[field] = gettext(
            "Nothing in this map has this name or ID. Similar: %(names)s. "
            "Enter the whole name or the ID, or add it to the map first.",
            names=names,
        )
    else:
        faults[field] = gettext("Nothing in this map has this name or ID. Add it to the map first.")
    return None


@bp.route("/nodes/<uuid:node_id>/archive", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def archive_node(node_id: UUID) -> ResponseReturnValue:
    """The second step before a node leaves the map."""
    found = get_node(node_id)
    if request.method == "POST":
        value_chain.archive_node(node_id, act=g.act)
        archived = gettext(
            "“%(name)s” is archived. You can restore it on its page.", name=found.name
        )
        flash(archived, "success")
        return redirect(url_for("value_chain.node", node_id=node_id))
    return render_template(
        "value_chain/mapping/archive_node.html",
        node=found,
        chain=get_chain(found.chain_id),
        node_links=list_links_of(node_id),
    )


@bp.post("/nodes/<uuid:node_id>/restore")
@requires(Permission.VALUE_CHAIN_EDIT)
def restore_node(node_id: UUID) -> ResponseReturnValue:
    """Bring an archived node back with its links."""
    restored = value_chain.restore_node(node_id, act=g.act)
    flash(gettext("“%(name)s” is back in the map.", name=restored.name), "success")
    return redirect(url_for("value_chain.node", node_id=node_id))
