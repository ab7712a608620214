"""Node rows from the rows of a table of sites and companies."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from supply_chain.graph.labels import with_labels
from supply_chain.intake.cells import (
    CellFault,
    attribute_from_text,
    is_blank,
    key_of_column,
    parse_count,
    parse_truth,
    unshield,
)
from supply_chain.intake.commodities import commodity_ref
from supply_chain.intake.countries import country_code, country_in_address
from supply_chain.intake.drafts import Json, LinkDraft, NodeDraft
from supply_chain.intake.external_ids import read_external_id
from supply_chain.intake.link_rows import read_link_terms
from supply_chain.intake.measures import MEASURES, Measure, parse_measure
from supply_chain.intake.places import (
    read_country,
    read_point,
    read_region,
    tell_unplaced_grid,
)
from supply_chain.intake.row_activities import with_activity
from supply_chain.intake.stated_tiers import STATED_TIER, parse_tier
from supply_chain.intake.table_view import TableView
from supply_chain.intake.words import clean, parts_of, squeeze, words
from supply_chain.vocabulary import NodeKind

MADE = "made-"
"""Prefix of the ids made here; lists give their own."""
_LEGAL_FORM = re.compile(
    r"\s*(ltd|limited|inc|llc|llp|corp|co|gmbh|s\.?a|plc|bhd|pvt|pte|lda|sas|s\.?p\.?a|k\.?k)\b",
    re.IGNORECASE,
)
_SITE_FIELDS = ("address", "latitude", "coordinates", "grid.east")
# Attributes that are always text: a postal code is no number.
TEXT_ATTRIBUTES = ("city", "postal_code")
WORKERS = "workers"
"""The attribute that counts people, whatever signs part the thousands."""


@dataclass(frozen=True, slots=True)
class Step:
    """The companies named by one column of a row, and the row's data on them.

    `cell` is the whole cell where it lists ids: these name rows and never a new company.
    """

    names: tuple[str, ...]
    country: str | None = None
    address: str | None = None
    parent: str | None = None
    cell: str | None = None


@dataclass(slots=True)
class NodeRow:
    """One node as a row states it, and whom the same row says it delivers to or buys from.

    `path` holds the steps of the row's chain columns, farthest from the focal company first.
    """

    file: str
    sheet: str | None
    row: int | None
    node: NodeDraft
    has_own_id: bool
    operator: str | None
    operator_country: str | None
    operator_column: str | None
    path: list[Step]
    buyers: list[Step]
    terms: LinkDraft
    suppliers: list[Step] = dataclasses.field(default_factory=list)
    measures: Mapping[str, Measure] = dataclasses.field(default_factory=dict)


def made_id(name: str, country: str | None, place: str) -> str:
    """Make a stable id of a node without one: same name, country and place, same id."""
    text = "\x1f".join((squeeze(name), country or "", squeeze(place)))
    return MADE + hashlib.sha256(text.encode()).hexdigest()[:20]


def read_node_rows(view: TableView) -> list[NodeRow]:
    """Read every sound row of a node table; faults go to the view's log."""
    view.check()
    if not view.fields.keys() & {"name", *view.chain_fields} and "id" in view.fields:
        view.log.note(None, view.column("id"), _IDS_AS_NAMES)
    tell_unplaced_grid(view)
    default = _default_kind(view)
    rows = (_read_row(view, row, default) for row in view.data_rows())
    return [row for row in rows if row is not None]


def _default_kind(view: TableView) -> NodeKind:
    name = squeeze(view.column("name") or "")
    placed = any(field in view.fields for field in _SITE_FIELDS)
    if placed or any(word in name for word in words().site_words):
        return NodeKind.SITE
    return NodeKind.BUSINESS_ENTITY


def _read_row(view: TableView, row: tuple[str, ...], default: NodeKind) -> NodeRow | None:
    path = _path(view, row)
    own = _deepest(view, path)
    own_id = view.name(row, "id")
    name = view.name(row, "name") or (own.names[0] if own else None)
    if "name" not in view.fields:
        name = name or own_id
    if name is None and not view.log.faulty:
        view.log.problem(view.column("name"), None, _NO_NAME)
    country = read_country(view, row) or (own.country if own else None)
    latitude, longitude = read_point(view, row, country)
    external_ids, attributes = _open_fields(view, row)
    address = view.text(row, "address") or (own.address if own else None)
    node = NodeDraft(
        id=own_id or made_id(name or "", country, _place(view, row, latitude, longitude)),
        name=name or "",
        kind=_kind(view, row, default, attributes),
        country=country,
        region=read_region(view, row, country),
        address=address,
        latitude=latitude,
        longitude=longitude,
        commodities=_commodities(view, row),
        own_operation=bool(_truth(view, row, "own_operation")),
        origin=_truth(view, row, "origin"),
        external_ids=external_ids,
        attributes=with_labels(attributes),
    )
    node = with_activity(view, row, node)
    operator_country = read_country(view, row, "operated_by.country")
    buyers = steps_of(view, row, "buyer", _names(view, row, "buyer"))
    suppliers = steps_of(view, row, "supplied_by", _names(view, row, "supplied_by"))
    terms = read_link_terms(view, row) if view.has_terms else _NO_TERMS
    if view.log.faulty:
        return None
    return NodeRow(
        file=view.table.file,
        sheet=view.table.sheet,
        row=view.log.row,
        node=node,
        has_own_id=own_id is not None,
        operator=view.text(row, "operated_by"),
        operator_country=operator_country,
        operator_column=view.column("operated_by"),
        path=path,
        buyers=buyers,
        terms=terms,
        suppliers=suppliers,
        measures=measures_of(view, row),
    )


