"""Blueprint of all pages of the reference data and the atlas."""

from flask import Blueprint

bp = Blueprint("reference", __name__)
