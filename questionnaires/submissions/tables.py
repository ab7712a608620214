"""Submissions from KoboToolbox and ODK Central: JSON, CSV, zipped CSV and XLSX with repeats.

Keys are read in any notation of the servers (`questionnaires.submissions.columns`), and values too
(`questionnaires.submissions.values`); JSON may be flat or nested.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from questionnaires.form.form import Form, Group, Question
from questionnaires.form.phone_form import REFERENCE
from questionnaires.submissions.books import read_tables
from questionnaires.submissions.columns import PLACES, Column, Columns, is_system
from questionnaires.submissions.csv_tables import MAX_TABLE_BYTES, read_table
from questionnaires.submissions.entries import CELLS, Entries, Row, join_tables
from questionnaires.submissions.instance import (
    Gathered,
    Submission,
    broken,
    check_form,
    note,
    refuse,
    too_large,
)
from questionnaires.submissions.values import as_stored, is_chosen

MOST_SUBMISSIONS = 5_000
DEEPEST = 20
INSTANCE_KEYS = ("meta/instanceID", "meta-instanceID", "instanceID", "__id", "KEY", "_uuid")
FORM_KEYS = ("_xform_id_string", "formid", "form_id")


def read_json(content: bytes, form: Form) -> list[Submission]:
    """Submissions of a JSON export. Raises BookRefused."""
    if len(content) > MAX_TABLE_BYTES:
        raise too_large()
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise broken() from None
    rows = document
    if isinstance(document, dict):
        rows = document.get("results", document.get("value", [document]))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise refuse(
            "no_submissions",
            "This JSON file holds no submissions.",
            "Export the data of the form as JSON from KoboToolbox or ODK Central.",
        )
    return _read_rows(rows, form)


def read_csv(content: bytes, form: Form) -> list[Submission]:
    """Submissions of a CSV export; entries of repeats are in the zipped export only."""
    table = read_table(content)
    return _read_rows(table.rows, form, has_decimal_commas=table.has_decimal_commas)


def read_zipped_csv(tables: Mapping[str, bytes], form: Form) -> list[Submission]:
    """Submissions of a zipped CSV export: repeats are tables that name their parent."""
    parsed = {name: read_table(content) for name, content in tables.items()}
    found = join_tables(parsed, form)
    has_commas = all(table.has_decimal_commas for table in parsed.values())
    return _read_rows(found.rows, form, found.entries, has_decimal_commas=has_commas)


def read_export_book(content: bytes, form: Form) -> list[Submission]:
    """Submissions of an XLSX export: one sheet of them, and one for each repeat."""
    tables = read_tables(content, frozenset(INSTANCE_KEYS))
    found = join_tables(tables, form)
    return _read_rows(found.rows, form, found.entries)


def read_row(content: bytes, form: Form) -> Submission:
    """One submission of an export as its `content` was kept."""
    kept = json.loads(content)
    row = kept["row"]
    entries = [(str(key), entry) for key, entry in kept["entries"]]
    reader = _RowReader(form, kept.get("has_decimal_commas", False))
    return reader.read(row, {str(row.get("KEY", "")): entries})


def _read_rows(
    rows: Sequence[Row],
    form: Form,
    entries: Entries | None = None,
    *,
    has_decimal_commas: bool = False,
) -> list[Submission]:
    if not rows:
        raise refuse("empty", "This file holds no submission.", "Export it again with its data.")
    if len(rows) > MOST_SUBMISSIONS:
        raise too_large()
    reader = _RowReader(form, has_decimal_commas)
    return [reader.read(row, entries or {}) for row in rows]


@dataclass
class _Columned(Gathered):
    """Values found in a row, and answers that are split into several columns."""

    chosen: dict[str, set[str]] = field(default_factory=dict)
    parts: dict[str, dict[int, str]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


class _RowReader:
    def __init__(self, form: Form, has_decimal_commas: bool) -> None:
        self.form = form
        self.columns = Columns(form)
        self.nodes = self.columns.nodes
        self.has_decimal_commas = has_decimal_commas

    def read(self, row: Row, entries: Entries) -> Submission:
        gathered = _Columned()
        self._walk(row, f"/{self.form.root}", gathered, 0)
        gathered.cells |= self._cells_of(row, f"/{self.form.root}")
        instance = next((str(row[key]) for key in INSTANCE_KEYS if row.get(key)), "")
        instance = gathered.meta.get("instanceID") or instance
        for key, entry in entries.get(str(row.get("KEY", "")), ()):
            place = self._known_place("/".join([f"/{self.form.root}", *key.split("/")[1:]]))
            self._walk(entry, place, gathered, 1)
            gathered.cells |= self._cells_of(entry, place)
        if instance and not instance.startswith("uuid:") and row.get("_uuid") == instance:
            instance = f"uuid:{instance}"
        self._put_together(gathered)
        found = Submission(
            instance_id=instance,
            form_id=next((str(row[key]) for key in FORM_KEYS if row.get(key)), ""),
            version=str(row.get("__version__") or row.get("FormVersion") or ""),
            reference=gathered.meta.get(REFERENCE, ""),
            texts=gathered.texts,
            set_aside=gathered.set_aside,
            content=self._as_kept(row, entries.get(str(row.get("KEY", "")), ())),
            cells=gathered.cells,
        )
        check_form(found, self.form)
        return found

    def _cells_of(self, row: Row, at: str) -> dict[str, str]:
        """Path -> the cell of a workbook with its answer."""
        cells = row.get(CELLS)
        if not isinstance(cells, dict):
            return {}
        in_order = sorted(cells.items(), reverse=True)  # of an answer that is split: its own column
        return {self.columns.find(key, at).path: str(cell) for key, cell in in_order}

    def _put_together(self, gathered: _Columned) -> None:
        """Answers out of their columns, and every value as the form keeps it."""
        texts = gathered.texts
        for path, names in gathered.chosen.items():
            question = self._question(path)
            order = [choice.name for choice in question.choices]
            texts.setdefault(path, " ".join(sorted(names, key=order.index)))
        for path, parts in gathered.parts.items():
            if 0 in parts and 1 in parts:
                texts.setdefault(path, " ".join(parts[place] for place in sorted(parts)))
        for path, text in texts.items():
            texts[path] = as_stored(
                self._question(path), text, has_decimal_commas=self.has_decimal_commas
            )

    def _question(self, path: str) -> Question:
        node = self.nodes[PLACES.sub("", path)]
        assert isinstance(node, Question)  # `note` and `_walk` put texts at questions alone
        return node

    def _known_place(self, place: str) -> str:
        """The place of an entry, whose key may leave out the groups around it."""
        plain = PLACES.sub("", place)
        if plain in self.nodes:
            return place
        name, number = plain.rpartition("/")[2], PLACES.findall(place)[-1:]
        repeats = [
            path
            for path, node in self.nodes.items()
            if isinstance(node, Group) and node.repeat and node.name == name
        ]
        return f"{repeats[0]}[{number[0]}]" if len(repeats) == 1 and number else place

    def _walk(self, row: Row, at: str, gathered: _Columned, depth: int) -> None:
        if depth > DEEPEST:
            raise too_large()
        for key, value in row.items():
            if key == "meta" and isinstance(value, dict):
                gathered.meta |= {name: str(text) for name, text in value.items()}
                continue
            column = self.columns.find(key, at)
            path = column.path
            if not path and is_system(key):
                continue
            node = self.nodes.get(PLACES.sub("", path)) if path else None
            if isinstance(node, Group):
                self._group(node, value, path, gathered, depth)
            elif isinstance(value, dict) and not _is_point(value) and node is None:
                self._walk(value, at, gathered, depth + 1)
            elif column == Column(path):
                note(gathered, path or f"{at}/{key}", node, _text(value))
            elif not _is_split(column, _text(value), gathered):
                note(gathered, f"{at}/{key}", None, _text(value))

    def _group(self, node: Group, value: Any, path: str, gathered: _Columned, depth: int) -> None:
        entries = value if isinstance(value, list) else [value]
        for number, entry in enumerate(entries, start=1):
            if isinstance(entry, dict):
                place = f"{path}[{number}]" if node.repeat else path
                self._walk(entry, place, gathered, depth + 1)

    def _as_kept(self, row: Row, entries: Sequence[tuple[str, Row]]) -> bytes:
        """One submission of an export as it is kept; NUL and halves of letters are no text."""
        document: dict[str, object] = {"row": row, "entries": entries}
        if self.has_decimal_commas:
            document["has_decimal_commas"] = True
        kept = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
        try:
            content = kept.encode()
        except UnicodeEncodeError:
            raise broken() from None
        if "\\u0000" in kept:
            raise broken()
        return content


def _is_split(column: Column, text: str, gathered: _Columned) -> bool:
    """Take in one column of several of an answer; False where its value is ambiguous."""
    if not text:
        return True
    if column.part >= 0:
        gathered.parts.setdefault(column.path, {})[column.part] = text
        return True
    said = is_chosen(text)
    if said:
        gathered.chosen.setdefault(column.path, set()).add(column.choice)
    return said is not None


def _is_point(value: Mapping[str, Any]) -> bool:
    numbers = value.get("coordinates")
    return value.get("type") == "Point" and isinstance(numbers, list) and len(numbers) > 1


def _text(value: Any) -> str:
    """A value in the notation of an instance."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict) and _is_point(value):
        longitude, latitude, *more = value["coordinates"]
        return " ".join(str(number) for number in (latitude, longitude, *more))
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return str(value)
