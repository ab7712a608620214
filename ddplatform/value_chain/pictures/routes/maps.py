"""Pages of the map as a drawing, as a table, and tier by country."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import carried
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.filters.address import asked_bar, asked_filter
from ddplatform.value_chain.filters.queries.lists import NodeOrder, NodePage
from ddplatform.value_chain.filters.views import PAGING, short_choices
from ddplatform.value_chain.mapping.queries.maps import get_node, get_summary
from ddplatform.value_chain.pictures.pages import (
    DEPTHS,
    chosen_colouring,
    map_page,
    read_map_state,
)
from ddplatform.value_chain.pictures.queries.groups import GroupBy
from ddplatform.value_chain.pictures.views.boxes import MapPage
from ddplatform.value_chain.pictures.views.colour import map_colour_choices
from ddplatform.value_chain.pictures.views.rows import rows_of
from ddplatform.value_chain.saved_views.address import asked_view_bar
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import get_chain_with_views
from ddplatform.value_chain.view_files.address import export_bar, list_of_address
from ddplatform.value_chain.words.map_fields import KIND_WORDS

GROUPINGS: Mapping[GroupBy, str] = {
    GroupBy.COUNTRY: _("Country"),
    GroupBy.REGION: _("Region"),
    GroupBy.COMMODITY: _("Commodity"),
    GroupBy.OPERATOR: _("Operator"),
}


@bp.get("/<uuid:chain_id>/")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def show(chain_id: UUID) -> ResponseReturnValue:
    """A bounded view of the map; its whole state stands in the address."""
    chain, views = get_chain_with_views(chain_id)
    page, state, colouring = map_page(chain), read_map_state(), chosen_colouring()
    return render_template(
        "value_chain/pictures/show.html",
        chain=chain,
        page=page,
        rows=rows_of(page),
        total=len(page.snapshot.keys),
        depths=[
            {
                "label": gettext("%(num)s up", num=n),
                "href": page.here(depth=n),
                "current": n == state.depth,
            }
            for n in DEPTHS
        ],
        upstream=state.upstream,
        groupings=[
            {
                "label": word,
                "href": page.here(by=by.value, open=[]),
                "current": by == state.group_by,
            }
            for by, word in GROUPINGS.items()
        ],
        colouring=colouring,
        colours=map_colour_choices(),
        saved=asked_view_bar(chain_id, ViewKind.MAP, views),
        files=export_bar(chain, ViewKind.MAP),
        bar=asked_bar(
            chain_id, "value_chain.show", asked_filter(standing=True), is_like=page.is_like
        ),
        kept=[(k, v) for k, v in request.args.items(multi=True) if k != "colour"],
        **_panel(state.focus, page),
    )


def _panel(focus: UUID | None, page: MapPage) -> dict[str, Any]:
    if focus is None:
        return {"node": None}
    try:
        node = get_node(focus)
    except NotFound:
        return {"node": None}
    return {
        "node": node,
        "summary": page.states.get(focus) or get_summary(focus),
        "link_counts": page.link_counts(focus),
        "kind_words": KIND_WORDS,
    }


@bp.get("/<uuid:chain_id>/table")
@requires(Permission.VALUE_CHAIN_READ)
@takes_lists("open")
@limited(Use.COSTLY_PAGE)
def table(chain_id: UUID) -> ResponseReturnValue:
    """All sites of a map, searched, filtered, sorted, a page at a time."""
    chain, views = get_chain_with_views(chain_id)
    wanted, listed = asked_filter(), list_of_address(chain_id)
    page = listed.page
    return render_template(
        "value_chain/pictures/table.html",
        chain=chain,
        page=page,
        wanted=wanted,
        order=listed.order,
        sort={o.value: _address(chain_id, sort=o.value) for o in NodeOrder},
        paging=_paging(chain_id, page),
        choices=short_choices(wanted.sector),
        bar=asked_bar(chain_id, "value_chain.table", wanted, is_like=page.is_like),
        kind_words=KIND_WORDS,
        saved=asked_view_bar(chain_id, ViewKind.TABLE, views),
        files=export_bar(chain, ViewKind.TABLE),
        total=listed.total,
        sentence=listed.sentence,
    )


def _address(chain_id: UUID, **changes: str) -> str:
    state: dict[str, Any] = {k: v for k, v in carried().items() if v and k not in PAGING}
    return url_for("value_chain.table", chain_id=chain_id, **{**state, **changes})


def _paging(chain_id: UUID, page: NodePage) -> dict[str, str | None]:
    return {
        "previous_href": _address(chain_id, before=page.before) if page.before else None,
        "next_href": _address(chain_id, after=page.after) if page.after else None,
    }
