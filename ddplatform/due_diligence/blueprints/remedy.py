"""The blueprint of remediation, shared by its pages."""

from flask import Blueprint

bp = Blueprint("remedy", __name__)
