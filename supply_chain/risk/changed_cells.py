"""Scores of factors of few nodes that are other than in a whole run, beside those of that run."""

import numpy as np

from supply_chain.risk.factors import FACTORS, Cells
from supply_chain.risk.method import Bools, Floats, Ints


def same(one: Floats, another: Floats) -> Bools:
    """Where two arrays say the same; NaN is nothing on both sides."""
    equal: Bools = (one == another) | (np.isnan(one) & np.isnan(another))
    return equal


def scores_at(cells: Cells, rows: Ints, factors: Ints) -> Floats:
    """(rows, factors) the score of each cell, NaN where there is none."""
    return _picked(cells, _cells_of(rows, factors))[0].reshape(len(rows), len(factors))


def overlaid(cells: Cells, other: Cells, rows: Ints, factors: Ints) -> Floats:
    """The same, where `other` has the cells that are not as in `cells`, NaN where none is."""
    wanted = _cells_of(rows, factors)
    found, _ = _picked(cells, wanted)
    told, there = _picked(other, wanted)
    return np.where(there, told, found).reshape(len(rows), len(factors))


def overlay(cells: Cells, other: Cells, rows: Ints, factors: Ints, scores: Floats) -> Cells:
    """What is not as in `cells`, from `other`, once cells of some rows have these scores."""
    wanted, values = _cells_of(rows, factors), scores.ravel()
    differs = ~same(_picked(cells, wanted)[0], values)
    stays = ~np.isin(other.cell, wanted)
    cell = np.concatenate([other.cell[stays], wanted[differs]])
    score = np.concatenate([other.score[stays], values[differs]])
    order = np.argsort(cell)
    return Cells(cell[order], score[order], np.zeros(len(cell)))


def _cells_of(rows: Ints, factors: Ints) -> Ints:
    return np.asarray(rows[:, None] * FACTORS + factors, dtype=np.int64).ravel()


def _picked(cells: Cells, wanted: Ints) -> tuple[Floats, Bools]:
    """The score of each cell that is wanted, NaN where there is none; and whether it is there."""
    found, there = np.full(len(wanted), np.nan), np.zeros(len(wanted), dtype=np.bool_)
    if len(cells.cell):
        at = np.minimum(np.searchsorted(cells.cell, wanted), len(cells.cell) - 1)
        there = cells.cell[at] == wanted
        found[there] = cells.score[at[there]]
    return found, there
