"""File formats of each view of a map, with their download addresses."""

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
"""Archived sites are at no place of the map: they have no picture, graph or points."""


@dataclass(frozen=True)
class ExportBar:
    """The downloads of the open view, and its description on paper."""

    href: str
    told: Sequence[str]
    forms: Sequence[tuple[str, str]]
    """The forms of files, with words."""
