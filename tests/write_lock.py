"""Whether somebody else could write to the database just now."""

import sqlite3
from contextlib import closing

from ddplatform.db import db


def others_may_write() -> bool:
    """Always on PostgreSQL; on SQLite while nobody holds its write lock."""
    if db.engine.dialect.name != "sqlite":
        return True
    with closing(sqlite3.connect(db.engine.url.database or "", timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.rollback()
    return True
