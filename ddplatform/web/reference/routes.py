"""Data sources: what every figure on a country or a good rests on."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.errors import NotFound
from ddplatform.gate import requires
from ddplatform.queries import reference as queries
from ddplatform.queries.reference_context import context_sets, list_context
from ddplatform.web.risk.words import SOURCE_TYPES
from supply_chain.reference import load_reference
from supply_chain.reference_types import Commodity, Country

bp = Blueprint("reference", __name__)


@bp.get("/")
@requires(Permission.REFERENCE_READ)
def index() -> ResponseReturnValue:
    """Every set of the release in use: publisher, years, terms, gaps."""
    release = queries.find_newest_release()
    if release is None:
        return render_template("reference/none.html")
    missing = queries.factors_without_data(release)
    return render_template(
        "reference/index.html",
        release=release,
        releases=queries.list_releases(),
        sets=queries.data_sets(release),
        context=context_sets(release),
        missing=[(factor, queries.factor_name(factor)) for factor in missing],
        source_types=SOURCE_TYPES,
    )


@bp.get("/countries")
@requires(Permission.REFERENCE_READ)
def countries() -> ResponseReturnValue:
    """Every country, with how many of its factors have a figure."""
    release = queries.get_newest_release()
    known = queries.count_figures_by_country(release.id)
    rows = sorted(load_reference().countries.values(), key=lambda country: country.short_name)
    return render_template(
        "reference/countries.html",
        release=release,
        rows=[(country, known.get(country.alpha2, 0)) for country in rows],
        factors=len(queries.COUNTRY_FACTORS),
    )


@bp.get("/countries/<alpha2>")
@requires(Permission.REFERENCE_READ)
def country(alpha2: str) -> ResponseReturnValue:
    """Every country factor with its figure and source, goods on the US DOL list, the context."""
    found, release = _country(alpha2), queries.get_newest_release()
    shipped = load_reference()
    listed = queries.list_listed_commodities(release.id, alpha2)
    return render_template(
        "reference/country.html",
        release=release,
        country=found,
        lines=queries.list_country_factors(release, alpha2),
        goods=shipped.goods_in(alpha2),
        context=list_context(release, alpha2),
        commodities=[shipped.commodities[ref] for ref in listed if ref in shipped.commodities],
        source_types=SOURCE_TYPES,
    )


@bp.get("/countries/<alpha2>/goods/<commodity_ref>")
@requires(Permission.REFERENCE_READ)
def pair(alpha2: str, commodity_ref: str) -> ResponseReturnValue:
    """What is known of a good from a country: its base rate, and whether the pair is listed."""
    found, good = _country(alpha2), _commodity(commodity_ref)
    release, shipped = queries.get_newest_release(), load_reference()
    figures = {f.factor: f for f in queries.list_pair_figures(release.id, commodity_ref, alpha2)}
    sets = {one.ref: one for one in queries.data_sets(release)}
    return render_template(
        "reference/pair.html",
        release=release,
        country=found,
        commodity=good,
        activity=shipped.activities[good.activity],
        rate=figures.get("SEC-01"),
        listing=shipped.pair(commodity_ref, alpha2),
        lines=[
            line
            for line in shipped.goods
            if line.good in good.goods and line.alpha2 in (alpha2, None)
        ],
        sets=sets,
        source_types=SOURCE_TYPES,
    )


def _country(alpha2: str) -> Country:
    found = load_reference().countries.get(alpha2)
    if found is None:
        raise NotFound()
    return found


def _commodity(ref: str) -> Commodity:
    found = load_reference().commodities.get(ref)
    if found is None:
        raise NotFound()
    return found
