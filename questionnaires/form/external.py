"""External lists of a form, in files beside it: CSV, XML, GeoJSON, and ODK's `itemsets.csv`.

Source: ODK XForms specification, "Secondary Instances - External"; docs.getodk.org/form-datasets.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from questionnaires.evaluation.tree import ListNode
from questionnaires.form.form import Form
from questionnaires.xpath.values import number_text

Rows = list[dict[str, str]]
LARGEST = 50 * 1024 * 1024  # bytes of one file
DEEPEST = 50  # elements in one another of an XML list
SEPARATORS = ",;\t|"
ITEMSETS = "itemsets.csv"  # one file for many lists, distinguished by its column `list_name`


def read_external(form: Form, folder: Path) -> tuple[dict[str, Rows | ListNode], list[str]]:
    """Read the files that a form names.

    Args:
        form: the form.
        folder: where its files lie.

    Returns:
        The rows of each list by its id, of XML its tree, and the names of files that are missing
        or cannot be read; their lists are empty. A file takes the place of a list in the workbook.
    """
    found: dict[str, Rows | ListNode] = {}
    missing: list[str] = []
    for list_id, file_name in form.external_files.items():
        content = _read(folder / Path(file_name).name)
        if content is None and form.choice_lists.get(list_id):
            continue  # the workbook holds the list itself
        if content is None:
            missing.append(file_name)
        if file_name == ITEMSETS and not isinstance(content, ListNode):
            content = [row for row in content or [] if row.get("list_name") == list_id]
        found[list_id] = content or []
    return found, missing


def _read(path: Path) -> Rows | ListNode | None:
    try:
        if path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    reader = _READERS.get(path.suffix.lower(), _csv)
    return reader(data)


def _text(data: bytes) -> str:
    """The text of a file: UTF-8 as ODK asks for it, UTF-16 with its mark, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _csv(data: bytes) -> Rows | None:
    text = _text(data)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text))
    try:
        headings = [heading.strip() for heading in next(reader, [])]
        return [_row(headings, cells) for cells in reader if cells]
    except csv.Error:
        return None


def _separator(text: str) -> str:
    """The most frequent sign between the headings; a comma where there is none."""
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(SEPARATORS, key=heading.count)


def _row(headings: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """One row; cells that are missing at its end are blank, those beyond the headings are none."""
    filled = [*cells, *[""] * (len(headings) - len(cells))]
    return {heading: text for heading, text in zip(headings, filled, strict=False) if heading}


def _xml(data: bytes) -> ListNode | None:
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    document = ListNode("")
    return document if _add(document, root, 0) else None


def _add(parent: ListNode, element: Element, depth: int) -> bool:
    """Put an element and all below it into a list; False where they are nested too deep."""
    name = str(element.tag).rpartition("}")[2]
    node = parent.add(name, "" if len(element) else element.text or "")
    for attribute, text in element.attrib.items():
        node.set_attribute(attribute.rpartition("}")[2], text)
    return depth < DEEPEST and all(_add(node, child, depth + 1) for child in element)


def _geojson(data: bytes) -> Rows | None:
    try:
        features = json.loads(_text(data))["features"]
        return [_feature(feature) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _feature(feature: Mapping[str, Any]) -> dict[str, str]:
    """A feature as ODK reads it: its place, its id, and its properties."""
    row = {"geometry": _shape(feature.get("geometry") or {})}
    properties = dict(feature.get("properties") or {})
    own_id = feature.get("id", properties.pop("id", None))
    if own_id is not None:
        row["id"] = _plain(own_id)
    return row | {str(name): _plain(value) for name, value in properties.items() if name != "id"}


def _plain(value: object) -> str:
    if isinstance(value, float):
        return number_text(value)  # 102.0 is the number 102
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _shape(geometry: Mapping[str, Any]) -> str:
    """A point, a line or a closed shape as ODK writes places; other shapes have none."""
    corners: Callable[[Any], Sequence[Any]] | None = _CORNERS.get(str(geometry.get("type")))
    places = corners(geometry.get("coordinates") or []) if corners else ()
    return "; ".join(f"{_plain(north)} {_plain(east)} 0 0" for east, north, *_ in places)


_CORNERS: Mapping[str, Callable[[Any], Sequence[Any]]] = {
    "Point": lambda place: [place] if place else (),
    "LineString": lambda places: places,
    "Polygon": lambda rings: rings[0] if rings else (),
}
_READERS: Mapping[str, Callable[[bytes], Rows | ListNode | None]] = {
    ".geojson": _geojson,
    ".xml": _xml,
}
