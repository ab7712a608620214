"""A map goes out as files; each export is an event of the log."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.queries.chain_drafts import load_drafts
from ddplatform.queries.value_chain import get_chain
from ddplatform.services import audit
from supply_chain.drafts import NamedBytes
from supply_chain.map_export import ExportForm, export_map

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "graphml": "application/xml",
}
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Exported:
    """The files of an export, and the one file that goes over the net."""

    files: tuple[NamedBytes, ...]
    name: str
    media_type: str
    content: bytes


def export_chain(
    chain_id: UUID,
    form: ExportForm,
    *,
    by: Identity,
    at: datetime,
    as_of: date | None = None,
) -> Exported:
    """Write a map as it stands now.

    Args:
        as_of: only what stood in the map at the end of this day, in today's words.

    Raises:
        SupplyChainError: a text does not fit a spreadsheet cell; JSON has no such limit.
    """
    chain = get_chain(chain_id)
    day = as_of or at.date()
    drafts = load_drafts(chain_id, as_of=as_of)
    files = export_map(drafts.nodes, drafts.links, name=chain.name, as_of=day, form=form)
    audit.record(
        "value_chain:export",
        chain,
        by=by,
        at=at,
        form=form,
        as_of=day,
        nodes=len(drafts.nodes),
        links=len(drafts.links),
        version=chain.version,
    )
    ending = "zip" if form == "csv" else form
    return Exported(
        files=files,
        name=f"{chain.slug}-{day}.{ending}",
        media_type=MEDIA_TYPES[form],
        content=_archive(files) if form == "csv" else files[0].content,
    )


def _archive(files: tuple[NamedBytes, ...]) -> bytes:
    """Both tables in one file; the same tables give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _FIRST_DAY_OF_ZIP)
            archive.writestr(entry, file.content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
