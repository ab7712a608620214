"""The plan of a report: sections, blocks and readers' permissions; values, no files."""

from collections.abc import Mapping
from dataclasses import dataclass

from ddplatform.documents.content import Column

AUDIENCES = ("public", "auditor", "board")


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One block to come: its kind, its options as read, and who may read it."""

    kind: str
    options: Mapping[str, object]
    columns: tuple[Column, ...] = ()
    not_gaps: frozenset[str] = frozenset()
    audiences: tuple[str, ...] = AUDIENCES

    def text(self, key: str, otherwise: str = "") -> str:
        """A text option."""
        return str(self.options.get(key, otherwise))

    def listed(self, key: str) -> list[Mapping[str, str]]:
        """An option that is a list of objects."""
        value = self.options.get(key, [])
        return list(value) if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section; annexes begin on a new page and are lettered, sections are numbered."""

    key: str
    title: str
    blocks: tuple[BlockPlan, ...]
    annex: bool = False
    audiences: tuple[str, ...] = AUDIENCES


@dataclass(frozen=True, slots=True)
class Definition:
    """A report as planned. `redaction`: reader -> paths of facts left out for that reader."""

    ref: str
    version: str
    title: str
    language: str
    statement: str
    cover: tuple[tuple[str, str], ...]
    sections: tuple[SectionPlan, ...]
    redaction: Mapping[str, tuple[str, ...]]
