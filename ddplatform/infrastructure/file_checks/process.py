"""The guarded child process in which every file from outside is opened."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from ddplatform.infrastructure.file_checks.child import REFUSED
from ddplatform.infrastructure.file_checks.refusals import BROKEN, TOO_LARGE, Refused

MEMORY_BYTES: Final = 768 * 1024**2
CPU_S: Final = 12
CLOCK_S: Final = 30
"""While somebody waits for the page."""
LATER: Final = 5
"""By how much longer the worker lets it take: large lists."""
_ROOT: Final = Path(__file__).parents[3]
_RUN: Final = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from ddplatform.infrastructure.file_checks.child import main; sys.exit(main())"
)


def clean_in_child(content: bytes, media_type: str, *, patience: int = 1) -> bytes:
    """The file written anew, without what it may not hold and without author metadata.

    Args:
        patience: how many times the time that somebody would wait it may take.

    Raises:
        Refused: with the reason; too large also where a limit of the process ended it.
    """
    limits = (str(MEMORY_BYTES), str(CPU_S * patience))
    command = [sys.executable, "-I", "-X", "utf8", "-c", _RUN, media_type, *limits, str(_ROOT)]
    try:
        done = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=CLOCK_S * patience,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(TOO_LARGE) from error
    if done.returncode == 0:
        return done.stdout
    if done.returncode == REFUSED:
        told = json.loads(done.stdout)
        raise Refused(told["reason"], told["where"])
    # Killed by a limit (negative) or out of memory: too large. Any other surprise: broken.
    is_limit = done.returncode < 0 or done.returncode == 3
    raise Refused(TOO_LARGE if is_limit else BROKEN)
