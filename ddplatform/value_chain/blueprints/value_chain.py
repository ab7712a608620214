"""The blueprint that all pages of the value chain hang on."""

from flask import Blueprint

bp = Blueprint("value_chain", __name__)
