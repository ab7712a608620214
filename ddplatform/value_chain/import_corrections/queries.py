"""Answers of the organisation on the activities that words of lists mean."""

from collections.abc import Collection

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.imports.models import ActivityAnswer


def load_answers() -> dict[str, str]:
    """Words as the lists wrote them -> ref of the sector chosen for them."""
    rows = db.session.execute(select(ActivityAnswer.says, ActivityAnswer.sector))
    return {row.says: row.sector for row in rows}


def find_answers(keys: Collection[str]) -> dict[str, ActivityAnswer]:
    """The remembered answers with these keys, by key."""
    rows = db.session.scalars(select(ActivityAnswer).where(ActivityAnswer.key.in_(keys)))
    return {row.key: row for row in rows}
