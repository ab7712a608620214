"""Places and months over which the conduct of suppliers is measured (RM-2.0 13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import Row, Select

from ddplatform.core.months import add_months
from ddplatform.infrastructure.db import db, end_of, start_of
from ddplatform.value_chain.history.queries.on_day import FEW
from supply_chain.risk.rm2.chain_parameters import CHAIN

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Period:
    """The places in scope, and the 24 months before a day."""

    nodes: frozenset[UUID]
    as_of: date

    @property
    def since(self) -> date:
        """The first day of the period."""
        return add_months(self.as_of, -CHAIN.response.period_months)

    @property
    def begin(self) -> datetime:
        """The moment at which it begins."""
        return start_of(self.since)

    @property
    def end(self) -> datetime:
        """Midnight after the day: later records were not known then."""
        return end_of(self.as_of)

    def rows(self, statement: Select[*Columns], node_id: Any) -> Sequence[Row[*Columns]]:
        """The rows of a statement, with a column `node_id`, of these nodes."""
        if len(self.nodes) <= FEW:
            statement = statement.where(node_id.in_(self.nodes))
        return [row for row in db.session.execute(statement) if row.node_id in self.nodes]
