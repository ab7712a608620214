"""Media files of an own form: unpacking, check, storage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import md5
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZipFile

from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import CheckedFile
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.own_forms.label_media import MAX_BYTES, check_media, is_media
from ddplatform.supplier_engagement.own_forms.queries.media import MediaFile, owner_of
from questionnaires import Form
from questionnaires.form.label_media import named_media
from questionnaires.submissions.archives import CUT_OFF, UnpacksToTooMuch, unpack
from questionnaires.workbook.reading import BookRefused
from supply_chain.errors import FileRefused

FIELD = "media"
MOST_FILES = 60
MOST_BYTES = 15 * 1024 * 1024
"""Of all files of a form together."""
_ZIP = b"PK\x03\x04"

Uploaded = Sequence[tuple[str, bytes]]


def check_all(uploads: Uploaded) -> Mapping[str, CheckedFile]:
    """The files of an upload by name, those in archives too, each checked and cleaned.

    Raises:
        Invalid: at `media`: every file that may not come in, or what is too much.
    """
    found: dict[str, CheckedFile] = {}
    problems: list[str] = []
    room = MOST_BYTES
    for name, content in _unpacked(uploads):
        room -= len(content)
        if room < 0 or len(found) + len(problems) >= MOST_FILES:
            raise _too_much()
        if name in found:
            problems.append(gettext("%(name)s is there twice: choose it once.", name=name))
            continue
        try:
            found[name] = check_media(name, content)
        except FileRefused as refused:
            problems.append(f"{refused.message} {refused.advice}")
    if problems:
        raise Invalid(fields={FIELD: " ".join(problems)})
    return found


def _too_much() -> Invalid:
    return Invalid(
        fields={
            FIELD: gettext(
                "These are more than %(files)s files, or more than %(size)s MB. Choose those that "
                "the form names, and make them smaller.",
                files=MOST_FILES,
                size=MOST_BYTES // 1024**2,
            )
        }
    )


def _unpacked(uploads: Uploaded) -> Iterator[tuple[str, bytes]]:
    for filename, content in uploads:
        name = PurePosixPath(filename.replace("\\", "/")).name
        if name.lower().endswith(".zip") and content.startswith(_ZIP):
            yield from _in_archive(name, content)
        else:
            yield name, content


def _in_archive(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of an archive, without those that operating systems add."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > 4 * MOST_FILES:
                raise _too_much()
            for member in members:
                path = PurePosixPath(member.filename)
                if path.name.startswith(".") or "__MACOSX" in path.parts:
                    continue
                # Files that no label can show are refused by their names, unread.
                yield path.name, unpack(archive, member, MAX_BYTES) if is_media(path.name) else b""
    except UnpacksToTooMuch:
        words = gettext(
            "%(name)s holds a file larger than %(size)s MB. Make it smaller.",
            name=name,
            size=MAX_BYTES // 1024**2,
        )
        raise Invalid(fields={FIELD: words}) from None
    except BookRefused as refused:
        raise Invalid(fields={FIELD: f"{refused.message} {refused.advice}"}) from None
    except CUT_OFF:
        words = gettext(
            "%(name)s cannot be opened; it may be cut off. Make the archive again.", name=name
        )
        raise Invalid(fields={FIELD: words}) from None


def chosen(
    form: Form, new: Mapping[str, CheckedFile], before: Iterable[MediaFile], *, by: Identity
) -> Sequence[MediaFile]:
    """The files of a form: new and earlier ones that a label names; by name."""
    wanted = named_media(form)
    kept = {one.name: one for one in before}
    kept |= {name: _keep(file, by) for name, file in new.items() if wanted.wants(name)}
    found = [one for name, one in sorted(kept.items()) if wanted.wants(name)]
    if sum(one.size_bytes for one in found) > MOST_BYTES or len(found) > MOST_FILES:
        raise _too_much()
    return found


def _keep(file: CheckedFile, by: Identity) -> MediaFile:
    return MediaFile(
        name=file.filename,
        media_type=file.media_type,
        sha256=adapters().files.put(by.organisation_id, file.content),
        md5=md5(file.content, usedforsecurity=False).hexdigest(),
        size_bytes=len(file.content),
        owner=str(by.organisation_id),
    )


def read(file: MediaFile) -> bytes:
    """The bytes of a file. The caller has checked that the form may be read."""
    return adapters().files.get(owner_of(file), file.sha256)
