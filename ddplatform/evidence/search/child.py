"""The child process of the search: a file on standard input, finds on standard output.

One line of JSON at a time, so that finds remain where a limit ends the search: `words`,
`faces` with five figures each, `gap`, and `done` at the end of a search that went through.
"""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from ddplatform.core.due_diligence.upload_traces import MOST_FACES, Gap
from ddplatform.evidence.search.faces import FaceFinder
from ddplatform.evidence.search.texts import has_more_pages, pictures_of, texts_of
from ddplatform.evidence.search.words import FoundWords, words_in

MAX_PICTURES = 60


def main() -> int:
    """Limit the process by its arguments, search, and report each find at once."""
    media_type, model, memory, cpu_seconds = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    for told in search(sys.stdin.buffer.read(), media_type, Path(model)):
        print(json.dumps(told), flush=True)  # noqa: T201
    return 0


def search(content: bytes, media_type: str, model: Path) -> Iterator[FoundWords]:
    """All that is seen in a file, words first."""
    yield from words_in(texts_of(content, media_type))
    yield from _faces(content, media_type, model)
    if media_type == "application/pdf" and has_more_pages(content):
        yield {"gap": Gap.PARTS}
    yield {"done": True}


def _faces(content: bytes, media_type: str, model: Path) -> Iterator[FoundWords]:
    finder: FaceFinder | None = None
    many = 0
    for count, (page, picture) in enumerate(pictures_of(content, media_type)):
        if count == 0:
            yield {"gap": Gap.WORDS_IN_PICTURES}
        if picture is None:
            yield {"gap": Gap.PARTS}
            continue
        if count >= MAX_PICTURES or many > MOST_FACES:
            yield {"gap": Gap.PARTS}
            return
        finder = finder or FaceFinder(model)
        if found := finder.faces_in(picture):
            many += len(found)
            yield {"faces": [[page, *sides] for sides in found]}
