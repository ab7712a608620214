"""Addresses for programs, and their description."""

from flask import Flask

from ddplatform.api.actions.routes import bp as actions
from ddplatform.api.findings.routes import bp as findings
from ddplatform.api.nodes.routes import bp as nodes
from ddplatform.api.questionnaires.routes import bp as questionnaires
from ddplatform.api.reference.routes import bp as reference
from ddplatform.api.reference.spec import DESCRIPTION, describe
from ddplatform.api.reports.routes import bp as reports
from ddplatform.api.risks.routes import bp as risks
from ddplatform.api.vocabulary.routes import bp as vocabulary
from ddplatform.api.webhooks import routes as webhooks

SUBJECTS = (nodes, vocabulary, risks, questionnaires, findings, actions, reports)


def register(app: Flask) -> None:
    """Add these addresses to the application."""
    app.extensions[DESCRIPTION] = described = describe(app)
    for subject in SUBJECTS:
        described.register_blueprint(subject)
    app.register_blueprint(reference)
