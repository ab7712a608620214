"""Files are scanned by a real clamd with a signature of our own, over both kinds of socket."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ddplatform.config import Kind, Settings, UnsafeSettings
from ddplatform.infrastructure.adapters import uploads
from ddplatform.infrastructure.adapters.uploads import check_upload, require_harmless
from ddplatform.infrastructure.adapters.virus_scanner import NotScanned, VirusScanner
from ddplatform.supplier_engagement.own_forms.label_media import check_media
from supply_chain.errors import FileRefused
from tests.office_packages import letter

MARK = b"a mark that stands for a virus in this test"
CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A clamd that knows one virus; its addresses as a socket file and as a port."""
    folder, port = tmp_path_factory.mktemp("clamd"), free_port()
    (folder / "own.ndb").write_text(f"Test.Mark:0:*:{MARK.hex()}\n")
    path = Path("/tmp") / f"clamd-{port}.ctl"  # the path of a socket has at most 107 letters
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}\nLocalSocket {path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"TemporaryDirectory {folder}\nForeground yes\nStreamMaxLength 1M\nUser root\n"
    )
    with subprocess.Popen(
        [CLAMD, f"--config-file={folder / 'clamd.conf'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        try:
            _wait_for(path)
            yield f"unix:{path}", f"tcp:127.0.0.1:{port}"
        finally:
            daemon.terminate()
            daemon.wait()
            path.unlink(missing_ok=True)


def _wait_for(path: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError("clamd did not start")


@pytest.fixture(params=["socket file", "port"])
def scanner(request: pytest.FixtureRequest, addresses: tuple[str, str]) -> VirusScanner:
    return VirusScanner(addresses[request.param == "port"])


@pytest.fixture
def installed(scanner: VirusScanner, monkeypatch: pytest.MonkeyPatch) -> VirusScanner:
    monkeypatch.setattr(uploads, "find_scanner", lambda: scanner)
    return scanner


def test_a_clean_file_is_clean_and_a_virus_has_its_name(scanner: VirusScanner):
    assert scanner.find_virus(b"Three visits." * 10_000) is None
    assert scanner.find_virus(b"x" * 100_000 + MARK) == "Test.Mark.UNOFFICIAL"


@pytest.mark.usefixtures("installed")
def test_a_file_with_a_virus_is_not_kept_told_by_name_and_logged(
    caplog: pytest.LogCaptureFixture,
):
    assert check_upload("a.txt", b"Three visits.").content == b"Three visits."

    with pytest.raises(FileRefused) as refused:
        check_upload("b.txt", MARK)

    assert refused.value.code == "virus"
    assert "b.txt" in refused.value.message and "Test.Mark" in refused.value.message
    assert "refused: virus" in caplog.text and "b.txt" not in caplog.text


@pytest.mark.usefixtures("installed")
def test_a_virus_inside_a_document_and_in_a_list_is_found():
    with pytest.raises(FileRefused) as refused:
        check_upload("letter.docx", letter(f"<w:p>{MARK.decode()}</w:p>").packed())
    assert refused.value.code == "virus"

    with pytest.raises(FileRefused) as refused:
        require_harmless("list.csv", b"Name;Country\n" + MARK)
    assert refused.value.code == "virus"


def test_a_file_larger_than_the_scanner_takes_counts_as_not_scanned(scanner: VirusScanner):
    with pytest.raises(NotScanned):
        scanner.find_virus(b"x" * 3_000_000)


def test_a_file_that_is_not_scanned_is_not_kept_and_the_failure_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    gone = VirusScanner(f"unix:{tmp_path / 'none.ctl'}")
    monkeypatch.setattr(uploads, "find_scanner", lambda: gone)

    with pytest.raises(FileRefused) as refused:
        check_upload("a.txt", b"Three visits.")

    assert refused.value.code == "not_scanned"
    assert "was not kept" in refused.value.message
    assert "Try again" in refused.value.advice
    [logged] = caplog.records
    assert logged.levelname == "ERROR" and "FileNotFoundError" in logged.getMessage()


def answers(words: bytes) -> Callable[[], VirusScanner]:
    """A scanner that says these words to whatever it is asked."""

    def begin() -> VirusScanner:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with server, server.accept()[0] as connection:
                connection.recv(1 << 20)
                connection.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        return VirusScanner(f"tcp:127.0.0.1:{server.getsockname()[1]}")

    return begin


@pytest.mark.parametrize(
    "words", [b"", b"\0", b"stream: \0", b"INSTREAM size limit exceeded. ERROR\0", b"OK then\0"]
)
def test_any_answer_but_a_verdict_counts_as_not_scanned(words: bytes):
    with pytest.raises(NotScanned):
        answers(words)().find_virus(b"x")


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("unix:/run/clamav/clamd.ctl", True),
        ("tcp:127.0.0.1:3310", True),
        ("tcp:[::1]:3310", True),
        ("/run/clamav/clamd.ctl", False),
        ("unix:clamd.ctl", False),
        ("tcp:3310", False),
        ("http://a:1", False),
    ],
)
def test_the_setting_names_a_socket_file_or_a_host_with_its_port(
    tmp_path: Path, address: str, is_good: bool
):
    def settings() -> Settings:
        return Settings(
            kind=Kind.TESTING,
            instance_path=tmp_path,
            database_url="sqlite://",
            secret_key="s" * 40,
            virus_scanner=address,
        )

    if is_good:
        assert settings().virus_scanner == address
    else:
        with pytest.raises(UnsafeSettings, match="VIRUS_SCANNER"):
            settings()


@pytest.mark.usefixtures("installed")
def test_sounds_and_films_of_own_forms_are_scanned_as_well():
    sound = b"RIFF\x04\x00\x00\x00WAVE"
    assert check_media("a.wav", sound).content == sound

    with pytest.raises(FileRefused) as refused:
        check_media("b.wav", sound + MARK)

    assert refused.value.code == "virus"
