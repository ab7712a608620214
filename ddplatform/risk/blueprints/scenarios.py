"""The blueprint of the pages on which changes are tried."""

from flask import Blueprint

bp = Blueprint("what_if", __name__)
