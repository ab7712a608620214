"""Tables go out as a file: a workbook, or CSV tables in one archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ddplatform.documents.content import Table
from ddplatform.documents.tables.files import render_table_pack, render_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AnalysisForm = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[AnalysisForm, str] = {
    "csv": "application/zip",
    "xlsx": XLSX,
}


@dataclass(frozen=True)
class ExportedAnalysis:
    """The file of an analysis."""

    name: str
    media_type: str
    content: bytes


def as_file(name: str, tables: Sequence[Table], form: AnalysisForm) -> ExportedAnalysis:
    """Tables as a workbook, or as CSV tables in one archive; equal tables give equal bytes."""
    ending = "zip" if form == "csv" else form
    write = render_table_pack if form == "csv" else render_workbook
    return ExportedAnalysis(f"{name}.{ending}", MEDIA_TYPES[form], write(tables))
