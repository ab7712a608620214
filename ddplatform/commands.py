"""All commands: `flask <feature> <verb>` (docs/commands.md)."""

from flask import Flask

from ddplatform.accounts.founding.commands import invite_founder
from ddplatform.accounts.organisations.commands import organisations
from ddplatform.audit.commands import audit
from ddplatform.demo.commands import demo
from ddplatform.due_diligence.frameworks.commands import frameworks
from ddplatform.infrastructure.access.commands import access
from ddplatform.infrastructure.assets.commands import assets
from ddplatform.infrastructure.jobs.commands import worker
from ddplatform.reporting.reports.commands import reports, verify_report
from ddplatform.risk.analysis.commands import analysis
from ddplatform.risk.assessment.commands.assess import risk
from ddplatform.risk.assessment_plan.commands import visit_plan
from ddplatform.risk.method_comparison.commands import compare_methods_of_map
from ddplatform.risk.reference.commands import reference
from ddplatform.supplier_engagement.library.commands.forms import questionnaires
from ddplatform.value_chain.map_files.commands import value_chain
from ddplatform.value_chain.screening.commands import screening


def register(app: Flask) -> None:
    """Hang the commands into the application."""
    groups = (
        access,
        analysis,
        assets,
        audit,
        demo,
        frameworks,
        organisations,
        questionnaires,
        reference,
        reports,
        risk,
        screening,
        value_chain,
        visit_plan,
    )
    for group in groups:
        app.cli.add_command(group)
    app.cli.add_command(worker)
    audit.add_command(verify_report)
    risk.add_command(compare_methods_of_map)
    organisations.add_command(invite_founder)
