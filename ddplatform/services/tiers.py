"""How far each node stands from the own business: kept in the summaries, for lists and maps."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import select, update

from ddplatform.db import db
from ddplatform.models.value_chain import NodeSummary, ValueChain
from ddplatform.queries.value_chain import load_with_keys
from ddplatform.tenancy import insert_rows
from supply_chain.graph import UNREACHED

CHUNK = 500


def refresh_tiers(chain: ValueChain) -> None:
    """Bring the tier of every node of a map up to date; a missing summary row is made.

    Everything else in the summaries stays as it is.
    """
    db.session.flush()  # the links just changed decide the tiers
    graph, keys = load_with_keys(chain.id)
    wanted = {
        key: None if tier == UNREACHED else int(tier)
        for key, tier in zip(keys, graph.tiers.tolist(), strict=True)
    }
    kept = {
        row.node_id: row.tier
        for row in db.session.execute(
            select(NodeSummary.node_id, NodeSummary.tier).where(NodeSummary.chain_id == chain.id)
        )
    }
    _change(kept, wanted)
    insert_rows(
        NodeSummary,
        [
            {
                "id": uuid4(),
                "node_id": key,
                "chain_id": chain.id,
                "tier": tier,
                "open_findings": 0,
                "overdue_actions": 0,
            }
            for key, tier in wanted.items()
            if key not in kept
        ],
    )


def _change(kept: dict[UUID, int | None], wanted: dict[UUID, int | None]) -> None:
    moved: dict[int | None, list[UUID]] = defaultdict(list)
    for key, tier in wanted.items():
        if key in kept and kept[key] != tier:
            moved[tier].append(key)
    for tier, keys in moved.items():
        for part in _parts(keys):
            db.session.execute(
                update(NodeSummary)
                .where(NodeSummary.node_id.in_(part))
                .values(tier=tier)
                .execution_options(synchronize_session=False)
            )


def _parts(keys: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]
