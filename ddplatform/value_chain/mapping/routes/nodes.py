"""One node: its page, its form, archiving and restoring."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.accounts.organisations.queries import get_person, get_user
from ddplatform.audit.queries.log import LogFilter, select_log
from ddplatform.audit.views import action_words
from ddplatform.core.due_diligence.reassessment import triggers
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.together import Question, ask_together
from ddplatform.risk.context_events.queries.nodes import select_marks
from ddplatform.risk.context_events.views import KINDS as EVENT_KINDS
from ddplatform.risk.detail.queries.risks import select_risks_of_node
from ddplatform.risk.reassessment.queries.tasks import select_tasks_of, tasks_from
from ddplatform.risk.response.views.card import card_of, swarm_of
from ddplatform.risk.runs.queries.runs import MapHead, get_map_head
from ddplatform.risk.supplier_figures.queries import Measured, load_measures, select_measured
from ddplatform.risk.words import codes as risk_words
from ddplatform.risk.words.ranges import rows_of
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind
from ddplatform.value_chain.approvals.queries.approvals import (
    Standing,
    list_standing,
    select_standing,
)
from ddplatform.value_chain.approvals.services.requests import Wish
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.queries.labels import Labels, load_labels
from ddplatform.value_chain.filters.queries.lists import list_names
from ddplatform.value_chain.filters.queries.search import find_meant
from ddplatform.value_chain.mapping.forms import NodeChangeForm, NodeForm
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import (
    get_chain,
    get_node,
    links_from,
    list_links_of,
    select_links,
    select_summary,
)
from ddplatform.value_chain.mapping.queries.words import KIND_WORDS, id_word
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.mapping.views import link_words, unknown_share
from ddplatform.value_chain.merging.views import sources_of
from ddplatform.value_chain.screening.queries.lists import select_matches_of
from supply_chain.graph.labels import split_tags
from supply_chain.intake.register_ids import REGISTERS
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind

HISTORY_SHOWN = 20
ORIGIN: dict[str, bool | None] = {"": None, "yes": True, "no": False}
ORIGIN_WAITS = "That the chain begins there waits for a second person."


@bp.get("/nodes/<uuid:node_id>")
@requires(Permission.VALUE_CHAIN_READ)
def node(node_id: UUID) -> ResponseReturnValue:
    """A supplier or site; `part=panel` is the short form that stands beside a map."""
    found = get_node(node_id)
    of_map, is_panel = get_map_head(found.chain_id), request.args.get("part") == "panel"
    told = ask_together(_asked_of_node(node_id, None if is_panel else of_map))
    links = links_from(told)
    shown: dict[str, Any] = {
        "node": found,
        "chain": of_map,
        "summary": told["summary"],
        "node_links": links,
        "link_counts": (links.suppliers_total, links.buyers_total),
        "kind_words": KIND_WORDS,
    }
    if is_panel:
        response = make_response(render_template("value_chain/mapping/_panel.html", **shown))
        response.headers["Vary"] = "X-Part"
        return response
    reference = load_reference()
    operator = get_node(found.operated_by_id) if found.operated_by_id else None
    risks = told.get("risks", [])
    return render_template(
        "value_chain/mapping/node.html",
        **shown,
        sources=sources_of(found),
        run=of_map.head,
        risks=risks,
        ranges=rows_of(risks),
        risk_words=risk_words,
        marks=told["marks"].get(node_id, ()),
        event_kinds=EVENT_KINDS,
        tasks=tasks_from(told["tasks"], told["reasons"]),
        triggers=triggers(),
        list_matches=told.get("list_matches", []),
        operator=operator,
        origin_asked=told["origin_asked"],
        ids=[(id_word(scheme), one) for scheme, one in sorted(found.external_ids.items())],
        owner=_owner_words(found.owner_id),
        sector=reference.sectors.get(found.sector_ref or ""),
        commodities=[
            reference.commodities[ref].name if ref in reference.commodities else ref
            for ref in found.commodity_refs
        ],
        unknown=unknown_share(links.suppliers, links.suppliers_total),
        link_words=link_words,
        action_words=action_words,
        history=told["history"],
        **(_response_of(told["measured"]) if "measured" in told else {}),
    )


def _asked_of_node(node_id: UUID, of_map: MapHead | None) -> dict[str, Question[Any]]:
    """What its page shows, and the reader may read; of the panel, without a map, the head alone."""
    head = {**select_links(node_id), "summary": select_summary(node_id)}
    if of_map is None:
        return head
    run, may = of_map.head, g.identity.has
    is_origin = Approval.node_id == node_id, Approval.kind == ApprovalKind.ORIGIN
    history = LogFilter(target_id=str(node_id))
    return {
        **head,
        **select_tasks_of(node_id),
        "marks": select_marks([node_id]),
        "origin_asked": select_standing(*is_origin),
        "history": select_log(history, limit=HISTORY_SHOWN),
        **({"risks": select_risks_of_node(run.id, node_id)} if run else {}),
        **(
            {"list_matches": select_matches_of(node_id)} if may(Permission.SCREENING_DECIDE) else {}
        ),
        **(
            {"measured": select_measured(node_id, g.now.date())}
            if may(Permission.RISK_READ)
            else {}
        ),
    }


def _response_of(measured: Measured | None) -> dict[str, Any]:
    """How its supplier responds, as the buyer may read it today."""
    if measured is None or measured.measure is None:
        return {"measured": measured}
    return {
        "measured": measured,
        "response": card_of(measured.measure, measured.response),
        "swarm": swarm_of(load_measures(g.now.date()).values, measured.measure),
    }


def _origin_asked(node_id: UUID) -> Sequence[Standing]:
    """What waits or is in force of it as an origin."""
    return list_standing(Approval.node_id == node_id, Approval.kind == ApprovalKind.ORIGIN)


def _owner_words(owner_id: UUID | None) -> str | None:
    """Who answers for a node; of a person who left, that they did."""
    if owner_id is None:
        return None
    try:
        return get_person(owner_id).name
    except NotFound:
        return f"{get_user(owner_id).name} (no longer a member)"


@bp.route("/<uuid:chain_id>/nodes/new", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def add_node(chain_id: UUID) -> ResponseReturnValue:
    """Add a supplier or site by hand."""
    chain, labels = get_chain(chain_id), load_labels(chain_id)
    form = NodeForm(owners=labels.owners)

    def save() -> ResponseReturnValue:
        wanted, wish = _fields(form, chain_id, ()), wish_of(form)
        made = value_chain.add_node(chain_id, wanted, wish=wish, by=g.identity, at=g.now)
        waits = f" {ORIGIN_WAITS}" if made.is_origin != wanted.is_origin else ""
        flash(f"“{made.name}” is in the map. Link it to its buyer next.{waits}", "success")
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
            by=g.identity,
            at=g.now,
        )
        waits = f" {ORIGIN_WAITS}" if changed.is_origin != wanted.is_origin else ""
        flash(f"Saved.{waits}", "success")
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
    """What was typed as values of the service. Raises Invalid naming what is not found."""
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
        faults["commodities"] = (
            f"Not known: {', '.join(unknown)}. Use a common name or an HS code, "
            "or put it into the description of the map."
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
        faults[field] = f"Several are meant: {names}. Write the whole name or the id."
    elif names:
        faults[field] = (
            f"Nothing in this map has this name or id. Like it: {names}. "
            "Write the whole name or the id, or add it to the map first."
        )
    else:
        faults[field] = "Nothing in this map has this name or id. Add it to the map first."
    return None


@bp.route("/nodes/<uuid:node_id>/archive", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_EDIT)
def archive_node(node_id: UUID) -> ResponseReturnValue:
    """The second step before a node leaves the map."""
    found = get_node(node_id)
    if request.method == "POST":
        value_chain.archive_node(node_id, by=g.identity, at=g.now)
        flash(f"“{found.name}” is archived. You can restore it on its page.", "success")
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
    restored = value_chain.restore_node(node_id, by=g.identity, at=g.now)
    flash(f"“{restored.name}” is back in the map.", "success")
    return redirect(url_for("value_chain.node", node_id=node_id))
