"""The blueprint of concerns, for officers and for who opens the public page."""

from flask import Blueprint

bp = Blueprint("concerns", __name__)
