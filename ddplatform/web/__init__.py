"""The browser's door: blueprints, CSRF, headers, what every page needs to know."""

from flask import Flask
from flask_wtf import CSRFProtect
from whitenoise import WhiteNoise

from ddplatform.config import ROOT
from ddplatform.gate import access_of
from ddplatform.web import errors, filters, headers, languages, page_context
from ddplatform.web.analysis import bp as analysis
from ddplatform.web.audit.routes import bp as audit
from ddplatform.web.auth.account import bp as account
from ddplatform.web.auth.links import bp as links
from ddplatform.web.auth.routes import bp as auth
from ddplatform.web.campaigns import bp as campaigns
from ddplatform.web.cascade import bp as cascade
from ddplatform.web.compression import Compressed
from ddplatform.web.context_events.routes import bp as context_events
from ddplatform.web.evidence.routes import bp as evidence
from ddplatform.web.findings.routes import bp as findings
from ddplatform.web.health.routes import bp as health
from ddplatform.web.jobs.routes import bp as jobs
from ddplatform.web.matching.routes import bp as matching
from ddplatform.web.openrosa.routes import bp as openrosa
from ddplatform.web.organisations.routes import bp as organisations
from ddplatform.web.questionnaires import bp as questionnaires
from ddplatform.web.reassessment.routes import bp as reassessment
from ddplatform.web.redaction.routes import bp as redaction
from ddplatform.web.reference import bp as reference
from ddplatform.web.remedy import bp as remedy
from ddplatform.web.reports.routes import bp as reports
from ddplatform.web.responses import bp as responses
from ddplatform.web.responses.joining import bp as respond
from ddplatform.web.risk import bp as risk
from ddplatform.web.screening.routes import bp as screening
from ddplatform.web.sharing.routes import bp as sharing
from ddplatform.web.value_chain import bp as value_chain
from ddplatform.web.visit_plan.routes import bp as visit_plan
from ddplatform.web.what_if import bp as what_if


def register(app: Flask) -> None:
    """Hang the browser's pages into the application."""
    csrf = CSRFProtect(app)
    filters.register(app, languages.choose)
    languages.register(app)
    headers.register(app)
    page_context.register(app)
    errors.register(app)
    for outside in (account, auth, health, links, openrosa, respond):
        app.register_blueprint(outside)
    app.register_blueprint(organisations, url_prefix="/o/<organisation>")
    app.register_blueprint(audit, url_prefix="/o/<organisation>/audit")
    app.register_blueprint(responses, url_prefix="/o/<organisation>/responses")
    app.register_blueprint(cascade, url_prefix="/o/<organisation>/cascade")
    app.register_blueprint(sharing, url_prefix="/o/<organisation>/sharing")
    app.register_blueprint(questionnaires, url_prefix="/o/<organisation>/questionnaires")
    app.register_blueprint(campaigns, url_prefix="/o/<organisation>/campaigns")
    app.register_blueprint(findings, url_prefix="/o/<organisation>/findings")
    app.register_blueprint(evidence, url_prefix="/o/<organisation>/evidence")
    app.register_blueprint(redaction, url_prefix="/o/<organisation>/evidence")
    app.register_blueprint(jobs, url_prefix="/o/<organisation>/jobs")
    app.register_blueprint(remedy, url_prefix="/o/<organisation>/remedy")
    app.register_blueprint(reports, url_prefix="/o/<organisation>/reports")
    app.register_blueprint(reference, url_prefix="/o/<organisation>/reference")
    app.register_blueprint(risk, url_prefix="/o/<organisation>/risk")
    app.register_blueprint(context_events, url_prefix="/o/<organisation>/context-events")
    app.register_blueprint(reassessment, url_prefix="/o/<organisation>/reassessments")
    app.register_blueprint(screening, url_prefix="/o/<organisation>/screening")
    app.register_blueprint(matching, url_prefix="/o/<organisation>/matching")
    app.register_blueprint(value_chain, url_prefix="/o/<organisation>/value-chain")
    app.register_blueprint(analysis, url_prefix="/o/<organisation>/analysis")
    app.register_blueprint(what_if, url_prefix="/o/<organisation>/what-if")
    app.register_blueprint(visit_plan, url_prefix="/o/<organisation>/visit-plan")
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=ROOT / "static",
        prefix="static/",
        max_age=60,
        autorefresh=app.testing,
        allow_all_origins=False,
        add_headers_function=headers.add_to_static(app.extensions["settings"]),
    )
    app.wsgi_app = Compressed(app.wsgi_app)  # type: ignore[method-assign]
    _spare_programs(app, csrf)


def _spare_programs(app: Flask, csrf: CSRFProtect) -> None:
    """Ask no form token where a program comes in by a secret in its address, and only there."""
    for endpoint, view in app.view_functions.items():
        access = access_of(app, endpoint)
        if access is not None and access.by_token:
            csrf.exempt(view)
