"""Evidence on the nodes of a map for tests: short ways to write its columns."""

import numpy as np

from supply_chain.risk.evidence import STATES, ControlsSeen, States
from supply_chain.risk.method import METHOD


def ints(*values):
    return np.array(values, dtype=np.int64)


def floats(*values):
    return np.array(values, dtype=float)


def states(*rows):
    """Rows (node, issue, state[, found by, months])."""
    return States(
        ints(*[r[0] for r in rows]),
        ints(*[r[1] for r in rows]),
        ints(*[STATES.index(r[2]) for r in rows]),
        ints(*[r[3] if len(r) > 3 else -1 for r in rows]),
        floats(*[r[4] if len(r) > 4 else np.nan for r in rows]),
    )


def controls(*rows):
    """Rows (node, control, coverage, evidence, months since verified)."""
    return ControlsSeen(
        ints(*[r[0] for r in rows]),
        ints(*[METHOD.control_index[r[1]] for r in rows]),
        floats(*[r[2] for r in rows]),
        floats(*[r[3] for r in rows]),
        np.full(len(rows), np.nan),
        floats(*[r[4] for r in rows]),
    )
