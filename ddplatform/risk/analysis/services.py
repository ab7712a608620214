"""Export of an analysis as a file; each export is an event of the log."""

from collections.abc import Sequence

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.analysis.queries.answers import Answered
from ddplatform.value_chain.mapping.models import ValueChain


def export_analysis(
    chain: ValueChain, found: Answered, tables: Sequence[Table], form: AnalysisForm, *, act: Act
) -> ExportedFile:
    """The answer to a question about a map as a workbook, or as CSV tables in one archive.

    Equal maps, runs and questions give equal bytes.
    """
    made = as_file(f"{chain.slug}-{found.what.value}-v{chain.version}", tables, form)
    audit.record_export(
        "analysis:export",
        chain,
        act=act,
        analysis=found.what.value,
        form=form,
        version=chain.version,
        run=found.basis.run_id,
    )
    return made
