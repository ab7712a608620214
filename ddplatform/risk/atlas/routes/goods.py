"""Goods of the atlas: the list, one of them, one from a country."""

from functools import partial

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.page_context import may
from ddplatform.risk.atlas.asked import asked_page, asked_sort, list_open
from ddplatform.risk.atlas.queries.country import get_country
from ddplatform.risk.atlas.queries.exposure import goods_by_presence, load_good_presence
from ddplatform.risk.atlas.queries.goods import get_commodity, list_goods, load_good
from ddplatform.risk.atlas.views import lists
from ddplatform.risk.blueprints.reference import bp
from ddplatform.risk.reference.queries import releases as queries
from ddplatform.risk.words.codes import SOURCE_TYPES
from supply_chain.reference.atlas import load_atlas
from supply_chain.reference.release import load_reference


@bp.get("/goods")
@requires(Permission.REFERENCE_READ)
def goods() -> ResponseReturnValue:
    """Every good: its base rate, for how many countries it is listed, our sites."""
    sees_maps = may(Permission.VALUE_CHAIN_READ)
    ours = goods_by_presence() if sees_maps else {}
    text = request.args.get("q", "").strip()[: lists.LONGEST]
    only_ours = sees_maps and request.args.get("ours") == "1"
    rows = [lists.GoodLine(row, ours.get(row.commodity.ref, 0)) for row in list_goods()]
    found = [
        row
        for row in rows
        if (not text or lists.is_good_meant(text, row.good.commodity))
        and (not only_ours or row.ours)
    ]
    has_sites = any(row.ours for row in rows)
    sort = asked_sort(lists.GOOD_SORTS, "ours" if has_sites else "name")
    return render_template(
        "risk/atlas/goods.html",
        release=queries.get_newest_release(),
        page=asked_page(lists.goods_in_order(found, sort)),
        sort=sort,
        columns=partial(lists.columns, list_open()),
        text=text,
        only_ours=only_ours,
        sees_maps=sees_maps,
        has_sites=has_sites,
    )


@bp.get("/goods/<commodity_ref>")
@requires(Permission.REFERENCE_READ)
def good(commodity_ref: str) -> ResponseReturnValue:
    """All data on a good, and its presence in our own maps."""
    commodity = get_commodity(commodity_ref)
    sees_maps = may(Permission.VALUE_CHAIN_READ)
    return render_template(
        "risk/atlas/good.html",
        release=queries.get_newest_release(),
        atlas=load_atlas(),
        told=load_good(commodity),
        commodity=commodity,
        ours=load_good_presence(commodity_ref) if sees_maps else None,
        source_types=SOURCE_TYPES,
    )


@bp.get("/countries/<alpha2>/goods/<commodity_ref>")
@requires(Permission.REFERENCE_READ)
def pair(alpha2: str, commodity_ref: str) -> ResponseReturnValue:
    """A good from a country: base rate, whether it is listed and since when, our sites."""
    found, commodity = get_country(alpha2), get_commodity(commodity_ref)
    release, shipped = queries.get_newest_release(), load_reference()
    figures = {f.factor: f for f in queries.list_pair_figures(release.id, commodity_ref, alpha2)}
    told = load_good(commodity)
    return render_template(
        "risk/atlas/pair.html",
        release=release,
        atlas=load_atlas(),
        country=found,
        commodity=commodity,
        told=told,
        rate=figures.get("SEC-01"),
        listing=shipped.pair(commodity_ref, alpha2),
        here=told.listing(alpha2),
        sets={one.ref: one for one in queries.data_sets(release)},
        ours=load_good_presence(commodity_ref, alpha2)
        if may(Permission.VALUE_CHAIN_READ)
        else None,
        source_types=SOURCE_TYPES,
    )
