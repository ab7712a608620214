"""Common order of work for the risks of several maps (RM-2.0 section 12)."""

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Ints
from supply_chain.risk.register import Register
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.salience import DELAY, EMERGENCY, MOST_INDEX, MOST_SALIENCE, UNITS
from supply_chain.risk.rm2.severity import SEVERITY_BANDS

_DELAY_STEPS = round(CHAIN.salience.delay_points * UNITS)
_MOST_SALIENCE, _MOST_INDEX = round(MOST_SALIENCE * UNITS), round(MOST_INDEX * UNITS)
_NUMBER, _BAND = 27, 2  # bits


def order_keys(register: Register, found: Ints, *, by_high: bool) -> NDArray[np.int64]:
    """A number of each risk at some positions, the lower one first; rising within the map.

    Keys: emergency; SAL, S and RI_high, each high to low. The register holds the band of S alone,
    so the number of a risk is never lower than that of one before it in its own map.

    Args:
        found: positions in the order of their list.
        by_high: the order of the find-out list: RI_high first of all.
    """
    urgency = register.urgency[found].astype(np.int64)
    salience = register.index[found].astype(np.int64) + _DELAY_STEPS * (urgency & DELAY > 0)
    severity = len(SEVERITY_BANDS) - 1 - register.severity_band[found].astype(np.int64)
    highest = _MOST_INDEX - register.highest[found].astype(np.int64)
    work = ((urgency & EMERGENCY == 0).astype(np.int64) << _NUMBER) | (_MOST_SALIENCE - salience)
    work = (work << _BAND) | severity
    by_work = (work << _NUMBER) | highest
    keys = (highest << (1 + _NUMBER + _BAND)) | work if by_high else by_work
    return np.maximum.accumulate(keys) if len(keys) else keys
