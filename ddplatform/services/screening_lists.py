"""Official lists come in: uploaded by a person, or placed in a folder by the operator."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy import select

from ddplatform.access.identity import Identity
from ddplatform.adapters.installed import adapters
from ddplatform.adapters.screening_folder import PlacedList
from ddplatform.db import db
from ddplatform.errors import Conflict, Invalid
from ddplatform.models.screening import ScreeningEntry, ScreeningList
from ddplatform.queries.screening import list_known_checksums
from ddplatform.services import audit, jobs
from ddplatform.services.plain_text import fault_in
from ddplatform.tenancy import insert_rows
from supply_chain.drafts import NamedBytes
from supply_chain.errors import FileRefused
from supply_chain.screening.lists import Entry, read_list
from supply_chain.screening.matches import entry_hash
from supply_chain.vocabulary import Issue

SCREEN = "screening:run"
TEXT_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class ListFields:
    """What is told of an edition. `coverage` says what is missing, if it is partial."""

    name: str
    publisher: str
    edition_on: date
    licence: str
    source_url: str
    issue: Issue
    coverage: str = ""


def add_list(
    wanted: ListFields, filename: str, content: bytes, *, by: Identity, at: datetime
) -> ScreeningList:
    """Take in an edition; the one before of the same name is kept and no longer used.

    Raises:
        Invalid: a field breaks a rule. FileRefused: the file cannot be used, or speaks of natural
            persons. Conflict: this very file is here already under this name.
    """
    _check(wanted, today=at.date())
    entries = read_list(NamedBytes(filename, content))
    sha256 = hashlib.sha256(content).hexdigest()
    earlier = db.session.scalars(
        select(ScreeningList).where(ScreeningList.name == wanted.name.strip())
    ).all()
    if any(one.sha256 == sha256 for one in earlier):
        raise Conflict("This very file is here already.", "Upload a newer edition.")
    for one in earlier:
        one.superseded_at = one.superseded_at or at
    made = ScreeningList(
        name=wanted.name.strip(),
        publisher=wanted.publisher.strip(),
        edition_on=wanted.edition_on,
        licence=wanted.licence.strip(),
        source_url=wanted.source_url.strip(),
        coverage=wanted.coverage.strip(),
        issue=wanted.issue,
        filename=filename,
        sha256=sha256,
        entries=len(entries),
        created_at=at,
        created_by_id=by.user_id,
    )
    db.session.add(made)
    db.session.flush()  # its entries point to it
    insert_rows(ScreeningEntry, [_row(made, place, entry) for place, entry in enumerate(entries)])
    ask_screening(by=by, at=at)
    audit.record(
        "screening_list:add",
        made,
        by=by,
        at=at,
        name=made.name,
        publisher=made.publisher,
        edition_on=made.edition_on,
        sha256=sha256,
        entries=len(entries),
    )
    return made


def ask_screening(*, by: Identity, at: datetime) -> None:
    """Queue a comparison of lists and maps; one that still waits is enough."""
    jobs.enqueue(SCREEN, {}, by=by, at=at, unique_key=f"{SCREEN}:{by.organisation_id}")


def take_in_placed(*, by: Identity, at: datetime) -> list[str]:
    """Take in what the operator placed and is not here yet; returns why files were refused."""
    known, refused = list_known_checksums(), []
    for placed in adapters().screening.read():
        if placed.content is None:
            refused.append(f"{placed.filename}: larger than 25 MB; split it into several lists.")
            continue
        if hashlib.sha256(placed.content).hexdigest() in known:
            continue
        try:
            add_list(_told_of(placed), placed.filename, placed.content, by=by, at=at)
        except (Conflict, FileRefused) as error:
            refused.append(f"{placed.filename}: {error}")
        except Invalid as error:
            refused.append(f"{placed.filename}: {_in_words(error)}")
    return refused


def _told_of(placed: PlacedList) -> ListFields:
    try:
        told = yaml.safe_load(placed.about or b"")
    except (yaml.YAMLError, ValueError):  # ValueError: other bytes than UTF-8, no such day
        told = None
    if not isinstance(told, Mapping):
        raise Invalid(
            f"{placed.filename} has no YAML file beside it (UTF-8, days that exist) that says what "
            "it is.",
            "docs/screening.md shows one.",
        )
    return _fields_of(told)


def _fields_of(told: Mapping[str, Any]) -> ListFields:
    missing = [one.name for one in fields(ListFields) if one.name not in told]
    texts = {name: str(told.get(name) or "") for name in ("name", "publisher", "licence")}
    edition, issue = told.get("edition_on"), str(told.get("issue"))
    if type(edition) is not date or issue not in set(Issue):  # a moment is no day
        raise Invalid(
            fields={"about": f"needs edition_on (a day) and issue (ISS-..); missing: {missing}."}
        )
    return ListFields(
        **texts,
        edition_on=edition,
        issue=Issue(issue),
        source_url=str(told.get("source_url") or ""),
        coverage=str(told.get("coverage") or ""),
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
        "content_hash": entry_hash(entry),
    }


def _check(wanted: ListFields, *, today: date) -> None:
    labels = {
        "name": "the name of the list",
        "publisher": "the publisher",
        "licence": "the terms of use",
    }
    faults = {
        name: fault
        for name, label in labels.items()
        if (fault := fault_in(getattr(wanted, name), label=label, longest=TEXT_LENGTH))
    }
    if not wanted.source_url.strip().startswith(("https://", "http://")):
        faults["source_url"] = "Enter the address where the list is published."
    if wanted.edition_on > today:
        faults["edition_on"] = "The day of the edition is still to come."
    if fault := fault_in(
        wanted.coverage, label="what is missing", longest=TEXT_LENGTH, required=False
    ):
        faults["coverage"] = fault
    if faults:
        raise Invalid(fields=faults)
