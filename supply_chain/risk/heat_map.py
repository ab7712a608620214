"""Heat map: severity before controls against likelihood after them."""

import numpy as np

from supply_chain.risk.method import METHOD, Floats, Ints

SEVERITY_ROWS = 5
LIKELIHOOD_STEPS = 5


def heat_cells(severity: Floats, residual_likelihood: Floats) -> Ints:
    """Cell of the heat map: severity row 1-5 times 10 plus likelihood step 1-5; 0 without scores.

    The axes are those of the salience order: S before controls, L after them. S is rounded half
    up; a step of L is a fifth, its upper end included (.2 is step 1).
    """
    decimals = METHOD.policy.decimals
    row = np.clip(np.floor(np.round(severity, decimals) + 0.5), 1, SEVERITY_ROWS)
    step = np.ceil(np.round(residual_likelihood * LIKELIHOOD_STEPS, decimals))
    cells = row * 10 + np.clip(step, 1, LIKELIHOOD_STEPS)
    return np.asarray(np.nan_to_num(cells, nan=0.0), dtype=np.int64)
