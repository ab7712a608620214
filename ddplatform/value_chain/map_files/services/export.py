"""Export of a map as files; each export is an event of the log."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.documents.exports import XLSX, ZIP, ExportedFile
from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.approvals.queries.approvals import list_called_origins
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.history.queries.past import Past, load_past
from ddplatform.value_chain.history.services.days import check_day
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.graph.export import ExportForm, export_map
from supply_chain.graph.home_places import NOTE, with_coarse_home
from supply_chain.intake.drafts import NamedBytes, NodeDraft

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "csv": ZIP,
    "xlsx": XLSX,
    "graphml": "application/xml",
    "node-link": "application/json",
}
_ENDINGS = {"csv": "zip", "node-link": "node-link.json"}
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Exported(ExportedFile):
    """The files of an export, and the one file that goes over the net."""

    files: tuple[NamedBytes, ...]


def export_chain(
    chain_id: UUID, form: ExportForm, *, act: Act, as_of: date | None = None
) -> Exported:
    """Write a map as it stands now, or as it stood at the end of a past day.

    JSON is the organisation's own copy of its map and holds all as it is kept; in the other forms,
    which go on to others, the places of sites that may be homes are rounded, and a note says so.

    Args:
        as_of: the day; names, shares and all else are as they were then.

    Raises:
        Invalid: the day is still to come.
        SupplyChainError: a text does not fit a spreadsheet cell; JSON has no such limit.
    """
    chain = get_chain(chain_id)
    day = as_of or act.at.date()
    past = _past(chain, as_of, today=act.at.date()) if as_of else None
    drafts, name = load_drafts(chain_id, past=past), past.name_of(chain) if past else chain.name
    nodes, note = _leaving(chain, drafts.nodes, form)
    files = export_map(nodes, drafts.links, name=name, as_of=day, form=form, note=note)
    made = Exported(
        files=files,
        name=f"{chain.slug}-{day}.{_ENDINGS.get(form, form)}",
        media_type=MEDIA_TYPES[form],
        content=_archive(files) if form == "csv" else files[0].content,
    )
    audit.record_export(
        "value_chain:export",
        chain,
        act=act,
        form=form,
        as_of=day,
        nodes=len(drafts.nodes),
        links=len(drafts.links),
        version=past.version if past else chain.version,
    )
    return made


def _leaving(
    chain: ValueChain, nodes: Sequence[NodeDraft], form: ExportForm
) -> tuple[Sequence[NodeDraft], str | None]:
    """The nodes as they leave the platform in a form, and what to say of it."""
    if form == "json":
        return nodes, None
    said = list_called_origins(chain.id)
    leaving = [with_coarse_home(node, is_said_origin=node.id in said) for node in nodes]
    is_changed = any(one is not other for one, other in zip(nodes, leaving, strict=True))
    return leaving, NOTE if is_changed else None


def _past(chain: ValueChain, day: date, *, today: date) -> Past:
    if day >= chain.created_at.date():  # before it the map was empty
        check_day(chain, day, today=today, field="as_of")
    return load_past(chain, day)


def _archive(files: tuple[NamedBytes, ...]) -> bytes:
    """Both tables in one file; the same tables give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _FIRST_DAY_OF_ZIP)
            archive.writestr(entry, file.content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
