"""Blueprint of the pages on likely duplicates."""

from flask import Blueprint

bp = Blueprint("matching", __name__)
