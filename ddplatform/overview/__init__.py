"""The first page of an organisation, over all of its maps."""

from flask import Flask

from ddplatform.overview.routes import bp


def register(app: Flask) -> None:
    """Add the page to the application."""
    app.register_blueprint(bp, url_prefix="/o/<organisation>")
