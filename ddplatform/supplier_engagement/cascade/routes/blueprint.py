"""The blueprint of the pages about suppliers of suppliers."""

from flask import Blueprint

bp = Blueprint("cascade", __name__)
