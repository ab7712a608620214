"""Data sources: what every figure on a country or a good rests on."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires
from ddplatform.queries import reference as queries
from ddplatform.queries.reference_context import atlas_sets, context_sets
from ddplatform.web.reference.blueprint import bp
from ddplatform.web.risk.words import SOURCE_TYPES
from supply_chain.reference_atlas import load_atlas


@bp.get("/")
@requires(Permission.REFERENCE_READ)
def index() -> ResponseReturnValue:
    """Every set of the release in use and of the atlas: publisher, years, terms, gaps."""
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
        atlas=load_atlas(),
        more=atlas_sets(),
        missing=[(factor, queries.factor_name(factor)) for factor in missing],
        source_types=SOURCE_TYPES,
    )
