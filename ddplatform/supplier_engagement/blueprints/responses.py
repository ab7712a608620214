"""The blueprint of the supplier's pages; their modules hang their routes on it."""

from flask import Blueprint

bp = Blueprint("responses", __name__)
