"""Fields of maps, nodes and links and their values, as pages and files call them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from ddplatform.value_chain.changes.queries.days import Difference, How, What
from ddplatform.value_chain.history.queries.steps import Step
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind

KIND_WORDS: Final[Mapping[NodeKind, str]] = {
    NodeKind.BUSINESS_ENTITY: "Business",
    NodeKind.SITE: "Site",
    NodeKind.LABOUR_INTERMEDIARY: "Labour intermediary",
    NodeKind.PLATFORM: "Platform",
    NodeKind.INVESTEE: "Investee",
    NodeKind.UNKNOWN_ORIGIN: "Origin not known",
}
MAP_LABELS: Final[Mapping[str, str]] = {"name": "Name", "description": "Description"}
NODE_LABELS: Final[Mapping[str, str]] = {
    "name": "Name",
    "kind": "Kind",
    "country": "Country",
    "region": "Region",
    "address": "Address",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "sector_ref": "Sector",
    "commodity_refs": "Commodities",
    "operated_by_id": "Operated by",
    "own_operation": "Own operation",
    "is_origin": "Beginning of the chain",
    "contact_email": "Business contact",
    "external_ids": "External ids",
    "tags": "Tags",
    "group_name": "Group",
    "owner_id": "Who answers for it",
}
LINK_LABELS: Final[Mapping[str, str]] = {
    "supplier_id": "Supplier",
    "buyer_id": "Buyer",
    "kind": "What flows",
    "commodity_ref": "Commodity",
    "share": "Share of the buyer's input",
    "flow_evidence": "How it is known",
    "valid_from": "From",
    "valid_to": "Until",
}
LABELS: Final[Mapping[What, Mapping[str, str]]] = {
    What.MAP: MAP_LABELS,
    What.NODE: NODE_LABELS,
    What.LINK: LINK_LABELS,
}
NOT_KNOWN = "not known"
LONGEST_SHORT_NAME = 7
"""Names of registers up to this length are abbreviations: LEI, OS ID, HIGG ID."""
_EMPTY: Final = {"is_origin": "by kind and activity", "tags": "none", "group_name": "none"}
"""What no value means, where it is not that nobody knows it."""


def field_words(labels: Mapping[str, str], field: str) -> str:
    """What a field is called; of `attributes.workers` the key."""
    return labels.get(field) or field.partition(".")[2] or field


def value_words(field: str, value: Any, names: Mapping[UUID, str]) -> str:
    """A value as a form shows it.

    Args:
        names: of the nodes that values name.
    """
    if value is None or value in ([], "", {}):
        return _EMPTY.get(field, NOT_KNOWN)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value_words(field, one, names) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{id_word(scheme)} {one}" for scheme, one in sorted(value.items()))
    if isinstance(value, UUID):
        return names.get(value, NOT_KNOWN)
    if isinstance(value, date):
        return value.isoformat()
    if field == "share":
        return f"{value * 100:g} %"
    return _names(field).get(value) or _word(field, value)


def id_word(scheme: str) -> str:
    """What an id of a register is called: `os_id` -> OS ID, `registration_number` as words."""
    plain = scheme.replace("_", " ")
    return plain.upper() if len(plain) <= LONGEST_SHORT_NAME else plain.capitalize()


def _word(field: str, value: Any) -> str:
    plain = getattr(value, "value", None)
    return plain.replace("_", " ") if isinstance(plain, str) else str(value)


def _names(field: str) -> Mapping[str, str]:
    reference = load_reference()
    if field == "country":
        return {code: country.short_name for code, country in reference.countries.items()}
    if field == "sector_ref":
        return {ref: sector.name for ref, sector in reference.sectors.items()}
    if field in ("commodity_refs", "commodity_ref"):
        return {ref: commodity.name for ref, commodity in reference.commodities.items()}
    return {}


_BY_HAND: Final = "By hand"
_WHY: Final[Mapping[str, str]] = {
    "value_chain:create": "The map was made",
    "map_import:apply": "List",
    "map_import:undo": "List taken back",
    "map_import:answer-gone": "Answered after a list that no longer names it",
    "node:merge": "Merged with another record",
    "node:split": "Merge taken back",
    "match_run:merge": "Merge of many likely duplicates",
    "match_run:undo": "Merge of many taken back",
    "bulk_change:make": "Changed with many others",
    "bulk_change:undo": "Change of many taken back",
    "approval:approve": "Approved by a second person",
    "approval:end": "Approval ended",
    "approval:expire": "Approval ran out",
}


def why_words(step: Step | None) -> str:
    """Why something changed, in a few words; the list by its name."""
    if step is None:
        return NOT_KNOWN
    why = _WHY.get(step.action, _BY_HAND)
    return f"{why}: {', '.join(step.files)}" if step.files else why


def who_words(step: Step | None) -> str:
    """Who changed something; without a person it was a command of the operator."""
    if step is None:
        return NOT_KNOWN
    return step.by or "the platform"


def difference_words(one: Difference, names: Mapping[UUID, str]) -> tuple[str, str, str]:
    """Field, value before and value after of a change; of what is new or gone three blanks."""
    if one.how is not How.CHANGED:
        return ("", "", "")
    return (
        field_words(LABELS[one.what], one.field),
        value_words(one.field, one.before, names),
        value_words(one.field, one.after, names),
    )
