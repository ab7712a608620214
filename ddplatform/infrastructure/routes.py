"""URL prefixes of the pages of health and jobs."""

from flask import Flask

from ddplatform.infrastructure.health.routes import bp as health
from ddplatform.infrastructure.jobs.routes import bp as jobs


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(health)
    app.register_blueprint(jobs, url_prefix="/o/<organisation>/jobs")
