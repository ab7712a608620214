"""Pages of data sources: the basis of every figure on a country or a good."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.risk.atlas.queries.context import atlas_sets, context_sets
from ddplatform.risk.blueprints.reference import bp
from ddplatform.risk.reference.queries import releases as queries
from ddplatform.risk.words.codes import SOURCE_TYPES
from supply_chain.reference.atlas import load_atlas


@bp.get("/")
@requires(Permission.REFERENCE_READ)
def index() -> ResponseReturnValue:
    """Every set of the release in use and of the atlas: publisher, years, terms, gaps."""
    release = queries.find_newest_release()
    if release is None:
        return render_template("risk/reference/none.html")
    missing = queries.factors_without_data(release)
    return render_template(
        "risk/reference/index.html",
        release=release,
        releases=queries.list_releases(),
        sets=queries.data_sets(release),
        context=context_sets(release),
        atlas=load_atlas(),
        more=atlas_sets(),
        missing=[(factor, queries.factor_name(factor)) for factor in missing],
        source_types=SOURCE_TYPES,
    )
