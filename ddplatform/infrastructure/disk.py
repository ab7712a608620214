"""Errors of a disk without room, by whichever layer they come."""

import errno
import sqlite3
from collections.abc import Iterator

_OF_FILES = frozenset({errno.ENOSPC, errno.EDQUOT})
_OF_POSTGRESQL = "53100"
"""The SQLSTATE `disk_full` (PostgreSQL documentation, appendix A)."""


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that no room is left."""
    return any(_says_full(one) for one in _chain(error))


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _OF_FILES
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(error, "sqlstate", None) == _OF_POSTGRESQL


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        wrapped = (getattr(one, "orig", None), getattr(one, "original_exception", None))
        waiting += [one.__cause__, one.__context__]
        waiting += [error for error in wrapped if isinstance(error, BaseException)]
