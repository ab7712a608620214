"""Concurrent edits of a record: both versions for the second person to choose from."""

from collections.abc import Mapping
from typing import Protocol

from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext


class Versioned(Protocol):
    """A row that counts its changes."""

    row_version: int


def refuse_stale(
    row: Versioned,
    version: int,
    *,
    theirs: Mapping[str, object] | None = None,
    mine: Mapping[str, object] | None = None,
) -> None:
    """Refuse a change that was begun on an older version of a row.

    Args:
        version: the version that was shown when the change was begun.
        theirs, mine: label -> current value, and value as typed.

    Raises:
        Conflict: with both versions, in words.
    """
    if row.row_version == version:
        return
    raise Conflict(
        gettext("Somebody else changed this after you opened it."),
        gettext(
            "Compare the two versions. If yours is still right, send it again: it "
            "then replaces the newer one."
        ),
        theirs=_in_words(theirs),
        mine=_in_words(mine),
        version=row.row_version,
    )


def _in_words(values: Mapping[str, object] | None) -> dict[str, str]:
    return {
        label: gettext("not set") if value is None or value == "" else str(value)
        for label, value in (values or {}).items()
    }
