"""List of archived sites as a file: all of its page, with the time each was archived."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.exports import WRITERS
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.value_chain.drawings.shades import shade_of
from ddplatform.value_chain.filters.queries.lists import ArchivedRow
from ddplatform.value_chain.view_files.views.about import ViewFacts
from ddplatform.value_chain.view_files.views.tables import UNKNOWN, figure, text, work_columns
from ddplatform.value_chain.words.map_fields import KIND_WORDS


@dataclass(frozen=True)
class ArchivedSites:
    """The list, ready for files."""

    told: ViewFacts
    table: Table

    @property
    def nodes(self) -> int:
        """The number of sites in it."""
        return len(self.table.rows)

    def write(self, form: str) -> bytes:
        """The file: `xlsx`, `json`, `csv` or `parquet` (archives)."""
        if form == "json":
            return self._json()
        return WRITERS[form]([self.table, self.told.table])

    def _json(self) -> bytes:
        keys = [column.key for column in self.table.columns]
        said = {
            "about": self.told.facts,
            "sites": [dict(zip(keys, row, strict=True)) for row in self.table.rows],
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode()


def archived_sites(rows: Sequence[ArchivedRow], told: ViewFacts) -> ArchivedSites:
    """The list of archived sites, ready for files."""
    columns = (
        text("id", "Id"),
        text("name", "Name", 3),
        text("kind", "Kind"),
        Column("country", "Country", kind=Kind.COUNTRY, missing=UNKNOWN),
        text("region", "Region"),
        figure("tier", "Tier", missing="not linked"),
        text("shade", told.colouring.heading),
        *work_columns(),
        text("archived", "Archived on"),
    )
    table = Table("sites", "Archived sites", columns, tuple(map(_row, rows)))
    told = replace(told, said={"Archived sites": len(rows)})
    return ArchivedSites(told, table)


def _row(row: ArchivedRow) -> tuple[Cell, ...]:
    return (
        row.ref,
        row.name,
        str(KIND_WORDS[row.kind]),
        row.country,
        row.region,
        row.tier,
        shade_of(row.band).word,
        row.open_findings,
        row.overdue_actions,
        questionnaire_word(row.questionnaire_status),
        row.group_name,
        ", ".join(row.tags),
        row.archived_at.date().isoformat(),
    )
