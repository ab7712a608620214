"""Possible personal data in a file: words, faces, and parts not searched.

A file is searched on arrival. Parts not searched are reported as well: nothing found in a
part that was not searched is no all-clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

MOST_WORDS: Final = 40
MOST_FACES: Final = 200
"""So many of each are kept of one file; more of them is a gap of its own."""


class Gap(StrEnum):
    """Why a file, or a part of it, was not searched."""

    FAILED = "failed"
    """Nothing was searched: it took too long, or the search ended with a fault."""
    PARTS = "parts"
    """Only the beginning was searched: more pages, pictures, text or finds than are looked at."""
    WORDS_IN_PICTURES = "words_in_pictures"
    """It holds pictures, and words in pictures are not read."""


@dataclass(frozen=True, slots=True)
class Area:
    """The position of a trace: shares of the page or picture, 0 to 1, from its top left.

    `page` counts from 0: the page of a PDF; the place of the picture among the pictures of a
    DOCX or XLSX, in the order in which the file holds them; 0 in a picture.
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        """Raises ValueError where it is no area of a page."""
        across = 0 <= self.left < self.right <= 1
        if self.page < 0 or not (across and 0 <= self.top < self.bottom <= 1):
            raise ValueError(f"No area of a page: {self!r}")

    def as_json(self) -> list[float]:
        """The five figures in their order."""
        return [self.page, self.left, self.top, self.right, self.bottom]


@dataclass(frozen=True, slots=True)
class UploadTraces:
    """The traces in one file, in the order of the file."""

    words: tuple[str, ...] = ()
    faces: tuple[Area, ...] = ()
    gaps: frozenset[Gap] = frozenset()

    @property
    def is_searched(self) -> bool:
        """Whether the file could be searched at all, be it in part."""
        return Gap.FAILED not in self.gaps

    @property
    def is_found(self) -> bool:
        """Whether anything may lead to a person."""
        return bool(self.words or self.faces)

    def as_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads back."""
        return {
            "words": list(self.words),
            "faces": [area.as_json() for area in self.faces],
            "gaps": sorted(self.gaps),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`.

        Raises:
            ValueError: an area that lies on no page, or a gap that is not known.
        """
        return cls(
            words=tuple(kept["words"]),
            faces=tuple(Area(int(page), *sides) for page, *sides in kept["faces"]),
            gaps=frozenset(Gap(gap) for gap in kept["gaps"]),
        )


def read_traces(kept: Mapping[str, Any] | None) -> UploadTraces | None:
    """The stored traces of a file; none before it is searched."""
    return None if kept is None else UploadTraces.from_json(kept)


def is_to_be_looked_at(traces: UploadTraces | None) -> bool:
    """Whether a person has to review the file: traces were found, or it was not searched."""
    return traces is None or traces.is_found or not traces.is_searched
