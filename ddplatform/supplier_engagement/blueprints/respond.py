"""The blueprint of the pages behind a questionnaire link, which need no account."""

from flask import Blueprint

from ddplatform.accounts.sign_in.dead_links import dead_link
from ddplatform.infrastructure.errors import NotFound

bp = Blueprint("respond", __name__)
bp.register_error_handler(NotFound, dead_link)
