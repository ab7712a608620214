"""The blueprint of the questionnaire pages; their modules hang their routes on it."""

from flask import Blueprint

bp = Blueprint("questionnaires", __name__)
