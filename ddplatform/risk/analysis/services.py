"""An analysis goes out as a file; each export is an event of the log."""

from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.documents.exports import AnalysisForm, ExportedAnalysis, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.analysis.queries.answers import Asked, answer
from ddplatform.risk.analysis.queries.content import as_tables
from ddplatform.value_chain.mapping.queries.maps import get_chain


def export_analysis(
    chain_id: UUID, asked: Asked, form: AnalysisForm, *, act: Act
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
        act=act,
        analysis=asked.what.value,
        form=form,
        version=chain.version,
        run=found.basis.run_id,
    )
    return made
