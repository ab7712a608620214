"""Risk features that stand in one folder each (docs/architecture.md, "One folder a feature")."""

from flask import Flask

from ddplatform.cli.risk import risk as commands
from ddplatform.risk.approvals.routes import bp as approvals
from ddplatform.risk.explanation.routes import bp as risk_explanation
from ddplatform.risk.follow_up.routes import bp as risk_follow_up
from ddplatform.risk.many.routes import bp as risk_many
from ddplatform.risk.method_comparison.commands import compare_methods_of_map
from ddplatform.risk.method_comparison.routes import bp as method_comparison
from ddplatform.risk.observations.routes import bp as risk_observations
from ddplatform.risk.register.routes import bp as risk_register
from ddplatform.risk.response.routes import bp as risk_response
from ddplatform.risk.supplier_figures.routes import bp as supplier_figures


def register(app: Flask) -> None:
    """Add the pages and commands of these features to the application."""
    app.register_blueprint(method_comparison, url_prefix="/o/<organisation>/risk/methods")
    app.register_blueprint(risk_register, url_prefix="/o/<organisation>/risk/register")
    app.register_blueprint(risk_explanation, url_prefix="/o/<organisation>/risk/explained")
    app.register_blueprint(risk_observations, url_prefix="/o/<organisation>/risk/observations")
    app.register_blueprint(risk_follow_up, url_prefix="/o/<organisation>/risk/follow-up")
    app.register_blueprint(risk_many, url_prefix="/o/<organisation>/risk/many")
    app.register_blueprint(risk_response, url_prefix="/o/<organisation>/risk/response")
    app.register_blueprint(supplier_figures, url_prefix="/o/<organisation>/responses/figures")
    app.register_blueprint(approvals, url_prefix="/o/<organisation>/risk/approvals")
    commands.add_command(compare_methods_of_map)
