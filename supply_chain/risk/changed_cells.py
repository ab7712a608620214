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
    return _picked(cells, rows, factors)[0]


def overlaid(cells: Cells, other: Cells, rows: Ints, factors: Ints) -> Floats:
    """The same, where `other` has the cells that are not as in `cells`, NaN where none is."""
    found, _ = _picked(cells, rows, factors)
    told, there = _picked(other, rows, factors)
    return np.where(there, told, found)


def overlay(cells: Cells, other: Cells, rows: Ints, factors: Ints, scores: Floats) -> Cells:
    """What is not as in `cells`, from `other`, once cells of some rows have these scores."""
    wanted = np.asarray(rows[:, None] * FACTORS + factors, dtype=np.int64)
    differs = ~same(_picked(cells, rows, factors)[0], scores)
    stays = ~np.isin(other.cell, wanted)
    cell = np.concatenate([other.cell[stays], wanted[differs]])
    score = np.concatenate([other.score[stays], scores[differs]])
    order = np.argsort(cell)
    return Cells(cell[order], score[order], np.zeros(len(cell)))


def _picked(cells: Cells, rows: Ints, factors: Ints) -> tuple[Floats, Bools]:
    """(rows, factors) the score of each cell, NaN where there is none; and whether it is there.

    All cells of a row follow each other: only where they begin is looked for.
    """
    first, after = (np.searchsorted(cells.cell, (rows + more) * FACTORS) for more in (0, 1))
    size = after - first
    at = np.repeat(first - (np.cumsum(size) - size), size) + np.arange(size.sum())
    place = cells.cell[at] + np.repeat((np.arange(len(rows)) - rows) * FACTORS, size)
    found = np.full((len(rows), FACTORS), np.nan)
    there = np.zeros(found.shape, dtype=np.bool_)
    found.ravel()[place], there.ravel()[place] = cells.score[at], True
    return found[:, factors], there[:, factors]
