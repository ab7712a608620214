"""URL prefixes of the pages of questionnaires and answers."""

from flask import Flask

from ddplatform.supplier_engagement.answering.routes import media as responses_media
from ddplatform.supplier_engagement.answering.routes import requests as responses_routes
from ddplatform.supplier_engagement.answering.routes import sections as responses_sections
from ddplatform.supplier_engagement.blueprints.questionnaires import bp as questionnaires
from ddplatform.supplier_engagement.blueprints.respond import bp as respond
from ddplatform.supplier_engagement.blueprints.responses import bp as responses
from ddplatform.supplier_engagement.campaigns.routes import campaigns as campaigns_routes
from ddplatform.supplier_engagement.campaigns.routes import planning as campaigns_planning
from ddplatform.supplier_engagement.campaigns.routes.blueprint import bp as campaigns
from ddplatform.supplier_engagement.cascade.routes import own as cascade_own
from ddplatform.supplier_engagement.cascade.routes import proposals as cascade_proposal
from ddplatform.supplier_engagement.cascade.routes.blueprint import bp as cascade
from ddplatform.supplier_engagement.library import routes as questionnaires_library
from ddplatform.supplier_engagement.offline import routes as responses_ways
from ddplatform.supplier_engagement.own_forms.routes import forms as questionnaires_own
from ddplatform.supplier_engagement.own_forms.routes import trying as questionnaires_own_try
from ddplatform.supplier_engagement.phone_apps.routes import bp as openrosa
from ddplatform.supplier_engagement.questions import routes as responses_reading
from ddplatform.supplier_engagement.requests.routes import requests as questionnaires_routes
from ddplatform.supplier_engagement.requests.routes import send as questionnaires_send
from ddplatform.supplier_engagement.respondents import routes as joining
from ddplatform.supplier_engagement.results import routes as questionnaires_results
from ddplatform.supplier_engagement.returned_books import routes as questionnaires_returned
from ddplatform.supplier_engagement.review.routes import queue as questionnaires_queue
from ddplatform.supplier_engagement.review.routes import review as questionnaires_review
from ddplatform.supplier_engagement.sharing.routes import bp as sharing
from ddplatform.supplier_engagement.submission import routes as responses_sending
from ddplatform.supplier_engagement.translations.routes import (
    tables as questionnaires_translation_tables,
)
from ddplatform.supplier_engagement.translations.routes import texts as questionnaires_translations


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(openrosa)
    app.register_blueprint(respond)
    app.register_blueprint(responses, url_prefix="/o/<organisation>/responses")
    app.register_blueprint(cascade, url_prefix="/o/<organisation>/cascade")
    app.register_blueprint(sharing, url_prefix="/o/<organisation>/sharing")
    app.register_blueprint(questionnaires, url_prefix="/o/<organisation>/questionnaires")
    app.register_blueprint(campaigns, url_prefix="/o/<organisation>/campaigns")
