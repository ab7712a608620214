"""Releases of official lists in words: what changed, and cells that were used with a remark."""

from collections.abc import Mapping, Sequence

from ddplatform.languages import day_in_words
from ddplatform.value_chain.screening.models import ScreeningList
from supply_chain.intake.drafts import RowProblem
from supply_chain.screening.entries import EntryStatus

STATUSES = {
    EntryStatus.IN_FORCE: "In force",
    EntryStatus.PARTLY_IN_FORCE: "Partly in force",
    EntryStatus.NO_LONGER_IN_FORCE: "No longer in force",
}
CHANGES = {
    "new": "new",
    "gone": "gone",
    "ended": "no longer in force",
    "resumed": "in force again",
}
"""Kind of change (`supply_chain.screening.releases.ListChanges`) -> its words."""
NOTES_SHOWN = 5


def changes_in_words(counts: Mapping[str, int]) -> str:
    """How many are new and gone, and ended or resumed where any; empty for a first release."""
    return ", ".join(
        f"{counts[kind]:,} {words}"
        for kind, words in CHANGES.items()
        if kind in counts and (counts[kind] or kind in ("new", "gone"))
    )


def release_in_words(release: ScreeningList) -> str:
    """Name, day and number of entries of a release, and what it changed."""
    changes = changes_in_words(release.changes)
    against = f"; against the release before: {changes}" if changes else ""
    day = day_in_words(release.edition_on)
    return f"{release.name}, edition of {day}: {release.entries:,} entries{against}."


def notes_in_words(notes: Sequence[RowProblem], shown: int = NOTES_SHOWN) -> list[str]:
    """Each remark by table, row and column, and how many more there are."""
    told = [
        f"{f'“{one.sheet}”, ' if one.sheet else ''}row {one.row}, column “{one.column}”: "
        f"“{(one.value or '')[:80]}” is {one.problem}. {one.advice}"
        for one in notes[:shown]
    ]
    return [*told, f"{len(notes) - shown:,} more cells."] if len(notes) > shown else told
