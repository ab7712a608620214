"""Import of a list in one go, without a worker (commands, sample data)."""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.import_activities.services import activities_of_draft
from ddplatform.value_chain.import_corrections.queries import load_answers
from ddplatform.value_chain.import_steps.services import apply as map_apply
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.imports.services.compare import Comparison, headings_of
from ddplatform.value_chain.imports.services.preview import counts_of
from ddplatform.value_chain.imports.services.reading import Plan, Reading
from ddplatform.value_chain.mapping.models import ImportStatus
from ddplatform.value_chain.mapping.queries.maps import find_chain
from ddplatform.value_chain.mapping.services.nodes import create_chain
from ddplatform.value_chain.matching_imports.services.imports import (
    PossibleDuplicate,
    ask_for,
    find_doubles,
    follow_merges,
)
from ddplatform.value_chain.merging.queries.merges import load_merged_refs
from supply_chain.intake.compare import compare
from supply_chain.intake.drafts import FileFormat, Mapping, NamedBytes
from supply_chain.intake.mapping_json import mapping_as_json
from supply_chain.intake.wishes import hold_back

COUNTS = (
    "rows",
    "new",
    "changed",
    "unchanged",
    "links_new",
    "links_changed",
    "links_unchanged",
    "skipped",
)


@dataclass(frozen=True)
class Intake:
    """The result of an import; `answer` is the document of docs/commands.md."""

    answer: dict[str, Any]
    is_refused: bool


def plan_intake(chain_name: str, files: Sequence[NamedBytes], mapping: Mapping) -> Plan:
    """The data needed to read the files, without the database."""
    chain = find_chain(chain_name)
    known = load_drafts(chain.id) if chain else None
    ids: frozenset[str] = frozenset()
    if chain and known:
        ids = (frozenset(known.node_keys) - known.archived) | load_merged_refs(chain.id).keys()
    return Plan(tuple(files), mapping, ids, link_to=None, answers=load_answers())


def take_in(
    chain_name: str, plan: Plan, reading: Reading, *, skip_faulty: bool, act: Act
) -> Intake:
    """Apply what was read to the map of that name, made when there is none.

    The caller ends the unit of work without keeping it when the answer is refused, or for a
    trial run.
    Suppliers are linked only as the files say, so that a map goes out and comes back the same.
    """
    if reading.refusal is not None:
        return Intake({"error": reading.refusal, "applied": False}, is_refused=True)
    chain = find_chain(chain_name) or create_chain(chain_name, own_business=None, act=act)
    known = load_drafts(chain.id)
    read = follow_merges(
        chain.id, reading.draft, known_ids=known.node_keys, archived=known.archived
    )
    held, still = hold_back(known.nodes, known.links, read.draft), read.still
    draft = held.draft
    changes = compare(known.nodes, draft, existing_links=known.links, still=still)
    counts = counts_of(draft, changes, read.changes)
    doubles = find_doubles(ask_for(chain.id, changes.new_nodes, known.nodes))
    answer = _answer(reading, counts, doubles)
    if reading.draft.problems and not skip_faulty:
        return Intake({**answer, "applied": False}, is_refused=True)
    row = map_import.keep_files(chain.id, plan.files, link_to_id=None, act=act)
    row.status, row.skip_faulty = ImportStatus.APPLYING, skip_faulty
    row.mapping = dict(mapping_as_json(reading.draft.mapping))
    row.headings = headings_of(reading.tables)
    db.session.flush()  # the apply reads the row anew
    wishes = held.flows, held.origins
    compared = Comparison(known, draft, changes, (), chain.version, read.changes, still, *wishes)
    map_apply.apply_import(row.id, reading, compared, act=act)
    return Intake({**answer, "applied": True}, is_refused=False)


def _answer(
    reading: Reading, counts: MappingOf[str, int], doubles: Sequence[PossibleDuplicate]
) -> dict[str, Any]:
    draft = reading.draft
    return {
        **{name: counts[name] for name in COUNTS},
        "problems": [asdict(problem) for problem in draft.problems],
        "notes": [asdict(note) for note in draft.notes],
        "possible_duplicates": [_double(pair) for pair in doubles],
        "activities": activities_of_draft(draft),
        "mapping": mapping_as_json(draft.mapping),
        "formats": [_format(found) for found in draft.formats],
    }


def _format(found: FileFormat) -> dict[str, Any]:
    """The format in which a text was read; `certain` is false if nothing proves its encoding."""
    return {
        "file": found.file,
        "encoding": found.encoding,
        "separator": found.separator,
        "certain": found.is_certain,
    }


def _double(pair: PossibleDuplicate) -> dict[str, Any]:
    """A new row, and the node of the map or other row that it may be."""
    return {
        "left_id": pair.known_ref,
        "right_id": pair.new_id,
        "score": round(pair.score, 4),
        "decision": pair.suggestion.value,
        "reasons": list(pair.reasons),
    }
