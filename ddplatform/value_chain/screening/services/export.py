"""Export of the changes of a release of an official list as CSV; each export is an event."""

from collections.abc import Iterator
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.exports import CSV, ExportedFile
from ddplatform.documents.tables.files import render_csv
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import NotFound
from ddplatform.value_chain.screening.queries.lists import get_list, load_changes
from ddplatform.value_chain.words.official_lists import CHANGES, STATUSES
from supply_chain.screening.releases import ListChanges

COLUMNS = (
    Column("change", "Change"),
    Column("name", "Name", 3),
    Column("aliases", "Other names", 3, missing=""),
    Column("country", "Country", kind=Kind.COUNTRY, missing="Not stated"),
    Column("status", "Status"),
    Column("listed_on", "Listed on", missing="Not stated"),
    Column("note", "The list says", 3, missing=""),
    Column("section", "Section", 2, missing=""),
    Column("row", "Row", kind=Kind.NUMBER),
)


def export_changes(list_id: UUID, *, act: Act) -> ExportedFile:
    """Entries that are new, gone, no longer in force or in force again since the release before.

    Raises:
        NotFound: no such release, or it is the first of its list.
        TooMany: too many exports in an hour.
    """
    rate_limits.require_left(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    release = get_list(list_id)
    changes = load_changes(release)
    if changes is None:
        raise NotFound()
    rows = tuple(_cells(changes))
    table = Table("changes", "Changes", COLUMNS, rows, empty="Nothing changed.")
    content = render_csv(table)
    audit.record_export(
        "screening_list:export", release, act=act, name=release.name, lines=len(rows)
    )
    rate_limits.count_try(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    return ExportedFile(f"list-changes-{release.edition_on}.csv", CSV, content)


def _cells(changes: ListChanges) -> Iterator[tuple[Cell, ...]]:
    for kind, words in CHANGES.items():
        for entry in getattr(changes, kind):
            yield (
                str(words),
                entry.name,
                "; ".join(entry.aliases) or None,
                entry.country,
                str(STATUSES[entry.status]),
                entry.listed_on or None,
                entry.note or None,
                entry.section or None,
                entry.row,
            )
