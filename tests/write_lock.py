"""Whether somebody else could write to the database just now."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from ddplatform.core.due_diligence.upload_traces import UploadTraces
from ddplatform.evidence.search import services as evidence_search
from ddplatform.infrastructure.db import db


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


def watch_searches(patch: pytest.MonkeyPatch) -> list[bool]:
    """Filled for each file that is searched: whether somebody else could write just then."""
    looked: list[bool] = []
    search = evidence_search.search_upload

    def look(*about: Any) -> UploadTraces:
        looked.append(others_may_write())
        return search(*about)

    patch.setattr(evidence_search, "search_upload", look)
    return looked
