"""Pages of a map on a past day: picture, list, single nodes, and the wait for a large map."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.choices import country_choices
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.models import JobState
from ddplatform.infrastructure.web.address_values import day
from ddplatform.languages import gettext as _
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.changes.queries.bands import load_day_bands
from ddplatform.value_chain.changes.queries.node import PAGE_SIZE as HISTORY_PAGE
from ddplatform.value_chain.changes.queries.node import load_node_history
from ddplatform.value_chain.graph.queries.snapshots import is_at_hand, load_past_snapshot
from ddplatform.value_chain.history.asked import (
    asked_day,
    page_number,
    paging,
    start_of_page,
)
from ddplatform.value_chain.history.queries.past import Past, load_past
from ddplatform.value_chain.history.services import past_days as map_past_days
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from ddplatform.value_chain.mapping.views import lane_word, link_words
from ddplatform.value_chain.past_map.queries.lists import PAGE_SIZE, PastFilter, list_past_nodes
from ddplatform.value_chain.past_map.queries.node import load_past_node
from ddplatform.value_chain.pictures.pages import past_page, read_map_state
from ddplatform.value_chain.pictures.queries.colours import ColourBy
from ddplatform.value_chain.pictures.views.colour import Colouring
from ddplatform.value_chain.pictures.views.rows import rows_of
from ddplatform.value_chain.words.map_fields import (
    EVIDENCE_WORDS,
    KIND_WORDS,
    difference_words,
    who_words,
    why_words,
)
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind

PAGES = ("past_map", "past_table")
"""Pages of a day that has to be read first on a large map."""


@bp.get("/<uuid:chain_id>/past")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def past_map(chain_id: UUID) -> ResponseReturnValue:
    """The picture of a past day; `focus` and `open` as on the map of today."""
    chain = get_chain(chain_id)
    asked = asked_day(chain)
    if asked.day is None:
        return _no_day("past_map", chain=chain, asked=asked)
    past = load_past(chain, asked.day)
    if not is_at_hand(chain, past):
        return not_ready("past_map", chain, past)
    page = past_page(chain, past)
    return render_template(
        "value_chain/past_map/past_map.html",
        chain=chain,
        page=page,
        rows=rows_of(page),
        total=len(page.snapshot.keys),
        focus=read_map_state().focus,
        colouring=Colouring(ColourBy.BAND, None),
        **_of_day("past_map", chain, past),
    )


@bp.get("/<uuid:chain_id>/past/table")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def past_table(chain_id: UUID) -> ResponseReturnValue:
    """The list of a past day, searched and filtered, a page at a time."""
    chain = get_chain(chain_id)
    asked = asked_day(chain)
    if asked.day is None:
        return _no_day("past_table", chain=chain, asked=asked)
    past = load_past(chain, asked.day)
    if not is_at_hand(chain, past):
        return not_ready("past_table", chain, past)
    snapshot = load_past_snapshot(chain, past)
    wanted = _filter()
    found = list_past_nodes(snapshot, wanted, page=page_number())
    return render_template(
        "value_chain/past_map/past_table.html",
        chain=chain,
        found=found,
        wanted=wanted,
        paging_of=paging(found.first, len(found.rows), found.total, PAGE_SIZE),
        lane_word=lambda lane: lane_word(snapshot, lane),
        kind_words=KIND_WORDS,
        kinds=[("", _("All kinds")), *((k.value, word) for k, word in KIND_WORDS.items())],
        countries=[("", _("All countries")), ("none", _("Not known")), *country_choices()[1:]],
        **_of_day("past_table", chain, past),
    )


@bp.get("/nodes/<uuid:node_id>/past")
@requires(Permission.VALUE_CHAIN_READ)
def past_node(node_id: UUID) -> ResponseReturnValue:
    """A supplier or site as it stood on a past day."""
    node = get_node(node_id)
    chain = get_chain(node.chain_id)
    asked = asked_day(chain)
    if asked.day is None:
        return _no_day("past_node", chain=chain, asked=asked, node=node)
    past = load_past(chain, asked.day)
    found, bands = load_past_node(node, past), load_day_bands(chain.id, past, [node.id])
    commodities = load_reference().commodities
    return render_template(
        "value_chain/past_map/past_node.html",
        chain=chain,
        node=node,
        found=found,
        band_then=bands.of.get(node.id) if bands else None,
        sectors=load_reference().sectors,
        commodities=[
            commodities[ref].name if ref in commodities else ref
            for ref in (found.told.commodity_refs if found.told else ())
        ],
        kind_words=KIND_WORDS,
        link_words=link_words,
        evidence_words=EVIDENCE_WORDS,
        **_of_day("past_node", chain, past),
    )


@bp.get("/nodes/<uuid:node_id>/history")
@requires(Permission.VALUE_CHAIN_READ)
def node_history(node_id: UUID) -> ResponseReturnValue:
    """Each change of a node and its links: before, after, who, when, why."""
    node = get_node(node_id)
    history = load_node_history(node)
    total = len(history.happened)
    start = start_of_page(total, HISTORY_PAGE)
    rows = history.happened[start : start + HISTORY_PAGE]
    return render_template(
        "value_chain/past_map/node_history.html",
        chain=get_chain(node.chain_id),
        node=node,
        history=history,
        rows=[(one, *difference_words(one.difference, history.names)) for one in rows],
        who_words=who_words,
        why_words=why_words,
        paging_of=paging(start, len(rows), total, HISTORY_PAGE),
    )


def _no_day(page: str, **shown: Any) -> ResponseReturnValue:
    answer = render_template("value_chain/past_map/past_day.html", page=page, **shown)
    return answer, 422 if shown["asked"].problem else 200


def _of_day(page: str, chain: Any, past: Past) -> dict[str, Any]:
    """The common content of every page of a day: the day, the map's name then, the other pages."""
    shown = past.day.isoformat()
    return {
        "past": past,
        "name_then": past.name_of(chain),
        "views": _views_of_day(chain, shown, page),
        "compare_href": url_for("value_chain.changes", chain_id=chain.id, first=shown),
    }


