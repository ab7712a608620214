"""Meaning of a set of filters: the same nodes in lists, in maps and in every other view.

Data that change without the map (answers, actions, marks of events) and sort columns of lists are
queried from the database; data that need the whole map (bands of one issue, unknown origins) are
read from its snapshot. Both parts hold for every view, so all views have the same set. Views of a
whole map read more of it from the snapshot, where the result is the same (`snapshot_rows`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from ddplatform.accounts.organisations.models import Membership
from ddplatform.infrastructure.among import among, in_json
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.filters.queries.events import events
from ddplatform.value_chain.filters.queries.names import find_named
from ddplatform.value_chain.filters.queries.search import search_nodes
from ddplatform.value_chain.filters.queries.snapshot_rows import NO_COUNTRY, find_in_columns
from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot, load_snapshot
from ddplatform.value_chain.mapping.models import (
    NO_TIER_ORDER,
    NodeSummary,
    ValueChain,
    ValueChainNode,
)
from supply_chain.graph.stored_columns import KeyColumn, RowOfKey, TextColumn
from supply_chain.reference.regions import without_kind
from supply_chain.risk.method import METHOD
from supply_chain.search.node_filter import GRADES_OF, NO_TIER, NOT_KNOWN, Coverage, NodeFilter
from supply_chain.vocabulary import Issue, RiskBand

FEW, MANY = 500, 2_000
"""Nodes that a statement names one by one, and those that it takes as one value."""
COUNTED = 1_000
"""Lists tell how many nodes are meant up to so many; one more stands for "more"."""
MOST_LIKE = 200
KEY_INDEX = "sqlite_autoindex_value_chain_node_3"
"""On organisation and key; the only one that a statement has to name."""

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class Meant:
    """The meaning of a set of filters in one map; None: it is certain that no node matches."""

    of_nodes: Conditions | None
    of_summaries: Conditions = field(default_factory=list)
    is_like: bool = False
    """No name matches the text: these are similar."""
    is_few: bool = False
    """They are named one by one."""
    is_by_name: bool = False
    """A text in names is looked for, node by node."""
    known: int | None = None
    """Their number, where it is known already; more than `COUNTED` means "more"."""

    listed: tuple[MapSnapshot, Ints] | None = None
    """Their rows in the map as it stands, where these are all that is asked."""

    @property
    def is_nobody(self) -> bool:
        """Whether it is certain that no node is meant."""
        return self.of_nodes is None

    def of(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The statement on these nodes alone, joined with their summaries."""
        asked = joined(statement).where(*(self.of_nodes or ()), *self.of_summaries)
        return by_key(asked) if self.is_few else asked

    def by_name(self) -> list[UUID] | None:
        """All of them by name and key, as the database sorts both; None: it has to be asked."""
        if self.listed is None:
            return None
        snapshot, rows = self.listed
        names, keys = snapshot.names, snapshot.keys
        assert isinstance(names, TextColumn) and isinstance(keys, KeyColumn)
        pairs = zip(names.coded(rows), keys.digits(rows), strict=True)
        return [UUID(digits) for _, digits in sorted(pairs)]

    def total(self) -> ColumnElement[int]:
        """Their number, counted up to `COUNTED` + 1, as a column of any statement."""
        if self.known is not None:
            return literal(min(self.known, COUNTED + 1))
        found = self.of(select(ValueChainNode.id))
        if self.is_by_name:
            # Names are read one after the other, and a summary is looked up for who is meant.
            told = exists().where(NodeSummary.node_id == ValueChainNode.id, *self.of_summaries)
            found = select(ValueChainNode.id).where(*(self.of_nodes or ()), told)
        some = found.limit(COUNTED + 1).subquery()
        return select(func.count()).select_from(some).scalar_subquery()


@dataclass(frozen=True)
class FoundRows:
    """Rows of a map that a set of filters means, rising; `is_like` as in `Meant`."""

    rows: Ints
    is_like: bool = False


def joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With the summary of each node; an inner join, so that lists can start from its indexes."""
    return statement.select_from(ValueChainNode).join(
        NodeSummary,
        (NodeSummary.node_id == ValueChainNode.id)
        & (NodeSummary.chain_id == ValueChainNode.chain_id),
    )


def by_key(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same, with nodes looked up by the keys that it names.

    Without figures SQLite takes an organisation for ten rows, and would read all it has.
    """
    return statement.with_hint(ValueChainNode, f"INDEXED BY {KEY_INDEX}", "sqlite")


def read_meaning(chain_id: UUID, wanted: NodeFilter) -> Meant:
    """The meaning of a set of filters; three statements at most, usually none.

    Where few nodes of the map meet what was asked, these are named, so that no list looks for
    them one by one. Many are met soon, in any order.
    """
    nodes, summaries = list(_of_node(wanted)), list(_of_summary(wanted))
    narrow = [*summaries, *(labels := list(_of_labels(wanted)))]
    if arrays := list(_of_arrays(chain_id, wanted)):
        summaries, narrow = [*summaries, *arrays], [*narrow, *arrays]
    whole = Meant(
        [ValueChainNode.chain_id == chain_id, *nodes, *labels],
        [NodeSummary.chain_id == chain_id, *summaries],
    )
    if wanted.q:
        return _named(chain_id, wanted, whole)
    if not narrow:
        return whole
    keys = db.session.scalars(whole.of(select(ValueChainNode.id)).limit(COUNTED + 1)).all()
    return replace(whole if len(keys) > FEW else _few(keys, whole), known=len(keys))


