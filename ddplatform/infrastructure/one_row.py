"""One row or NotFound: the last step of every query named `get_`."""

from typing import TypeVar, TypeVarTuple

from sqlalchemy import Row, Select

from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.errors import NotFound

Found = TypeVar("Found")
Columns = TypeVarTuple("Columns")


def get_one(statement: Select[Found], *, for_change: bool = False) -> Found:
    """The row that a statement asks for, or NotFound: also where it belongs to somebody else.

    Args:
        statement: asks for one model, by its key.
        for_change: the row is held until the end of the unit of work and read anew, so that a
            change which somebody else made meanwhile is seen.
    """
    if for_change:
        db.session.flush()  # reading anew would forget what is not written yet
    return required(db.session.scalar(held(statement) if for_change else statement))


def get_row(statement: Select[*Columns]) -> Row[*Columns]:
    """The same for a statement that asks for columns: the values of the one row, or NotFound."""
    return required(db.session.execute(statement).one_or_none())


def required(found: Found | None) -> Found:
    """The row, or NotFound where there is none."""
    if found is None:
        raise NotFound()
    return found
