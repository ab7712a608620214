"""Export of tables: a workbook, or CSV or Parquet tables in one archive."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ddplatform.documents.content import Table
from ddplatform.documents.tables.files import (
    render_parquet_pack,
    render_table_pack,
    render_workbook,
)

CSV = "text/csv"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
AnalysisForm = Literal["csv", "xlsx", "parquet"]
MEDIA_TYPES: dict[AnalysisForm, str] = {
    "csv": ZIP,
    "xlsx": XLSX,
    "parquet": ZIP,
}
ENDINGS: Mapping[str, str] = {"csv": "zip", "xlsx": "xlsx", "parquet": "parquet.zip"}
"""Of names; the archives say which tables they hold, where it is not CSV."""
WRITERS: Mapping[str, Callable[[Sequence[Table]], bytes]] = {
    "csv": render_table_pack,
    "xlsx": render_workbook,
    "parquet": render_parquet_pack,
}


@dataclass(frozen=True)
class ExportedFile:
    """A file that was made, ready to go out."""

    name: str
    media_type: str
    content: bytes


def as_file(name: str, tables: Sequence[Table], form: AnalysisForm) -> ExportedFile:
    """Tables as a workbook or in one archive; equal tables give equal bytes."""
    return ExportedFile(f"{name}.{ENDINGS[form]}", MEDIA_TYPES[form], WRITERS[form](tables))
