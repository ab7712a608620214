"""The blueprint that the pages on likely duplicates share."""

from flask import Blueprint

bp = Blueprint("matching", __name__)
