"""All pages with their shared parts: CSRF, headers, languages, static files."""

from flask import Flask
from flask_wtf import CSRFProtect
from whitenoise import WhiteNoise

from ddplatform.accounts import routes as accounts
from ddplatform.api import routes as api
from ddplatform.audit.policy_reports import bp as policy_reports
from ddplatform.audit.routes import bp as audit
from ddplatform.config import ROOT
from ddplatform.demo import routes as demo  # noqa: F401  (adds its page to one of accounts)
from ddplatform.due_diligence import routes as due_diligence
from ddplatform.evidence import routes as evidence
from ddplatform.infrastructure import routes as infrastructure
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.web import (
    converters,
    errors,
    filters,
    headers,
    languages,
    page_context,
    static_versions,
    whole_pages,
)
from ddplatform.infrastructure.web.compression import Compressed
from ddplatform.reporting import routes as reporting
from ddplatform.risk import routes as risk
from ddplatform.supplier_engagement import routes as supplier_engagement
from ddplatform.value_chain import routes as value_chain

DOMAINS = (
    infrastructure,
    accounts,
    evidence,
    value_chain,
    supplier_engagement,
    risk,
    due_diligence,
    reporting,
    api,
)


def register(app: Flask) -> None:
    """Hang all pages into the application."""
    csrf = CSRFProtect(app)
    converters.register(app)
    filters.register(app, languages.choose)
    languages.register(app)
    headers.register(app)
    page_context.register(app)
    errors.register(app)
    for domain in DOMAINS:
        domain.register(app)
    whole_pages.register(app)
    app.register_blueprint(audit, url_prefix="/o/<organisation>/audit")
    app.register_blueprint(policy_reports)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=ROOT / "static",
        prefix="static/",
        max_age=static_versions.SHORT_S,
        autorefresh=app.testing,
        allow_all_origins=False,
        mimetypes=headers.STATIC_TYPES,
        add_headers_function=headers.add_to_static(app.extensions["settings"]),
    )
    static_versions.register(app)
    app.wsgi_app = Compressed(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = headers.HeadedStatic(  # type: ignore[method-assign]
        app.wsgi_app, app.extensions["settings"]
    )
    _spare_programs(app, csrf)


def _spare_programs(app: Flask, csrf: CSRFProtect) -> None:
    """Ask no form token where a secret is sent, no session read or begun, or a browser reports."""
    for endpoint, view in app.view_functions.items():
        access = access_of(app, endpoint)
        if access is not None and (
            access.by_token or access.leaves_no_trace or access.takes_reports
        ):
            csrf.exempt(view)
