"""Number of nodes of a map by country, tier and step of a scale."""

from dataclasses import dataclass, replace

import numpy as np

from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot
from ddplatform.value_chain.pictures.queries.colours import STEPS, MapColours
from ddplatform.value_chain.pictures.queries.groups import lanes_in


@dataclass(frozen=True)
class Cells:
    """Nodes by country and lane; lanes as a page shows them, raw material first."""

    lanes: tuple[int, ...]
    counts: Ints
    """(countries of the snapshot, lanes, STEPS), the gravest place first."""
    events: Ints
    """(countries, lanes) how many of them are in the area of a current event."""


def count_cells(snapshot: MapSnapshot, colours: MapColours, rows: Ints | None = None) -> Cells:
    """The cells of these nodes; None: of the whole map, kept with it where bands colour it.

    Events move without the map: they are counted at each look, of the nodes in one alone.
    """
    if rows is None and colours.place is snapshot.band:
        cells = snapshot.made.of("cells", lambda: _cells(snapshot, colours, _every(snapshot)))
    else:
        cells = _cells(snapshot, colours, _every(snapshot) if rows is None else rows)
    inside = np.flatnonzero(colours.in_event) if rows is None else rows[colours.in_event[rows]]
    return replace(cells, events=_marked(snapshot, cells.lanes, inside)) if len(inside) else cells


def _every(snapshot: MapSnapshot) -> Ints:
    return np.arange(len(snapshot.keys))


def _cells(snapshot: MapSnapshot, colours: MapColours, rows: Ints) -> Cells:
    lanes = tuple(lanes_in(snapshot.lane[rows])[::-1].tolist())
    shape = (len(snapshot.countries), len(lanes), STEPS)
    spot = cell_of(snapshot, lanes, rows) * STEPS + colours.place[rows]
    counts = np.bincount(spot, minlength=int(np.prod(shape))).reshape(shape)
    return Cells(lanes, counts, np.zeros(shape[:2], np.int64))


def _marked(snapshot: MapSnapshot, lanes: tuple[int, ...], inside: Ints) -> Ints:
    shape = (len(snapshot.countries), len(lanes))
    counted = np.bincount(cell_of(snapshot, lanes, inside), minlength=shape[0] * shape[1])
    found: Ints = counted.reshape(shape)
    return found


def cell_of(snapshot: MapSnapshot, lanes: tuple[int, ...], rows: Ints) -> Ints:
    """The cell of each of these nodes, by number: country by country, in each the lanes."""
    if not lanes:
        return np.zeros(0, dtype=np.int64)
    first = lanes[-1]
    place = np.zeros(lanes[0] - first + 1, dtype=np.int64)
    place[np.array(lanes) - first] = np.arange(len(lanes))
    found: Ints = snapshot.country[rows] * len(lanes) + place[snapshot.lane[rows] - first]
    return found
