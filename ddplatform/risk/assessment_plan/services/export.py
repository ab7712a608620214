"""A plan goes out as a file; each export is an event of the log."""

from datetime import datetime

from ddplatform.audit.services import log as audit
from ddplatform.documents.exports import AnalysisForm, ExportedAnalysis, as_file
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.risk.assessment_plan.queries.content import Lines, Plan, as_tables
from ddplatform.value_chain.mapping.models import ValueChain


def export_plan(
    chain: ValueChain, plan: Plan, lines: Lines, form: AnalysisForm, *, by: Identity, at: datetime
) -> ExportedAnalysis:
    """A plan with a reason for each line as a workbook, or as CSV tables in one archive."""
    name = f"{chain.slug}-assessment-plan-v{plan.chain_version}"
    made = as_file(name, as_tables(plan, chain.name, lines), form)
    audit.record_export(
        "visit_plan:export", chain, by=by, at=at, name=plan.name, steps=len(lines), form=form
    )
    return made