def _few(keys: Sequence[UUID], whole: Meant, *, is_like: bool = False) -> Meant:
    """Those of a few nodes of a map that meet the rest; `whole` begins with the map."""
    if not keys:
        return Meant(None)
    # Without the map, which they are of: SQLite would begin with all of its summaries.
    of_nodes = [ValueChainNode.id.in_(keys), *(whole.of_nodes or ())[1:]]
    return Meant(of_nodes, whole.of_summaries[1:], is_like=is_like, is_few=True)


def _named(chain_id: UUID, wanted: NodeFilter, whole: Meant) -> Meant:
    """Those with a text in their name, or this id; if there are none, those like it."""
    names, ids = _of_name(chain_id, wanted.q)
    found = None if wanted.archived else find_named(chain_id, wanted.q, most=MANY)
    if found is None:
        few = db.session.scalars(union_all(names, ids).limit(FEW + 1)).all()
    else:
        snapshot, rows = found
        by_id = [snapshot.row_of[key] for key in db.session.scalars(ids) if key in snapshot.row_of]
        rows = np.union1d(rows, np.array(by_id, dtype=np.int64))
        if FEW < len(rows) <= MANY:
            return _many(snapshot, rows, whole, is_all=replace(wanted, q="").is_empty)
        few = [snapshot.keys[row] for row in rows[: FEW + 1].tolist()]
    if not few:
        like = search_nodes(wanted.q, chain_id=chain_id, limit=MOST_LIKE)
        return _few([node.id for node in like], whole, is_like=True)
    if len(few) <= FEW:
        return _few(few, whole)
    # Both from the index of names, where `or` of two columns would read every row.
    text = _has(ValueChainNode.name, wanted.q) | ValueChainNode.id.in_(ids)
    is_enough = found is not None and len(rows) > COUNTED and replace(wanted, q="").is_empty
    return replace(
        whole,
        of_nodes=[*(whole.of_nodes or ()), text],
        is_by_name=True,
        known=len(rows) if is_enough else None,
    )


def _many(snapshot: MapSnapshot, rows: Ints, whole: Meant, *, is_all: bool) -> Meant:
    """Those of some more nodes that meet the rest.

    In the order of names all who begin alike stand together, so that the database would look
    through most of the others before it comes to them.

    Args:
        is_all: nothing else is asked of them.
    """
    keys = snapshot.keys
    assert isinstance(keys, KeyColumn)
    of_nodes = [in_json(ValueChainNode.id, keys.digits(rows)), *(whole.of_nodes or ())[1:]]
    meant = Meant(of_nodes, whole.of_summaries[1:], is_few=True)
    return replace(meant, known=len(rows), listed=(snapshot, rows)) if is_all else meant


def find_rows(snapshot: MapSnapshot, chain: ValueChain, wanted: NodeFilter) -> FoundRows:
    """The rows of a map that are meant; what left the map has no row.

    Three statements at most, none where nothing is asked.
    """
    if wanted.is_empty:
        return FoundRows(np.arange(len(snapshot.keys)))
    in_columns = find_in_columns(chain, snapshot.version, wanted)
    if in_columns is not None:
        return FoundRows(in_columns)
    meant = read_meaning(chain.id, wanted)
    if meant.is_nobody:
        return FoundRows(np.arange(0))
    keys = db.session.scalars(meant.of(select(cast(ValueChainNode.id, String)))).all()
    content = bytes.fromhex("".join(keys).replace("-", ""))
    halves = np.frombuffer(content, dtype=">u8").astype(np.uint64).reshape(-1, 2)
    row_of = snapshot.row_of
    assert isinstance(row_of, RowOfKey)
    rows = row_of.rows(halves)
    return FoundRows(np.sort(rows[rows >= 0]), meant.is_like)


def list_meant(chain_id: UUID, wanted: NodeFilter, *, limit: int) -> Sequence[UUID]:
    """The keys of the nodes that are meant, rising, at most so many."""
    meant = read_meaning(chain_id, wanted)
    if meant.is_nobody:
        return []
    return db.session.scalars(
        meant.of(select(ValueChainNode.id)).order_by(ValueChainNode.id).limit(limit)
    ).all()


# ---- what the database is asked --------------------------------------------------------------


