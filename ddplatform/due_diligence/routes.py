"""URL prefixes of the pages of findings, actions, remedy and concerns."""

from flask import Flask

from ddplatform.due_diligence.action_library import routes as findings_library
from ddplatform.due_diligence.actions.routes import actions as findings_action
from ddplatform.due_diligence.actions.routes import reports as findings_report
from ddplatform.due_diligence.actions.routes import suppliers as findings_supplier
from ddplatform.due_diligence.blueprints.concerns import bp as concerns
from ddplatform.due_diligence.blueprints.findings import bp as findings
from ddplatform.due_diligence.blueprints.remedy import bp as remedy
from ddplatform.due_diligence.case_redaction import routes as remedy_redaction
from ddplatform.due_diligence.concern_door.routes import bp as concern_door
from ddplatform.due_diligence.concern_handling import routes as concerns_handling
from ddplatform.due_diligence.custody import routes as remedy_custody
from ddplatform.due_diligence.exit import routes as findings_exit
from ddplatform.due_diligence.finding_judgements import routes as findings_judging
from ddplatform.due_diligence.findings.routes import findings as findings_finding
from ddplatform.due_diligence.findings.routes import steps as findings_step
from ddplatform.due_diligence.follow_up_visits import routes as remedy_visits
from ddplatform.due_diligence.governance.routes import bp as governance
from ddplatform.due_diligence.grievance_check.routes import bp as grievance_check
from ddplatform.due_diligence.indicators.routes import bp as indicators
from ddplatform.due_diligence.leverage_plan import routes as findings_leverage
from ddplatform.due_diligence.policies.routes import bp as policies
from ddplatform.due_diligence.remedy import routes as remedy_routes

WITH_ROUTES = (
    concerns_handling,
    findings_action,
    findings_exit,
    findings_finding,
    findings_judging,
    findings_leverage,
    findings_library,
    findings_report,
    findings_step,
    findings_supplier,
    remedy_redaction,
    remedy_custody,
    remedy_routes,
    remedy_visits,
)
"""Modules whose routes use a blueprint from a module of its own."""


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(findings, url_prefix="/o/<organisation>/findings")
    app.register_blueprint(concern_door)
    app.register_blueprint(concerns, url_prefix="/o/<organisation>/concerns")
    app.register_blueprint(grievance_check, url_prefix="/o/<organisation>/grievance-check")
    app.register_blueprint(indicators, url_prefix="/o/<organisation>/indicators")
    app.register_blueprint(governance, url_prefix="/o/<organisation>/governance")
    app.register_blueprint(policies, url_prefix="/o/<organisation>/policies")
    app.register_blueprint(remedy, url_prefix="/o/<organisation>/remedy")
