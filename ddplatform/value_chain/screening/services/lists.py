"""Import of official lists: uploaded by a person, or placed in a folder by the operator."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import uuid4

import yaml

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.screening_folder import MAX_BYTES
from ddplatform.infrastructure.adapters.uploads import require_harmless
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import day_in_words, gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.screening.models import ScreeningEntry, ScreeningList
from ddplatform.value_chain.screening.queries.lists import (
    list_known_checksums,
    list_releases,
    load_entries,
)
from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes, RowProblem
from supply_chain.screening.entries import Entry, ListReading
from supply_chain.screening.lists import read_list
from supply_chain.screening.matches import entry_hash
from supply_chain.screening.releases import ListChanges, compare_releases
from supply_chain.screening.words import list_words, official_in
from supply_chain.vocabulary import Issue

SCREEN = "screening:run"
TEXT_LENGTH = 300
TOO_LARGE = "larger than 25 MB"
CONFIRM = _(
    "The file may be incomplete or another list. Check it, and confirm to import it anyway."
)
SPLIT = _("Split it into several lists.")


@dataclass(frozen=True, kw_only=True)
class ListFields:
    """The description of an edition.

    Attributes:
        edition_on: None: the day that the page states of itself.
        coverage: what is missing, if it is partial.
        kind: ref of a known official list; empty: another one.
    """

    name: str
    publisher: str
    edition_on: date | None
    licence: str
    source_url: str
    issue: Issue
    coverage: str = ""
    kind: str = ""


@dataclass(frozen=True)
class TakenIn:
    """The result of importing a file.

    Attributes:
        is_new: False: it says nothing new, and nothing changed.
        changes: against the release before; None for a first one.
        notes: cells that were used with a remark.
    """

    release: ScreeningList
    is_new: bool
    changes: ListChanges | None = None
    notes: tuple[RowProblem, ...] = ()


def official_fields(kind: str, *, edition_on: date | None, coverage: str = "") -> ListFields:
    """The known fields of an official list (`supply_chain/data/screening_words.yaml`)."""
    official = list_words().official[kind]
    return ListFields(
        name=official.name,
        publisher=official.publisher,
        edition_on=edition_on,
        licence=official.licence,
        source_url=official.source_url,
        issue=official.issue,
        coverage=coverage,
        kind=kind,
    )


def add_list(
    wanted: ListFields, filename: str, content: bytes, *, confirmed: bool = False, act: Act
) -> TakenIn:
    """Take in an edition; the one before of the same name is kept and no longer used.

    A file that is here already, or says the same as the edition in use, changes nothing.

    Args:
        confirmed: take it in although half of the entries are gone, or it is an older edition.

    Raises:
        Invalid: a field breaks a rule, or it has to be confirmed. FileRefused: the file cannot
            be used, or speaks of natural persons.
    """
    _check(wanted, today=act.at.date())
    if len(content) > MAX_BYTES:
        told = gettext("%(filename)s is larger than 25 MB.", filename=filename)
        raise FileRefused("too_large", told, str(SPLIT))
    sha256 = hashlib.sha256(content).hexdigest()
    earlier = list_releases(wanted.name.strip())
    if same := next((one for one in earlier if one.sha256 == sha256), None):
        return TakenIn(same, is_new=False)
    with adapters().turns.take(act.by.user_id):
        reading = read_list(NamedBytes(filename, content))
        require_harmless(filename, content)
    begin_change()
    earlier = list_releases(wanted.name.strip())
    edition_on = _edition_of(wanted, reading, today=act.at.date())
    before = next((one for one in earlier if one.superseded_at is None), None)
    listed = load_entries(before.id) if before else ()
    if before and before.edition_on == edition_on and _bare(listed) == _bare(reading.entries):
        return TakenIn(before, is_new=False, notes=reading.notes)
    changes = compare_releases(listed, reading.entries) if before else None
    doubts = _doubts(before, edition_on, changes) if before and changes else []
    if doubts and not confirmed:
        raise Invalid(fields={"confirm": " ".join((*doubts, str(CONFIRM)))})
    made = _release(wanted, edition_on, filename, sha256, before, changes, act=act)
    made.entries = len(reading.entries)
    for one in earlier:
        one.superseded_at = one.superseded_at or act.at
    db.session.add(made)
    db.session.flush()  # its entries point to it
    rows = [_row(made, place, entry) for place, entry in enumerate(reading.entries)]
    insert_rows(ScreeningEntry, rows)
    ask_screening(act=act)
    _record(made, act=act)
    return TakenIn(made, is_new=True, changes=changes, notes=reading.notes)


def _release(
    wanted: ListFields,
    edition_on: date,
    filename: str,
    sha256: str,
    before: ScreeningList | None,
    changes: ListChanges | None,
    *,
    act: Act,
) -> ScreeningList:
    return ScreeningList(
        name=wanted.name.strip(),
        publisher=wanted.publisher.strip(),
        edition_on=edition_on,
        licence=wanted.licence.strip(),
        source_url=wanted.source_url.strip(),
        coverage=wanted.coverage.strip(),
        issue=wanted.issue,
        kind=wanted.kind,
        filename=filename,
        sha256=sha256,
        replaces_id=before.id if before else None,
        changes=changes.counts() if changes else {},
        created_at=act.at,
        created_by_id=act.by.user_id,
    )


def _record(made: ScreeningList, *, act: Act) -> None:
    audit.record(
        "screening_list:add",
        made,
        act=act,
        name=made.name,
        publisher=made.publisher,
        edition_on=made.edition_on,
        sha256=made.sha256,
        entries=made.entries,
        changes=made.changes,
    )


def _edition_of(wanted: ListFields, reading: ListReading, *, today: date) -> date:
    """The given day, otherwise that of the page; the page has to be that of the list."""
    found = official_in(reading.titles)
    if found is not None and wanted.kind and found.ref != wanted.kind:
        told = gettext("The file is the page “%(name)s”. Choose that list.", name=found.name)
        raise Invalid(fields={"kind": told})
    edition_on = wanted.edition_on or reading.stated_on
    if edition_on is None:
        told = gettext("The file states no date. Enter the date of the edition.")
        raise Invalid(fields={"edition_on": told})
    if edition_on > today:
        raise Invalid(fields={"edition_on": _future(edition_on)})
    return edition_on


def _future(edition_on: date) -> str:
    day = day_in_words(edition_on)
    return gettext("The edition is dated %(day)s, which is in the future.", day=day)


def _doubts(before: ScreeningList, edition_on: date, changes: ListChanges) -> list[str]:
    """The reason why a file may not be the next release of a list."""
    told = []
    if changes.loses_half(before.entries):
        told.append(
            gettext(
                "%(gone)s of %(total)s entries are gone.",
                gone=f"{len(changes.gone):,}",
                total=f"{before.entries:,}",
            )
        )
    if edition_on < before.edition_on:
        told.append(
            gettext(
                "The edition in use is of %(used)s; this one is older, of %(day)s.",
                used=day_in_words(before.edition_on),
                day=day_in_words(edition_on),
            )
        )
    return told


def _bare(entries: Sequence[Entry]) -> list[Entry]:
    """The content of entries, wherever they are in the file."""
    return [replace(entry, row=0) for entry in entries]


def ask_screening(*, act: Act) -> None:
    """Queue a comparison of lists and maps; one that still waits is enough."""
    jobs.enqueue(SCREEN, {}, act=act, unique_key=f"{SCREEN}:{act.by.organisation_id}")


def take_in_placed(*, act: Act) -> list[str]:
    """Take in what the operator placed and is not here yet; returns why files were refused."""
    known, refused = list_known_checksums(), []
    for placed in adapters().screening.read():
        if placed.content is None:
            refused.append(f"{placed.filename}: {TOO_LARGE}; split it into several lists.")
            continue
        if hashlib.sha256(placed.content).hexdigest() in known:
            continue
        try:
            told = read_about(placed.filename, placed.about)
            wanted, is_sure = fields_of(told), told.get("confirm") is True
            content = placed.content
            add_list(wanted, placed.filename, content, confirmed=is_sure, act=act)
        except FileRefused as error:
            refused.append(f"{placed.filename}: {error}")
        except Invalid as error:
            refused.append(f"{placed.filename}: {_in_words(error)}")
    return refused


def read_about(filename: str, about: bytes | None) -> Mapping[str, Any]:
    """The YAML beside a list, which says what it is (docs/screening.md).

    Raises:
        Invalid: there is none, or it cannot be read.
    """
    try:
        told = yaml.safe_load(about or b"")
    except (yaml.YAMLError, ValueError):  # ValueError: other bytes than UTF-8, no such day
        told = None
    if not isinstance(told, Mapping):
        raise Invalid(
            gettext(
                "%(file)s has no YAML file beside it (UTF-8, valid dates) that describes it.",
                file=filename,
            ),
            gettext("See docs/screening.md for an example."),
        )
    return told


def fields_of(told: Mapping[str, Any]) -> ListFields:
    """The fields in such a YAML; `list` names a known official list, and then a day is enough.

    Raises:
        Invalid: no day where one is needed, or no issue.
    """
    edition, coverage = told.get("edition_on"), str(told.get("coverage") or "")
    kind, issue = str(told.get("list") or ""), str(told.get("issue"))
    is_day = type(edition) is date  # a moment is no day
    if kind in list_words().official and (is_day or edition is None):
        return official_fields(kind, edition_on=edition, coverage=coverage)
    if not is_day or issue not in set(Issue):
        missing = [one.name for one in fields(ListFields) if one.name not in told]
        raise Invalid(
            fields={
                "about": gettext(
                    "needs edition_on (a day) and issue (ISS-..); missing: %(names)s.",
                    names=", ".join(missing),
                )
            }
        )
    texts = {name: str(told.get(name) or "") for name in ("name", "publisher", "licence")}
    return ListFields(
        **texts,
        edition_on=edition,
        issue=Issue(issue),
        source_url=str(told.get("source_url") or ""),
        coverage=coverage,
    )


def _in_words(error: Invalid) -> str:
    return " ".join(f"{name}: {text}" for name, text in error.fields.items()) or (
        f"{error.message} {error.advice}"
    )


def _row(made: ScreeningList, place: int, entry: Entry) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "list_id": made.id,
        "place": place,
        "row": entry.row,
        "name": entry.name,
        "aliases": list(entry.aliases),
        "country": entry.country,
        "region": entry.region,
        "address": entry.address,
        "entry_id": entry.entry_id,
        "listed_on": entry.listed_on,
        "note": entry.note,
        "status": entry.status,
        "section": entry.section,
        "content_hash": entry_hash(entry),
    }


def _check(wanted: ListFields, *, today: date) -> None:
    labels = {
        "name": gettext("the name of the list"),
        "publisher": gettext("the publisher"),
        "licence": gettext("the terms of use"),
    }
    faults = {
        name: fault
        for name, label in labels.items()
        if (fault := fault_in(getattr(wanted, name), label=label, longest=TEXT_LENGTH))
    }
    if not wanted.source_url.strip().startswith(("https://", "http://")):
        faults["source_url"] = gettext("Enter the address where the list is published.")
    if wanted.edition_on is not None and wanted.edition_on > today:
        faults["edition_on"] = _future(wanted.edition_on)
    if fault := fault_in(
        wanted.coverage, label=gettext("the coverage"), longest=TEXT_LENGTH, required=False
    ):
        faults["coverage"] = fault
    if faults:
        raise Invalid(fields=faults)
