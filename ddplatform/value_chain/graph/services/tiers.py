"""Distance of each node from the own business, stored in the summaries for lists and maps."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import update

from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.graph.queries.graph import load_tiers
from ddplatform.value_chain.graph.queries.tiers import (
    Tiers,
    count_nodes,
    load_stored_tiers,
    load_tiers_by_buyers,
)
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain

CHUNK = 500
WHOLE_MAP = 2_000
"""Nodes up to which a change by hand brings the tiers of the whole map up to date at once."""


def refresh_tiers(chain: ValueChain) -> None:
    """Bring the tier of every node of a map up to date; a missing summary row is made.

    Everything else in the summaries stays as it is.
    """
    db.session.flush()  # the links just changed decide the tiers
    kept = load_stored_tiers(NodeSummary.chain_id == chain.id)
    _write(chain.id, kept, load_tiers(chain.id))


def refresh_tiers_near(chain: ValueChain, touched: Sequence[UUID]) -> None:
    """The same after a change by hand, in a time that does not grow with the map.

    In a small map every tier is right at once. In a large one the nodes that were touched are:
    one step behind their nearest buyer. What follows for those behind them comes with the
    assessment that every change of a map asks for, which writes all tiers anew.

    Args:
        touched: nodes that are new or changed, and suppliers of links that are.
    """
    db.session.flush()  # the links just changed decide the tiers
    if count_nodes(chain.id, cap=WHOLE_MAP) <= WHOLE_MAP:
        refresh_tiers(chain)
        return
    for part in _parts(touched):
        kept = load_stored_tiers(NodeSummary.node_id.in_(part))
        _write(chain.id, kept, load_tiers_by_buyers(chain.id, part))


def _write(chain_id: UUID, kept: Tiers, wanted: Tiers) -> None:
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
    missing = [key for key in wanted if key not in kept]
    insert_rows(
        NodeSummary,
        [
            {
                "id": row_id,
                "node_id": key,
                "chain_id": chain_id,
                "tier": wanted[key],
                "open_findings": 0,
                "overdue_actions": 0,
            }
            for key, row_id in zip(missing, rising_keys(len(missing)), strict=True)
        ],
    )


def _parts(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
