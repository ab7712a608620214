"""Node and link rows from value-chain JSON, version 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from functools import partial
from typing import Any, TypeVar

from supply_chain.errors import FileRefused
from supply_chain.graph.labels import with_labels
from supply_chain.intake.cells import (
    CellFault,
    attribute_as_json,
    check_name,
    is_blank,
    is_no_name,
    keepable,
    keepable_text,
    parse_share,
    parse_word,
)
from supply_chain.intake.countries import country_code
from supply_chain.intake.days import parse_date
from supply_chain.intake.degrees import parse_degrees
from supply_chain.intake.drafts import Json, LinkDraft, NamedBytes, NodeDraft
from supply_chain.intake.encodings import decode_text
from supply_chain.intake.findings import Findings, RowLog
from supply_chain.intake.json_tables import json_rows
from supply_chain.intake.link_rows import LinkRow
from supply_chain.intake.node_rows import TEXT_ATTRIBUTES, NodeRow, made_id, split_list
from supply_chain.intake.personal_columns import left_out, tells_of_people
from supply_chain.intake.places import judge_point, parse_country
from supply_chain.intake.words import clean, words
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

T = TypeVar("T")
FORMAT = "value-chain/1"
_ADVICE = f'Send {{"format": "{FORMAT}", "nodes": [...], "links": [...]}} as UTF-8 JSON.'


def is_json(file: NamedBytes) -> bool:
    """Whether a file calls itself JSON and is no list that others give in JSON."""
    return file.name.lower().endswith(".json") and json_rows(file) is None


def read_json(file: NamedBytes, findings: Findings) -> tuple[list[NodeRow], list[LinkRow], int]:
    """Return node rows, link rows and how many entries there were.

    Raises:
        FileRefused: not JSON, or not of this format.
    """
    document = _load(file)
    reader = _Reader(file.name, findings)
    nodes = [reader.node(place, entry) for place, entry in enumerate(document["nodes"], start=1)]
    links = [reader.link(place, entry) for place, entry in enumerate(document["links"], start=1)]
    rows = len(nodes) + len(links)
    return [row for row in nodes if row], [row for row in links if row], rows


def _load(file: NamedBytes) -> dict[str, Any]:
    text = decode_text(file)[0]
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as fault:
        what = "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault)
        raise FileRefused(
            "broken_json", f"{file.name} is not sound JSON: {what}.", _ADVICE
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileRefused("unknown_format", f"{file.name} is not of the format {FORMAT}.", _ADVICE)
    for key in ("nodes", "links"):
        if not isinstance(document.setdefault(key, []), list):
            raise FileRefused("unknown_format", f"“{key}” of {file.name} is not a list.", _ADVICE)
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


class _Reader:
    """Turns entries into rows; a wrong value is a problem that names its field."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings
        self._of_people: dict[str, bool] = {}

    def node(self, place: int, entry: object) -> NodeRow | None:
        log = RowLog(self._findings, self._file, "nodes")
        log.start(place)
        if not isinstance(entry, dict):
            log.problem(None, _shown(entry), CellFault("The entry is not an object.", _ADVICE))
            return None
        cell = _Entry(entry, log)
        name = cell.take("name", _name)
        if name is None and not log.faulty:
            fault = CellFault("The entry has no name.", "Give the name of the site or company.")
            log.problem("name", None, fault)
        country = cell.take("country", partial(_country, hinted=not log.is_crowded))
        address = cell.take("address", _text)
        own_id = cell.take("id", _name)
        point = (cell.take("latitude", _latitude), cell.take("longitude", _longitude))
        latitude, longitude = judge_point(log, "latitude", point, country)
        node = NodeDraft(
            id=own_id or made_id(name or "", country, address or ""),
            name=name or "",
            kind=cell.take("kind", _node_kind) or NodeKind.BUSINESS_ENTITY,
            country=country,
            region=cell.take("region", _text),
            address=address,
            latitude=latitude,
            longitude=longitude,
            sector=cell.take("sector", _text),
            commodities=cell.take("commodities", _texts) or (),
            own_operation=bool(cell.take("own_operation", _truth)),
            origin=cell.take("origin", _truth),
            external_ids=cell.take("external_ids", _ids) or {},
            attributes=with_labels(self._of_business(cell.attributes(), log)),
        )
        operator = cell.take("operated_by", _name)
        if log.faulty:
            return None
        return NodeRow(
            file=self._file,
            sheet="nodes",
            row=place,
            node=node,
            has_own_id=own_id is not None,
            operator=operator,
            operator_country=None,
            operator_column="operated_by",
            path=[],
            buyers=[],
            terms=LinkDraft("", ""),
        )

    def _of_business(self, attributes: dict[str, Json], log: RowLog) -> dict[str, Json]:
        """Attributes without those whose names are of people; each is noted once a file."""
        for key in attributes:
            if key not in self._of_people:
                self._of_people[key] = tells_of_people(key)
                if self._of_people[key]:
                    log.note(key, None, left_out("attribute", key))
        return {key: value for key, value in attributes.items() if not self._of_people[key]}

    def link(self, place: int, entry: object) -> LinkRow | None:
        log = RowLog(self._findings, self._file, "links")
        log.start(place)
        if not isinstance(entry, dict):
            log.problem(None, _shown(entry), CellFault("The link is not an object.", _ADVICE))
            return None
        cell = _Entry(entry, log)
        ends = {end: cell.take(end, _name) for end in ("supplier", "buyer")}
        for end in (end for end, text in ends.items() if text is None):
            log.problem(
                end, None, CellFault(f"The link has no {end}.", f"Give the id of its {end}.")
            )
        link = LinkDraft(
            supplier=ends["supplier"] or "",
            buyer=ends["buyer"] or "",
            kind=cell.take("kind", _link_kind) or LinkKind.SUPPLIES,
            commodity=cell.take("commodity", _text),
            share=cell.take("share", _share),
            flow_evidence=cell.take("flow_evidence", _evidence),
            valid_from=cell.take("valid_from", _day),
            valid_to=cell.take("valid_to", partial(_day, last_day=True)),
        )
        if link.valid_from and link.valid_to and link.valid_to < link.valid_from:
            fault = CellFault("The link ends before it begins.", "Check both dates.")
            log.problem("valid_to", link.valid_to.isoformat(), fault)
        return None if log.faulty else LinkRow(self._file, "links", place, link, False)


