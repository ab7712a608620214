"""The blueprint of people and settings."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)
