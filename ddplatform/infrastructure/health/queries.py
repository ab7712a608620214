"""The health check of the database."""

from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from ddplatform.infrastructure.db import db


def is_database_answering() -> bool:
    """True when the database answered a statement that touches no table just now."""
    try:
        return bool(db.session.scalar(select(literal(1))) == 1)
    except SQLAlchemyError:
        return False
