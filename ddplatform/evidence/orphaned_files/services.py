"""Removal of files without a record, left behind where a change was not kept after its file was.

A file is on disk before the row that names it. Where that change fails, by a full disk or a crash,
the bytes stay and nothing shows them. No event is written: nothing that is recorded changes.
"""

from dataclasses import dataclass

from ddplatform.evidence.uploads.queries.stored_files import is_named
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.tenancy import across_tenants, current_organisation

SWEEP = "files:sweep"
GRACE_S = 86_400
"""Seconds that a file is left alone: the change that names it may still be under way."""
DRAFT_S = 3_600
"""Seconds after which a file that is not finished has no writer any more."""


@dataclass(frozen=True)
class Swept:
    """Numbers of files removed, or of those that would be."""

    orphans: int = 0
    drafts: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.orphans + other.orphans, self.drafts + other.drafts)


def sweep(*, is_trial: bool = False) -> Swept:
    """Remove files of the acting organisation that no row names, a day after they were kept.

    Args:
        is_trial: remove nothing, and tell what would be.
    """
    here, store = current_organisation(), adapters().files
    with across_tenants():  # rows of others may name files in this folder
        orphans = [name for name in store.list_older(here, GRACE_S) if not is_named(here, name)]
    if is_trial:
        return Swept(len(orphans), store.count_drafts(here, DRAFT_S))
    removed = sum(store.drop_older(here, name, GRACE_S) for name in orphans)
    return Swept(removed, store.drop_drafts(here, DRAFT_S))
