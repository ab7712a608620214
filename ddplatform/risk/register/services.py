"""The register goes out as a file; each export is an event of the log."""

from datetime import datetime

from ddplatform.access.identity import Identity
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.risk_runs import RunHead
from ddplatform.queries.run_rows import load_register
from ddplatform.risk.register.files import MOST, as_tables
from ddplatform.risk.register.queries import Asked, iterate_risks, positions_of
from ddplatform.services import audit
from ddplatform.services.analysis_export import AnalysisForm, ExportedAnalysis, as_file


def export_register(
    chain: ValueChain,
    head: RunHead,
    asked: Asked,
    form: AnalysisForm,
    *,
    by: Identity,
    at: datetime,
) -> ExportedAnalysis:
    """The risks that are asked for as a workbook, or as CSV tables in one archive.

    Equal runs and questions give equal bytes.
    """
    total = len(positions_of(load_register(head.id), asked))
    tables = as_tables(head, asked, total, iterate_risks(head.id, asked, most=MOST))
    made = as_file(f"{chain.slug}-risks-v{head.chain_version}", tables, form)
    audit.record_export(
        "risk_register:export",
        chain,
        by=by,
        at=at,
        form=form,
        version=head.chain_version,
        run=str(head.id),
        risks=min(total, MOST),
    )
    return made
