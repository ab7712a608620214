"""Blueprint of the pages on scenarios."""

from flask import Blueprint

bp = Blueprint("what_if", __name__)
