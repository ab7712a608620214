"""The check of a form that somebody uploads, in a child process with limits."""

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from questionnaires.checking.form import FormReport
from questionnaires.errors import Fault

MEMORY_BYTES: Final = 1024**3
CPU_S: Final = 20
CLOCK_S: Final = 40
_ROOT: Final = Path(__file__).parents[2]
_RUN: Final = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from questionnaires.checking.child import main; sys.exit(main())"
)


def check_form_apart(
    data: bytes, file_type: str, *, name: str, given: Collection[str] = ()
) -> FormReport:
    """The same as `check_form`; a form that breaks the limits is not usable, and says why."""
    asked = {"file_type": file_type, "name": name, "given": sorted(given)}
    limits = (str(MEMORY_BYTES), str(CPU_S))
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", "-c", _RUN, *limits, str(_ROOT)],
            input=json.dumps(asked).encode() + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=CLOCK_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _not_checked(name)
    if done.returncode != 0:
        return _not_checked(name)
    return _report(json.loads(done.stdout))


def _report(told: dict[str, Any]) -> FormReport:
    faults = [Fault(**{**one, "paths": tuple(one["paths"])}) for one in told.pop("faults")]
    return FormReport(
        **{
            **told,
            "mended": tuple(told["mended"]),
            "languages": tuple(told["languages"]),
            "faults": tuple(faults),
        }
    )


def _not_checked(name: str) -> FormReport:
    fault = Fault(
        "error",
        "too-large",
        "The form takes too long to check, or too much memory.",
        "Shorten its lists and expressions, or split it into two forms.",
    )
    return FormReport(name, False, (), 0, (), (fault,))
