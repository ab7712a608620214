"""URL prefixes of the document pages."""

from flask import Flask

from ddplatform.evidence.redaction.routes import bp as redaction
from ddplatform.evidence.uploads.routes import bp as evidence


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(evidence, url_prefix="/o/<organisation>/evidence")
    app.register_blueprint(redaction, url_prefix="/o/<organisation>/evidence")
