"""A visit that was assigned, and its checklist filled in: small true worlds for tests."""

from uuid import UUID

from tests.answering import Asked, Supplier, ask_again, come_in, fill_in
from tests.factories import Tenant

ASSESSOR = "efua@visits.example"
VISIT = {
    **dict.fromkeys(("A/AUD_01", "A/AUD_02", "A/AUD_03", "A/AUD_04", "A/AUD_05"), "yes"),
    "A/AUD_06": "unannounced",
    **{"B/AUD_07": "yes", "B/AUD_08": "yes", "B/AUD_09": "0", "B/AUD_10": "0"},
    **{"B/AUD_17": "none", "B/AUD_18": "yes", "B/AUD_15": "none", "B/AUD_19": "yes"},
    **{"B/AUD_20": "no_such_work", "C/AUD_11": "all", "C/AUD_12": "yes", "C/AUD_13": "no_issue"},
    **{"C/AUD_14": "all", "C/AUD_16": "compliant", "C/AUD_21": "none", "C/AUD_22": "most"},
    **{"C/AUD_23": "first_visit", "D/AUD_24": "yes", "D/AUD_25": "not_needed"},
}
"""A visit that found nothing, with the gate open: every question by section and name."""


def visit_values(**changes: str) -> dict[str, str]:
    """Answers to the whole checklist, but for `changes` by the name of the question."""
    return {
        f"/data/{path}": changes.get(path.partition("/")[2], text) for path, text in VISIT.items()
    }


def assign_visit(tenant: Tenant, chain_id: UUID, node_id: UUID, email: str = ASSESSOR) -> Asked:
    """The checklist of a visit, sent to who visits this node."""
    return ask_again(tenant, chain_id, node_id, ref="AUD", email=email)


def visited(asked: Asked, **changes: str) -> Supplier:
    """Who visits came in by the link and filled the whole checklist in."""
    assessor = come_in(asked)
    fill_in(assessor, visit_values(**changes))
    return assessor
