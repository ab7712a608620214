"""Blueprint of all pages of the value chain."""

from flask import Blueprint

bp = Blueprint("value_chain", __name__)
