"""Map on a day: the rows of a table about its nodes that were known then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from ddplatform.infrastructure.db import end_of
from ddplatform.infrastructure.together import Question, Rows, ask_each, ask_together
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.risk.context import age_in_months

Nodes = Sequence[UUID] | Mapping[UUID, int]
"""The keys of the nodes in the order of the graph, or the row of each there (`rows_of`)."""
FEW = 500  # nodes that a statement names one by one; of more it reads the whole map
TOGETHER = 50  # nodes whose rows are read by one statement: of more a round trip weighs little


def rows_of(keys: Sequence[UUID]) -> Mapping[UUID, int]:
    """The row of each node: of a large map made once for many looks at it."""
    return {key: row for row, key in enumerate(keys)}


@dataclass(frozen=True)
class MapOnDay:
    """A map, the row of each of its nodes in the graph, and the day of the view."""

    chain_id: UUID
    rows: Mapping[UUID, int]
    as_of: date

    @classmethod
    def of(cls, chain_id: UUID, nodes: Nodes, as_of: date) -> "MapOnDay":
        """Of the nodes of the graph."""
        rows = nodes if isinstance(nodes, Mapping) else rows_of(nodes)
        return cls(chain_id, rows, as_of)

    @property
    def end(self) -> datetime:
        """Midnight after the day: later records were not known then."""
        return end_of(self.as_of)

    def months_since(self, moment: datetime) -> float:
        """Age on the day of something seen at a moment, in months."""
        return max(0.0, age_in_months(moment.date(), self.as_of))

    def about(
        self, statement: Select[*tuple[Any, ...]], node_id: Any, *order: Any
    ) -> Question[Rows]:
        """Asks for the rows of a statement, with a column `node_id`, that are of these nodes.

        Args:
            order: of the rows, down to a key.
        """
        joined = statement.join(ValueChainNode, ValueChainNode.id == node_id)
        return self.among(joined, node_id, *order)

    def among(
        self, statement: Select[*tuple[Any, ...]], node_id: Any, *order: Any
    ) -> Question[Rows]:
        """The same of a statement that reads the nodes already."""
        statement = statement.where(ValueChainNode.chain_id == self.chain_id)
        if len(self.rows) <= FEW:
            statement = statement.where(node_id.in_(self.rows))
        return Question((statement,), self._of_these, order)

    def ask(self, questions: Mapping[str, Question[Rows]]) -> Mapping[str, Rows]:
        """The answers to several of these, of a few nodes all in one statement."""
        return (ask_together if len(self.rows) <= TOGETHER else ask_each)(questions)

    def _of_these(self, rows: Rows) -> Rows:
        return [row for row in rows if row.node_id in self.rows]
