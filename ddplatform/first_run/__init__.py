"""First steps of an organisation: from its business and a list to ranked risks."""

from flask import Flask

from ddplatform.first_run.routes import bp


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(bp, url_prefix="/o/<organisation>/first-steps")
