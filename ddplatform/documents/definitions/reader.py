"""Reading of YAML definitions, checked as a whole; each error with its location."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import yaml

from ddplatform.documents.content import NOT_ASSESSED, Align, Column, Kind
from ddplatform.documents.definitions.plans import AUDIENCES, BlockPlan, Definition, SectionPlan
from ddplatform.documents.errors import DefinitionRefused
from supply_chain.vocabulary import RiskBand

T = TypeVar("T")
Word = TypeVar("Word", Align, Kind)

BLOCK_KEYS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "heading": (frozenset({"text"}), frozenset({"level"})),
    "paragraph": (frozenset({"text"}), frozenset()),
    "bullets": (frozenset({"items"}), frozenset()),
    "note": (frozenset({"title", "text"}), frozenset({"warning"})),
    "fact_list": (frozenset({"ref", "title", "items"}), frozenset()),
    "key_figures": (frozenset({"items"}), frozenset()),
    "table": (
        frozenset({"ref", "title", "fact", "columns"}),
        frozenset({"order", "empty", "note", "shown", "paper"}),
    ),
    "requirements": (frozenset({"ref", "title", "framework", "fact", "rows"}), frozenset({"note"})),
    "reasons": (frozenset({"fact", "shown"}), frozenset()),
    "heat_map": (
        frozenset({"title", "caption", "fact", "rows", "columns", "bands"}),
        frozenset({"counts", "by_band"}),
    ),
    "chain_map": (frozenset({"title", "caption", "fact", "shown"}), frozenset()),
    "coverage_bars": (frozenset({"title", "caption", "fact", "unit"}), frozenset()),
    "gaps": (frozenset({"fact"}), frozenset()),
    "page_break": (frozenset(), frozenset()),
}
"""Kind of block -> keys it must have, keys it may have."""

ITEM_KEYS: Mapping[tuple[str, str], frozenset[str]] = {
    ("fact_list", "items"): frozenset({"label", "text"}),
    ("key_figures", "items"): frozenset({"label", "text"}),
    ("requirements", "rows"): frozenset({"id", "gist", "section"}),
    ("heat_map", "rows"): frozenset({"key", "title"}),
    ("heat_map", "columns"): frozenset({"below", "title"}),
    ("heat_map", "by_band"): frozenset({"key", "title"}),
}
"""Kind of block and its list -> keys every entry of that list must have."""


def read_definition(ref: str, text: str) -> Definition:
    """Read a definition from YAML, checking all of it.

    Raises:
        DefinitionRefused: with every fault found, each with its place in the file.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise DefinitionRefused(ref, (f"It is not YAML: {problem}",)) from problem
    reader = _Reader()
    definition = reader.definition(ref, raw)
    if reader.faults:
        raise DefinitionRefused(ref, tuple(reader.faults))
    return definition


