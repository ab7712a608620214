"""Snapshots on disk: there whole or not at all, whatever happens to the writer."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from ddplatform.infrastructure.adapters import snapshot_files
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotPlace, SnapshotStore

TENANT, OTHER, CHAIN = UUID(int=1), UUID(int=2), UUID(int=3)
KILLS = 5
LARGE = 20_000  # numbers that are mapped, not read


def place(version, tenant=TENANT):
    return SnapshotPlace(tenant, CHAIN, version)


def arrays(version=1):
    return {
        "number": np.full(LARGE, version),
        "share": np.linspace(0, 1, LARGE),
        "empty": np.zeros((0, 4)),
        "word": np.array(["a", "é"]),
    }


@pytest.fixture
def store(tmp_path):
    return SnapshotStore(tmp_path / "snapshots")


def folder(store_path, version, part="map"):
    return store_path / "snapshots" / TENANT.hex / CHAIN.hex / str(version) / part


def test_what_was_kept_is_mapped_read_only(store):
    store.keep(place(1), "map", arrays(), {"method": "RM-1.0"})
    found = store.open(place(1))
    assert found.facts == {"method": "RM-1.0"}
    for name, array in arrays().items():
        np.testing.assert_array_equal(found.arrays[name], array)
    assert not found.arrays["number"].flags.writeable
    assert found.arrays["number"].base is not None
    assert not found.arrays["word"].flags.writeable
    assert store.is_whole(place(1))


def resident(name):
    """KB of a file that this process has mapped and at hand."""
    lines = Path("/proc/self/smaps").read_text().splitlines()
    at = next(at for at, line in enumerate(lines) if line.endswith(name))
    return next(int(line.split()[1]) for line in lines[at:] if line.startswith("Rss:"))


def test_arrays_are_warmed_by_the_beginning_of_their_name_and_nothing_is_copied(store, monkeypatch):
    store.keep(place(1), "map", {"flow_a": np.arange(400_000), "other": np.arange(400_000)}, {})
    found = store.open(place(1), private=True)
    found.warm("flow_")
    assert resident("flow_a.npy") > 3_000 > resident("other.npy")
    found.arrays["flow_a"][3] = 7  # still private
    assert store.open(place(1)).arrays["flow_a"][3] == 3
    monkeypatch.setattr(snapshot_files, "POPULATE_READ", 9_999)  # a system without it
    found.warm("other")
    np.testing.assert_array_equal(found.arrays["other"], np.arange(400_000))


def test_a_snapshot_of_another_version_tenant_or_part_is_not_there(store):
    store.keep(place(1), "map", arrays(), {})
    assert store.open(place(2)) is None
    assert store.open(place(1, OTHER)) is None
    assert store.open(place(1), "run-1") is None
    assert not store.is_whole(place(2))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: (path / "share.npy").unlink(),
        lambda path: (path / "share.npy").write_bytes(b""),
        lambda path: (path / "share.npy").write_bytes((path / "share.npy").read_bytes()[:-1]),
        lambda path: shutil.copy(path / "number.npy", path / "share.npy"),
        lambda path: (path / "small.npy").write_bytes(b""),
        lambda path: (path / "small.npy").write_bytes(b"x" * (path / "small.npy").stat().st_size),
        lambda path: (path / "snapshot.json").unlink(),
        lambda path: (path / "snapshot.json").write_text("{"),
        lambda path: (path / "snapshot.json").write_text("[]"),
        lambda path: (path / "snapshot.json").write_text('{"layout": 0, "version": 1}'),
        lambda path: (path / "snapshot.json").write_text('{"layout": 1, "version": 2}'),
        lambda path: (path / "snapshot.json").write_text('{"layout": 1, "version": 1}'),
    ],
)
def test_a_damaged_snapshot_reads_as_missing_and_is_replaced(store, tmp_path, damage):
    store.keep(place(1), "map", arrays(), {})
    damage(folder(tmp_path, 1))
    assert store.open(place(1)) is None
    assert not store.is_whole(place(1))
    store.keep(place(1), "map", arrays(), {})
    assert store.is_whole(place(1))


@pytest.mark.parametrize("is_open_before", [False, True])
def test_a_part_with_a_changed_byte_is_removed_and_can_be_kept_again(
    store, tmp_path, is_open_before
):
    store.keep(place(1), "map", arrays(), {})
    if is_open_before:
        assert store.open(place(1)) is not None
    path = folder(tmp_path, 1) / "share.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert store.open(place(1)) is None
    assert not store.has(place(1), "map")
    store.keep(place(1), "map", arrays(), {})
    assert store.is_whole(place(1))


def test_a_process_compares_the_bytes_of_a_part_once(store, monkeypatch):
    store.keep(place(1), "map", arrays(), {})
    assert store.open(place(1)) is not None
    monkeypatch.setattr(snapshot_files, "_sha256", lambda _path: "read again")
    assert store.open(place(1)) is not None


def test_a_part_that_finds_no_room_leaves_nothing_behind(store, tmp_path, monkeypatch):
    def no_room(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(snapshot_files.np, "save", no_room)
    with pytest.raises(OSError, match="No space left"):
        store.keep(place(1), "map", arrays(), {})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_files_and_folders_are_those_of_the_owner_alone(store, tmp_path):
    store.keep(place(1), "map", arrays(), {})
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_no_python_object_is_ever_written_or_read(store, tmp_path):
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        store.keep(place(1), "map", {"bad": np.array([object()])}, {})
    assert store.open(place(1)) is None


def test_the_newest_two_versions_and_two_runs_of_each_are_kept(store, tmp_path):
    for version in (1, 2, 9, 10):
        store.keep(place(version), "map", arrays(version), {})
    home = tmp_path / "snapshots" / TENANT.hex / CHAIN.hex
    assert sorted(path.name for path in home.iterdir()) == ["10", "9"]
    for run in "abc":
        store.keep(place(10), f"run-{run}", arrays(), {})
        os.utime(home / "10" / f"run-{run}", (ord(run), ord(run)))
    store.keep(place(10), "run-d", arrays(), {})
    assert sorted(path.name for path in (home / "10").iterdir()) == ["map", "run-c", "run-d"]


def test_versions_that_hold_numbers_of_a_run_are_kept_besides_the_newest_two(store, tmp_path):
    for version in range(1, 8):
        store.keep(place(version), "map", arrays(version), {})
        if version in (1, 2, 4):
            store.keep(place(version), "state-a", arrays(version), {})
    home = tmp_path / "snapshots" / TENANT.hex / CHAIN.hex
    assert sorted(path.name for path in home.iterdir()) == ["2", "4", "6", "7"]


def test_a_reader_keeps_what_it_mapped_when_the_snapshot_is_replaced_and_dropped(store):
    store.keep(place(1), "map", arrays(1), {})
    found = store.open(place(1))
    for version in (1, 2, 3):
        store.keep(place(version), "map", arrays(5), {})
    assert store.open(place(1)) is None
    assert found.arrays["number"].tolist() == [1] * LARGE


def test_of_two_writers_of_one_version_one_wins_and_nothing_is_left(store, tmp_path, monkeypatch):
    store.keep(place(1), "map", arrays(), {})
    renamed = Path.rename

    def meanwhile(self, target):
        if Path(target).name == "map":
            shutil.copytree(tmp_path / "quick", target)
        return renamed(self, target)

    shutil.copytree(folder(tmp_path, 1), tmp_path / "quick")
    monkeypatch.setattr(Path, "rename", meanwhile)
    store.keep(place(1), "map", arrays(), {})
    monkeypatch.undo()
    assert store.is_whole(place(1))
    assert [path.name for path in folder(tmp_path, 1).parent.parent.iterdir()] == ["1"]


def test_what_a_killed_writer_left_goes_after_an_hour(store, tmp_path):
    store.keep(place(1), "map", arrays(), {})
    home = tmp_path / "snapshots" / TENANT.hex / CHAIN.hex
    for name, age in ((".new", 10), (".old", snapshot_files.LEFT_BEHIND + 10)):
        (home / name).mkdir()
        os.utime(home / name, (time.time() - age,) * 2)
    store.keep(place(2), "map", arrays(), {})
    assert sorted(path.name for path in home.iterdir()) == [".new", "1", "2"]


def test_a_folder_that_another_process_dropped_has_no_age(tmp_path):
    assert snapshot_files._written(tmp_path / "gone") == 0.0


def test_the_snapshots_of_a_tenant_that_is_gone_go_with_it(store):
    store.keep(place(1), "map", arrays(), {})
    store.keep(place(1, OTHER), "map", arrays(), {})
    store.drop_tenant(TENANT)
    assert store.open(place(1)) is None
    assert store.open(place(1, OTHER)) is not None


WRITER = """
import sys
from pathlib import Path
from uuid import UUID
import numpy as np
from ddplatform.infrastructure.adapters.snapshot_files import SnapshotPlace, SnapshotStore
store, first = SnapshotStore(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
for version in range(first, first + 10_000):
    arrays = {name: np.full(20_000, version) for name in "abcd"}
    store.keep(SnapshotPlace(UUID(int=1), UUID(int=3), version), "map", arrays, {"of": version})
    print("kept", version, flush=True)
"""


def test_killed_at_any_moment_a_snapshot_is_whole_and_says_its_own_version(tmp_path):
    root, chance = tmp_path / "snapshots", random.Random(20_260)
    store, seen, first = SnapshotStore(root), 0, 1
    home = root / TENANT.hex / CHAIN.hex
    for kept_before in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root), str(first)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(1 + kept_before):
            writer.stdout.readline()
        time.sleep(chance.uniform(0.005, 0.08))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for path in home.glob("[0-9]*") if home.exists() else ():
            version = int(path.name)
            found = store.open(place(version))
            if found is None:  # the folder of the version, before its part was renamed into it
                assert not (path / "map").exists()
                continue
            seen += 1
            assert found.facts == {"of": version}
            assert json.loads((path / "map" / "snapshot.json").read_text())["version"] == version
            assert all((array == version).all() for array in found.arrays.values())
            assert store.is_whole(place(version))
            first = max(first, version)
    assert seen > 0
