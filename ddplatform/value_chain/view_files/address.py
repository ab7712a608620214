"""View that is open, from its address: its description, and its file formats."""

from collections.abc import Mapping
from uuid import UUID

from flask import g, request, url_for

from ddplatform.value_chain.filters.address import asked_filter
from ddplatform.value_chain.filters.queries.lists import NodeOrder, list_archived, list_nodes
from ddplatform.value_chain.filters.queries.named import load_names
from ddplatform.value_chain.filters.views import PAGING
from ddplatform.value_chain.graph.queries.runs import runs
from ddplatform.value_chain.graph.queries.snapshots import find_snapshot
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.pages import asked_uuid, chosen_colouring
from ddplatform.value_chain.pictures.views.colour import colouring_of
from ddplatform.value_chain.pictures.views.issue_colour import HIGHEST
from ddplatform.value_chain.saved_views.address import asked_parts
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.views import query_of
from ddplatform.value_chain.view_files.views.about import (
    Scores,
    ViewFacts,
    shown_parts,
    shows_words,
)
from ddplatform.value_chain.view_files.views.archived import ArchivedSites, archived_sites
from ddplatform.value_chain.view_files.views.bar import ARCHIVED_WORDS, FORM_WORDS, ExportBar
from ddplatform.value_chain.view_files.views.sites import SiteList
from supply_chain.risk.rm2.method import METHOD_VERSION


def view_facts(chain: ValueChain, kind: ViewKind) -> ViewFacts:
    """The description of the open view."""
    parts, has_person = shown_parts(asked_parts(kind))
    named = load_names((name, value) for name, value in parts)
    return ViewFacts(
        chain,
        kind,
        # The table has no colours to choose: its bands are the highest over all issues.
        colouring_of(HIGHEST) if kind is ViewKind.TABLE else chosen_colouring(),
        organisation=g.organisation.name,
        shows=shows_words(parts, named, has_person=has_person),
        made_at=g.now,
        scores=_scores(chain),
    )


def _scores(chain: ValueChain) -> Scores:
    """Of the run that the map points to; a run never changes, so it is read once for a map."""
    if chain.current_run_id is None:
        return Scores(METHOD_VERSION)
    snapshot = find_snapshot(chain)
    if snapshot is None:
        return _scores_of(chain.id)
    return snapshot.made.of("scores told", lambda: _scores_of(chain.id))


def _scores_of(chain_id: UUID) -> Scores:
    head = runs().find_current(chain_id)
    assert head is not None  # the map points to a run
    return Scores(head.method_version, head.as_of, head.chain_version, head.release_name)


def is_of_archived(kind: ViewKind) -> bool:
    """Whether the page that is open lists archived sites."""
    return kind is ViewKind.TABLE and asked_filter().archived


def form_words(kind: ViewKind) -> Mapping[str, str]:
    """The forms in which the page that is open goes out, with words."""
    return ARCHIVED_WORDS if is_of_archived(kind) else FORM_WORDS


def export_bar(chain: ValueChain, kind: ViewKind) -> ExportBar:
    """The bar for the page that is open: its filters and what is open go along.

    So does the page of a list that one has turned to, which is what its picture shows.
    """
    view = view_facts(chain, kind)
    turned = [[name, str(key)] for name in sorted(PAGING) if (key := asked_uuid(name))]
    asked = query_of([*asked_parts(kind), *(turned if kind is ViewKind.TABLE else [])])
    href = url_for("value_chain.export_view", chain_id=chain.id, page=kind.value, **asked)
    return ExportBar(href, (view.title, *view.lines), tuple(form_words(kind).items()))


def list_of_address(chain_id: UUID) -> SiteList:
    """The page of the list that the address asks for."""
    word = request.args.get("sort", "")
    order = NodeOrder(word) if word in set(NodeOrder) else NodeOrder.NAME
    page = list_nodes(
        chain_id,
        asked_filter(),
        order=order,
        after=asked_uuid("after"),
        before=asked_uuid("before"),
    )
    return SiteList(page, order)


def archived_of_address(chain: ValueChain) -> ArchivedSites:
    """The archived sites that the address asks for."""
    rows = list_archived(chain.id, asked_filter())
    return archived_sites(rows, view_facts(chain, ViewKind.TABLE))