class _Reader:
    """Walks the YAML and keeps every fault with its place."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.refs: set[str] = set()

    def fault(self, place: str, message: str) -> None:
        self.faults.append(f"{place}: {message}")

    def mapping(self, value: object, place: str) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        self.fault(place, "must be an object with named keys.")
        return {}

    def text(self, raw: Mapping[str, object], key: str, place: str) -> str:
        value = raw.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        self.fault(f"{place}.{key}".lstrip("."), "must be text.")
        return ""

    def each(
        self, raw: Mapping[str, object], key: str, place: str, read: Callable[[object, str], T]
    ) -> tuple[T, ...]:
        value = raw.get(key)
        where = f"{place}.{key}".lstrip(".")
        if not isinstance(value, list) or not value:
            self.fault(where, "must be a list with at least one entry.")
            return ()
        return tuple(read(entry, f"{where}[{number}]") for number, entry in enumerate(value))

    def definition(self, ref: str, value: object) -> Definition:
        raw = self.mapping(value, "file")
        if raw.get("ref") != ref:
            self.fault("ref", f"must be '{ref}', like the name of the file.")
        redaction = self.mapping(raw.get("redaction", {}), "redaction")
        return Definition(
            ref=ref,
            version=self.text(raw, "version", ""),
            title=self.text(raw, "title", ""),
            language=self.text(raw, "language", ""),
            statement=self.text(raw, "statement", ""),
            cover=self.each(raw, "cover", "", self.cover_line),
            sections=self.each(raw, "sections", "", self.section),
            redaction={
                self.audience(key, f"redaction.{key}"): self.each(
                    redaction, key, "redaction", lambda entry, _: str(entry)
                )
                for key in redaction
            },
        )

    def cover_line(self, value: object, place: str) -> tuple[str, str]:
        raw = self.mapping(value, place)
        return self.text(raw, "label", place), self.text(raw, "text", place)

    def audience(self, value: object, place: str) -> str:
        if value not in AUDIENCES:
            self.fault(place, f"'{value}' is no reader. Use one of: {', '.join(AUDIENCES)}.")
        return str(value)

    def audiences(self, raw: Mapping[str, object], place: str) -> tuple[str, ...]:
        if "audiences" not in raw:
            return AUDIENCES
        return self.each(raw, "audiences", place, self.audience)

    def section(self, value: object, place: str) -> SectionPlan:
        raw = self.mapping(value, place)
        return SectionPlan(
            key=self.text(raw, "key", place),
            title=self.text(raw, "title", place),
            blocks=self.each(raw, "blocks", place, self.block),
            annex=raw.get("annex") is True,
            audiences=self.audiences(raw, place),
        )

    def block(self, value: object, place: str) -> BlockPlan:
        raw = self.mapping(value, place)
        kind = str(raw.get("kind"))
        if kind not in BLOCK_KEYS:
            self.fault(
                f"{place}.kind", f"'{kind}' is not known. Use one of: {', '.join(BLOCK_KEYS)}."
            )
            return BlockPlan(kind, {})
        self.keys(raw, kind, place)
        self.items(raw, kind, place)
        columns: tuple[tuple[Column, bool], ...] = ()
        if kind == "table":
            columns = self.each(raw, "columns", place, self.column)
            self.upper_columns([column for column, _ in columns], place)
            self.paper(raw.get("paper"), {column.key for column, _ in columns}, f"{place}.paper")
        return BlockPlan(
            kind=kind,
            options={
                key: " ".join(entry.split()) if isinstance(entry, str) else entry
                for key, entry in raw.items()
            },
            columns=tuple(column for column, _ in columns),
            not_gaps=frozenset(column.key for column, is_gap in columns if not is_gap),
            audiences=self.audiences(raw, place),
        )

    def keys(self, raw: Mapping[str, object], kind: str, place: str) -> None:
        needed, allowed = BLOCK_KEYS[kind]
        for key in sorted(needed - set(raw)):
            self.fault(place, f"a {kind} needs '{key}'.")
        for key in sorted(set(raw) - needed - allowed - {"kind", "audiences"}):
            self.fault(
                f"{place}.{key}", f"a {kind} has no '{key}'. Take it out or correct its name."
            )
        if "ref" in needed:
            if raw.get("ref") in self.refs:
                self.fault(f"{place}.ref", f"'{raw['ref']}' is used twice. Give it its own ref.")
            self.refs.add(str(raw.get("ref")))

    def items(self, raw: Mapping[str, object], kind: str, place: str) -> None:
        for (owner, key), needed in ITEM_KEYS.items():
            if owner == kind and (key in raw or key in BLOCK_KEYS[kind][0]):
                self.each(raw, key, place, partial(self.item, needed=needed))
        if kind == "heat_map":
            across = raw.get("columns")
            width = len(across) if isinstance(across, list) else 0
            grid = self.each(raw, "bands", place, partial(self.grounds, width=width))
            rows = raw.get("rows")
            if isinstance(rows, list) and len(grid) != len(rows):
                self.fault(f"{place}.bands", f"has {len(grid)} rows, but {len(rows)} are named.")

    def item(self, value: object, place: str, *, needed: frozenset[str]) -> None:
        for key in sorted(needed - set(self.mapping(value, place))):
            self.fault(place, f"needs '{key}'.")

    def grounds(self, value: object, place: str, *, width: int) -> None:
        words = value if isinstance(value, list) else []
        if len(words) != width:
            self.fault(place, f"must be a list of {width} bands, one a column.")
        for word in words:
            if word not in list(RiskBand):
                self.fault(place, f"'{word}' is no band. Use one of: {', '.join(RiskBand)}.")

    def column(self, value: object, place: str) -> tuple[Column, bool]:
        raw = self.mapping(value, place)
        width = raw.get("width", 1)
        if not isinstance(width, int | float) or width <= 0:
            self.fault(f"{place}.width", "must be a number above 0.")
            width = 1
        column = Column(
            key=self.text(raw, "key", place),
            title=self.text(raw, "title", place),
            width=float(width),
            align=self.word(Align, raw.get("align", "left"), f"{place}.align"),
            kind=self.word(Kind, raw.get("kind", "text"), f"{place}.kind"),
            missing=str(raw.get("missing", NOT_ASSESSED)),
            under=str(raw.get("under", "")),
        )
        return column, raw.get("gap", True) is True

    def paper(self, value: object, columns: set[str], place: str) -> None:
        """Print grouping of a long table: `group`, `columns` and `name`, all from the table."""
        if value is None:
            return
        raw = self.mapping(value, place)
        named = [
            entry for key in ("group", "columns") for entry in self.each(raw, key, place, _written)
        ]
        for key in sorted({*named, self.text(raw, "name", place)} - columns):
            self.fault(place, f"'{key}' is no column of the table.")
        if not isinstance(raw.get("shown"), int):
            self.fault(f"{place}.shown", "must be a whole number.")

    def upper_columns(self, columns: Sequence[Column], place: str) -> None:
        upper = {column.key for column in columns if not column.under}
        for column in columns:
            if column.under and column.under not in upper:
                self.fault(
                    f"{place}.columns",
                    f"'{column.key}' stands under '{column.under}', which is no column by itself.",
                )

    def word(self, words: type[Word], value: object, place: str) -> Word:
        for word in words:
            if word.value == value:
                return word
        self.fault(place, f"'{value}' is not known. Use one of: {', '.join(words)}.")
        return next(iter(words))


def _written(value: object, _place: str) -> str:
    return str(value)
