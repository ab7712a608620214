"""Names of firms and places on an organisation's own maps, as its texts may use them."""

from collections.abc import Collection

from sqlalchemy import or_, select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.folding import fold
from ddplatform.infrastructure.text_search import folded
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.graph.home_places import may_be_home, texts_of

MOST = 500
"""Nodes that are looked at; a word that more of them share names none of them alone."""
MOST_WORDS = 50


def list_names_with(words: Collection[str]) -> list[str]:
    """Names of nodes, and of their regions, that contain one of these words.

    Sites that may be somebody's home are left out: a farm is often called after who lives there.
    """
    if not words:
        return []
    node = ValueChainNode
    rows = db.session.execute(
        select(
            node.name,
            node.region,
            node.sector_ref,
            node.commodity_refs,
            node.is_origin,
            node.tags,
            node.group_name,
        )
        .where(
            or_(
                *(
                    folded(column).contains(fold(word), autoescape=True)
                    for word in list(words)[:MOST_WORDS]
                    for column in (node.name, node.region)
                )
            )
        )
        .order_by(node.name, node.id)
        .limit(MOST)
    )
    found: dict[str, None] = {}
    for row in rows:
        is_home = may_be_home(
            sector=row.sector_ref,
            is_origin=row.is_origin,
            commodities=row.commodity_refs,
            texts=[row.name, *texts_of([row.tags, row.group_name])],
        )
        if not is_home:
            found[row.name] = None
        if row.region:
            found[row.region] = None
    return list(found)
