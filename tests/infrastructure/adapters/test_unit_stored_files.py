"""Stored files: whole or not there, for the owner alone, and removed where nothing names them."""

import errno
import os
import time
from pathlib import Path
from uuid import UUID

import pytest

from ddplatform.infrastructure.adapters import private_files
from ddplatform.infrastructure.adapters.private_files import close_folder, make_private_folder
from ddplatform.infrastructure.adapters.storage import FileStore

HERE = UUID(int=7)
HOUR = 3_600.0


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "made" / "files")


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_files_and_folders_are_those_of_the_owner_alone(store: FileStore, tmp_path: Path):
    before = os.umask(0)  # whatever the process was started with
    try:
        store.put(HERE, b"a payslip")
    finally:
        os.umask(before)

    assert {p.stat().st_mode & 0o777 for p in files_below(tmp_path)} == {0o600}
    assert {p.stat().st_mode & 0o777 for p in tmp_path.rglob("*") if p.is_dir()} == {0o700}


def test_file_that_finds_no_room_leaves_no_draft(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", no_room)
    with pytest.raises(OSError, match="No space left"):
        store.put(HERE, b"a payslip")

    assert files_below(tmp_path) == []


def test_only_files_of_that_age_are_listed_and_removed(store: FileStore, tmp_path: Path):
    old, new = store.put(HERE, b"old"), store.put(HERE, b"new")
    age(next(p for p in files_below(tmp_path) if p.name == old), 2 * HOUR)

    assert list(store.list_older(HERE, HOUR)) == [old]
    assert not store.drop_older(HERE, new, HOUR)
    assert store.drop_older(HERE, old, HOUR)
    assert not store.drop_older(HERE, old, HOUR)
    assert (store.has(HERE, old), store.has(HERE, new)) == (False, True)


def test_old_file_that_is_kept_anew_is_not_removed(store: FileStore, tmp_path: Path):
    name = store.put(HERE, b"the same")
    age(files_below(tmp_path)[0], 2 * HOUR)
    store.put(HERE, b"the same")

    assert not store.drop_older(HERE, name, HOUR)
    assert store.get(HERE, name) == b"the same"


def test_unfinished_files_are_removed_once_they_have_no_writer(store: FileStore, tmp_path: Path):
    kept = store.put(HERE, b"whole")
    folder = files_below(tmp_path)[0].parent
    for name in (".left", ".written-now"):
        (folder / name).write_bytes(b"half")
    age(folder / ".left", 2 * HOUR)

    assert (store.count_drafts(HERE, HOUR), store.drop_drafts(HERE, HOUR)) == (1, 1)
    assert sorted(p.name for p in files_below(tmp_path)) == sorted([".written-now", kept])


def test_folder_made_before_is_closed_to_others(tmp_path: Path):
    make_private_folder(tmp_path / "open")
    (tmp_path / "open").chmod(0o755)
    close_folder(tmp_path / "open")

    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o700
