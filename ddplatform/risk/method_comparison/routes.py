"""Page that compares risk methods on a map, and its file."""

from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.languages import ENGLISH, speaking
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.method_comparison import views
from ddplatform.risk.method_comparison.queries import compare_methods, count_places
from ddplatform.risk.method_comparison.services import export_comparison
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain

bp = Blueprint("method_comparison", __name__)
LARGEST_ON_PAGE = 5_000
"""Places of a map that is compared while somebody waits; larger ones by the command."""
TOO_LARGE = _("This map is too large for a page: ask an operator to run the command shown there.")


@bp.get("/<uuid:chain_id>")
@requires(Permission.RISK_READ)
@limited(Use.COSTLY_PAGE)
def show(chain_id: UUID) -> ResponseReturnValue:
    """Bands under both methods, and what moves each place."""
    chain = get_chain(chain_id)
    if is_too_large(chain):
        return render_template("risk/method_comparison/too_large.html", chain=chain)
    compared = compare_methods(chain, g.now.date())
    page = views.page_of(compared, number=request.args.get("page", 1, type=read_number))
    return render_template("risk/method_comparison/show.html", chain=chain, page=page)


@bp.post("/<uuid:chain_id>/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export(chain_id: UUID) -> ResponseReturnValue:
    """The comparison as a workbook or CSV."""
    form = asked_form()
    chain = get_chain(chain_id)
    if is_too_large(chain):
        raise Invalid(fields={"form": str(TOO_LARGE)})
    compared = compare_methods(chain, g.now.date())
    with speaking(ENGLISH):
        tables = views.as_tables(compared)
    made = export_comparison(chain, tables, form, version=compared.map_version, act=g.act)
    return as_download(made)


def is_too_large(chain: ValueChain) -> bool:
    """Whether a map has more places than a page compares."""
    return count_places(chain.id) > LARGEST_ON_PAGE
