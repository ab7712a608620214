"""Snapshots on disk: arrays memory-mapped by every process, as a cache only.

`<root>/<tenant>/<map>/<version>/<part>/` holds one `.npy` file an array, `small.npy` with all
small ones (each file waits for the disk once), and `snapshot.json`, which describes them.
A part is written beside its place and renamed, so it is there whole or not at all, whenever the
power goes. What is missing or damaged reads as None: the caller makes it again. `snapshot.json` has
the SHA-256 of every file; a process reads a file once to compare it, and again once it changed.
"""

import hashlib
import json
import logging
import math
import mmap
import shutil
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from ddplatform.infrastructure.adapters.private_files import (
    DRAFT,
    make_private_folder,
    open_private,
    sync,
)

log = logging.getLogger(__name__)
LAYOUT = 1
CHECKED = 256
"""Parts that a process remembers to be sound."""
POPULATE_READ = 22  # MADV_POPULATE_READ of Linux
INDEX = "snapshot.json"
SMALL = "small"
HEADER = 10  # bytes before the words of an .npy file that say what it holds
SMALL_BYTES = 65_536  # arrays up to here are read, larger ones are mapped
NEWEST = 2  # versions of a map, and parts of one kind in a version, that are kept
LEFT_BEHIND = 3_600  # seconds after which an unfinished folder has no writer any more
MAP = "map"
STATE = "state"  # parts that later versions may rest on: the newest versions with one are kept too

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True)
class SnapshotPlace:
    """The location of a snapshot: organisation, map, and version of the map."""

    organisation_id: UUID
    chain_id: UUID
    version: int


@dataclass(frozen=True)
class Snapshot:
    """A part of a snapshot as it was kept."""

    facts: Mapping[str, Any]
    arrays: Arrays

    def warm(self, begins: str) -> None:
        """Have the mapped pages of arrays at hand whose name begins so, before the first use.

        Entries read here and there would otherwise be fetched page by page. Nothing is copied;
        a system that cannot do so leaves it.
        """
        for name, array in self.arrays.items():
            mapped = _mapping(array)
            if name.startswith(begins) and mapped is not None:
                with suppress(OSError):
                    mapped.madvise(POPULATE_READ)


