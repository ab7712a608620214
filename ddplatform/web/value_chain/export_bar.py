"""In which forms a view of a map can be downloaded, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request, url_for

from ddplatform.models.saved_views import ViewKind
from ddplatform.services.saved_views import kept_parts
from ddplatform.web.value_chain.node_filter import read_filter
from ddplatform.web.value_chain.view_bar import query_of

FORM_WORDS: Mapping[str, str] = {
    "svg": "Picture (SVG)",
    "png": "Picture (PNG)",
    "csv": "Tables (CSV)",
    "xlsx": "Workbook (XLSX)",
    "graphml": "Graph (GraphML)",
    "geojson": "Points (GeoJSON)",
}
_ALL = tuple(FORM_WORDS)
FORMS: Mapping[ViewKind, Sequence[str]] = {
    ViewKind.MAP: _ALL,
    ViewKind.AROUND: _ALL,
    ViewKind.ALL_SITES: _ALL,
    ViewKind.TABLE: tuple(form for form in _ALL if form not in ("svg", "png")),
    ViewKind.WORLD: tuple(form for form in _ALL if form != "graphml"),
    ViewKind.MATRIX: ("svg", "png", "csv", "xlsx"),
}


@dataclass(frozen=True)
class ExportBar:
    """Where the view that is open goes out, and in which forms."""

    href: str
    forms: tuple[tuple[str, str], ...]


def is_of_archived(kind: ViewKind) -> bool:
    """Whether the page that is open lists archived sites: files hold what stands in the map."""
    return kind is ViewKind.TABLE and read_filter().archived


def export_bar(chain_id: UUID, kind: ViewKind) -> ExportBar | None:
    """The bar for the page that is open: its filters and what is open go along.

    None where what it shows does not go out.
    """
    if is_of_archived(kind):
        return None
    parts = kept_parts(kind, request.args.items(multi=True))
    href = url_for("value_chain.export_view", chain_id=chain_id, page=kind.value, **query_of(parts))
    return ExportBar(href, tuple((form, FORM_WORDS[form]) for form in FORMS[kind]))
