"""Risk bands of nodes on a past day, from the newest run at that time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from ddplatform.value_chain.graph.queries.runs import runs
from ddplatform.value_chain.history.queries.past import Past
from supply_chain.risk.register import Register
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.vocabulary import RiskBand


@dataclass(frozen=True)
class DayBands:
    """The number of nodes in each band, and the band of the requested ones."""

    counts: Mapping[RiskBand | None, int]
    of: Mapping[UUID, RiskBand | None]


def load_day_bands(chain_id: UUID, past: Past, keys: Sequence[UUID]) -> DayBands | None:
    """The bands on a day; None where nothing had been assessed by then."""
    run_id = runs().find_before(chain_id, past.end)
    if run_id is None:
        return None
    register = runs().load_register(run_id)
    nodes = len(register.key.reshape(-1, 16))
    bands = register.highest_bands()[:nodes]
    assessed = dict(enumerate(np.bincount(bands[bands >= 0], minlength=len(RISK_BANDS)).tolist()))
    counts: dict[RiskBand | None, int] = {RISK_BANDS[at]: n for at, n in assessed.items()}
    counts[None] = int((bands < 0).sum())
    places = _places(register, keys)
    return DayBands(
        counts,
        {key: RISK_BANDS[band] for key, at in places.items() if (band := int(bands[at])) >= 0},
    )


def _places(register: Register, keys: Sequence[UUID]) -> dict[UUID, int]:
    """The places of few nodes in a run; found by the first half of their keys."""
    halves = register.key.reshape(-1, 16)[:, :8].copy().view(">u8").ravel()
    wanted = {key.bytes: key for key in keys}
    first = np.array([key.int >> 64 for key in keys], dtype=np.uint64)
    near = np.flatnonzero(np.isin(halves.astype(np.uint64), first)).tolist()
    content = {at: register.key.reshape(-1, 16)[at].tobytes() for at in near}
    return {wanted[key]: at for at, key in content.items() if key in wanted}
