"""In which forms each view of a map can be downloaded, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.languages import lazy_gettext as _

FORM_WORDS: Mapping[str, str] = {
    "svg": _("Picture (SVG)"),
    "png": _("Picture (PNG)"),
    "csv": _("Tables (CSV)"),
    "xlsx": _("Workbook (XLSX)"),
    "parquet": _("Tables (Parquet)"),
    "graphml": _("Graph (GraphML)"),
    "geojson": _("Points (GeoJSON)"),
}
ARCHIVED_WORDS: Mapping[str, str] = {
    "csv": FORM_WORDS["csv"],
    "xlsx": FORM_WORDS["xlsx"],
    "parquet": FORM_WORDS["parquet"],
    "json": _("Data (JSON)"),
}
"""What is archived stands at no place of the map: it has no picture, graph or points."""


@dataclass(frozen=True)
class ExportBar:
    """Where the view that is open goes out, and what it says of itself on paper."""

    href: str
    told: Sequence[str]
    forms: Sequence[tuple[str, str]]
    """The forms of files, with words."""
