"""Names of the fields of maps, nodes and links and of their values, on pages and in files."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.changes.queries.days import Difference, How, What
from ddplatform.value_chain.history.queries.steps import Step
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import FlowEvidence, NodeKind

KIND_WORDS: Final[Mapping[NodeKind, str]] = {
    NodeKind.BUSINESS_ENTITY: _("Business"),
    NodeKind.SITE: _("Site"),
    NodeKind.LABOUR_INTERMEDIARY: _("Labour intermediary"),
    NodeKind.PLATFORM: _("Platform"),
    NodeKind.INVESTEE: _("Investee"),
    NodeKind.UNKNOWN_ORIGIN: _("Origin not known"),
}
EVIDENCE_WORDS: Final[Mapping[FlowEvidence, str]] = {
    FlowEvidence.CONFIRMED: _("Confirmed"),
    FlowEvidence.PROBABLE: _("Probable"),
    FlowEvidence.POSSIBLE: _("Possible"),
    FlowEvidence.UNMAPPED: _("Not known"),
}
MAP_LABELS: Final[Mapping[str, str]] = {"name": _("Name"), "description": _("Description")}
NODE_LABELS: Final[Mapping[str, str]] = {
    "name": _("Name"),
    "kind": _("Kind"),
    "country": _("Country"),
    "region": _("Region"),
    "address": _("Address"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "sector_ref": _("Sector"),
    "commodity_refs": _("Commodities"),
    "operated_by_id": _("Operated by"),
    "own_operation": _("Own operation"),
    "is_origin": _("Beginning of the chain"),
    "contact_email": _("Business contact"),
    "external_ids": _("External ids"),
    "tags": _("Tags"),
    "group_name": _("Group"),
    "owner_id": _("Owner"),
}
LINK_LABELS: Final[Mapping[str, str]] = {
    "supplier_id": _("Supplier"),
    "buyer_id": _("Buyer"),
    "kind": _("Flow"),
    "commodity_ref": _("Commodity"),
    "share": _("Share of the buyer's input"),
    "flow_evidence": _("Evidence"),
    "valid_from": _("From"),
    "valid_to": _("Until"),
}
LABELS: Final[Mapping[What, Mapping[str, str]]] = {
    What.MAP: MAP_LABELS,
    What.NODE: NODE_LABELS,
    What.LINK: LINK_LABELS,
}
NOT_KNOWN: Final = _("not known")
LONGEST_SHORT_NAME = 7
"""Names of registers up to this length are abbreviations: LEI, OS ID, HIGG ID."""
_EMPTY: Final = {"is_origin": _("by kind and activity"), "tags": _("none"), "group_name": _("none")}
"""The meaning of a missing value, where it does not mean unknown."""


def field_words(labels: Mapping[str, str], field: str) -> str:
    """The name of a field; of `attributes.workers` the key."""
    return str(labels.get(field) or field.partition(".")[2] or field)


def value_words(field: str, value: Any, names: Mapping[UUID, str]) -> str:
    """A value as a form shows it.

    Args:
        names: of the nodes that values name.
    """
    if value is None or value in ([], "", {}):
        return str(_EMPTY.get(field, NOT_KNOWN))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(value_words(field, one, names) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{id_word(scheme)} {one}" for scheme, one in sorted(value.items()))
    if isinstance(value, UUID):
        return names.get(value) or str(NOT_KNOWN)
    if isinstance(value, date):
        return value.isoformat()
    if field == "share":
        return f"{value * 100:g} %"
    return _names(field).get(value) or _word(field, value)


def id_word(scheme: str) -> str:
    """The name of an id of a register: `os_id` -> OS ID, `registration_number` as words."""
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


_BY_HAND: Final = _("By hand")
_WHY: Final[Mapping[str, str]] = {
    "value_chain:create": _("Map created"),
    "map_import:apply": _("List"),
    "map_import:undo": _("Import undone"),
    "map_import:answer-gone": _("Decided after a list that no longer names it"),
    "node:merge": _("Merged with another record"),
    "node:split": _("Merge undone"),
    "match_run:merge": _("Merge of many likely duplicates"),
    "match_run:undo": _("Merge of many undone"),
    "bulk_change:make": _("Changed with many others"),
    "bulk_change:undo": _("Change of many undone"),
    "approval:approve": _("Approved by a second person"),
    "approval:end": _("Approval ended"),
    "approval:expire": _("Approval expired"),
}


def why_words(step: Step | None) -> str:
    """The reason for a change, in a few words; a list by its name."""
    if step is None:
        return str(NOT_KNOWN)
    why = _WHY.get(step.action, _BY_HAND)
    if not step.files:
        return str(why)
    return gettext("%(why)s: %(files)s", why=why, files=", ".join(step.files))


def who_words(step: Step | None) -> str:
    """The author of a change; without a person it was a command of the operator."""
    if step is None:
        return str(NOT_KNOWN)
    return step.by or gettext("the platform")


def difference_words(one: Difference, names: Mapping[UUID, str]) -> tuple[str, str, str]:
    """Field, value before and value after of a change; of what is new or gone three blanks."""
    if one.how is not How.CHANGED:
        return ("", "", "")
    return (
        field_words(LABELS[one.what], one.field),
        value_words(one.field, one.before, names),
        value_words(one.field, one.after, names),
    )
