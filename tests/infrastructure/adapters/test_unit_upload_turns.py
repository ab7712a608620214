"""Turns of uploads: a bounded number at once on a machine, one at a time for each person."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from ddplatform.config import UnsafeSettings, read_settings
from ddplatform.infrastructure.adapters import upload_turns
from ddplatform.infrastructure.adapters.upload_turns import UploadTurns
from ddplatform.infrastructure.errors import Busy, status_of

KOFI, AMA, ESI, YAW = (UUID(int=number) for number in range(1, 5))


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_turns, "PATIENCE_S", 0.3)


@pytest.fixture
def turns(tmp_path: Path) -> UploadTurns:
    return UploadTurns(tmp_path / "turns", places=2)


def in_a_thread(turns: UploadTurns, person: UUID, *, lasting_s: float) -> threading.Thread:
    """Somebody else's request that has a turn for a while; returns once it has it."""
    begun = threading.Event()

    def hold() -> None:
        with turns.take(person):
            begun.set()
            time.sleep(lasting_s)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(5)
    return thread


@pytest.fixture
def two_uploads(turns: UploadTurns) -> Iterator[None]:
    threads = [in_a_thread(turns, person, lasting_s=1.5) for person in (KOFI, AMA)]
    yield
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("two_uploads")
def test_a_third_upload_is_told_to_try_again(turns: UploadTurns):
    began = time.monotonic()

    with pytest.raises(Busy) as busy, turns.take(ESI):
        pass

    assert time.monotonic() - began < 1.2
    assert "in a minute" in busy.value.advice
    assert status_of(busy.value) == 503


def test_an_upload_that_waits_gets_the_place_that_is_free_again(turns: UploadTurns):
    threads = [in_a_thread(turns, person, lasting_s=0.1) for person in (KOFI, AMA)]

    with turns.take(ESI):
        pass

    for thread in threads:
        thread.join()


def test_a_person_has_one_turn_at_a_time_and_others_have_theirs(turns: UploadTurns):
    thread = in_a_thread(turns, KOFI, lasting_s=1)

    with pytest.raises(Busy), turns.take(KOFI):
        pass
    with turns.take(AMA):
        pass

    thread.join()


@pytest.mark.usefixtures("two_uploads")
def test_uploads_that_find_the_queue_full_do_not_wait_at_all(turns: UploadTurns):
    def wait() -> None:
        with pytest.raises(Busy), turns.take(ESI):
            pass

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.1)
    began = time.monotonic()

    with pytest.raises(Busy), turns.take(YAW):
        pass

    assert time.monotonic() - began < 0.15
    waiting.join()


def test_what_is_read_inside_a_turn_needs_no_second_one(tmp_path: Path):
    turns = UploadTurns(tmp_path, places=1)

    with turns.take(KOFI), turns.take(KOFI), turns.take(AMA):
        pass


def test_a_turn_that_takes_too_long_reads_no_further_file(
    turns: UploadTurns, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(upload_turns, "LONGEST_S", -1.0)

    with turns.take(KOFI), pytest.raises(Busy), turns.take(KOFI):
        pass


def test_the_platform_itself_waits_for_nobody(tmp_path: Path):
    turns = UploadTurns(tmp_path, places=1)

    with ExitStack() as all_at_once:
        for person in (KOFI, None, None):
            all_at_once.enter_context(turns.take(person))


def test_a_process_that_is_killed_gives_its_place_back(tmp_path: Path):
    run = (
        "import sys, time; from pathlib import Path; from uuid import UUID\n"
        "from ddplatform.infrastructure.adapters.upload_turns import UploadTurns\n"
        "with UploadTurns(Path(sys.argv[1]), places=1).take(UUID(int=9)):\n"
        "    print('begun', flush=True); time.sleep(60)\n"
    )
    root = Path(__file__).parents[3]
    turns = UploadTurns(tmp_path, places=1)
    with subprocess.Popen(
        [sys.executable, "-c", run, str(tmp_path)], stdout=subprocess.PIPE, cwd=root
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"begun\n"
        with pytest.raises(Busy), turns.take(KOFI):
            pass
        process.kill()
        process.wait()

    with turns.take(uuid4()):
        pass


@pytest.mark.parametrize(("written", "places"), [(None, 2), ("1", 1), ("12", 12)])
def test_the_number_of_places_is_a_setting(tmp_path: Path, written: str | None, places: int):
    environment = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "s" * 40}
    if written is not None:
        environment["UPLOADS_AT_ONCE"] = written

    assert read_settings(environment).uploads_at_once == places


@pytest.mark.parametrize("written", ["0", "-1", "many", "2.5", "²"])
def test_a_number_of_places_that_is_none_stops_the_start(tmp_path: Path, written: str):
    environment = {"INSTANCE_PATH": str(tmp_path), "SECRET_KEY": "s" * 40}

    with pytest.raises(UnsafeSettings, match="UPLOADS_AT_ONCE"):
        read_settings({**environment, "UPLOADS_AT_ONCE": written})
