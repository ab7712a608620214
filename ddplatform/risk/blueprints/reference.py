"""The blueprint that all pages of the reference data and the atlas hang on."""

from flask import Blueprint

bp = Blueprint("reference", __name__)
