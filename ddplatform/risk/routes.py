"""Addresses of the pages of risk."""

from flask import Flask

from ddplatform.risk.analysis.routes import bp as analysis
from ddplatform.risk.approvals.routes import bp as approvals
from ddplatform.risk.assessment_plan.routes import bp as assessment_plan
from ddplatform.risk.atlas.routes import countries as reference_country
from ddplatform.risk.atlas.routes import goods as reference_good
from ddplatform.risk.atlas_files import routes as reference_downloads
from ddplatform.risk.blueprints.reference import bp as reference
from ddplatform.risk.blueprints.risk import bp as one_risk
from ddplatform.risk.blueprints.scenarios import bp as scenarios
from ddplatform.risk.context_events.routes import bp as context_events
from ddplatform.risk.detail import routes as risk_routes
from ddplatform.risk.explanation.routes import bp as explanation
from ddplatform.risk.follow_up.routes import bp as follow_up
from ddplatform.risk.judgement import routes as risk_judging
from ddplatform.risk.many.routes import bp as many
from ddplatform.risk.method_comparison.routes import bp as method_comparison
from ddplatform.risk.observations.routes import bp as observations
from ddplatform.risk.reassessment.routes import bp as reassessment
from ddplatform.risk.reference import routes as reference_routes
from ddplatform.risk.register.routes.register import bp as risk_register
from ddplatform.risk.response.routes import bp as response
from ddplatform.risk.scenario_scores import routes as what_if_waiting
from ddplatform.risk.scenarios import routes as what_if_routes
from ddplatform.risk.supplier_figures.routes import bp as supplier_figures


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(reference, url_prefix="/o/<organisation>/reference")
    app.register_blueprint(one_risk, url_prefix="/o/<organisation>/risk")
    app.register_blueprint(context_events, url_prefix="/o/<organisation>/context-events")
    app.register_blueprint(reassessment, url_prefix="/o/<organisation>/reassessments")
    app.register_blueprint(analysis, url_prefix="/o/<organisation>/analysis")
    app.register_blueprint(scenarios, url_prefix="/o/<organisation>/what-if")
    app.register_blueprint(assessment_plan, url_prefix="/o/<organisation>/visit-plan")
    app.register_blueprint(method_comparison, url_prefix="/o/<organisation>/risk/methods")
    app.register_blueprint(risk_register, url_prefix="/o/<organisation>/risk/register")
    app.register_blueprint(explanation, url_prefix="/o/<organisation>/risk/explained")
    app.register_blueprint(observations, url_prefix="/o/<organisation>/risk/observations")
    app.register_blueprint(follow_up, url_prefix="/o/<organisation>/risk/follow-up")
    app.register_blueprint(many, url_prefix="/o/<organisation>/risk/many")
    app.register_blueprint(response, url_prefix="/o/<organisation>/risk/response")
    app.register_blueprint(supplier_figures, url_prefix="/o/<organisation>/responses/figures")
    app.register_blueprint(approvals, url_prefix="/o/<organisation>/risk/approvals")
