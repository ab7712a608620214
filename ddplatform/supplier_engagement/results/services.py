"""Export of results and their documents as files; each export is an event of the log."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import ZIP, ExportedFile, as_file
from ddplatform.documents.tables.files import neutral
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.campaigns.queries.campaigns import get_campaign
from ddplatform.supplier_engagement.library.queries import get_version, load_plan
from ddplatform.supplier_engagement.results.queries.results import (
    Respondent,
    asked_questions,
    load_respondents,
)
from ddplatform.supplier_engagement.results.queries.rows import list_evidence, load_texts
from questionnaires import Question

ResultsForm = Literal["xlsx", "csv", "json"]
Shape = Literal["wide", "long"]
FORMS: tuple[ResultsForm, ...] = ("xlsx", "csv", "json")
SHAPES: tuple[Shape, ...] = ("wide", "long")
MakeTables = Callable[
    [Sequence[Question], Sequence[Respondent], Mapping[tuple[UUID, str], str]], Sequence[Table]
]
"""Makes the tables of a file from the questions, who answered them, and texts in full."""
MOST_BYTES = 200 * 1024 * 1024
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_DAY = (2000, 1, 1, 0, 0, 0)
"""Stands as the date inside the archive, so that equal documents give equal bytes."""


def export_results(
    version_id: UUID,
    form: ResultsForm,
    shape: Shape,
    make_tables: MakeTables,
    *,
    campaign_id: UUID | None = None,
    act: Act,
) -> ExportedFile:
    """All answers to a version, as a workbook, as CSV tables in one archive, or as JSON.

    Raises:
        NotFound: no such version or campaign.
        TooMany: too many exports in an hour.
    """
    rate_limits.require_left(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    respondents = _respondents(version_id, campaign_id, act.at)
    version, asked = get_version(version_id), load_plan(version_id).form
    tables = make_tables(asked_questions(asked), respondents, load_texts(respondents))
    name = f"{asked.form_id}-{version.version}-{shape}"
    made = _as_json(name, tables) if form == "json" else as_file(name, tables, form)
    audit.record_export(
        "results:export",
        version,
        act=act,
        questionnaire=asked.form_id,
        campaign=campaign_id,
        form=form,
        shape=shape,
        respondents=len(respondents),
    )
    rate_limits.count_try(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    return made


def export_evidence(version_id: UUID, *, campaign_id: UUID | None = None, act: Act) -> ExportedFile:
    """The documents behind the answers to a version in one archive, with a list of them.

    Restricted documents stay where they are.

    Raises:
        NotFound: no such version or campaign.
        Invalid: there is none, or more than one archive can hold.
        TooMany: too many exports in an hour.
    """
    rate_limits.require_left(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    respondents = _respondents(version_id, campaign_id, act.at)
    version, asked = get_version(version_id), load_plan(version_id).form
    rows = list_evidence(respondents, today=act.at.date())
    if not rows:
        raise Invalid(gettext("No document supports these answers."))
    if sum(row.size_bytes for row in rows) > MOST_BYTES:
        raise Invalid(
            gettext(
                "These documents are larger than %(size)s MB together.", size=MOST_BYTES // 1024**2
            ),
            gettext("Export them campaign by campaign."),
        )
    content = _bundle(rows, {one.assignment_id: one.node_name for one in respondents})
    audit.record_export(
        "results:export_evidence",
        version,
        act=act,
        questionnaire=asked.form_id,
        campaign=campaign_id,
        documents=len(rows),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    rate_limits.count_try(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    name = f"{asked.form_id}-{version.version}-documents.zip"
    return ExportedFile(name, ZIP, content)


def _respondents(version_id: UUID, campaign_id: UUID | None, at: datetime) -> Sequence[Respondent]:
    if campaign_id is not None:
        get_campaign(campaign_id)
    return load_respondents(version_id, campaign_id, today=at.date())


def _as_json(name: str, tables: Sequence[Table]) -> ExportedFile:
    told = {
        table.ref: [
            {
                column.title if table.ref == "answers" else column.key: cell
                for column, cell in zip(table.columns, row, strict=True)
                if cell is not None
            }
            for row in table.rows
        ]
        for table in tables
    }
    content = json.dumps(told, ensure_ascii=False, indent=1).encode()
    return ExportedFile(f"{name}.json", "application/json", content)


def _bundle(rows: Sequence[Any], names: dict[UUID, str]) -> bytes:
    """Every document once for each answer it supports, and `manifest.csv` with its SHA-256."""
    buffer, listed = io.BytesIO(), io.StringIO(newline="")
    manifest = csv.writer(listed, lineterminator="\r\n")
    manifest.writerow(("path", "sha256", "bytes", "supplier", "question", "file"))
    with ZipFile(buffer, "w") as archive:
        for number, row in enumerate(rows, start=1):
            question = (row.path or "").rpartition("/")[2].removesuffix("_evidence")
            path = f"documents/{number:04}-{_NOT_IN_NAMES.sub('_', row.filename)[-80:]}"
            content = adapters().files.get(row.storage_organisation_id, row.sha256)
            _put(archive, path, content)
            told = (names[row.assignment_id], question, row.filename)
            words = [neutral(text) for text in told]
            manifest.writerow((path, row.sha256, row.size_bytes, *words))
        _put(archive, "manifest.csv", listed.getvalue().encode("utf-8-sig"))
    return buffer.getvalue()


def _put(archive: ZipFile, path: str, content: bytes) -> None:
    entry = ZipInfo(path, date_time=_DAY)
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, content)
