"""Types of phone-app files: one instance, an archive with attachments, an export."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from questionnaires.form.form import Form
from questionnaires.submissions.archives import CUT_OFF, UnpacksToTooMuch, unpack
from questionnaires.submissions.instance import (
    Submission,
    broken,
    read_submission,
    refuse,
    too_large,
)
from questionnaires.submissions.kinds import Kind, fits, kind_by_content, kind_by_name
from questionnaires.submissions.tables import (
    read_csv,
    read_export_book,
    read_json,
    read_row,
    read_zipped_csv,
)

DIFFERS = "content_differs"
"""The code of a file that is not what its name says."""
MAX_ENTRIES, MAX_UNPACKED = 2_000, 60 * 1024**2


@dataclass(frozen=True)
class SubmissionFile:
    """The submissions of a file, and the files that came beside them by name."""

    submissions: tuple[Submission, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_submission_file(filename: str, content: bytes, form: Form) -> SubmissionFile:
    """Read a file of an app or its server, whose name and content agree. Raises BookRefused."""
    kind = kind_by_name(filename)
    if kind is None:
        raise refuse(
            "unknown_kind",
            "This is no submission of a phone app.",
            "Upload XML, JSON, CSV or a .zip from ODK or KoboToolbox, or the workbook (.xlsx).",
        )
    _require_fitting(filename, content)
    if kind is Kind.ARCHIVE:
        return _read_archive(content, form)
    return SubmissionFile(tuple(_READERS[kind](content, form)))


def _require_fitting(filename: str, content: bytes) -> None:
    if not fits(filename, content):
        raise refuse(
            DIFFERS,
            f"The content of {filename} is not what its name says.",
            "Save it anew in the program it comes from, or choose the right ending.",
        )


def _read_instance(content: bytes, form: Form) -> Sequence[Submission]:
    return [read_submission(content, form)]


_READERS: Mapping[Kind, Callable[[bytes, Form], Iterable[Submission]]] = {
    Kind.BOOK: read_export_book,
    Kind.XML: _read_instance,
    Kind.JSON: read_json,
    Kind.TABLE: read_csv,
}


def is_instance(content: bytes) -> bool:
    """Whether this is an instance as XML, whatever its file is called."""
    return kind_by_content(content) is Kind.XML


def read_stored(content: bytes, form: Form) -> Submission:
    """One submission from its stored `content`: its type is decided by the content, not a name."""
    return read_submission(content, form) if is_instance(content) else read_row(content, form)


def _read_archive(content: bytes, form: Form) -> SubmissionFile:
    parts = _unpack(content)
    tables = {name: part for name, part in parts.items() if name.lower().endswith(".csv")}
    instances = [part for name, part in parts.items() if name.lower().endswith(".xml")]
    for name in [name for name in parts if name.lower().endswith((".xml", ".csv"))]:
        _require_fitting(name, parts[name])
    if instances:
        found = tuple(read_submission(part, form) for part in instances)
        files = {
            PurePosixPath(name).name: part
            for name, part in parts.items()
            if not name.lower().endswith(".xml")
        }
        return SubmissionFile(found, files)
    if tables:
        files = {PurePosixPath(n).name: part for n, part in parts.items() if n not in tables}
        return SubmissionFile(tuple(read_zipped_csv(tables, form)), files)
    raise refuse(
        "no_submissions",
        "This archive holds no submission.",
        "Put the .xml of the submission and its attachments into it, or export it anew.",
    )


def _unpack(content: bytes) -> dict[str, bytes]:
    """Every part of an archive, up to the limits."""
    parts: dict[str, bytes] = {}
    room = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MAX_ENTRIES:
                raise too_large()
            for member in members:
                parts[member.filename] = unpack(archive, member, room)
                room -= len(parts[member.filename])
    except UnpacksToTooMuch:
        raise too_large() from None
    except CUT_OFF:
        raise broken() from None
    return parts
