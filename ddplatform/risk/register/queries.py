"""A page of the register of a map under RM-2.0: a row for each tie, two statements at most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

import numpy as np

from ddplatform.queries.risk_scores import RiskScore, list_at
from ddplatform.queries.run_rows import load_register
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.register import Register, RiskFilter
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.salience import EMERGENCY, UNITS
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import RiskBand

ROWS = 50
AT_ONCE = 5_000  # risks whose scores are read together
_CRITICAL = RISK_BANDS.index(RiskBand.CRITICAL)
_CRITICAL_FROM = round(METHOD.policy.index_bands[_CRITICAL - 1] * UNITS)


class View(StrEnum):
    """Which list of the register."""

    ACT = "act"  # critical risks, and those where a child is known to be in danger now
    FIND = "find"  # what could be critical and is not known well, by how high it could be
    ALL = "all"


@dataclass(frozen=True)
class Asked:
    """What of the register is asked for."""

    view: View
    wanted: RiskFilter
    tie: int | None = None  # position, from 1 on, of one of risks with an equal score: these alone
    number: int = 1  # of the page


@dataclass(frozen=True)
class TieRow:
    """Risks with an equal score, most of them one; positions are those in the whole map."""

    risk: RiskScore  # the first of those that are asked for
    first: int
    last: int
    count: int  # of those that are asked for


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register."""

    rows: Sequence[TieRow]
    first: int  # number of the first row among all rows
    ties: int  # all rows
    risks: int  # that are asked for
    sites: int  # places of the map at which these stand
    number: int
    last_number: int
    counts: Mapping[View, int]  # risks of each list under the same filter
    same_as: RiskFilter | None  # the filter that lists the same risks; None: there is none


def load_page(run_id: UUID, asked: Asked) -> RegisterPage:
    """One page; a number outside of the list is the nearest page inside."""
    register = load_register(run_id)
    whole = replace(asked, tie=None)
    by_view = {view: positions_of(register, replace(whole, view=view)) for view in View}
    found = by_view[asked.view] if asked.tie is None else positions_of(register, asked)
    starts = np.arange(len(found)) if asked.tie is not None else starts_of(register, found)
    last = max(1, -(-len(starts) // ROWS))
    number = min(max(asked.number, 1), last)
    first = (number - 1) * ROWS
    shown = starts[first : first + ROWS]
    counts = np.diff(starts, append=len(found))[first : first + ROWS]
    return RegisterPage(
        rows=list(_rows(run_id, register, found[shown], counts)),
        first=first + 1 if len(shown) else 0,
        ties=len(starts),
        risks=len(found),
        sites=register.count_sites(found),
        number=number,
        last_number=last,
        counts={view: len(positions) for view, positions in by_view.items()},
        same_as=_same_as(register, asked, found),
    )


def _same_as(register: Register, asked: Asked, found: Ints) -> RiskFilter | None:
    if asked.view is View.FIND or asked.tie is not None:
        return None
    if asked.view is View.ALL:
        return asked.wanted
    only_critical = bool((register.residual_band[found] == _CRITICAL).all())
    return replace(asked.wanted, residual=RiskBand.CRITICAL) if only_critical else None


def positions_of(register: Register, asked: Asked) -> Ints:
    """Positions, in the order of the list, of the risks that are asked for."""
    found = register.matching(asked.wanted)
    if asked.view is View.ACT:
        is_critical = register.residual_band[found] == _CRITICAL
        found = found[is_critical | (register.urgency[found] & EMERGENCY > 0)]
    if asked.tie is not None:
        of_tie = register.ties[asked.tie - 1 : asked.tie]  # nothing, where there is no such risk
        found = found[np.isin(register.ties[found], of_tie)]
    if asked.view is not View.FIND:
        return found
    is_wanted = np.zeros(len(register), dtype=np.bool_)
    is_wanted[found] = True
    order: Ints = register.find_out
    could_be: Bools = is_wanted[order] & (register.highest[order] >= _CRITICAL_FROM)
    return order[could_be]


def starts_of(register: Register, found: Ints) -> Ints:
    """Where each row begins among the risks at some positions; risks of a tie share a row."""
    return np.flatnonzero(np.diff(register.ties[found], prepend=-1))


def _rows(run_id: UUID, register: Register, positions: Ints, counts: Ints) -> Iterator[TieRow]:
    risks = list_at(run_id, positions.tolist())
    for risk, position, count in zip(risks, positions.tolist(), counts.tolist(), strict=True):
        first, after = register.span_of(position) if count > 1 else (position, position + 1)
        yield TieRow(risk, first + 1, after, count)


def iterate_risks(run_id: UUID, asked: Asked, *, most: int) -> Iterator[RiskScore]:
    """All risks that are asked for, without ties, `most` at most."""
    positions = positions_of(load_register(run_id), asked)[:most].tolist()
    for start in range(0, len(positions), AT_ONCE):
        yield from list_at(run_id, positions[start : start + AT_ONCE])
