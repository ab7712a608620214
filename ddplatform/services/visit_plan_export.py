"""A plan goes out as a file; each export is an event of the log."""

from datetime import datetime

from ddplatform.access.identity import Identity
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.visit_plan_content import Lines, Plan, as_tables
from ddplatform.services import audit
from ddplatform.services.analysis_export import AnalysisForm, ExportedAnalysis, as_file


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