class SnapshotStore:
    """Snapshots below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._checked: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._lock = Lock()

    def open(
        self, place: SnapshotPlace, part: str = MAP, *, private: bool = False
    ) -> Snapshot | None:
        """A part of a snapshot, its arrays mapped read-only; None: missing, or damaged.

        Args:
            private: the arrays may be written to, in a copy that no other process sees.
        """
        folder = self._folder(place) / part
        try:
            index = json.loads((folder / INDEX).read_bytes())
            if index["layout"] != LAYOUT or index["version"] != place.version:
                return None
            if not self._is_sound(folder, index["files"]):
                return None
            arrays = _read_small(folder, index["small"], index["files"][SMALL], private=private)
            for name, said in index["large"].items():
                arrays[name] = _read_large(
                    folder, name, said, index["files"][name], private=private
                )
            return Snapshot(index["facts"], arrays)
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return None

    def _is_sound(self, folder: Path, said: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether every byte is as it was written; a part that is not so is removed."""
        stats = {name: (folder / f"{name}.npy").stat() for name in sorted(said)}
        key = (folder, *((name, s.st_ino, s.st_mtime_ns, s.st_size) for name, s in stats.items()))
        if key in self._checked:
            return True
        if any(_sha256(folder / f"{name}.npy") != said[name]["sha256"] for name in said):
            log.warning("a part of a snapshot is damaged and was removed: %s", folder.name)
            _drop(folder, folder.parent.parent)
            return False
        with self._lock:
            self._checked[key] = None
            while len(self._checked) > CHECKED:
                self._checked.popitem(last=False)
        return True

    def has(self, place: SnapshotPlace, begins: str) -> bool:
        """Whether a part exists whose name begins so; nothing is opened."""
        return any(self._folder(place).glob(f"{begins}*"))

    def is_whole(self, place: SnapshotPlace, part: str = MAP) -> bool:
        """Whether every byte of a part is as it was written. Reads all of it."""
        if self.open(place, part) is None:
            return False
        folder = self._folder(place) / part
        said = json.loads((folder / INDEX).read_bytes())["files"]
        return all(_sha256(folder / f"{name}.npy") == said[name]["sha256"] for name in said)

    def keep(
        self, place: SnapshotPlace, part: str, arrays: Arrays, facts: Mapping[str, Any]
    ) -> None:
        """Store a part durably, replacing an existing one. Drops old versions.

        Args:
            facts: plain values that go into the JSON file, for example the method's hash.
        """
        home = self._folder(place)
        draft = home.parent / f"{DRAFT}{uuid4().hex}"
        make_private_folder(draft)
        try:
            self._fill(draft, place, arrays, facts)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        is_new = not home.exists()
        make_private_folder(home)
        self._put(draft, home / part)
        sync(home)
        if is_new:
            sync(home.parent)
        self._drop_old(home, part)

    @staticmethod
    def _fill(draft: Path, place: SnapshotPlace, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        small = {name: array for name, array in arrays.items() if array.nbytes <= SMALL_BYTES}
        large = {name: array for name, array in arrays.items() if name not in small}
        files = {SMALL: list(small.values()), **{name: [one] for name, one in large.items()}}
        index = {
            "layout": LAYOUT,
            "version": place.version,
            "facts": dict(facts),
            "small": list(small),
            "large": {name: [one.dtype.str, list(one.shape)] for name, one in large.items()},
            "files": {name: _write(draft / f"{name}.npy", parts) for name, parts in files.items()},
        }
        _write_bytes(draft / INDEX, json.dumps(index, indent=1).encode())
        sync(draft)

    def drop_tenant(self, organisation_id: UUID) -> None:
        """Remove all snapshots of a deleted organisation."""
        shutil.rmtree(self.root / organisation_id.hex, ignore_errors=True)

    def _folder(self, place: SnapshotPlace) -> Path:
        return self.root / place.organisation_id.hex / place.chain_id.hex / str(place.version)

    @staticmethod
    def _put(draft: Path, target: Path) -> None:
        """Rename; what stood there goes aside first. Processes that mapped it keep it."""
        _drop(target, draft.parent)
        try:
            draft.rename(target)
        except OSError:  # another process was quicker with the same version: its part is as good
            shutil.rmtree(draft, ignore_errors=True)

    @staticmethod
    def _drop_old(home: Path, part: str) -> None:
        versions = [folder for folder in home.parent.iterdir() if folder.name.isdecimal()]
        versions.sort(key=lambda folder: int(folder.name))
        kind = part.partition("-")[0]
        parts = sorted(home.glob(f"{kind}-*"), key=_written)
        drafts = [folder for folder in home.parent.glob(".*") if _age(folder) > LEFT_BEHIND]
        stays = [folder for folder in versions if any(folder.glob(f"{STATE}-*"))][-NEWEST:]
        old = [folder for folder in versions[:-NEWEST] if folder not in stays]
        for folder in (*old, *parts[:-NEWEST], *drafts):
            _drop(folder, home.parent)


def _mapping(array: object) -> mmap.mmap | None:
    while isinstance(array, np.ndarray):
        array = array.base
    return array if isinstance(array, mmap.mmap) else None


def _path(folder: Path, name: str, said: Mapping[str, Any]) -> Path:
    path = folder / f"{name}.npy"
    if path.stat().st_size != said["bytes"]:
        raise ValueError(f"{path.name} is cut off.")
    return path


def _read_small(
    folder: Path, names: Sequence[str], said: Mapping[str, Any], *, private: bool
) -> dict[str, NDArray[np.generic]]:
    arrays = {}
    with _path(folder, SMALL, said).open("rb") as file:
        for name in names:
            arrays[name] = np.load(file, allow_pickle=False)
            arrays[name].setflags(write=private)
    return arrays


def _read_large(
    folder: Path, name: str, kind: Sequence[Any], said: Mapping[str, Any], *, private: bool
) -> NDArray[np.generic]:
    """One array, mapped. Pages open some fifty: `numpy.load` takes three times as long for each."""
    dtype, shape = np.dtype(kind[0]), tuple(kind[1])
    access = mmap.ACCESS_COPY if private else mmap.ACCESS_READ
    with _path(folder, name, said).open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=access)
    header = repr({"descr": dtype.str, "fortran_order": False, "shape": shape}).encode()[:-1]
    if mapped[HEADER : HEADER + len(header)] != header:
        raise ValueError(f"{name}.npy is another array.")
    first = len(mapped) - dtype.itemsize * math.prod(shape)
    return np.ndarray(shape, dtype, mapped, first)


def _write(path: Path, arrays: Sequence[NDArray[np.generic]]) -> dict[str, Any]:
    with open_private(path) as file:
        for array in arrays:
            np.save(file, np.asarray(array, order="C"), allow_pickle=False)
    return {"bytes": path.stat().st_size, "sha256": _sha256(path)}


def _write_bytes(path: Path, content: bytes) -> None:
    with open_private(path) as file:
        file.write(content)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _drop(folder: Path, home: Path) -> None:
    """Out of sight at once, so that nobody opens half of it; then removed."""
    aside = home / f".{uuid4().hex}-old"
    with suppress(OSError):  # another process dropped it meanwhile
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def _written(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # another process dropped it meanwhile
        return 0.0


def _age(folder: Path) -> float:
    return time.time() - _written(folder)
