"""Parts on risks for the pages of a map."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.together import Question
from ddplatform.infrastructure.web.page_context import may
from ddplatform.risk.detail.queries.risks import select_risks_of_node
from ddplatform.risk.detail.views.node import parts_of
from ddplatform.risk.runs.queries.runs import select_current_head
from ddplatform.risk.words.register_filter import address_of
from ddplatform.value_chain.filters.views import REGISTER, RISK_ADDRESSES
from ddplatform.value_chain.node_page.views import CARDS, CardPart, NodeCard, ShownNode
from supply_chain.search.node_filter import NodeFilter
from supply_chain.search.node_risks import risks_of


def register() -> None:
    """Fill the registries of the filters and of the page of a node."""
    RISK_ADDRESSES.add(REGISTER, _address)
    CARDS.add("risks", NodeCard(Permission.RISK_READ, _ask, _show))


def _address(chain_id: UUID, wanted: NodeFilter) -> str | None:
    risks = risks_of(wanted) if may(Permission.RISK_READ) else None
    return None if risks is None else address_of(risks, chain_id)


def _ask(of: ShownNode) -> Mapping[str, Question[Any]]:
    run_id = of.chain.current_run_id
    if run_id is None:
        return {}
    return {
        "head": select_current_head(of.chain.id),
        "risks": select_risks_of_node(run_id, of.node.id),
    }


def _show(of: ShownNode, answers: Mapping[str, Any]) -> list[CardPart]:
    return parts_of(answers.get("risks", ()), answers.get("head"))
