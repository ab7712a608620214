"""Submissions out of KoboToolbox and ODK Central: JSON, CSV, and zipped CSV with repeats.

Keys are read however the server wrote them: `B/SAQ_B01`, `B-SAQ_B01`, nested objects, or the name
alone where a form has it once.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from questionnaires.form import Form, Group, Node
from questionnaires.phone_form import REFERENCE
from questionnaires.submissions import (
    MAX_BYTES,
    Gathered,
    Submission,
    broken,
    check_form,
    note,
    refuse,
    too_large,
)

MOST_SUBMISSIONS = 5_000
MAX_TABLE_BYTES = 8 * MAX_BYTES
DEEPEST = 20
INSTANCE_KEYS = ("meta/instanceID", "meta-instanceID", "instanceID", "__id", "KEY", "_uuid")
FORM_KEYS = ("_xform_id_string", "formid", "form_id")
_SYSTEM_WORDS = (
    "SubmissionDate SubmitterID SubmitterName AttachmentsPresent AttachmentsExpected Status"
    " ReviewState DeviceID Edits FormVersion KEY PARENT_KEY SET-OF instanceID start end"
)
_SYSTEM = frozenset(_SYSTEM_WORDS.split())
_SPLIT = re.compile(r"[/\-.]")
_PLACES = re.compile(r"\[(\d+)\]")


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
    return _read_rows(_table(content), form)


def read_zipped_csv(tables: Mapping[str, bytes], form: Form) -> list[Submission]:
    """Submissions of ODK Central's zipped CSV: repeats are tables that name their parent."""
    parsed = {name: _table(content) for name, content in tables.items()}
    mains = [name for name, rows in parsed.items() if rows and "PARENT_KEY" not in rows[0]]
    if len(mains) != 1:
        raise refuse(
            "no_submissions",
            "This archive holds no table of submissions, or several.",
            "Export the data of one form as CSV (zip) from ODK Central.",
        )
    children: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for name in sorted(parsed):
        for row in parsed[name] if name != mains[0] else ():
            if not row.get("KEY"):
                raise broken()
            key = str(row["KEY"])
            children.setdefault(key.partition("/")[0], []).append((key, row))
    return _read_rows(parsed[mains[0]], form, children)


def read_row(content: bytes, form: Form) -> Submission:
    """One submission of an export as its `content` was kept."""
    kept = json.loads(content)
    row = kept["row"]
    entries = [(str(key), entry) for key, entry in kept["entries"]]
    return _RowReader(form).read(row, {str(row.get("KEY", "")): entries})


def _table(content: bytes) -> list[dict[str, Any]]:
    if len(content) > MAX_TABLE_BYTES:
        raise too_large()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise broken() from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise broken() from None
    return [{key: value for key, value in row.items() if key} for row in rows]


def _read_rows(
    rows: Sequence[Mapping[str, Any]],
    form: Form,
    children: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]] | None = None,
) -> list[Submission]:
    if not rows:
        raise refuse("empty", "This file holds no submission.", "Export it again with its data.")
    if len(rows) > MOST_SUBMISSIONS:
        raise too_large()
    reader = _RowReader(form)
    return [reader.read(row, children or {}) for row in rows]


