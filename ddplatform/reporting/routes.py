"""Under which address the pages of the overview, reports, search and help stand."""

from flask import Flask

from ddplatform.reporting.first_run.routes import bp as first_run
from ddplatform.reporting.help.routes import bp as help_pages
from ddplatform.reporting.overview.routes import bp as overview
from ddplatform.reporting.reports.routes import bp as reports
from ddplatform.reporting.search.routes import bp as search


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(reports, url_prefix="/o/<organisation>/reports")
    app.register_blueprint(overview, url_prefix="/o/<organisation>")
    app.register_blueprint(first_run, url_prefix="/o/<organisation>/first-steps")
    app.register_blueprint(search, url_prefix="/o/<organisation>/search")
    app.register_blueprint(help_pages, url_prefix="/o/<organisation>/help")
