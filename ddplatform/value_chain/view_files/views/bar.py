"""In which forms each view of a map can be downloaded, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request, url_for

from ddplatform.value_chain.filters.views import PAGING, read_filter
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.views.pictures import asked_uuid
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.services import kept_parts
from ddplatform.value_chain.saved_views.views import query_of
from ddplatform.value_chain.view_files.views.about import told_of_address

FORM_WORDS: Mapping[str, str] = {
    "svg": "Picture (SVG)",
    "png": "Picture (PNG)",
    "csv": "Tables (CSV)",
    "xlsx": "Workbook (XLSX)",
    "graphml": "Graph (GraphML)",
    "geojson": "Points (GeoJSON)",
}
ARCHIVED_WORDS: Mapping[str, str] = {
    "csv": FORM_WORDS["csv"],
    "xlsx": FORM_WORDS["xlsx"],
    "json": "Data (JSON)",
}
"""What is archived stands at no place of the map: it has no picture, graph or points."""


@dataclass(frozen=True)
class ExportBar:
    """Where the view that is open goes out, and what it says of itself on paper."""

    href: str
    told: Sequence[str]
    forms: Sequence[tuple[str, str]]
    """The forms of files, with words."""


def is_of_archived(kind: ViewKind) -> bool:
    """Whether the page that is open lists archived sites."""
    return kind is ViewKind.TABLE and read_filter().archived


def form_words(kind: ViewKind) -> Mapping[str, str]:
    """The forms in which the page that is open goes out, with words."""
    return ARCHIVED_WORDS if is_of_archived(kind) else FORM_WORDS


def export_bar(chain: ValueChain, kind: ViewKind) -> ExportBar:
    """The bar for the page that is open: its filters and what is open go along.

    So does the page of a list that one has turned to, which is what its picture shows.
    """
    view = told_of_address(chain, kind)
    told = (view.title, *view.lines)
    parts = kept_parts(kind, request.args.items(multi=True))
    turned = [[name, str(key)] for name in sorted(PAGING) if (key := asked_uuid(name))]
    asked = query_of([*parts, *(turned if kind is ViewKind.TABLE else [])])
    href = url_for("value_chain.export_view", chain_id=chain.id, page=kind.value, **asked)
    return ExportBar(href, told, tuple(form_words(kind).items()))
