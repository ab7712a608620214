"""The blueprint shared by the pages of findings and actions."""

from flask import Blueprint

bp = Blueprint("findings", __name__)
