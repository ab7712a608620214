"""The operator's door: `flask <column> <verb>` (docs/operations.md)."""

from flask import Flask

from ddplatform.cli.access import access
from ddplatform.cli.analysis import analysis
from ddplatform.cli.assets import assets
from ddplatform.cli.audit import audit
from ddplatform.cli.demo import demo
from ddplatform.cli.frameworks import frameworks
from ddplatform.cli.organisations import organisations
from ddplatform.cli.questionnaires import questionnaires
from ddplatform.cli.reference import reference
from ddplatform.cli.reports import reports
from ddplatform.cli.risk import risk
from ddplatform.cli.screening import screening
from ddplatform.cli.value_chain import value_chain
from ddplatform.cli.visit_plan import visit_plan


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
