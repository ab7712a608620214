"""The content of a backup: a tar archive inside a sealed file, its manifest last.

The manifest stands last, since sizes and checksums are known once everything was read: nothing is
read twice and memory stays the same for any size.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

from ddplatform.infrastructure.adapters.sealed_file import OpeningReader, SealingWriter, Secret
from ddplatform.operations.backup_databases.errors import BackupError

FORMAT: Final = "ddplatform-backup/1"
MANIFEST: Final = "manifest.json"
BLOCK: Final = 1024 * 1024
FILES: Final = "files/"
SAME_AGAIN: Final = "Copy the backup again from where it was made, or use an older one."


@dataclass(frozen=True)
class Part:
    """One file of a backup: its path, size and SHA-256 in hex."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class SignedHead:
    """The last signed head of one organisation's log, as a note."""

    organisation_id: str
    size: int
    note: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        made_at: ISO 8601, UTC. software: version of the platform.
        database: `sqlite` or `postgresql`. revision: of the newest migration.
        rows: table -> number of rows in the state that was copied.
        heads: the signed heads that the restored logs have to continue.
        public_keys: keys of the log, old ones too, each as `name+id+key`.
        has_keys: whether the secret keys are included, under a passphrase of their own.
        missing_files: named by rows, and not on the disk any more when it was made.
        parts: everything but the manifest.
    """

    made_at: str
    software: str
    database: str
    revision: str
    rows: Mapping[str, int]
    heads: tuple[SignedHead, ...] = ()
    public_keys: tuple[str, ...] = ()
    has_keys: bool = False
    missing_files: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    format: str = FORMAT

    def to_json(self) -> bytes:
        """As it stands in the backup."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Raises BackupError: of another format, which another version of the platform made."""
        told: dict[str, Any] = json.loads(content)
        if told.get("format") != FORMAT:
            raise BackupError(
                "other_format",
                f"The backup has the format {told.get('format')}; this version reads {FORMAT}.",
                "Restore it with the version of the platform that made it, then upgrade.",
            )
        parts = tuple(Part(**part) for part in told.pop("parts"))
        heads = tuple(SignedHead(**head) for head in told.pop("heads"))
        keys = tuple(told.pop("public_keys"))
        missing = tuple(told.pop("missing_files"))
        return cls(**told, parts=parts, heads=heads, public_keys=keys, missing_files=missing)


@dataclass
class BackupWriter:
    """Writes parts, then the manifest."""

    file: BinaryIO
    secret: Secret
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sealed = SealingWriter(self.file, self.secret)
        self._tar = tarfile.open(fileobj=self._sealed, mode="w|", bufsize=BLOCK)  # noqa: SIM115

    def add_file(self, name: str, path: Path) -> Part:
        """Add a file of the disk. Raises FileNotFoundError where it is gone by now."""
        with path.open("rb") as file:
            size = path.stat().st_size
            return self._add(name, _Hashed(file), size)

    def add_bytes(self, name: str, content: bytes) -> Part:
        """Add a part that is held in memory."""
        return self._add(name, _Hashed(BytesIO(content)), len(content))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the end of the file."""
        content = manifest.to_json()
        self._tar.addfile(_member(MANIFEST, len(content)), BytesIO(content))
        self._tar.close()
        self._sealed.finish()

    def _add(self, name: str, content: "_Hashed", size: int) -> Part:
        self._tar.addfile(_member(name, size), content)
        part = Part(name, size, content.sha256.hexdigest())
        self.parts.append(part)
        return part


class _Hashed:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.sha256.update(content)
        return content


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class BackupReader:
    """Reads a backup from its beginning to its end, once.

    Raises:
        SealedFileError, BackupError: naming what is wrong.
    """

    def __init__(self, file: BinaryIO, secret: Secret) -> None:
        self._opened = OpeningReader(file, secret)
        self.manifest: Manifest | None = None
        """Known after the last part."""

    def parts(self) -> Iterator[tuple[str, BinaryIO]]:
        """Name and content of every part but the manifest; each must be read before the next.

        At the end everything read is held against the manifest.
        """
        found: list[Part] = []
        try:
            tar = tarfile.open(fileobj=self._opened, mode="r|", bufsize=BLOCK)  # noqa: SIM115
        except tarfile.TarError as fault:
            raise _unreadable("It is a sealed file, but no backup.") from fault
        with tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not _is_safe(member.name):
                    raise _unreadable(f"It holds “{member.name}”, which is no file of a backup.")
                if member.name == MANIFEST:
                    self.manifest = Manifest.from_json(content.read())
                    continue
                hashed = _Hashed(content)  # type: ignore[arg-type]
                yield member.name, hashed  # type: ignore[misc]
                while hashed.read(BLOCK):
                    pass  # what the caller left unread
                found.append(Part(member.name, member.size, hashed.sha256.hexdigest()))
        while self._opened.read(BLOCK):
            pass  # the rest of the archive is blank, and has to be whole too
        self._compare(found)

    def _compare(self, found: list[Part]) -> None:
        if self.manifest is None:
            raise _unreadable("It has no manifest.")
        told = {part.name: part for part in self.manifest.parts}
        read = {part.name: part for part in found}
        wrong = sorted(
            name for name in told.keys() | read.keys() if told.get(name) != read.get(name)
        )
        if wrong:
            raise _unreadable(f"These parts are not those of the manifest: {', '.join(wrong[:5])}.")
        misnamed = sorted(name for name in read if is_misnamed(read[name]))
        if misnamed:
            raise _unreadable(f"Stored files whose content was changed: {', '.join(misnamed[:5])}.")


def is_misnamed(part: Part) -> bool:
    """Whether a stored document has other content than its name, which is its SHA-256, says."""
    return part.name.startswith(FILES) and part.name.rpartition("/")[2] != part.sha256


def _is_safe(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/")


def _unreadable(message: str) -> BackupError:
    return BackupError("unreadable", f"The backup cannot be used. {message}", SAME_AGAIN)