class _Entry:
    """One JSON object, read field by field."""

    def __init__(self, entry: dict[str, Any], log: RowLog) -> None:
        self._entry, self._log = entry, log

    def take(self, field: str, read: Callable[[Any], T]) -> T | None:
        return self._read(field, self._entry.get(field), read)

    def _read(self, field: str, value: Any, read: Callable[[Any], T]) -> T | None:
        if value is None:
            return None
        try:
            return read(value)
        except CellFault as fault:
            self._log.problem(field, _shown(value), fault)
            return None

    def attributes(self) -> dict[str, Json]:
        """Attributes, and keys that the format does not know, like unknown columns."""
        known = {field.name for field in fields(NodeDraft)}
        others = {k: value for k, value in self._entry.items() if k not in known}
        found = self._read("attributes", others, _attributes) or {}
        return {**found, **(self.take("attributes", _attributes) or {})}


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:200]


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise CellFault(f"{_shown(value)} is not a text.", "Put it in quotation marks.")
    return value


def _text(value: object) -> str | None:
    text = clean(_string(value))
    return None if is_blank(text) else text


def _name(value: object) -> str | None:
    """A name or id: "Unknown" is one, a dash is not."""
    text = clean(_string(value))
    return None if is_no_name(text) else check_name(text)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise CellFault(f"{_shown(value)} is not a list.", 'Write ["first", "second"].')
    return split_list("|".join(clean(_string(item)) for item in value))


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise CellFault(f"{_shown(value)} is neither true nor false.", "Write true or false.")
    return value


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CellFault(f"{_shown(value)} is not a number.", "Write a number without quotes.")
    return repr(value)


def _latitude(value: object) -> float:
    return parse_degrees(_number(value), 90, "latitude")


def _longitude(value: object) -> float:
    return parse_degrees(_number(value), 180, "longitude")


def _share(value: object) -> float:
    return parse_share(_number(value))[0]


def _country(value: object, *, hinted: bool) -> str | None:
    text = clean(_string(value))
    known = country_code(text) is not None
    return parse_country(text, hinted=hinted)[0] if known or not is_blank(text) else None


def _day(value: object, *, last_day: bool = False) -> date | None:
    text = _text(value)
    return parse_date(text, last_day=last_day)[0] if text else None


def _node_kind(value: object) -> NodeKind:
    return NodeKind(parse_word(_text(value) or "", words().node_kinds, "kind of node"))


def _link_kind(value: object) -> LinkKind:
    return LinkKind(parse_word(_text(value) or "", words().link_kinds, "kind of link"))


def _evidence(value: object) -> FlowEvidence:
    return FlowEvidence(parse_word(_text(value) or "", words().flow_evidence, "flow evidence"))


def _attributes(value: object) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise CellFault(f"{_shown(value)} is not an object.", 'Write {"name": value}.')
    attributes = {keepable_text(key): _plain(key, inner) for key, inner in value.items()}
    return {key: inner for key, inner in attributes.items() if inner is not None}


def _plain(key: str, value: Json) -> Json:
    """Towns and postal codes as one line of text; null is no attribute."""
    value = keepable(value)
    if key not in TEXT_ATTRIBUTES or value is None:
        return value
    text = clean(value if isinstance(value, str) else attribute_as_json(value))
    return None if is_blank(text) else text


def _ids(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise CellFault(f"{_shown(value)} is not an object.", 'Write {"lei": "..."}.')
    ids = {clean(scheme): _text(number) for scheme, number in value.items() if number is not None}
    return {scheme: number for scheme, number in ids.items() if number}