def _path(view: TableView, row: tuple[str, ...]) -> list[Step]:
    steps = [_step(view, row, field) for field in view.chain_fields]
    return [step for step in steps if step.names]


def _step(view: TableView, row: tuple[str, ...], field: str) -> Step:
    names = tuple(_names(view, row, field))
    if len(names) != 1:
        return Step(names)  # a fact beside several names is of none of them for certain
    country = read_country(view, row, f"{field}.country")
    place = view.text(row, f"{field}.address")
    # "Refinery location" may hold a country alone.
    code = country_code(place) if place and country is None else None
    address = None if code else place
    country = country or code or (country_in_address(place) if place else None)
    return Step(names, country, address, view.text(row, f"{field}.parent"))


def steps_of(view: TableView, row: tuple[str, ...], field: str, names: list[str]) -> list[Step]:
    """The other ends of a row's links; a cell of ids of the list is taken apart at any sign."""
    cell = view.text(row, field)
    if cell is None:
        return []
    ids = () if view.is_own_csv else view.ids.split(cell)
    if ids:
        return [Step((one,), cell=cell) for one in ids]
    country = read_country(view, row, f"{field}.country")
    # Beside several names it is the country of none of them for certain.
    return [Step((name,), country if len(names) == 1 else None) for name in names]


def measures_of(view: TableView, row: tuple[str, ...]) -> dict[str, Measure]:
    """Purchase measures of a row."""
    found = {}
    for measure in MEASURES:
        text = view.text(row, measure)
        amount = parse_measure(text, view.column(measure) or "") if text else None
        if amount is not None:
            found[measure] = amount
    return found


def _deepest(view: TableView, path: list[Step]) -> Step | None:
    """In a table of tiers alone, the farthest supplier of the row is its node."""
    if "name" in view.fields or not path or len(path[0].names) != 1:
        return None
    return path.pop(0)


def _place(
    view: TableView, row: tuple[str, ...], latitude: float | None, longitude: float | None
) -> str:
    """Distinction of two nodes of one name: the address, else town and point."""
    address = view.text(row, "address")
    if address:
        return address
    town = " ".join(filter(None, (view.text(row, "city"), view.text(row, "region"))))
    if town or latitude is None or longitude is None:
        return town
    return f"{latitude:.4f} {longitude:.4f}"


def _kind(
    view: TableView, row: tuple[str, ...], default: NodeKind, attributes: dict[str, Json]
) -> NodeKind:
    column = view.column("kind")
    text = view.text(row, "kind") or view.raw(row, "kind")
    if not text or (is_blank(text) and squeeze(text) not in words().node_kinds):
        return default
    if squeeze(text) not in words().node_kinds and squeeze(column or "") != "kind":
        # A type in the list's own words says less than our kinds: kept, not refused.
        attributes[column or "kind"] = text
        return default
    kind = view.word(row, "kind", words().node_kinds, "kind of node")
    return NodeKind(kind) if kind else default


def _truth(view: TableView, row: tuple[str, ...], field: str) -> bool | None:
    text = view.text(row, field)
    if text is None:
        return None
    try:
        return parse_truth(text, view.column(field) or field)
    except CellFault as fault:
        view.log.problem(view.column(field), text, fault)
        return None


