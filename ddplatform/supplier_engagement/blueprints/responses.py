"""The blueprint of the supplier's pages, used by all their route modules."""

from flask import Blueprint

bp = Blueprint("responses", __name__)
