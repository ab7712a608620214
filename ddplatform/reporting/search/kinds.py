"""Kinds of search results, each with the permission that it requires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.text_search import LONGEST, Part, Words


class Kind(StrEnum):
    """One kind of results; cases about children are none."""

    SITES = "sites"
    FINDINGS = "findings"
    ACTIONS = "actions"
    DOCUMENTS = "documents"
    QUESTIONNAIRES = "questionnaires"
    REPORTS = "reports"
    VIEWS = "views"
    ATLAS = "atlas"
    TERMS = "terms"
    PAGES = "pages"


PERMISSIONS: Mapping[Kind, Permission] = {
    Kind.SITES: Permission.VALUE_CHAIN_READ,
    Kind.FINDINGS: Permission.FINDING_READ,
    Kind.ACTIONS: Permission.FINDING_READ,
    Kind.DOCUMENTS: Permission.EVIDENCE_READ,
    Kind.QUESTIONNAIRES: Permission.QUESTIONNAIRE_READ,
    Kind.REPORTS: Permission.REPORT_READ,
    Kind.VIEWS: Permission.VALUE_CHAIN_READ,
    Kind.ATLAS: Permission.REFERENCE_READ,
    Kind.TERMS: Permission.OVERVIEW_READ,
    Kind.PAGES: Permission.OVERVIEW_READ,
}
"""Those of the pages that the results lead to."""
FIRST, PAGE = 5, 20
"""Results of a kind beside others, and alone on a page."""
LAST_PAGE = 1_000


@dataclass(frozen=True)
class Wanted:
    """A reader's search request.

    Attributes:
        kinds: those that the reader may read; no other is looked through or counted.
        with_restricted: whether restricted documents are among them.
        only: the kind that is shown alone; of the others only the number is told.
        page: of that kind, from 1.
    """

    typed: str
    kinds: tuple[Kind, ...]
    with_restricted: bool = False
    only: Kind | None = None
    page: int = 1

    @property
    def words(self) -> Words:
        """The words to be found."""
        return Words.of(self.typed)

    def part_of(self, kind: Kind) -> Part:
        """The range of results of a kind to read."""
        if self.only is None:
            return Part(0, FIRST)
        return Part((self.page - 1) * PAGE, PAGE) if kind is self.only else Part(0, 1)


def read_wanted(typed: str, only: str, page: int, *, may: Callable[[Permission], bool]) -> Wanted:
    """The request in an address: an unknown kind, or one not for this reader, is none."""
    kinds = tuple(kind for kind in Kind if may(PERMISSIONS[kind]))
    return Wanted(
        typed[:LONGEST].strip(),
        kinds,
        with_restricted=may(Permission.EVIDENCE_RESTRICTED),
        only=Kind(only) if only in kinds else None,
        page=min(max(page, 1), LAST_PAGE),
    )
