"""Evidence on the nodes of a map, as long columns that the database layer fills.

Every row names its node by row of the map (`ValueChain.rows` has them by id), its factor, issue
or control by position in `METHOD.factors`, `Issue` or `METHOD.controls`. `Evidence()` is "nothing
known". Nothing here is averaged or filled: that is the method's work.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from supply_chain.risk.factors import FACTORS, Cells, FactorTable, Observations, combine
from supply_chain.risk.factors import peer_priors as lifted_priors
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.adjustments import Adjustments
from supply_chain.risk.rm2.facts import State as State
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.scoring import ISSUES, Controls, Facts, Judgement, recurrence_floor

_ONLINE = METHOD.groups.index("ONL")
_NEVER_DROPPED = [METHOD.groups.index(group) for group in ("CTY", "SEC")]


STATES = tuple(State)


def no_ints() -> Ints:
    """An empty column of positions."""
    return np.zeros(0, dtype=np.int64)


def no_floats() -> Floats:
    """An empty column of numbers."""
    return np.zeros(0)


def no_flags() -> Bools:
    """An empty column of truth values."""
    return np.zeros(0, dtype=np.bool_)


def no_observations() -> Observations:
    """No observation at all."""
    none, nothing = no_ints(), no_floats()
    return Observations(none, none, nothing, none, nothing, nothing, none)


def _check_range(values: Floats, what: str, low: float, high: float) -> None:
    if not (np.isnan(values) | (values >= low) & (values <= high)).all():
        raise ValueError(f"A {what} is outside {low:g} to {high:g}.")


def _check_once(node: Ints, other: Ints, what: str) -> None:
    if len(set(zip(node.tolist(), other.tolist(), strict=True))) < len(node):
        raise ValueError(f"A {what} stands more than once at one node.")


@dataclass(frozen=True)
class Asked:
    """Factors that a questionnaire asked about, answered or not; matters for ONL (3.4)."""

    node: Ints = field(default_factory=no_ints)
    factor: Ints = field(default_factory=no_ints)


@dataclass(frozen=True)
class Silent:
    """Nodes that answered less than half of what was asked, long after the day (RM-2.0 3.7)."""

    node: Ints = field(default_factory=no_ints)  # each once


@dataclass(frozen=True)
class NotApplicable:
    """Factors said, with a reason, not to apply (3.5)."""

    node: Ints = field(default_factory=no_ints)
    factor: Ints = field(default_factory=no_ints)
    approved: Bools = field(default_factory=no_flags)  # by a second person


@dataclass(frozen=True)
class States:
    """Facts about (node, issue) pairs; several for one pair are allowed (section 8)."""

    node: Ints = field(default_factory=no_ints)
    issue: Ints = field(default_factory=no_ints)
    state: Ints = field(default_factory=no_ints)  # position in STATES
    found_by: Ints = field(default_factory=no_ints)  # detecting control, -1: none
    months: Floats = field(default_factory=no_floats)  # since verified closure; else NaN


@dataclass(frozen=True)
class ControlsSeen:
    """Controls of nodes, each once a node (section 9)."""

    node: Ints = field(default_factory=no_ints)
    control: Ints = field(default_factory=no_ints)
    coverage: Floats = field(default_factory=no_floats)  # 0-1; NaN unknown, counts 0
    evidence: Floats = field(default_factory=no_floats)  # one of the five levels; NaN counts 0
    design: Floats = field(default_factory=no_floats)  # questionnaire's credit 0-1; NaN: none, 1
    verified_months: Floats = field(default_factory=no_floats)  # since last verified; NaN never

    def __post_init__(self) -> None:
        _check_range(self.coverage, "coverage of a control", 0, 1)
        _check_range(self.design, "design credit of a control", 0, 1)
        levels = METHOD.policy.evidence_levels
        if not (np.isnan(self.evidence) | np.isin(self.evidence, levels)).all():
            raise ValueError(f"The evidence of a control is none of the levels {levels}.")
        _check_once(self.node, self.control, "control")


@dataclass(frozen=True)
class Judgements:
    """Severity as judged by people, each (node, issue) once (section 7.2)."""

    node: Ints = field(default_factory=no_ints)
    issue: Ints = field(default_factory=no_ints)
    scale: Floats = field(default_factory=no_floats)  # 1-5, NaN not judged; so below
    scope: Floats = field(default_factory=no_floats)
    irremediability: Floats = field(default_factory=no_floats)
    vulnerable: Bools = field(default_factory=no_flags)  # adds 1 to scale, up to 5

    def __post_init__(self) -> None:
        for trait in (self.scale, self.scope, self.irremediability):
            _check_range(trait, "severity trait", 1, 5)
        _check_once(self.node, self.issue, "severity judgement")


@dataclass(frozen=True)
class Priorities:
    """Inputs of the salience order beyond scores, each (node, issue) once (section 12)."""

    node: Ints = field(default_factory=no_ints)
    issue: Ints = field(default_factory=no_ints)
    emergency: Bools = field(default_factory=no_flags)
    delay: Ints = field(default_factory=no_ints)  # 1 yes, 0 no, -1 not judged
    involvement: Ints = field(default_factory=no_ints)  # place in INVOLVEMENTS, -1 not judged

    def of_pairs(self, node: Ints, issue: Ints) -> "Priorities":
        """Judgements of some pairs, one entry each; no emergency where there is none."""
        mine, asked = self.node * ISSUES + self.issue, node * ISSUES + issue
        order = np.argsort(mine)
        known = np.flatnonzero(np.isin(asked, mine))
        entry = order[np.searchsorted(mine[order], asked[known])]
        emergency, delay = np.zeros(len(asked), dtype=np.bool_), np.full(len(asked), -1)
        involvement = np.full(len(asked), -1)
        emergency[known], delay[known] = self.emergency[entry], self.delay[entry]
        involvement[known] = self.involvement[entry]
        return Priorities(node, issue, emergency, delay, involvement)


@dataclass(frozen=True)
class Evidence:
    """All evidence on the nodes of one map besides the map and the reference data."""

    observations: Observations = field(default_factory=no_observations)
    asked: Asked = field(default_factory=Asked)
    blank: Asked = field(default_factory=Asked)  # asked, all blank on the due date; RM-2.0 3.7
    silent: Silent = field(default_factory=Silent)
    not_applicable: NotApplicable = field(default_factory=NotApplicable)
    states: States = field(default_factory=States)
    controls: ControlsSeen = field(default_factory=ControlsSeen)
    judgements: Judgements = field(default_factory=Judgements)
    priorities: Priorities = field(default_factory=Priorities)
    adjustments: Adjustments = field(default_factory=Adjustments)  # by people; RM-2.0 8
    events: EventRows = field(default_factory=EventRows)  # in the surroundings; RM-2.0 6.4

    def of_nodes(self, rows: Ints) -> "Evidence":
        """Evidence on some nodes, given by their ascending rows; they are counted from 0."""
        return Evidence(**{one.name: _of_nodes(getattr(self, one.name), rows) for one in _PARTS})

    def digest(self) -> str:
        """Digest of all of it, for names; two with the same digest are equal."""
        said = hashlib.blake2b(digest_size=16)
        for part in _PARTS:
            for name, column in vars(getattr(self, part.name)).items():
                said.update(f"{part.name}.{name} {column.dtype.str} {len(column)} ".encode())
                said.update(np.ascontiguousarray(column).tobytes())
        return said.hexdigest()

    def equals(self, other: "Evidence") -> bool:
        """Whether both say the same of the same rows, to the last bit."""
        return all(
            np.array_equal(one, another, equal_nan=one.dtype.kind == "f")
            for part in _PARTS
            for one, another in zip(
                vars(getattr(self, part.name)).values(),
                vars(getattr(other, part.name)).values(),
                strict=True,
            )
        )


_PARTS = fields(Evidence)


def _of_nodes(part: Any, rows: Ints) -> Any:
    columns = vars(part)
    at = np.flatnonzero(np.isin(part.node, rows))
    taken = {name: column[at] for name, column in columns.items()}
    taken["node"] = np.searchsorted(rows, taken["node"])
    return replace(part, **taken)


def observations_from(
    rows: Iterable[tuple[int, str, float | None, str, float, float | None, int | None]],
) -> Observations:
    """Observations from rows of plain values.

    Args:
        rows: node row, factor id, s or None, source type, age in months (>= 0), q at age 0 or
            None for the reliability of its type, number of the source or None for its own.

    Raises:
        KeyError: a factor or source type that the method does not know.
        ValueError: a value outside 0 to 1 or an age below 0.
    """
    table = list(rows)
    return Observations(
        node=np.array([r[0] for r in table], dtype=np.int64),
        factor=np.array([METHOD.factor_index[r[1]] for r in table], dtype=np.int64),
        value=np.array([np.nan if r[2] is None else r[2] for r in table], dtype=np.float64),
        source_type=np.array([METHOD.source_index[r[3]] for r in table], dtype=np.int64),
        age_months=np.array([r[4] for r in table], dtype=np.float64),
        quality=np.array([np.nan if r[5] is None else r[5] for r in table], dtype=np.float64),
        source=np.array([-1 if r[6] is None else r[6] for r in table], dtype=np.int64),
    )


def factor_table(
    observations: Observations,
    evidence: Evidence,
    *,
    online: Bools,
    peer_group: Ints,
) -> FactorTable:
    """Factors of all nodes.

    Args:
        observations: those of the nodes and of the reference data.
        evidence: what was asked and what does not apply.
        online: (nodes,) kind or sector makes ONL apply.
        peer_group: (nodes,) see `factors.peer_priors`.

    Raises:
        ValueError: a CTY or SEC factor, or an observed one, is said not to apply (3.5).
    """
    cells = combine(observations)
    said = evidence.not_applicable
    cell = said.node * FACTORS + said.factor
    wrong = np.isin(METHOD.factor_group[said.factor], _NEVER_DROPPED) | np.isin(cell, cells.cell)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"Factor {METHOD.factors[said.factor[at]]} of node {said.node[at]} cannot be 'not "
            "applicable': it is a country or activity factor, or it has an observation."
        )
    counts = said.approved | ~METHOD.critical[said.factor]
    dropped = np.unique(cell[counts])
    asked = evidence.asked.node * FACTORS + evidence.asked.factor
    touched = np.concatenate([asked, cells.cell, cell])
    touched = touched[METHOD.factor_group[touched % FACTORS] == _ONLINE]
    applies = online.copy()
    applies[np.setdiff1d(touched, dropped) // FACTORS] = True
    return FactorTable(cells, _peer_priors(cells, peer_group), dropped, applies)


def _peer_priors(cells: Cells, peer_group: Ints) -> Cells:
    if (peer_group < 0).all():
        return Cells(no_ints(), no_floats(), no_floats())
    return lifted_priors(cells, peer_group)


def facts_of(states: States, count: int) -> Facts:
    """Rules, impacts and who found them, (count, 16); the highest rule of a pair holds."""
    policy = METHOD.policy
    fixed = [policy.confirmed, policy.credible, policy.red_flag, 0.0]
    closed = states.state == STATES.index(State.CLOSED)
    value = np.array(fixed)[states.state]
    value[closed] = recurrence_floor(states.months[closed])
    rule, confirmed = np.zeros((count, ISSUES)), np.zeros((count, ISSUES), dtype=np.bool_)
    np.maximum.at(rule, (states.node, states.issue), value)
    found = np.full((count, ISSUES), -1, dtype=np.int64)
    for at in np.flatnonzero(states.state == STATES.index(State.CONFIRMED)):
        pair = states.node[at], states.issue[at]
        # Of several impacts one that caps is enough: two that were found differently cap all.
        agrees = not confirmed[pair] or found[pair] == states.found_by[at]
        found[pair] = states.found_by[at] if agrees else -1
        confirmed[pair] = True
    return Facts(rule, confirmed, found)


def controls_of(seen: ControlsSeen, count: int) -> Controls:
    """Controls as section 9 uses them, (count, 24): unknown is 0, stale evidence is lowered."""
    policy = METHOD.policy
    shape, at = (count, len(METHOD.controls)), (seen.node, seen.control)
    # Never verified is not re-verified either.
    fresh = np.round(seen.verified_months, policy.decimals) <= policy.reverify_months
    evidence = np.nan_to_num(seen.evidence)
    listed, coverage = np.zeros(shape, dtype=np.bool_), np.zeros(shape)
    proven, design = np.zeros(shape), np.ones(shape)
    listed[at] = True
    coverage[at] = np.nan_to_num(seen.coverage)
    proven[at] = np.where(fresh, evidence, np.minimum(evidence, policy.evidence_unverified))
    design[at] = np.nan_to_num(seen.design, nan=1.0)
    return Controls(listed, coverage, proven, design)


def judgement_of(given: Judgements, count: int) -> Judgement:
    """Traits as judged, (count, 16), NaN where not; 1 is added to scale for children at most risk.

    A scale not judged of children at most risk takes the unknown value plus 1.
    """
    at = (given.node, given.issue)
    scale, scope, lasting = (np.full((count, ISSUES), np.nan) for _ in range(3))
    unknown = np.maximum(METHOD.policy.severity_unknown, METHOD.floor[given.issue])
    base = np.where(np.isnan(given.scale) & given.vulnerable, unknown, given.scale)
    scale[at] = np.minimum(5.0, base + given.vulnerable)
    scope[at] = given.scope
    lasting[at] = given.irremediability
    return Judgement(scale, scope, lasting)