def _of_node(wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    archived = ValueChainNode.archived_at
    yield archived.is_not(None) if wanted.archived else archived.is_(None)
    if wanted.country:
        country = NO_COUNTRY if wanted.country == NOT_KNOWN else wanted.country
        yield ValueChainNode.country_order == country
    if wanted.kind is not None:
        yield ValueChainNode.kind == wanted.kind
    if wanted.sector:
        yield _is(ValueChainNode.sector_ref, wanted.sector)


def _of_labels(wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.region:
        is_known = wanted.region != NOT_KNOWN
        region = ValueChainNode.region
        yield _has(region, without_kind(wanted.region)) if is_known else region.is_(None)
    if wanted.owner:
        owner = ValueChainNode.owner_id
        # A person who left the organisation is responsible for nothing any more.
        is_nobody = owner.is_(None) | owner.not_in(select(Membership.user_id))
        yield is_nobody if wanted.owner == NOT_KNOWN else owner == wanted.owner
    if wanted.group:
        yield _is(ValueChainNode.group_name, wanted.group)
    if wanted.tag:
        tags = type_coerce(ValueChainNode.tags, Text)
        is_known = wanted.tag != NOT_KNOWN
        yield tags.contains(f"|{wanted.tag}|", autoescape=True) if is_known else tags.is_(None)
    if wanted.commodity:
        # As JSON writes a list of words.
        refs = cast(ValueChainNode.commodity_refs, Text)
        word = json.dumps(wanted.commodity)
        is_known = wanted.commodity != NOT_KNOWN
        yield refs.contains(word, autoescape=True) if is_known else refs == "[]"
    if wanted.event:
        yield events().is_inside(wanted.event if isinstance(wanted.event, UUID) else None)


def _of_name(chain_id: UUID, text: str) -> tuple[Select[UUID], Select[UUID]]:
    """Nodes with a text in their names, and the one with this id, each from its own index.

    The words as they stand, not what is like them (`search`): a filter leaves all rows that
    fit, in each order, and an index of likeness only the likest.
    """
    of_map = select(ValueChainNode.id).where(ValueChainNode.chain_id == chain_id)
    return (
        of_map.where(_has(ValueChainNode.name, text)),
        of_map.where(ValueChainNode.external_ref == text),
    )


def _has(column: Any, text: str) -> ColumnElement[bool]:
    """A text in a column, in small letters or large ones.

    SQLite's LIKE takes both for the same by itself, twice as fast as with `lower`.
    """
    is_sqlite = db.engine.dialect.name == "sqlite"
    found: ColumnElement[bool] = (column.contains if is_sqlite else column.icontains)(
        text, autoescape=True
    )
    return found


def _of_summary(wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.tier is not None:
        tier = NO_TIER_ORDER if wanted.tier == NO_TIER else wanted.tier
        yield NodeSummary.tier_order == tier
    if wanted.issue is not None and not wanted.band:
        yield NodeSummary.top_issue == wanted.issue.value
    if wanted.band and wanted.issue is None:
        yield _is(NodeSummary.band, wanted.band)
    if wanted.coverage is not None:
        yield _COVERAGE[wanted.coverage]()
    if wanted.questionnaire:
        yield _is(NodeSummary.questionnaire_status, wanted.questionnaire)
    if wanted.overdue:
        yield NodeSummary.overdue_actions > 0


def _is(column: Any, value: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.is_(None) if value == NOT_KNOWN else column == value
    return condition


_FAIR, _GOOD = METHOD.policy.confidence_fair, METHOD.policy.confidence_good
_HALF = 0.5 * 10**-METHOD.policy.decimals
"""A figure that is rounded to a limit has reached it."""
_COVERAGE: Mapping[Coverage, Callable[[], ColumnElement[bool]]] = {
    Coverage.GOOD: lambda: or_(
        NodeSummary.confidence >= _GOOD - _HALF, NodeSummary.grade.in_(GRADES_OF[Coverage.GOOD])
    ),
    Coverage.FAIR: lambda: or_(
        (NodeSummary.confidence >= _FAIR - _HALF) & (NodeSummary.confidence < _GOOD - _HALF),
        NodeSummary.grade.in_(GRADES_OF[Coverage.FAIR]),
    ),
    Coverage.POOR: lambda: or_(
        NodeSummary.confidence < _FAIR - _HALF, NodeSummary.grade.in_(GRADES_OF[Coverage.POOR])
    ),
    Coverage.NONE: lambda: NodeSummary.confidence.is_(None) & NodeSummary.grade.is_(None),
}


# ---- what only the whole map can tell --------------------------------------------------------


def _of_arrays(chain_id: UUID, wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    has_issue_band = wanted.issue is not None and bool(wanted.band)
    if not (has_issue_band or wanted.unknown_origin):
        return
    chain = db.session.get(ValueChain, chain_id)
    assert chain is not None
    snapshot = load_snapshot(chain)
    found = np.ones(len(snapshot.keys), dtype=np.bool_)
    if has_issue_band:
        assert wanted.issue is not None
        band = None if wanted.band == NOT_KNOWN else RiskBand(wanted.band)
        column = list(Issue).index(wanted.issue)
        found &= snapshot.band_by_issue[:, column] == BANDS.index(band)
    if wanted.unknown_origin:
        found &= ~np.isnan(snapshot.missing)
    yield among(NodeSummary.node_id, [snapshot.keys[row] for row in np.flatnonzero(found).tolist()])
