"""Events in the surroundings of the nodes of a map, as points (RM-2.0 section 6.4)."""

from dataclasses import dataclass, field, fields

import numpy as np

from supply_chain.risk.rm2.evidence import Events, event_points, no_events
from supply_chain.risk.rm2.method import ISSUES, Floats, Ints


def _no_ints() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _no_floats() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True)
class EventRows:
    """Events that reach nodes, one row a (node, event) pair; all columns have the same length."""

    node: Ints = field(default_factory=_no_ints)  # row of the node
    event: Ints = field(default_factory=_no_ints)  # position in METHOD.events
    source_type: Ints = field(default_factory=_no_ints)  # position in METHOD.source_types
    months_since_start: Floats = field(default_factory=_no_floats)  # >= 0
    months_at_full: Floats = field(default_factory=_no_floats)  # NaN: as the method says

    def of_nodes(self, rows: Ints) -> "EventRows":
        """The events of some nodes, given by their rising rows; they are counted from 0."""
        at = np.flatnonzero(np.isin(self.node, rows))
        taken = {one.name: getattr(self, one.name)[at] for one in fields(self)}
        return EventRows(**taken | {"node": np.searchsorted(rows, self.node[at])})

    def slots(self) -> Ints:
        """(rows,) place of each event among those of its node, by rising id."""
        order = np.lexsort((self.event, self.node))
        node = self.node[order]
        first = np.flatnonzero(np.diff(node, prepend=-1))
        sizes = np.diff(first, append=len(node))
        slots = np.empty(len(node), dtype=np.int64)
        slots[order] = np.arange(len(node)) - np.repeat(first, sizes)
        return slots


def events_of(rows: EventRows, count: int) -> Events:
    """Points of the events of `count` nodes."""
    if not len(rows.node):
        return no_events(count)
    slots = rows.slots()
    points = np.zeros((count, ISSUES, int(slots.max()) + 1))
    points[rows.node, :, slots] = event_points(
        rows.event, rows.source_type, rows.months_since_start, rows.months_at_full
    )
    return Events(points)