def _open_fields(view: TableView, row: tuple[str, ...]) -> tuple[dict[str, str], dict[str, Json]]:
    """External ids whose shape fits their scheme, and attributes: all that has no other place."""
    external_ids: dict[str, str] = {}
    packed = view.text(row, "external_ids")
    try:
        external_ids.update(_packed_ids(packed))
    except CellFault as fault:
        view.log.problem(view.column("external_ids"), packed, fault)
    attributes: dict[str, Json] = {}
    for field in view.id_fields:
        _keep_external_id(view, row, field, external_ids, attributes)
    for field in view.fact_fields:
        key = field.removeprefix("attributes.")
        _keep_attribute(view, key, view.fields[field], attributes)
    for key in TEXT_ATTRIBUTES:
        text = view.text(row, key)
        if text is not None:
            attributes[key] = text
    of_measures = [(view.column(m) or m, view.fields[m]) for m in MEASURES if m in view.fields]
    for name, place in (*view.others, *of_measures):
        _keep_attribute(view, key_of_column(name, "attributes."), place, attributes)
    return external_ids, attributes


def _keep_attribute(view: TableView, key: str, place: int, attributes: dict[str, Json]) -> None:
    cell = view.cells[place].strip() if place < len(view.cells) else ""
    cell = unshield(cell) if view.table.sheet is None else cell
    if is_blank(cell):
        return
    if key == STATED_TIER and not view.is_own_csv:
        _keep_tier(view, cell, attributes)
        return
    count = parse_count(cell) if key == WORKERS and not view.is_own_csv else None
    if count is not None:
        attributes[key] = count
    else:
        attributes[key] = clean(cell) if key in TEXT_ATTRIBUTES else attribute_from_text(cell)


def _keep_tier(view: TableView, cell: str, attributes: dict[str, Json]) -> None:
    """A stated tier as a number beside the words of the list."""
    column = view.column(f"attributes.{STATED_TIER}") or STATED_TIER
    attributes[column] = attribute_from_text(cell)
    tier = parse_tier(cell)
    if tier is not None:
        attributes[STATED_TIER] = tier


def _keep_external_id(
    view: TableView,
    row: tuple[str, ...],
    field: str,
    external_ids: dict[str, str],
    attributes: dict[str, Json],
) -> None:
    scheme = key_of_column(field, "external_ids.")
    text = view.text(row, field)
    if text is None:
        return
    column = view.column(field) or scheme
    number, remark = read_external_id(scheme, text)
    if remark:
        view.log.note(column, text, remark)
    if number is not None:
        external_ids[scheme] = number
    elif column == field:
        external_ids[scheme] = text  # our own CSV gives back what was written
    else:
        attributes[column] = text


def _packed_ids(text: str | None) -> dict[str, str]:
    """Ids in one cell: a JSON object, or "scheme:id|scheme:id"."""
    if text is None:
        return {}
    if text.startswith("{"):
        try:
            ids = json.loads(text).items()
            return {clean(scheme): clean(str(number)) for scheme, number in ids}
        except (ValueError, RecursionError):
            raise CellFault(
                f"The external ids “{text}” are not sound JSON.", "Write lei:...|duns:..."
            ) from None
    pairs = (re.split(r"\s*[:=]\s*", part, maxsplit=1) for part in split_list(text))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def split_list(text: str | None) -> tuple[str, ...]:
    """The parts of a cell joined by a bar (value-chain CSV) or a semicolon."""
    if text is None:
        return ()
    parts = (part.strip() for part in re.split(r"[|;]", text))
    return tuple(dict.fromkeys(part for part in parts if not is_blank(part)))


def _commodities(view: TableView, row: tuple[str, ...]) -> tuple[str, ...]:
    """The goods of a row; a comma parts them where at least half of the parts are known ones."""
    parts = split_list(view.text(row, "commodities"))
    if len(parts) == 1 and "," in parts[0] and not view.is_own_csv:
        several = [part.strip() for part in parts[0].split(",") if part.strip()]
        if 2 * sum(map(bool, map(commodity_ref, several))) >= len(several):
            parts = tuple(several)
    return tuple(dict.fromkeys(view.commodity(part, "commodities") for part in parts))


def _names(view: TableView, row: tuple[str, ...], field: str) -> list[str]:
    """Company names of one cell.

    A comma may be part of a name ("SPO Agro, Bangkok"): it separates two names only where one of
    them is alone in another row of the column, or all are names of rows, and never before a legal
    form. A slash separates known names alone ("A/S" is a legal form).
    """
    parts = [view.checked(field, part) for part in split_list(view.text(row, field))]
    names = list(parts_of(parts[0])) if len(parts) == 1 else []
    if len(names) < 2 or any(map(_LEGAL_FORM.match, names[1:])):
        return parts
    alone = [name in view.values(field) for name in names]
    known = [one or squeeze(name) in view.names for name, one in zip(names, alone, strict=True)]
    return names if all(known) or (any(alone) and "/" not in parts[0]) else parts


_NO_TERMS = LinkDraft("", "")
_IDS_AS_NAMES = CellFault(
    "No column holds the names, so the ids stand for them.",
    "Say which column holds the names, if one does.",
)
_NO_NAME = CellFault("The row has no name.", "Give the name of the site or company.")
