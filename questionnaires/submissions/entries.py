"""Entries of repeats in separate tables of an export, each assigned to its parent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from questionnaires.form.form import Form, Group
from questionnaires.submissions.columns import plain_label
from questionnaires.submissions.csv_tables import Table
from questionnaires.submissions.instance import broken, refuse

Row = Mapping[str, Any]
Entries = Mapping[str, Sequence[tuple[str, Row]]]
"""Key of a submission -> its entries, each with its own key: `uuid:1/r[2]/house[1]`."""
PARENT, NUMBER = "_parent_index", "_index"
CELLS = "_cells"
"""Of a row of a workbook: heading -> place of the cell."""
_CUT = re.compile(r"(.+?)\.\.\.(?: \(\d+\))?")
"""A name that was too long for a sheet, as KoboToolbox cuts it."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Parted:
    """The table of the submissions, and the entries of their repeats."""

    rows: Sequence[Row]
    entries: Entries = field(default_factory=dict)


def join_tables(tables: Mapping[str, Table], form: Form) -> Parted:
    """The submissions of an archive of tables. Raises BookRefused."""
    filled = {name: table for name, table in sorted(tables.items()) if table.rows}
    mains = [
        name
        for name, table in filled.items()
        if not {"PARENT_KEY", PARENT}.intersection(table.headings)
    ]
    if len(mains) != 1:
        raise refuse(
            "no_submissions",
            "This file holds no table of submissions, or several.",
            "Export the data of one form from KoboToolbox (XLSX) or ODK Central (CSV as .zip).",
        )
    main = filled.pop(mains[0])
    if any(PARENT in table.headings for table in filled.values()):
        return _by_number(main, filled, form)
    return Parted(main.rows, _by_key(filled.values()))


def _by_key(tables: Iterable[Table]) -> Entries:
    """ODK Central: every entry has a key that begins with that of its parent."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for row in (row for table in tables for row in table.rows):
        if not row.get("KEY"):
            raise broken()
        found.setdefault(row["KEY"].partition("/")[0], []).append((row["KEY"], row))
    return found


def _by_number(main: Table, tables: Mapping[str, Table], form: Form) -> Parted:
    """KoboToolbox: every row has a number, and an entry names that of the row it belongs to."""
    rows = [{**row, "KEY": _key_of(row)} for row in main.rows]
    keys = {("", row.get(NUMBER, "")): row["KEY"] for row in rows}
    repeats = {name: _repeat_of(name, form) for name in tables}
    found: dict[str, list[tuple[str, Row]]] = {}
    for name in sorted(tables, key=lambda one: repeats[one].path.count("/")):
        repeat = repeats[name]
        counted: dict[str, int] = {}
        for row in tables[name].rows:
            above = keys.get((_parent_of(repeat, form), row.get(PARENT, "")))
            if above is None:
                raise _no_parent(name, row.get(PARENT, ""))
            counted[above] = counted.get(above, 0) + 1
            key = f"{above}/{repeat.name}[{counted[above]}]"
            keys[repeat.path, row.get(NUMBER, "")] = key
            found.setdefault(key.partition("/")[0], []).append((_whole(key, repeat, form), row))
    return Parted(rows, found)


def _key_of(row: Row) -> str:
    known = next((row[key] for key in ("meta/instanceID", "KEY") if row.get(key)), "")
    return str(known or f"uuid:{row.get('_uuid', '')}")


def _repeats(form: Form) -> list[Group]:
    return [node for node in form.nodes() if isinstance(node, Group) and node.repeat]


def _repeat_of(name: str, form: Form) -> Group:
    """The repeat that a table is called after, by its name or its label."""
    file = PurePosixPath(name)
    stem = file.stem if file.suffix.lower() == ".csv" else name
    named = [one for one in _repeats(form) if stem == one.name]
    found = named or [one for one in _repeats(form) if _is_called(one, stem)]
    if len(found) != 1:
        raise refuse(
            "unknown_table",
            f"The table {name} is called like no list of these questions.",
            "Leave the tables of an export as they are called, and upload the file whole.",
        )
    return found[0]


def _is_called(repeat: Group, stem: str) -> bool:
    labels = [repeat.label.plain(one) for one in repeat.label.by_language]
    names = {plain_label(_NOT_IN_NAMES.sub("_", one)) for one in (repeat.name, *labels)}
    names |= {plain_label(one) for one in labels}
    if cut := _CUT.fullmatch(stem):
        return any(one.startswith(plain_label(cut[1])) for one in names)
    return stem.endswith(f"-{repeat.name}") or plain_label(stem) in names


def _parent_of(repeat: Group, form: Form) -> str:
    """The path of the repeat around a repeat; empty where there is none."""
    around = [one.path for one in _repeats(form) if repeat.path.startswith(f"{one.path}/")]
    return max(around, key=len, default="")


def _whole(key: str, repeat: Group, form: Form) -> str:
    """The key of an entry with every group on its way: `uuid:1/B/r[1]/g/house[2]`."""
    instance, *steps = key.split("/")
    places = {step.partition("[")[0]: step for step in steps}
    names = repeat.path.removeprefix(f"/{form.root}/").split("/")
    return "/".join([instance, *(places.get(name, name) for name in names)])


def _no_parent(name: str, number: str) -> Exception:
    return refuse(
        "no_parent",
        f"The table {name} names row {number} of the table above it, which is not there.",
        "Export the data again, and upload the file with all its tables.",
    )
