"""Pages of the atlas as files."""

from typing import cast

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.risk.atlas.queries.country import get_country, list_countries
from ddplatform.risk.atlas.queries.goods import get_commodity
from ddplatform.risk.atlas_files.services import (
    MEDIA_TYPES,
    AtlasForm,
    ExportedAtlas,
    export_countries,
    export_good,
)
from ddplatform.risk.blueprints.reference import bp


@bp.post("/countries/<alpha2>/export")
@requires(Permission.REFERENCE_READ, reads_first=True)
def country_file(alpha2: str) -> ResponseReturnValue:
    """What is told of a country as a workbook or CSV."""
    found, form = get_country(alpha2), _form()
    return _sent(export_countries([found], form, act=g.act))


@bp.post("/compare/export")
@requires(Permission.REFERENCE_READ, reads_first=True)
def compare_file() -> ResponseReturnValue:
    """What is told of the countries of the address as a workbook or CSV."""
    asked, form = list_countries(request.values.getlist("c")), _form()
    if not asked:
        raise NotFound()
    return _sent(export_countries(asked, form, act=g.act))


@bp.post("/goods/<commodity_ref>/export")
@requires(Permission.REFERENCE_READ, reads_first=True)
def good_file(commodity_ref: str) -> ResponseReturnValue:
    """What is told of a good as a workbook or CSV."""
    found, form = get_commodity(commodity_ref), _form()
    return _sent(export_good(found, form, act=g.act))


def _form() -> AtlasForm:
    form = request.form.get("form", "")
    if form not in MEDIA_TYPES:
        raise NotFound()
    return cast(AtlasForm, form)


def _sent(made: ExportedAtlas) -> ResponseReturnValue:
    response = Response(made.content, mimetype=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    return response
