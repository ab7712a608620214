"""Blueprint of all pages on risks."""

from flask import Blueprint

bp = Blueprint("risk", __name__)
