"""An analysis goes out as a file; each export is an event of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.queries.analysis_answers import Asked, answer
from ddplatform.queries.analysis_content import as_tables
from ddplatform.queries.value_chain import get_chain
from ddplatform.reports.content import Table
from ddplatform.reports.tables import render_table_pack, render_workbook
from ddplatform.services import audit

AnalysisForm = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[AnalysisForm, str] = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ExportedAnalysis:
    """The file of an analysis."""

    name: str
    media_type: str
    content: bytes


def export_analysis(
    chain_id: UUID, asked: Asked, form: AnalysisForm, *, by: Identity, at: datetime
) -> ExportedAnalysis:
    """Answer a question about a map as a workbook, or as CSV tables in one archive.

    Equal maps, runs and questions give equal bytes.

    Raises:
        NotFound: the map or a node of the question is not there.
    """
    chain = get_chain(chain_id)
    found = answer(chain, asked)
    tables = as_tables(found.answer, found.basis)
    made = as_file(f"{chain.slug}-{asked.what.value}-v{chain.version}", tables, form)
    audit.record_export(
        "analysis:export",
        chain,
        by=by,
        at=at,
        analysis=asked.what.value,
        form=form,
        version=chain.version,
        run=found.basis.run_id,
    )
    return made


def as_file(name: str, tables: Sequence[Table], form: AnalysisForm) -> ExportedAnalysis:
    """Tables as a workbook, or as CSV tables in one archive; equal tables give equal bytes."""
    ending = "zip" if form == "csv" else form
    write = render_table_pack if form == "csv" else render_workbook
    return ExportedAnalysis(f"{name}.{ending}", MEDIA_TYPES[form], write(tables))
