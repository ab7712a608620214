"""The blueprint of the people and settings pages."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)
