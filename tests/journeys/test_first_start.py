"""An operator makes an installation by commands, each a process of its own."""

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from ddplatform.config import ROOT
from tests.journeys.running import BIN

pytestmark = [pytest.mark.journey, pytest.mark.long]
FOUND = ("organisations", "create", "--slug", "acme", "--name", "Acme", "--country", "BE")


def test_an_empty_folder_becomes_an_installation_with_an_organisation(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "INSTANCE_PATH": str(tmp_path)}
    for command in (("db", "upgrade"), FOUND):
        flask = [BIN / "flask", "--app", "app", *command]
        subprocess.run(flask, cwd=ROOT, env=environment, check=True, capture_output=True)

    with sqlite3.connect(tmp_path / "platform.db") as connection:
        assert connection.execute("SELECT slug FROM organisation").fetchall() == [("acme",)]
