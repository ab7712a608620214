"""Links between nodes: add, change, archive, restore."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.value_chain.approvals.models import Approval
from ddplatform.value_chain.approvals.queries.approvals import list_active
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.queries.lists import list_names
from ddplatform.value_chain.mapping.forms import LinkChangeForm, LinkForm, LinkTerms
from ddplatform.value_chain.mapping.models import SupplyLink
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_link, get_node
from ddplatform.value_chain.mapping.routes.nodes import find_one, wish_of
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services.links import LinkFields
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import FlowEvidence, LinkKind


@bp.route("/nodes/<uuid:node_id>/links/new", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def add_link(node_id: UUID) -> ResponseReturnValue:
    """Add a supplier of this node, or a buyer (`end=buyer`)."""
    here, form = get_node(node_id), LinkForm()
    is_buyer = request.args.get("end") == "buyer"

    def save() -> ResponseReturnValue:
        other, fields = _other(form, here.chain_id), _fields(form)
        ends = (node_id, other) if is_buyer else (other, node_id)
        made = supply_links.add_link(*ends, fields, wish=wish_of(form), act=g.act)
        added = gettext("The link is in the map.")
        flash(f"{added}{_waits(made, fields)}", "success")
        return redirect(url_for("value_chain.node", node_id=node_id))

    def show() -> str:
        return render_template(
            "value_chain/mapping/add_link.html",
            form=form,
            node=here,
            chain=get_chain(here.chain_id),
            is_buyer=is_buyer,
            names=list_names(here.chain_id),
        )

    return answer_form(form, save, show)


def _other(form: LinkForm, chain_id: UUID) -> UUID:
    faults: dict[str, str] = {}
    other = find_one(form.other.data or "", chain_id, faults, field="other")
    if other is None:
        raise Invalid(fields=faults)
    return other


def _waits(link: SupplyLink, wanted: LinkFields) -> str:
    if link.flow_evidence is wanted.flow_evidence:
        return ""
    waits = gettext("The confirmation waits for a second person.")
    return f" {waits}"


def _fields(form: LinkTerms, known: str | None = None) -> LinkFields:
    text = (form.commodity.data or "").strip()
    commodity = load_reference().find_commodity(text) if text and text != known else None
    if text and text != known and commodity is None:
        unknown = gettext("“%(text)s” is not known. Use a name or an HS code.", text=text)
        raise Invalid(fields={"commodity": unknown})
    share = form.share.data
    return LinkFields(
        kind=LinkKind(form.kind.data),
        commodity_ref=commodity.ref if commodity else text or None,
        share=None if share is None else round(share / 100, 6),
        flow_evidence=FlowEvidence(form.flow_evidence.data),
        valid_from=form.valid_from.data,
        valid_to=form.valid_to.data,
    )


@bp.route("/links/<uuid:link_id>", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def edit_link(link_id: UUID) -> ResponseReturnValue:
    """Change a link; a stale form shows both versions."""
    link = get_link(link_id)
    form = LinkChangeForm(data=_as_typed(link))

    def save() -> ResponseReturnValue:
        fields = _fields(form, link.commodity_ref)
        changed = supply_links.change_link(
            link_id,
            fields,
            row_version=form.version_number,
            wish=wish_of(form),
            act=g.act,
        )
        saved = gettext("Saved.")
        flash(f"{saved}{_waits(changed, fields)}", "success")
        return redirect(url_for("value_chain.node", node_id=link.buyer_id))

    def show() -> str:
        return render_template(
            "value_chain/mapping/edit_link.html",
            form=form,
            link=link,
            supplier=get_node(link.supplier_id),
            buyer=get_node(link.buyer_id),
            chain=get_chain(link.chain_id),
            standing=list_active(Approval.link_id == link.id),
        )

    return answer_form(form, save, show)


def _as_typed(link: SupplyLink) -> dict[str, object]:
    return {
        "kind": link.kind.value,
        "commodity": link.commodity_ref or "",
        "share": None if link.share is None else round(link.share * 100, 4),
        "flow_evidence": link.flow_evidence.value,
        "valid_from": link.valid_from,
        "valid_to": link.valid_to,
        "version": link.row_version,
    }


@bp.post("/links/<uuid:link_id>/archive")
@requires(Permission.VALUE_CHAIN_EDIT)
def archive_link(link_id: UUID) -> ResponseReturnValue:
    """Take a link out of the map; its page offers to restore it."""
    supply_links.archive_link(link_id, act=g.act)
    flash(gettext("The link is archived. You can restore it here."), "success")
    return redirect(url_for("value_chain.edit_link", link_id=link_id))


@bp.post("/links/<uuid:link_id>/restore")
@requires(Permission.VALUE_CHAIN_EDIT)
def restore_link(link_id: UUID) -> ResponseReturnValue:
    """Bring an archived link back."""
    supply_links.restore_link(link_id, act=g.act)
    flash(gettext("The link is back in the map."), "success")
    return redirect(url_for("value_chain.edit_link", link_id=link_id))
