"""Lists that a form keeps in files beside it: CSV, GeoJSON, and ODK's `itemsets.csv`."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from questionnaires.form import Form

Rows = list[dict[str, str]]
LARGEST = 50 * 1024 * 1024  # bytes of one file


def read_external(form: Form, folder: Path) -> tuple[dict[str, Rows], list[str]]:
    """Read the files that a form names.

    Args:
        form: the form.
        folder: where its files lie.

    Returns:
        The rows of each list by its id, and the names of files that are missing or cannot be
        read; their lists are empty. A file takes the place of a list in the workbook.
    """
    found: dict[str, Rows] = {}
    missing: list[str] = []
    for list_id, file_name in form.external_files.items():
        rows = _rows(folder / Path(file_name).name)
        if rows is None and form.choice_lists.get(list_id):
            continue  # the workbook holds the list itself
        if rows is None:
            missing.append(file_name)
        found[list_id] = [row for row in rows or [] if row.get("list_name", list_id) == list_id]
    return found, missing


def _rows(path: Path) -> Rows | None:
    try:
        if path.stat().st_size > LARGEST:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return _geojson(text) if path.suffix.lower() == ".geojson" else _csv(text)


def _csv(text: str) -> Rows:
    reader = csv.DictReader(text.splitlines())
    return [{key: value or "" for key, value in row.items() if key} for row in reader]


def _geojson(text: str) -> Rows | None:
    try:
        features = json.loads(text)["features"]
        return [_feature(feature) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _feature(feature: Mapping[str, Any]) -> dict[str, str]:
    properties = {str(name): _plain(value) for name, value in feature["properties"].items()}
    row = {"geometry": _place(feature.get("geometry") or {})}
    if "id" in feature:
        row["id"] = _plain(feature["id"])
    return properties | row


def _plain(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _place(geometry: Mapping[str, Any]) -> str:
    """A point as ODK writes places; other shapes have no place of their own."""
    if geometry.get("type") != "Point":
        return ""
    longitude, latitude = geometry["coordinates"][:2]
    return f"{latitude} {longitude} 0 0"
