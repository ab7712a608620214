"""The blueprint of the campaign pages; their modules hang their routes on it."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__)
