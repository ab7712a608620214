"""The blueprint that all pages of risks hang on."""

from flask import Blueprint

bp = Blueprint("risk", __name__)
