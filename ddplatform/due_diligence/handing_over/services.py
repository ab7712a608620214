"""Everything of one kind that a leaver answers for goes to a colleague, with one event."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from ddplatform.accounts.organisations.queries import get_user
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.handing_over.queries import (
    list_live_actions,
    list_maps_with_sites,
    list_open_findings,
    list_open_tasks,
    list_owned_risks,
    list_sites_of_map,
)
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.risk.follow_up.services import Wanted, deferral_row, owner_row
from ddplatform.value_chain.history.services.steps import keep_step
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change

IDS_IN_EVENT = 1_000


def hand_over_sites(user_id: UUID, successor_id: UUID, *, act: Act) -> None:
    """Sites on all maps; the risks of a site without an owner of their own go with it."""
    done: list[UUID] = []
    for chain_id in list_maps_with_sites(user_id):
        chain = get_chain_for_change(chain_id)
        sites = list_sites_of_map(user_id, chain_id)
        db.session.execute(
            update(ValueChainNode)
            .where(among(ValueChainNode.id, sites))
            .values(owner_id=successor_id, row_version=ValueChainNode.row_version + 1)
            .execution_options(synchronize_session=False)
        )
        chain.version += 1
        keep_step(chain, "node:hand_over", act=act)
        done += sites
    _record("node:hand_over", user_id, successor_id, done, act=act)


def hand_over_risks(user_id: UUID, successor_id: UUID, *, act: Act) -> None:
    """Risks with an owner of their own, and the review of those that are put off."""
    owned = list_owned_risks(user_id)
    for risk in owned:
        if risk.is_owner:
            db.session.add(owner_row(risk.node_id, risk.issue, successor_id, act=act))
        if (row := risk.deferral) is not None:
            wanted = Wanted(row.review_on, row.reason)
            db.session.add(deferral_row(risk.node_id, risk.issue, successor_id, wanted, act=act))
    nodes = sorted({risk.node_id for risk in owned})
    _record("risk_follow_up:hand_over", user_id, successor_id, nodes, act=act)


def hand_over_tasks(user_id: UUID, successor_id: UUID, *, act: Act) -> None:
    """Reassessments that are not done."""
    tasks = list_open_tasks(user_id)
    for task in tasks:
        task.owner_id = successor_id
    ids = [task.id for task in tasks]
    _record("review_task:hand_over", user_id, successor_id, ids, act=act)


def hand_over_findings(user_id: UUID, successor_id: UUID, *, act: Act) -> None:
    """Findings that are not closed."""
    findings = list_open_findings(user_id)
    for finding in findings:
        finding.owner_id = successor_id
    ids = [finding.id for finding in findings]
    _record("finding:hand_over", user_id, successor_id, ids, act=act)


def hand_over_actions(user_id: UUID, successor_id: UUID, *, act: Act) -> None:
    """Actions that are not verified or dropped; the new owner does not verify them."""
    actions = list_live_actions(user_id)
    for action in actions:
        action.owner_id = successor_id
    ids = [action.id for action in actions]
    _record("action:hand_over", user_id, successor_id, ids, act=act)


def _record(
    action: str, user_id: UUID, successor_id: UUID, ids: Sequence[UUID], *, act: Act
) -> None:
    if not ids:
        return
    audit.record(
        action,
        get_user(user_id),
        act=act,
        owner=(user_id, successor_id),
        count=len(ids),
        ids=[str(one) for one in ids[:IDS_IN_EVENT]],
    )
