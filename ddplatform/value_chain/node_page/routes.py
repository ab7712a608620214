"""Page of a node, and its short form beside a map."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_person, get_user
from ddplatform.audit.queries.log import LogFilter, select_log
from ddplatform.audit.views import action_words
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.together import Question, ask_together
from ddplatform.languages import gettext
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind
from ddplatform.value_chain.approvals.queries.approvals import select_active
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import (
    get_chain,
    get_node,
    links_from,
    select_links,
    select_summary,
)
from ddplatform.value_chain.mapping.views import excess_share, link_words, unknown_share
from ddplatform.value_chain.merging.queries.merges import load_sources
from ddplatform.value_chain.node_page.views import (
    CARDS,
    CardPart,
    ShownNode,
    parts_by_place,
    styles_of,
)
from ddplatform.value_chain.screening.queries.lists import select_matches_of
from ddplatform.value_chain.words.map_fields import EVIDENCE_WORDS, KIND_WORDS, id_word
from supply_chain.reference.release import load_reference

HISTORY_SHOWN = 20


@bp.get("/nodes/<uuid:node_id>")
@requires(Permission.VALUE_CHAIN_READ)
def node(node_id: UUID) -> ResponseReturnValue:
    """A supplier or site; `part=panel` is the short form beside a map."""
    found = get_node(node_id)
    page = ShownNode(found, get_chain(found.chain_id), g.now.date())
    if request.args.get("part") == "panel":
        told = ask_together(_asked_of_panel(node_id))
        html = render_template("value_chain/node_page/_panel.html", **_head(page, told))
        response = make_response(html)
        response.headers["Vary"] = "X-Part"
        return response
    told, parts = _read(page)
    return render_template(
        "value_chain/node_page/node.html",
        **_head(page, told),
        **_facts(found),
        unknown=unknown_share(told["suppliers"], told["suppliers_total"]),
        excess=excess_share(told["suppliers"]),
        link_words=link_words,
        evidence_words=EVIDENCE_WORDS,
        list_matches=told.get("list_matches", []),
        origin_asked=told["origin_asked"],
        history=told["history"],
        action_words=action_words,
        parts=parts_by_place(parts),
        styles=styles_of(parts),
    )


def _read(page: ShownNode) -> tuple[dict[str, Any], list[CardPart]]:
    """The content of the page and of its permitted cards, read by one statement."""
    cards = {key: card for key, card in CARDS.items() if g.identity.has(card.permission)}
    asked = {key: card.ask(page) for key, card in cards.items()}
    of_cards = {
        f"{key} {name}": question
        for key, questions in asked.items()
        for name, question in questions.items()
    }
    told = ask_together({**_asked_of_page(page.node.id), **of_cards})
    parts = [
        part
        for key, card in cards.items()
        for part in card.show(page, {name: told[f"{key} {name}"] for name in asked[key]})
    ]
    return told, parts


def _asked_of_panel(node_id: UUID) -> dict[str, Question[Any]]:
    return {**select_links(node_id), "summary": select_summary(node_id)}


def _asked_of_page(node_id: UUID) -> dict[str, Question[Any]]:
    is_origin = Approval.node_id == node_id, Approval.kind == ApprovalKind.ORIGIN
    history = LogFilter(target_id=str(node_id))
    may_decide = g.identity.has(Permission.SCREENING_DECIDE)
    return {
        **_asked_of_panel(node_id),
        "origin_asked": select_active(*is_origin),
        "history": select_log(history, limit=HISTORY_SHOWN),
        **({"list_matches": select_matches_of(node_id)} if may_decide else {}),
    }


def _head(page: ShownNode, told: Mapping[str, Any]) -> dict[str, Any]:
    """The common content of the page and its short form."""
    links = links_from(told)
    return {
        "node": page.node,
        "chain": page.chain,
        "summary": told["summary"],
        "node_links": links,
        "link_counts": (links.suppliers_total, links.buyers_total),
        "kind_words": KIND_WORDS,
    }


def _facts(found: ValueChainNode) -> dict[str, Any]:
    """The data of the node itself, in words."""
    reference = load_reference()
    return {
        "sources": load_sources(found),
        "operator": get_node(found.operated_by_id) if found.operated_by_id else None,
        "owner": _owner_words(found.owner_id),
        "ids": [(id_word(scheme), one) for scheme, one in sorted(found.external_ids.items())],
        "sector": reference.sectors.get(found.sector_ref or ""),
        "commodities": [
            reference.commodities[ref].name if ref in reference.commodities else ref
            for ref in found.commodity_refs
        ],
    }


def _owner_words(owner_id: UUID | None) -> str | None:
    """The owner of a node; of a person who left, that they did."""
    if owner_id is None:
        return None
    try:
        return get_person(owner_id).name
    except NotFound:
        return gettext("%(name)s (no longer a member)", name=get_user(owner_id).name)
