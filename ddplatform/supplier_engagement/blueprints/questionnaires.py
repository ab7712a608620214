"""The blueprint of the questionnaire pages, used by all their route modules."""

from flask import Blueprint

bp = Blueprint("questionnaires", __name__)