def _views_of_day(chain: ValueChain, shown: str, current: str) -> Sequence[Mapping[str, Any]]:
    """The picture and the list of a day."""
    return [
        {
            "label": label,
            "icon": icon,
            "href": url_for(f"value_chain.{page}", chain_id=chain.id, day=shown),
            "current": page == current,
        }
        for page, label, icon in (
            ("past_map", _("Map"), "hierarchy-2"),
            ("past_table", _("Table"), "table"),
        )
    ]


def _filter() -> PastFilter:
    kind = request.args.get("kind", "")
    return PastFilter(
        q=request.args.get("q", "").strip()[:200],
        country=request.args.get("country", "")[:4],
        kind=NodeKind(kind) if kind in set(NodeKind) else None,
    )


def not_ready(page: str, chain: ValueChain, past: Past) -> str:
    """Instead of a page of a day that has to be read first."""
    return _page(chain, past.day.isoformat(), page=page)


@bp.post("/<uuid:chain_id>/past/prepare")
@requires(Permission.VALUE_CHAIN_READ)
@limited(Use.CALCULATION)
def prepare_past(chain_id: UUID) -> ResponseReturnValue:
    """Ask for a day; it is read behind the page."""
    page = request.form.get("page", "")
    try:
        asked = day(request.form.get("day", ""))
    except ValueError:
        raise NotFound() from None
    if page not in PAGES:
        raise NotFound()
    job = map_past_days.request_day(chain_id, asked, page, act=g.act)
    return redirect(url_for(".past_prepared", chain_id=chain_id, job_id=job.id))


@bp.get("/<uuid:chain_id>/past/being-read/<uuid:job_id>")
@requires(Permission.VALUE_CHAIN_READ)
def past_prepared(chain_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The progress; reloads itself until the day is there, then leads to it."""
    job = map_past_days.get_request(job_id, chain_id)
    told: dict[str, str] = dict(job.payload)
    if job.state == JobState.DONE:
        address = url_for(f".{told['page']}", chain_id=chain_id, day=told["day"])
        return redirect(address)
    return _page(get_chain(chain_id), told["day"], page=told["page"], job=job)


def _page(chain: ValueChain, shown: str, **more: Any) -> str:
    job = more.get("job")
    return render_template(
        "value_chain/past_map/past_wait.html",
        chain=chain,
        day=shown,
        on=day(shown),
        running=job is not None and job.is_going_on,
        **{"job": None, **more},
    )
