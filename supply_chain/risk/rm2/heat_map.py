"""Heat map of RM-2.0: a row a severity band, divided at the thresholds of the risk bands.

So a cell has one band, and the cells of a band add up to its count. Medium because of the range
alone (section 7.4) is a cell of its own.
"""

import numpy as np

from supply_chain.risk.method import Floats, Ints
from supply_chain.risk.rm2.severity import RISK_BANDS, index_band
from supply_chain.vocabulary import RiskBand

ROW = 10  # a cell is its row, 1 for minor severity, times this and its step
STEPS = (
    (RiskBand.LOW, False),
    (RiskBand.MEDIUM, True),  # by its range
    (RiskBand.MEDIUM, False),
    (RiskBand.HIGH, False),
    (RiskBand.CRITICAL, False),
)
"""Band of each step of a row, the lowest first, and whether it is so by its range."""
_LOW, _MEDIUM = RISK_BANDS.index(RiskBand.LOW), RISK_BANDS.index(RiskBand.MEDIUM)
_STEP_OF_BAND: Ints = np.array([STEPS.index((band, False)) + 1 for band in RISK_BANDS])
_BY_RANGE = STEPS.index((RiskBand.MEDIUM, True)) + 1


def heat_cells(severity_band: Ints, residual_band: Ints, residual_index: Floats) -> Ints:
    """Cell of each pair; 0 without scores.

    Args:
        severity_band, residual_band: positions, -1 not scored.
        residual_index: 0-100.
    """
    is_scored = residual_band >= 0
    by_range = (residual_band == _MEDIUM) & (index_band(np.nan_to_num(residual_index)) == _LOW)
    step = np.where(by_range, _BY_RANGE, _STEP_OF_BAND[residual_band])
    return np.where(is_scored, (severity_band + 1) * ROW + step, 0)
