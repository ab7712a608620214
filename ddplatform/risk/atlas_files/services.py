"""Countries and goods of the atlas go out as files; each export is an event of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.tables.files import render_table_pack, render_workbook
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.runs.models import ReferenceRelease

AtlasForm = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[str, str] = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ExportedAtlas:
    """A file with published figures only."""

    name: str
    media_type: str
    content: bytes


def export_atlas(
    release: ReferenceRelease, subject: str, tables: Sequence[Table], form: AtlasForm, *, act: Act
) -> ExportedAtlas:
    """What is told of countries or of a good, as a workbook or as CSV tables in one archive."""
    write = render_table_pack if form == "csv" else render_workbook
    ending = "zip" if form == "csv" else form
    name = f"atlas-{subject}-{release.name}.{ending}"
    made = ExportedAtlas(name, MEDIA_TYPES[form], write(tables))
    audit.record_export("reference:export", release, act=act, subject=subject, form=form)
    return made
