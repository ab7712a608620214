"""Plan of the next nodes to ask or visit for a budget (docs/method.md, "Which nodes next").

The value of a step at a node: `V_i * t` of what is still unknown there, where V_i is the weight of
the node and t the share that a step of this kind reveals. Inside one region each further point
counts less, `k * ln(1 + x / k)` of the sum x, since neighbours share schools, brokers and prices.
The sum over regions is monotone and submodular, so that taking the largest gain first has a
guarantee: 1 - 1/e of the best plan for one kind counted, 1/2 for two kinds counted, (1 - 1/e) / 2
for an amount of money (Nemhauser, Wolsey and Fisher 1978; Fisher and others 1978; Leskovec and
others 2007). `Steps.best_possible` is a bound of the actual plan, and usually far tighter.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply_chain.risk.method import Bools, Floats, Ints

TINY = 1e-12


@dataclass(frozen=True)
class StepKind:
    """One way to learn about a node."""

    name: str
    teaches: float  # part of what is unknown that it resolves, 0-1
    limit: int | None = None  # how many of them; None: as many as the amount pays
    cost: float = 0.0  # in the currency of the amount


@dataclass(frozen=True)
class Field:
    """Possible information gains by node; `region` groups nodes that teach partly the same."""

    value: Floats  # (nodes,) V, >= 0
    region: Ints  # (nodes,) 0, 1, 2...
    open: Bools  # (nodes, kinds) whether this step is possible and not under way
    half: float  # k: learned once this much in a region, the next counts half; inf: never less


@dataclass(frozen=True)
class Step:
    """One step of a plan: `gain` and `total` in units of the objective."""

    node: int
    kind: int
    gain: float
    total: float
    nth_in_region: int  # 1 the first step of the plan in its region


@dataclass(frozen=True)
class Steps:
    """A plan in the order it is taken, with what nothing for the same budget can exceed."""

    steps: tuple[Step, ...]
    best_possible: float

    @property
    def total(self) -> float:
        """Value of the whole plan."""
        return self.steps[-1].total if self.steps else 0.0

    @property
    def at_least(self) -> float:
        """The plan reaches at least this part of the best possible one, 0-1."""
        return min(1.0, self.total / self.best_possible) if self.best_possible > 0 else 1.0


class Learning:
    """Information gained after some steps; the objective and its marginal gains."""

    def __init__(self, field: Field, kinds: Sequence[StepKind]) -> None:
        self._field, self._teaches = field, np.array([kind.teaches for kind in kinds])
        self._unknown = np.ones(len(field.value))
        self._learned = np.zeros(int(field.region.max(initial=-1)) + 1)
        self.total = 0.0

    def gain(self, node: int, kind: int) -> float:
        """Added value of one step."""
        new = self._field.value[node] * self._unknown[node] * self._teaches[kind]
        return self._add(float(self._learned[self._field.region[node]]), float(new))

    def gains(self) -> Floats:
        """(nodes, kinds) what each step would add."""
        new = (self._field.value * self._unknown)[:, None] * self._teaches[None, :]
        half = self._field.half
        if np.isinf(half):
            return np.asarray(new)
        known = self._learned[self._field.region][:, None]
        return np.asarray(half * np.log1p(new / (half + known)))

    def take(self, node: int, kind: int) -> float:
        """Take one step; returns what it added."""
        added = self.gain(node, kind)
        rest = self._unknown[node] * (1 - self._teaches[kind])
        learned = self._field.value[node] * (self._unknown[node] - rest)
        self._unknown[node] = rest
        self._learned[self._field.region[node]] += learned
        self.total += added
        return added

    def _add(self, known: float, new: float) -> float:
        half = self._field.half
        return new if np.isinf(half) else float(half * np.log1p(new / (half + known)))


def plan_steps(field: Field, kinds: Sequence[StepKind], *, amount: float | None = None) -> Steps:
    """The plan for a budget: numbers of each kind (`limit`), an amount of money, or both.

    Of equal gains the first node is taken. With an amount, the better one of "largest
    gain first" and "largest gain for the money first" is the plan.

    Raises:
        ValueError: a kind without limit and without an amount to pay it, or with an amount and
            no cost.
    """
    for kind in kinds:
        if kind.limit is None and (amount is None or kind.cost <= 0):
            raise ValueError(f"Say how many, or an amount and what one costs: {kind.name}.")
    plans = [_greedy(field, kinds, amount, by_cost=False)]
    if amount is not None:
        plans.append(_greedy(field, kinds, amount, by_cost=True))
    steps = max(plans, key=lambda plan: plan[-1].total if plan else 0.0)
    return Steps(steps, _bound(field, kinds, amount, steps))


def _greedy(
    field: Field, kinds: Sequence[StepKind], amount: float | None, *, by_cost: bool
) -> tuple[Step, ...]:
    """Gains only fall, so that the top of a heap that is still right is the largest of all."""
    state = Learning(field, kinds)
    per = np.array([kind.cost if by_cost and kind.cost > 0 else 1.0 for kind in kinds])
    first = np.where(field.open, state.gains() / per, 0.0)
    nodes, columns = np.nonzero(first > TINY)
    heap = list(zip((-first[nodes, columns]).tolist(), nodes.tolist(), columns.tolist(),
                    strict=True))  # fmt: skip
    heapq.heapify(heap)
    left, money = [kind.limit for kind in kinds], amount
    steps: list[Step] = []
    seen: dict[int, int] = {}
    while heap:
        _, node, kind = heapq.heappop(heap)
        if left[kind] == 0 or (money is not None and kinds[kind].cost > money + TINY):
            continue  # it will not fit later either
        now = state.gain(node, kind) / float(per[kind])
        if heap and (-now, node, kind) > heap[0]:
            heapq.heappush(heap, (-now, node, kind))
            continue
        added = state.take(node, kind)
        left[kind] = None if (n := left[kind]) is None else n - 1
        money = None if money is None else money - kinds[kind].cost
        region = int(field.region[node])
        seen[region] = seen.get(region, 0) + 1
        steps.append(Step(node, kind, added, state.total, seen[region]))
    return tuple(steps)


def _bound(
    field: Field, kinds: Sequence[StepKind], amount: float | None, steps: Sequence[Step]
) -> float:
    """No plan is worth more: what is reached, and the largest gains that fit a budget of its own.

    By submodularity that holds after any number of steps; the lowest over some of them is given.
    """
    state, taken = Learning(field, kinds), field.open.copy()
    marks = {0, len(steps), *(round(len(steps) * part / 8) for part in range(1, 8))}
    lowest = np.inf
    for done in range(len(steps) + 1):
        if done in marks:
            gains = np.where(taken, state.gains(), 0.0)
            lowest = min(lowest, state.total + _most(gains, kinds, amount))
        if done < len(steps):
            step = steps[done]
            state.take(step.node, step.kind)
            taken[step.node, step.kind] = False
    return float(lowest)


def _most(gains: Floats, kinds: Sequence[StepKind], amount: float | None) -> float:
    """At least the largest sum of gains in the budget: a step may be paid in part."""
    values, costs = [], []
    for place, kind in enumerate(kinds):
        column = np.sort(gains[:, place])[::-1]
        column = column if kind.limit is None else column[: kind.limit]
        values.append(column)
        costs.append(np.full(len(column), kind.cost))
    value, cost = np.concatenate(values), np.concatenate(costs)
    if amount is None:
        return float(value.sum())
    free = cost <= 0
    rate = np.divide(value, cost, out=np.zeros(len(value)), where=~free)
    order = np.argsort(-rate[~free], kind="stable")
    paid, worth = cost[~free][order], value[~free][order]
    before = np.cumsum(paid) - paid
    part = np.clip((amount - before) / paid, 0.0, 1.0)
    return float(value[free].sum() + (part * worth).sum())


def follow(
    field: Field, kinds: Sequence[StepKind], order: Ints, sequence: Sequence[int]
) -> tuple[Step, ...]:
    """The plan that takes nodes in a fixed order, one step of each kind of `sequence` after other.

    To compare with: the same number of steps of each kind, and so the same money.
    """
    state = Learning(field, kinds)
    waiting = [iter([n for n in order.tolist() if field.open[n, k]]) for k in range(len(kinds))]
    steps: list[Step] = []
    seen: dict[int, int] = {}
    for kind in sequence:
        node = next(waiting[kind], None)
        if node is None:
            continue
        region = int(field.region[node])
        seen[region] = seen.get(region, 0) + 1
        added = state.take(node, kind)
        steps.append(Step(node, kind, added, state.total, seen[region]))
    return tuple(steps)
