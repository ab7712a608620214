"""Irreversible redaction of a document by the organisation that owns it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.upload_traces import Area
from ddplatform.evidence.redaction import blackening
from ddplatform.evidence.redaction.blackening import Looked
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT
from ddplatform.evidence.search import services as evidence_search
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.queries.documents import READ, find_last_reading, get_evidence
from ddplatform.evidence.uploads.queries.stored_files import is_named, list_documents_of_bytes
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext

DESTROY = "evidence:destroy"
MOST_AREAS = 500
LEAST = 2
"""Characters of words that are taken out."""
READING = timedelta(hours=1)
"""The period in which a reader sees further pages of a document without a new log event."""


@dataclass(frozen=True)
class Wanted:
    """The removals requested."""

    areas: tuple[Area, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redacted:
    """The removals made."""

    areas: int
    times: int
    """The number of occurrences of the words."""


def open_document(evidence_id: UUID, *, act: Act) -> tuple[Evidence, Looked]:
    """A document with its pages, for redaction; an event of the log.

    Raises:
        NotFound: no such document, or another organisation keeps it.
        FileRefused: it cannot be worked on; says what to do.
    """
    document = _get(evidence_id, act.by)
    looked = blackening.look(_bytes(document), document.media_type)
    audit.record_export(READ, document, act=act)
    return document, looked


def page_of(evidence_id: UUID, page: int, *, act: Act) -> bytes:
    """One page or picture of a document as a WebP, for who has just opened it.

    Raises:
        NotFound: no such document or page, or this person did not open it.
    """
    document = _get(evidence_id, act.by)
    last = find_last_reading(document.id, act.by.user_id)
    if last is None or last < act.at - READING:
        raise NotFound()
    return blackening.picture_of(_bytes(document), document.media_type, page)


def preview(evidence_id: UUID, wanted: Wanted, *, by: Identity) -> tuple[Evidence, Looked]:
    """The positions of the words, before anything is removed.

    Raises:
        NotFound: no such document, or another organisation keeps it.
        Invalid: nothing is to be taken out, or words do not occur in it (`words`).
        FileRefused: it cannot be worked on.
    """
    document = _get(evidence_id, by)
    _require_something(wanted)
    found = blackening.look(_bytes(document), document.media_type, wanted.words)
    _require_standing(wanted.words, found.times)
    return document, found


def redact(evidence_id: UUID, wanted: Wanted, *, seen: str, act: Act) -> Redacted:
    """Put a file without the areas and words in the place of the document's, for good.

    Every document that this organisation keeps with the same bytes gets the new file: the same
    bytes show the same person, and they lie in its folder once. That holds for one that a
    supplier has not sent yet, too. Copies that other buyers were given are theirs: they are
    reviewed there, and this organisation does not learn of them (docs/security.md 4). The log
    keeps who, when, how much and both checksums, and never the words.

    Args:
        seen: the checksum of the file that was looked at.

    Raises:
        NotFound: no such document, or another organisation keeps it.
        Conflict: it has another file by now.
        Invalid: nothing to take out, words that do not occur (`words`), or nothing changes.
        FileRefused: it cannot be done with this file; says what to do.
    """
    document = _get(evidence_id, act.by)
    _require_seen(document, seen)
    _require_something(wanted)
    made = blackening.blacken(
        _bytes(document), document.media_type, areas=wanted.areas, words=wanted.words
    )
    _require_standing(wanted.words, made.times)
    folder, before = document.storage_organisation_id, document.sha256
    after = adapters().files.put(folder, made.content)
    if after == before:
        raise Invalid(gettext("Nothing of the file changes: these areas are black already."))
    begin_change()
    _require_seen(_get(evidence_id, act.by), seen)
    _put_in_place(folder, before, _fresh(after, made.content, act.at), wanted.words, at=act.at)
    done = Redacted(len(wanted.areas), sum(made.times))
    audit.record(
        "evidence:redact",
        _get(evidence_id, act.by),
        act=act,
        sha256=(before, after),
        areas=done.areas,
        words=len(wanted.words),
        times=done.times,
    )
    jobs.enqueue(DESTROY, {"folder": str(folder), "sha256": before}, act=act)
    return done


def destroy(payload: Mapping[str, Any]) -> bool:
    """Destroy bytes that were replaced, once the change is kept; returns whether they are gone.

    They stay where another record of the folder still rests on them, such as a workbook that
    answers came in with.
    """
    folder, sha256 = UUID(payload["folder"]), str(payload["sha256"])
    with across_tenants():  # a supplier may have brought the same file anew, and not sent it
        if is_named(folder, sha256):
            return False
    adapters().files.drop(folder, sha256)
    return True


def areas_of(rows: Iterable[Sequence[float]]) -> tuple[Area, ...]:
    """Areas of pages, as they were asked for.

    Raises:
        Invalid: one lies on no page, or there are too many.
    """
    try:
        found = tuple(Area(int(page), *sides) for page, *sides in rows)
    except (OverflowError, TypeError, ValueError) as error:  # past all pages: infinity
        raise Invalid(fields={"areas": gettext("An area has to lie on its page.")}) from error
    if len(found) > MOST_AREAS:
        raise Invalid(
            fields={"areas": gettext("At most %(most)s areas at a time.", most=MOST_AREAS)}
        )
    return tuple(dict.fromkeys(found))


def stretches_of(words: str) -> Sequence[str]:
    """Stretches of words, one a line, the longest first.

    Raises:
        Invalid: there is none, or one is too short (`words`).
    """
    found = [line.strip() for line in words.splitlines() if line.strip()]
    if not found:
        raise Invalid(
            fields={"words": gettext("Copy the words that lead to a person, one line each.")}
        )
    if short := next((line for line in found if len(line) < LEAST), None):
        raise Invalid(
            fields={
                "words": gettext("“%(text)s” is too short: it is part of many words.", text=short)
            }
        )
    return sorted(found, key=len, reverse=True)


def words_of(text: str) -> tuple[str, ...]:
    """Words to take out, one stretch a line; none where nothing was typed.

    Raises:
        Invalid: one is too short (`words`).
    """
    return tuple(dict.fromkeys(stretches_of(text))) if text.strip() else ()


def _get(evidence_id: UUID, by: Identity) -> Evidence:
    """Only the owner of a document redacts it; a supplier withdraws or sends anew."""
    found = get_evidence(evidence_id, with_restricted=by.has(Permission.EVIDENCE_RESTRICTED))
    if found.organisation_id != by.organisation_id or found.content_removed_at is not None:
        raise NotFound()
    return found


def _bytes(document: Evidence) -> bytes:
    return adapters().files.get(document.storage_organisation_id, document.sha256)


def _require_seen(document: Evidence, seen: str) -> None:
    if document.sha256 != seen:
        raise Conflict(
            gettext("This file was redacted meanwhile."),
            gettext("Look at it as it is now, and choose again."),
        )


def _require_something(wanted: Wanted) -> None:
    if not wanted.areas and not wanted.words:
        raise Invalid(
            gettext("Nothing is selected for redaction."),
            gettext("Mark an area, or copy the words, one line each."),
        )


def _require_standing(words: Sequence[str], times: Sequence[int]) -> None:
    if missing := [word for word, many in zip(words, times, strict=True) if not many]:
        raise Invalid(
            fields={
                "words": gettext(
                    "“%(text)s” was not found in the text of this file. Copy it exactly; "
                    "words in a picture are covered by an area.",
                    text=missing[0],
                )
            }
        )


def _fresh(sha256: str, content: bytes, at: datetime) -> dict[str, Any]:
    return {"sha256": sha256, "size_bytes": len(content), "redacted_at": at}


def _put_in_place(
    folder: UUID, before: str, fresh: Mapping[str, Any], words: Sequence[str], *, at: datetime
) -> None:
    """The new file for every row of the old one; each is searched anew by who sees it."""
    with across_tenants():  # rows that a supplier has not sent yet are seen by nobody here
        for row in list_documents_of_bytes(folder, before):
            for name, value in fresh.items():
                setattr(row, name, value)
            row.earlier_sha256 = [*row.earlier_sha256, before]
            row.description = _without(row.description, words)
            owner = row.organisation_id if row.is_released else row.respondent_organisation_id
            by = system_identity(owner or row.organisation_id)
            evidence_search.search_later(row, act=Act(by, at))
    db.session.expire_all()


def _without(text: str, words: Sequence[str]) -> str:
    if not words:
        return text
    longest = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest)), TAKEN_OUT, text, flags=re.IGNORECASE)
