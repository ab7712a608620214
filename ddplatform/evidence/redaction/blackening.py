"""Irreversible removal of areas and words from a file (docs/security.md 4).

Everything is read in a child process with limits; the child gets the file and nothing else.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddplatform.core.due_diligence.upload_traces import Area
from ddplatform.languages import lazy_gettext as _
from supply_chain.errors import FileRefused

CHILD_MEMORY_BYTES = 1024**3
CHILD_CPU_S = 60
CHILD_CLOCK_S = 90
_ROOT = Path(__file__).parents[3]
_RUN = (
    "import sys; sys.path.append(sys.argv.pop()); "
    "from ddplatform.evidence.redaction.blackening_child import main; sys.exit(main())"
)
_ADVICE = _("Withdraw it, and ask for another file without anything that leads to a person.")


@dataclass(frozen=True)
class Looked:
    """A file as displayed for redaction."""

    sizes: tuple[tuple[int, int], ...]
    """Width and height of each page or picture; 0, 0 where it cannot be shown."""
    spots: tuple[Area, ...]
    """The positions of the words on the pages of a PDF."""
    times: tuple[int, ...]
    """The number of occurrences of each word in it."""
    shown: tuple[str, ...]
    """The context of each find in a text file, without the words."""


@dataclass(frozen=True)
class Blackened:
    """A file from which areas and words were taken."""

    content: bytes
    times: tuple[int, ...]
    """The number of removals of each word."""


def look(content: bytes, media_type: str, words: Sequence[str] = ()) -> Looked:
    """The pages or pictures of a file, and the positions of words in it.

    Raises:
        FileRefused: it cannot be opened in the limits; says what to do.
    """
    told, _made = _ask(content, media_type, do="look", words=list(words))
    return Looked(
        sizes=tuple((width, height) for width, height in told["sizes"]),
        spots=tuple(Area(int(page), *sides) for page, *sides in told["spots"]),
        times=tuple(told["times"]),
        shown=tuple(told["shown"]),
    )


def picture_of(content: bytes, media_type: str, page: int) -> bytes:
    """One page or picture of a file as a WebP of at most 1,400 pixels a side.

    Raises:
        FileRefused: there is no such page, or it cannot be drawn.
    """
    return _ask(content, media_type, do="picture", page=page)[1]


def blacken(
    content: bytes, media_type: str, *, areas: Sequence[Area], words: Sequence[str]
) -> Blackened:
    """The file written anew, without the content of the areas and without the words.

    Pages of a PDF that hold either become pictures of themselves; areas of an Office file lie on
    the pictures in it. Nothing is left below.

    Raises:
        FileRefused: the words are where they cannot be taken out, or it cannot be opened.
    """
    spots = [area.as_json() for area in areas]
    told, made = _ask(content, media_type, do="blacken", words=list(words), spots=spots)
    return Blackened(made, tuple(told["times"]))


_REASONS = {
    3: ("too_large", _("This file is too large to be redacted here.")),
    4: ("broken", _("This file cannot be opened here.")),
    6: ("unplaced", _("The words are in a part of this file from which they cannot be removed.")),
}


def _ask(content: bytes, media_type: str, **what: Any) -> tuple[dict[str, Any], bytes]:
    limits = (str(CHILD_MEMORY_BYTES), str(CHILD_CPU_S))
    command = [sys.executable, "-I", "-X", "utf8", "-c", _RUN, *limits, str(_ROOT)]
    asked = json.dumps({"media_type": media_type, **what}).encode() + b"\n"
    try:
        done = subprocess.run(
            command,
            input=asked + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=CHILD_CLOCK_S,
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(3) from error
    if done.returncode != 0:
        # Killed by a limit (negative): too large. Any other surprise: it cannot be opened.
        raise _refused(3 if done.returncode < 0 else done.returncode)
    told, _line, made = done.stdout.partition(b"\n")
    return json.loads(told), made


def _refused(code: int) -> FileRefused:
    reason, message = _REASONS.get(code, _REASONS[4])
    return FileRefused(reason, str(message), str(_ADVICE))
