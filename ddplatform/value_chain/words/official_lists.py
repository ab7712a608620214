"""Releases of official lists in words: changes, and cells that were used with a remark."""

from collections.abc import Mapping, Sequence

from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import day_in_words, gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.screening.models import ScreeningList
from supply_chain.intake.drafts import RowProblem
from supply_chain.screening.entries import EntryStatus

STATUSES = {
    EntryStatus.IN_FORCE: _("In force"),
    EntryStatus.PARTLY_IN_FORCE: _("Partly in force"),
    EntryStatus.NO_LONGER_IN_FORCE: _("No longer in force"),
}
CHANGES = {
    "new": _("new"),
    "gone": _("gone"),
    "ended": _("no longer in force"),
    "resumed": _("in force again"),
}
"""Kind of change (`supply_chain.screening.releases.ListChanges`) -> its words."""
NOTES_SHOWN = 5


def changes_in_words(counts: Mapping[str, int]) -> str:
    """The number of new and gone entries, of ended or resumed if any; empty for a first release."""
    return ", ".join(
        f"{number(counts[kind])} {words}"
        for kind, words in CHANGES.items()
        if kind in counts and (counts[kind] or kind in ("new", "gone"))
    )


def release_in_words(release: ScreeningList) -> str:
    """Name, day and number of entries of a release, and what it changed."""
    changes = changes_in_words(release.changes)
    told = ngettext(
        "%(name)s, edition of %(day)s: %(count)s entry",
        "%(name)s, edition of %(day)s: %(count)s entries",
        release.entries,
        name=release.name,
        day=day_in_words(release.edition_on),
        count=number(release.entries),
    )
    if not changes:
        return gettext("%(release)s.", release=told)
    return gettext(
        "%(release)s; against the previous edition: %(changes)s.", release=told, changes=changes
    )


def notes_in_words(notes: Sequence[RowProblem], shown: int = NOTES_SHOWN) -> list[str]:
    """Each remark by table, row and column, and how many more there are."""
    told = [_note(one) for one in notes[:shown]]
    left = len(notes) - shown
    if left <= 0:
        return told
    return [
        *told,
        ngettext("%(count)s more cell.", "%(count)s more cells.", left, count=number(left)),
    ]


def _note(one: RowProblem) -> str:
    told = gettext(
        "row %(row)s, column “%(column)s”: “%(value)s” is %(problem)s. %(advice)s",
        row=one.row,
        column=one.column,
        value=(one.value or "")[:80],
        problem=one.problem,
        advice=one.advice,
    )
    return f"“{one.sheet}”, {told}" if one.sheet else told
