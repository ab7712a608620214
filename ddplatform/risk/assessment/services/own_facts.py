"""Rows and summary of an incremental run in which nodes' own data changed, too."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.risk.assessment.queries import OwnFacts, load_own_facts
from ddplatform.risk.assessment.services.incremental_state import IncrementalState, Rows
from ddplatform.risk.assessment.services.rows import unknown_origin
from supply_chain.graph.unknown_origins import are_same_origins
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.rm2.map_assessment import beginnings
from supply_chain.risk.stored_scores import Records, pack

Words = Mapping[str, str | None]


@dataclass(frozen=True)
class OwnChanges:
    """Nodes whose own data differ from the run before."""

    rows: Ints  # rising
    facts: OwnFacts
    standing: IncrementalState  # of the run before, with what the nodes are now

    @classmethod
    def of(cls, before: IncrementalState, changed: Iterable[UUID]) -> "OwnChanges | None":
        """The current data of these nodes; None where they bring other origins, goods, country."""
        rows = before.rows_of(changed)
        facts = load_own_facts(before.keys_of(rows))
        countries = set(before.run.state.countries.tolist()) | {None}
        known = beginnings(load_reference())
        if not countries.issuperset(facts.nodes.country):
            return None
        if not are_same_origins(before.whole, rows, facts.nodes, primary_sectors=known):
            return None
        # What unproven flows count as hangs on the goods (RM-2.0 11.2).
        if tuple(before.nodes.take(rows).commodities) != tuple(facts.nodes.commodities):
            return None
        return cls(rows, facts, before.with_facts(rows, facts.nodes))

    def written(
        self, before: Rows, records: Records, differs: Bools, step: int
    ) -> Sequence[dict[str, Any]]:
        """The rows of a run that differ from the run before.

        Args:
            before, records, differs: rows that may differ, their scores now, and whether these do.
            step: of the run before.
        """
        said, made = self._said(), []
        for at, row in enumerate(before):
            words = said.pop(row.place, {})
            if differs[at] or _says_other(row, words):
                (scores,) = pack(records[at : at + 1])
                made.append({**row._mapping, **words, "scores": scores})
        # Nothing is known of unknown origins but the name of their buyer: they score as before.
        ghosts = self.standing.rows_at(np.array(sorted(said), dtype=np.int64), step)
        made += [
            {**row._mapping, **said[row.place]}
            for row in ghosts
            if _says_other(row, said[row.place])
        ]
        base = {"run_id": self.standing.base_id, "step": step + 1}
        keys = rising_keys(len(made))
        return [{**row, **base, "id": key} for key, row in zip(keys, made, strict=True)]

    def _said(self) -> dict[int, Words]:
        """Place -> what its row says of it: the nodes, and the unknown origins of what they buy."""
        said: dict[int, Words] = {}
        facts = zip(self.rows.tolist(), self.facts.names, self.facts.nodes.country, strict=True)
        for place, name, country in facts:
            said[place] = {"node_name": name, "country": country}
            if (ghost := self.standing.ghost_of(place)) is not None:
                said[ghost] = {"node_name": unknown_origin(name)}
        return said

    def summary(self, before: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
        """A summary with the countries that the nodes are in now.

        Args:
            before: the summary of the run before. rows: of it, those of the nodes among them.
        """
        countries = Counter(before["countries"])
        now = dict(zip(self.rows.tolist(), self.facts.nodes.country, strict=True))
        for row in rows:
            if row.place in now:
                countries.subtract({row.country: 1})
                countries.update({now[row.place]: 1})
        told = {code: count for code, count in countries.items() if code and count}
        return {**before, "countries": dict(sorted(told.items()))}


def _says_other(row: Any, words: Words) -> bool:
    return any(getattr(row, name) != value for name, value in words.items())
