"""Links from report figures to product pages; none to single rows in a public edition."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from ddplatform.documents.definitions.chain_view import NOT_ON_PATH
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.web.page_context import may

Links = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Ref of a table -> key of a column -> content of the cell -> address."""


def links_of(facts: Mapping[str, Any], chain_id: UUID) -> Links:
    """Addresses for the cells of every table of a report."""
    risks = _risks(facts, chain_id)
    findings = {
        row["ref"]: url_for("findings.show", finding_id=row["id"])
        for row in facts.get("findings") or ()
        if "id" in row
    }
    actions = {
        row["ref"]: url_for("findings.action", action_id=row["id"])
        for row in facts.get("actions") or ()
        if "id" in row
    }
    return {
        "first_risks": {"rank": risks},
        "risks": {"rank": risks},
        "all_risks": {"rank": risks},
        "findings": {"ref": findings},
        "actions": {"ref": actions, "finding": findings},
        "nodes": {"id": node_links(facts)},
        "coverage": {"title": _tiers(facts, chain_id)},
        "questionnaires": {"title": _questionnaires(facts)},
        "factors": {"subject": _countries(facts)},
    }


def _risks(facts: Mapping[str, Any], chain_id: UUID) -> dict[str, str]:
    found = {}
    for row in facts.get("risks") or ():
        if row.get("node_id"):
            href = url_for("risk.show", node_id=row["node_id"], issue=row["issue"])
        elif row.get("node"):
            href = url_for("risk.unknown_origin", chain_id=chain_id, ref=row["node"])
        else:
            continue
        found[str(row["rank"])] = href
    return found


def node_links(facts: Mapping[str, Any]) -> dict[str, str]:
    """External id of each listed node -> its page."""
    nodes = (facts.get("value_chain") or {}).get("nodes") or ()
    return {
        row["id"]: url_for("value_chain.node", node_id=row["key"]) for row in nodes if "key" in row
    }


def _tiers(facts: Mapping[str, Any], chain_id: UUID) -> dict[str, str]:
    tiers = (facts.get("value_chain") or {}).get("tiers") or ()
    return {
        row["title"]: url_for("value_chain.table", chain_id=chain_id, tier=row["tier"])
        for row in tiers
        if row["tier"] != NOT_ON_PATH
    }


def _questionnaires(facts: Mapping[str, Any]) -> dict[str, str]:
    if not may(Permission.QUESTIONNAIRE_READ):
        return {}
    rows = (facts.get("questionnaires") or {}).get("rows") or ()
    return {row["title"]: url_for("questionnaires.index", view="all") for row in rows}


def _countries(facts: Mapping[str, Any]) -> dict[str, str]:
    return {
        row["subject"]: url_for("reference.country", alpha2=row["country"])
        for row in facts.get("factors") or ()
        if row.get("country")
    }


def figure_links(chain_id: UUID) -> dict[str, str]:
    """Label of a key figure -> the list it counts."""
    table = url_for("value_chain.table", chain_id=chain_id)
    return {
        "Nodes on the map": table,
        "Of them assessed": url_for("value_chain.table", chain_id=chain_id, band="none"),
        "Origin not known": url_for("value_chain.show", chain_id=chain_id),
        "Risks scored": url_for("risk.index", chain=chain_id),
        "Findings": url_for("findings.index"),
        "Actions": url_for("findings.actions"),
        "Gaps listed": "#what-is-missing",
        **_questionnaire_lists(),
    }


def _questionnaire_lists() -> dict[str, str]:
    """None for a role that reads no questionnaires: a link must not end at a refusal."""
    if not may(Permission.QUESTIONNAIRE_READ):
        return {}
    every = url_for("questionnaires.index", view="all")
    return {
        "Questionnaires accepted": every,
        "Sent": every,
        "Submitted": every,
        "Accepted": every,
        "Overdue": url_for("questionnaires.index", view="overdue"),
    }
