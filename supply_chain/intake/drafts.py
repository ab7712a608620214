"""Draft of an import: proposed nodes and links, and the problems of the rows."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

# A value of JSON: text, number, truth value, list, object or null.
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class NamedBytes:
    """An uploaded file: the name the person gave it, its bytes, and its declared encoding."""

    name: str
    content: bytes
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """One proposed node; the fields are those of value-chain JSON version 1.

    `country` is ISO 3166-1 alpha-2; coordinates are degrees, WGS 84; `operated_by` is a node id;
    `origin` true or false where stated, None where kind and activity decide (RM-1.0 11.3).
    """

    id: str
    name: str
    kind: NodeKind = NodeKind.BUSINESS_ENTITY
    country: str | None = None
    region: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    sector: str | None = None
    commodities: tuple[str, ...] = ()
    operated_by: str | None = None
    own_operation: bool = False
    origin: bool | None = None
    external_ids: MappingOf[str, str] = field(default_factory=dict)
    attributes: MappingOf[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """One proposed link from supplier to buyer; `share` is 0..1 of the buyer's input."""

    supplier: str
    buyer: str
    kind: LinkKind = LinkKind.SUPPLIES
    commodity: str | None = None
    share: float | None = None
    flow_evidence: FlowEvidence | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """Identity of a link: ends, kind, commodity and first day."""
        first_day = self.valid_from.isoformat() if self.valid_from else ""
        return (self.supplier, self.buyer, self.kind.value, self.commodity or "", first_day)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A faulty row (a problem) or a row used with a remark (a note).

    `row` is the number a spreadsheet shows (first row 1), or the place in a JSON list (first 1).
    """

    file: str
    sheet: str | None
    row: int | None
    column: str | None
    value: str | None
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class ActivityQuestion:
    """Ambiguous words for the activity of places, once for all rows with the same words.

    `says` are the words and `column` their column; `choices` are refs of sectors with how sure
    each is (0..1), the likeliest first; `nodes` are the ids of the places.
    """

    says: str
    column: str | None
    choices: tuple[tuple[str, float], ...]
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActivityReading:
    """Words of a list for a certain activity of places, or one that a person answered before.

    `says` are the words and `column` their column; `sector` is a ref, `nodes` are ids.
    """

    says: str
    column: str | None
    sector: str
    is_answer: bool
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Activities:
    """Activities of the places that a list has rows of.

    Ids of places: `known` for certain, `contradicted` those of them whose goods or name suggest
    another activity, `unknown` without any evidence of it; the rest are in `questions`.
    """

    known: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    questions: tuple[ActivityQuestion, ...] = ()
    readings: tuple[ActivityReading, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """Reason for a suggested field of a column: confidence 0..1, a reason, and sample values."""

    field: str
    column: str
    confidence: float
    reason: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableMapping:
    """Reading of one table: its header row (first row 1) and our field -> their column.

    `header` lists all columns of the table, once it is read, and `samples` gives for each of
    them up to three different values, but for those `of_people`, which are left out; two ways to
    read are the same whatever table they were tried on. `guesses` says of each column that was
    guessed how sure that is (0..1) and why.
    """

    header_row: int
    columns: MappingOf[str, str]
    guesses: tuple[ColumnGuess, ...] = ()
    header: tuple[str, ...] = field(default=(), compare=False)
    samples: MappingOf[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    of_people: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Reading of all tables of an import; keys are sheet or file names."""

    nodes: MappingOf[str, TableMapping] = field(default_factory=dict)
    links: MappingOf[str, TableMapping] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """Format of a delimited text: encoding by its Python name, and separator of cells.

    `is_certain` is false where nothing in the file proves the encoding.
    """

    file: str
    encoding: str
    separator: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class MapDraft:
    """All proposals of an import. `rows` counts data rows, `skipped` those with problems.

    `formats` is the reading of each delimited text, `activities` the activities of the places.
    """

    nodes: tuple[NodeDraft, ...]
    links: tuple[LinkDraft, ...]
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[RowProblem, ...] = ()
    mapping: Mapping = field(default_factory=Mapping)
    rows: int = 0
    skipped: int = 0
    formats: tuple[FileFormat, ...] = ()
    activities: Activities = field(default_factory=Activities)
