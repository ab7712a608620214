"""Files and folders that the owner of the process alone may read, written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

FOLDER_MODE, FILE_MODE = 0o700, 0o600
DRAFT = "."
"""Begins the name of a file that is being written; one that is left behind may be removed."""


def make_private_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, for the owner of the process alone."""
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for one in reversed(missing):
        one.mkdir(mode=FOLDER_MODE, exist_ok=True)


def close_folder(folder: Path) -> None:
    """Take the rights of others from a folder of ours that was made before; not of another owner.

    Whoever cannot enter a folder reads nothing below it, whatever the modes there.
    """
    found = folder.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        folder.chmod(FOLDER_MODE)


@contextmanager
def open_private(path: Path) -> Iterator[BinaryIO]:
    """A new file to write, on disk when the context ends; gone again where writing fails."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that it is there whole or not at all."""
    draft = path.with_name(f"{DRAFT}{uuid4().hex}")
    with open_private(draft) as file:
        file.write(content)
    draft.rename(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def touch_private(path: Path) -> None:
    """Make an empty file, unless one is there."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
