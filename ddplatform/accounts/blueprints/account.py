"""The blueprint of the pages of a person's own account."""

from flask import Blueprint

bp = Blueprint("account", __name__)
