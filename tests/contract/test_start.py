"""What a process loads when it starts: nothing that only some downloads need (decision 23)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATE = ("networkx", "pandas", "pyarrow")
LOADED = f"import sys, ddplatform.factory; print([one for one in {LATE} if one in sys.modules])"


def test_web_worker_and_commands_start_without_what_only_some_downloads_need():
    # A process of its own: other tests have loaded these.
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True)

    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