class _RowReader:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.nodes: dict[str, Node] = {node.path: node for node in form.nodes()}

    def read(
        self,
        row: Mapping[str, Any],
        children: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]],
    ) -> Submission:
        gathered = Gathered()
        self._walk(row, f"/{self.form.root}", gathered, 0)
        instance = next((str(row[key]) for key in INSTANCE_KEYS if row.get(key)), "")
        instance = gathered.meta.get("instanceID") or instance
        for key, entry in children.get(str(row.get("KEY", "")), ()):
            place = "/".join([f"/{self.form.root}", *key.split("/")[1:]])
            self._walk(entry, self._known_place(place), gathered, 1)
        if instance and not instance.startswith("uuid:") and row.get("_uuid") == instance:
            instance = f"uuid:{instance}"
        found = Submission(
            instance_id=instance,
            form_id=next((str(row[key]) for key in FORM_KEYS if row.get(key)), ""),
            version=str(row.get("__version__") or row.get("FormVersion") or ""),
            reference=gathered.meta.get(REFERENCE, ""),
            texts=gathered.texts,
            set_aside=gathered.set_aside,
            content=_as_kept(row, children.get(str(row.get("KEY", "")), ())),
        )
        check_form(found, self.form)
        return found

    def _known_place(self, place: str) -> str:
        """The place of an entry, whose key may leave out the groups around it."""
        plain = _PLACES.sub("", place)
        if plain in self.nodes:
            return place
        name, number = plain.rpartition("/")[2], _PLACES.findall(place)[-1:]
        repeats = [
            path
            for path, node in self.nodes.items()
            if isinstance(node, Group) and node.repeat and node.name == name
        ]
        return f"{repeats[0]}[{number[0]}]" if len(repeats) == 1 and number else place

    def _walk(self, row: Mapping[str, Any], at: str, gathered: Gathered, depth: int) -> None:
        if depth > DEEPEST:
            raise too_large()
        for key, value in row.items():
            if key == "meta" and isinstance(value, dict):
                gathered.meta |= {name: str(text) for name, text in value.items()}
                continue
            path = self._path(key, at)
            if not path and _is_system(key):
                continue
            node = self.nodes.get(_PLACES.sub("", path)) if path else None
            if isinstance(node, Group):
                self._group(node, value, path, gathered, depth)
            elif isinstance(value, dict) and not _is_point(value) and node is None:
                self._walk(value, at, gathered, depth + 1)
            else:
                note(gathered, path or f"{at}/{key}", node, _text(value))

    def _group(self, node: Group, value: Any, path: str, gathered: Gathered, depth: int) -> None:
        entries = value if isinstance(value, list) else [value]
        for number, entry in enumerate(entries, start=1):
            if isinstance(entry, dict):
                place = f"{path}[{number}]" if node.repeat else path
                self._walk(entry, place, gathered, depth + 1)

    def _path(self, key: str, at: str) -> str:
        """The path that a key means below `at`; empty where the form has none."""
        plain = _PLACES.sub("", at)
        written = "/".join(_SPLIT.split(key))
        for candidate in (
            f"{plain}/{key}",
            f"/{self.form.root}/{key}",
            f"{plain}/{written}",
            f"/{self.form.root}/{written}",
        ):
            if candidate in self.nodes and candidate.startswith(f"{plain}/"):
                return at + candidate.removeprefix(plain)
        name = key.rpartition("/")[2]
        below = [p for p in self.nodes if p.startswith(f"{plain}/") and p.endswith(f"/{name}")]
        if len(below) == 1 and not self._crosses_repeat(below[0], plain):
            return at + below[0].removeprefix(plain)
        return ""

    def _crosses_repeat(self, path: str, plain: str) -> bool:
        """Whether a repeat stands between: its entries come in a list or a table of their own."""
        between = path.removeprefix(plain).split("/")[1:-1]
        steps = [f"{plain}/{'/'.join(between[:end])}" for end in range(1, len(between) + 1)]
        nodes = [self.nodes.get(step) for step in steps]
        return any(isinstance(node, Group) and node.repeat for node in nodes)


def _as_kept(row: Mapping[str, Any], entries: Sequence[tuple[str, Mapping[str, Any]]]) -> bytes:
    """One submission of an export as it is kept; NUL and halves of letters are no text."""
    kept = json.dumps(
        {"row": row, "entries": entries}, sort_keys=True, ensure_ascii=False, default=str
    )
    try:
        content = kept.encode()
    except UnicodeEncodeError:
        raise broken() from None
    if "\\u0000" in kept:
        raise broken()
    return content


def _is_system(key: str) -> bool:
    return key.startswith("_") or key in _SYSTEM or key.startswith(("meta/", "meta-", "formhub/"))


def _is_point(value: Mapping[str, Any]) -> bool:
    numbers = value.get("coordinates")
    return value.get("type") == "Point" and isinstance(numbers, list) and len(numbers) > 1


def _text(value: Any) -> str:
    """A value as it stands in an instance."""
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
