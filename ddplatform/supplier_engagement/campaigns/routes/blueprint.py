"""The blueprint of the campaign pages, used by all their route modules."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__)
