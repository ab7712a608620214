"""Comparison of lists and maps; a person decides whether two records are the same.

A match is a prompt. No score changes before a person confirms it; then a finding is recorded with
the list as its source, by the package that registered with `RECORDERS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs.context import Unit
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import gettext as _
from ddplatform.value_chain.matching.queries.records import load_records
from ddplatform.value_chain.screening.models import (
    MatchAnswer,
    ScreeningDecision,
    ScreeningList,
    ScreeningMatch,
)
from ddplatform.value_chain.screening.queries.lists import (
    as_core_entry,
    get_entry,
    get_list,
    get_match,
    list_chain_versions,
    list_current,
    list_entries,
    list_matches_of,
    load_said,
)
from ddplatform.value_chain.screening.services.lists import take_in_placed
from supply_chain.matching.records import Record
from supply_chain.screening.entries import Entry, EntryStatus
from supply_chain.screening.matches import ListMatch, find_matches
from supply_chain.vocabulary import Issue

NOTE_LENGTH = 2000
FINDING = "finding"


@dataclass(frozen=True)
class ConfirmedMatch:
    """A site that a person found on a list. The texts may be longer than a record keeps."""

    node_id: UUID
    issue: Issue
    harm: Harm
    title: str
    description: str


class RecordMatch(Protocol):
    """Records what a person found, and returns the key of the record."""

    def __call__(self, match: ConfirmedMatch, *, act: Act) -> UUID:
        """Record it, with the one event that this leaves."""


RECORDERS: Registry[RecordMatch] = Registry("confirmed matches of official lists")
"""The recorder of a confirmed match, by its outcome."""


@dataclass(frozen=True)
class Comparison:
    """One edition and one map, read and ready to be compared."""

    list_id: UUID
    chain_id: UUID
    version: int
    listed: tuple[tuple[UUID, str], ...]  # key and content hash of each entry
    entries: tuple[Entry, ...]
    nodes: Sequence[Record]
    hashes: Mapping[str, str]

    def matches(self) -> list[ListMatch]:
        """Compare. Takes time and no database."""
        return find_matches(self.entries, self.nodes)


def screen(*, act: Act, unit: Unit) -> dict[str, object]:
    """Take in what the operator placed, and compare editions in use with maps that changed.

    Each pair of an edition and a map is compared once for each version of the map. Run twice, the
    second run finds nothing to do.
    """
    with unit():
        refused = take_in_placed(act=act)
    with unit():
        due = _due()
    found = 0
    for list_id, chain_id, version in due:
        with unit():
            comparison = _load(list_id, chain_id, version)
        matches = comparison.matches()
        with unit():
            found += _keep(comparison, matches, act=act)
    return {"compared": len(due), "found": found, "refused": refused}


def _due() -> list[tuple[UUID, UUID, int]]:
    versions = list_chain_versions()
    return [
        (one.id, chain_id, version)
        for one in list_current()
        for chain_id, version in versions.items()
        if one.screened.get(str(chain_id)) != version
    ]


def _load(list_id: UUID, chain_id: UUID, version: int) -> Comparison:
    rows = list_entries(list_id)
    nodes, hashes = load_records(chain_id)
    return Comparison(
        list_id=list_id,
        chain_id=chain_id,
        version=version,
        listed=tuple((row.id, row.content_hash) for row in rows),
        entries=tuple(as_core_entry(row) for row in rows),
        nodes=nodes,
        hashes=hashes,
    )


def _keep(comparison: Comparison, matches: Sequence[ListMatch], *, act: Act) -> int:
    """Bring the prompts in step; what was said of the same contents is said again."""
    edition = get_list(comparison.list_id)
    known = {
        (row.listed_id, str(row.node_id)): row
        for row in list_matches_of(comparison.list_id, comparison.chain_id)
    }
    said, new, seen = load_said(), 0, set()
    for match in matches:
        listed_id, entry_hash = comparison.listed[match.place]
        seen.add((listed_id, match.node_id))
        row = known.get((listed_id, match.node_id))
        node_hash = comparison.hashes[match.node_id]
        if row is None:
            row = ScreeningMatch(
                list_id=edition.id,
                listed_id=listed_id,
                node_id=UUID(match.node_id),
                answer=MatchAnswer.OPEN,
                found_at=act.at,
            )
            db.session.add(row)
        if row.node_hash != node_hash:
            _say(row, said.get((entry_hash, node_hash)))
            new += row.answer is MatchAnswer.OPEN
        row.entry_hash, row.node_hash = entry_hash, node_hash
        row.matched_name, row.score, row.reasons = match.name, match.score, list(match.reasons)
        row.gone_at = None
    gone = [row for key, row in known.items() if key not in seen and row.gone_at is None]
    for row in gone:
        row.gone_at = act.at
    edition.screened = {**edition.screened, str(comparison.chain_id): comparison.version}
    if new or gone:
        audit.record("screening:run", edition, act=act, found=new, gone=len(gone))
    return new


def _say(row: ScreeningMatch, said: ScreeningDecision | None) -> None:
    """The earlier answer of a person on these two contents; otherwise the prompt is open."""
    row.answer = said.answer if said else MatchAnswer.OPEN
    row.note = said.note if said else ""
    row.finding_id = said.finding_id if said else row.finding_id
    row.decided_at = said.decided_at if said else None
    row.decided_by_id = said.decided_by_id if said else None


def decide(
    match_id: UUID, answer: MatchAnswer, note: str, *, harm: Harm = Harm.POTENTIAL, act: Act
) -> ScreeningMatch:
    """Say whether an entry and a node are the same; remembered for both contents.

    Confirmed, a finding is recorded at the node with the list as its source: potential harm
    changes no score, alleged harm is a credible allegation (RM-1.0 section 8).

    Raises:
        NotFound: no such prompt. Invalid: no answer, or no note where it is the same.
        Conflict: it was confirmed before; its finding is the place to go on.
    """
    row, note = get_match(match_id, for_change=True), note.strip()
    if row.answer is MatchAnswer.SAME:
        raise Conflict(_("This match was confirmed before."), _("Continue with its finding."))
    is_same = answer is MatchAnswer.SAME
    faults = {}
    if answer is MatchAnswer.OPEN:
        faults["answer"] = _("Choose a decision.")
    if fault := fault_in(note, label=_("the evidence"), longest=NOTE_LENGTH, required=is_same):
        faults["note"] = fault
    if harm is Harm.CONFIRMED:
        faults["harm"] = _("A list alone confirms no harm. Choose potential or alleged harm.")
    if is_same and harm is Harm.ALLEGED and _is_ended(row):
        faults["harm"] = _("This entry is no longer in force. Choose potential harm.")
    if faults:
        raise Invalid(fields=faults)
    before, row.answer, row.note = row.answer, answer, note
    row.decided_at, row.decided_by_id = act.at, act.by.user_id
    if is_same and row.finding_id is None:  # a renamed site is asked about again
        row.finding_id = _record(row, get_list(row.list_id), harm, act=act)
    _remember(row)
    audit.record(
        "screening:decide",
        row,
        act=act,
        answer=(before, answer),
        note=note,
        finding=row.finding_id,
    )
    return row


def _is_ended(row: ScreeningMatch) -> bool:
    return get_entry(row.listed_id).status is EntryStatus.NO_LONGER_IN_FORCE


def _record(row: ScreeningMatch, edition: ScreeningList, harm: Harm, *, act: Act) -> UUID:
    entry = get_entry(row.listed_id)
    told = [
        f"“{entry.name}” on “{edition.name}” ({edition.publisher}, edition of "
        f"{edition.edition_on}), line {entry.row}, is this site as a person confirmed.",
        f"The list gives: {entry.note}." if entry.note else "",
        "The entry is no longer in force." if _is_ended(row) else "",
        row.note,
    ]
    match = ConfirmedMatch(
        node_id=row.node_id,
        issue=edition.issue,
        harm=harm,
        title=f"Named on a list: {edition.name}",
        description="\n\n".join(filter(None, told)),
    )
    return RECORDERS.get(FINDING)(match, act=act)


def _remember(row: ScreeningMatch) -> None:
    said = load_said().get((row.entry_hash, row.node_hash))
    if said is None:
        said = ScreeningDecision(entry_hash=row.entry_hash, node_hash=row.node_hash)
        db.session.add(said)
    said.answer, said.note, said.finding_id = row.answer, row.note, row.finding_id
    said.decided_by_id = row.decided_by_id
    if row.decided_at is not None:
        said.decided_at = row.decided_at
