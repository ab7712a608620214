"""Download of a view of a map as a file, with the filters of the page."""

from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import ENDINGS, WRITERS, XLSX, ZIP, ExportedFile
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import ENGLISH, gettext, speaking
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.drawings.standalone import PICTURES, png_file, svg_file
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.saved_views.address import asked_parts
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.view_files.address import (
    archived_of_address,
    form_words,
    is_of_archived,
)
from ddplatform.value_chain.view_files.content import ViewContent, content_of
from ddplatform.value_chain.view_files.services import record_view_export

MEDIA_TYPES: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": ZIP,
    "xlsx": XLSX,
    "parquet": ZIP,
    "graphml": "application/xml",
    "geojson": "application/geo+json",
    "json": "application/json",
}


@bp.post("/<uuid:chain_id>/export/<page>")
@requires(Permission.VALUE_CHAIN_EXPORT, reads_first=True)
@takes_lists("open")
def export_view(chain_id: UUID, page: str) -> ResponseReturnValue:
    """Download the view in the address; the form is in the body."""
    if page not in set(ViewKind):
        raise NotFound()
    kind, form = ViewKind(page), request.form.get("form", "")
    if form not in form_words(kind):
        raise Invalid(fields={"form": gettext("Choose one of the file formats of this view.")})
    chain = get_chain(chain_id)
    made, nodes = _file_of(chain, kind, form)
    record_view_export(
        chain_id,
        kind,
        form,
        asked=asked_parts(kind),
        nodes=nodes,
        act=g.act,
    )
    what = "archived" if is_of_archived(kind) else kind.value
    name = f"{chain.slug}-{what}-v{chain.version}.{ENDINGS.get(form, form)}"
    return as_download(ExportedFile(name, MEDIA_TYPES[form], made))


def _file_of(chain: ValueChain, kind: ViewKind, form: str) -> tuple[bytes, int]:
    """The file, and how many nodes it holds.

    A picture speaks the language of the page; data, whose headings other programs read, English.
    """
    if form in PICTURES:
        return _made(chain, kind, form)
    with speaking(ENGLISH):
        return _made(chain, kind, form)


def _made(chain: ValueChain, kind: ViewKind, form: str) -> tuple[bytes, int]:
    if is_of_archived(kind):
        archived = archived_of_address(chain)
        return archived.write(form), archived.nodes
    content = content_of(chain, kind)
    return _WRITE[form](content), content.nodes_in(form)


def _svg(content: ViewContent) -> bytes:
    return svg_file(content.picture(), Path(current_app.static_folder or ""))


_WRITE: Mapping[str, Callable[[ViewContent], bytes]] = {
    "svg": _svg,
    "png": lambda content: png_file(_svg(content)),
    "csv": lambda content: WRITERS["csv"](content.sheets()),
    "xlsx": lambda content: WRITERS["xlsx"](content.sheets()),
    "parquet": lambda content: WRITERS["parquet"](content.sheets()),
    "graphml": lambda content: content.graphml(),
    "geojson": lambda content: content.geojson(),
}
