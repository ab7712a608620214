"""What the walks share: the running sample company and a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.factories import PASSWORD
from tests.journeys.running import Running, installation

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, loaded_sample: Path) -> Iterator[Running]:
    """The sample company, with web and worker running."""
    folder = tmp_path_factory.mktemp("running")
    shutil.copytree(loaded_sample, folder, dirs_exist_ok=True)
    made = installation(folder, loaded_sample / "platform.db")
    try:
        made.start_web()
        made.start_worker()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium: its headless shell where there is one."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert program, "Install Chromium, or run scripts/test.sh, which does."
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def acme(tmp_path: Path, sqlite_template: Path) -> Running:
    """An empty installation with one organisation and its manager; nothing runs yet."""
    return _with_a_manager(tmp_path, sqlite_template)


@pytest.fixture(scope="module")
def open_acme(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Running]:
    """The same for all tests of a file, with web and worker running."""
    made = _with_a_manager(tmp_path_factory.mktemp("acme"), sqlite_template)
    try:
        made.start_web()
        made.start_worker()
        yield made
    finally:
        made.stop()


def _with_a_manager(folder: Path, template: Path) -> Running:
    made = installation(folder, template)
    made.flask("organisations", "create", "--slug", "acme", "--name", "Acme", "--country", "BE")
    made.flask(
        *("organisations", "add-person", "--organisation", "acme"),
        *("--email", "mia@acme.example", "--role", "sustainability_manager", "--password-stdin"),
        given=f"{PASSWORD}\n",
    )
    return made
