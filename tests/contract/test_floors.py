"""Who may import whom is a contract, checked by import-linter as `pyproject.toml` says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_imports_only_from_floors_below_its_own():
    # A process of its own: import-linter sets up logging and silences the loggers it finds.
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
