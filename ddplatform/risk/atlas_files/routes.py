"""Pages of the atlas as files."""

from collections.abc import Sequence

from flask import g, request
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import AnalysisForm
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.risk.atlas.queries.country import get_country, list_countries, load_country
from ddplatform.risk.atlas.queries.goods import get_commodity, load_good
from ddplatform.risk.atlas_files.services import FORMS, export_atlas
from ddplatform.risk.atlas_files.views.countries import country_tables
from ddplatform.risk.atlas_files.views.tables import good_tables
from ddplatform.risk.blueprints.reference import bp
from ddplatform.risk.reference.queries.releases import get_newest_release
from supply_chain.reference.types import Country


@bp.post("/countries/<alpha2>/export")
@requires(Permission.REFERENCE_READ, reads_first=True)
@limited(Use.EXPORT)
def country_file(alpha2: str) -> ResponseReturnValue:
    """What is told of a country as a workbook or CSV."""
    found, form = get_country(alpha2), asked_form(FORMS)
    return _countries_sent([found], form)


@bp.post("/compare/export")
@requires(Permission.REFERENCE_READ, reads_first=True)
@takes_lists("c")
@limited(Use.EXPORT)
def compare_file() -> ResponseReturnValue:
    """What is told of the countries of the address as a workbook or CSV."""
    asked, form = list_countries(request.args.getlist("c")), asked_form(FORMS)
    if not asked:
        raise NotFound()
    return _countries_sent(asked, form)


@bp.post("/goods/<commodity_ref>/export")
@requires(Permission.REFERENCE_READ, reads_first=True)
@limited(Use.EXPORT)
def good_file(commodity_ref: str) -> ResponseReturnValue:
    """What is told of a good as a workbook or CSV."""
    found, form = get_commodity(commodity_ref), asked_form(FORMS)
    release = get_newest_release()
    tables = good_tables(release, load_good(found))
    return as_download(export_atlas(release, found.ref, tables, form, act=g.act))


def _countries_sent(countries: Sequence[Country], form: AnalysisForm) -> ResponseReturnValue:
    release = get_newest_release()
    told = [load_country(release, country, on=g.now.date()) for country in countries]
    subject = "-".join(country.alpha2 for country in countries)
    tables = country_tables(release, told)
    return as_download(export_atlas(release, subject, tables, form, act=g.act))
