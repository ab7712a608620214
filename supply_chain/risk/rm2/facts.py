"""Facts that override the estimate (section 8). Arrays are (nodes, issues)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from supply_chain.risk.rm2.method import ISSUES, METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import clipped

_POLICY = METHOD.policy


class State(StrEnum):
    """State of an impact on an issue at a node that overrides the estimate (section 8)."""

    CONFIRMED = "confirmed"  # open confirmed impact
    CREDIBLE = "credible"  # open credible allegation, triaged, not refuted
    RED_FLAG = "red_flag"  # unspecific red flag
    CLOSED = "closed"  # verified closure


@dataclass(frozen=True)
class StateRows:
    """States of (node, issue) pairs, one row a state; a pair may have several."""

    node: Ints
    issue: Ints  # position in Issue
    state: tuple[State, ...]
    found_by: Ints  # control through which the site itself found the impact, -1: none
    months: Floats  # months since verified closure, >= 0; NaN for other states


@dataclass(frozen=True)
class Facts:
    """Effect of the states of (node, issue) pairs on an estimate P."""

    least: Floats  # P is at least this; 0 where there is no rule
    added: Floats  # and at least P and this
    impact_node: Ints  # open confirmed impacts, one row each
    impact_issue: Ints
    impact_found_by: Ints  # -1: not found by a control of the site


def recurrence_points(months: Floats) -> Floats:
    """Lower bound of P, `months` >= 0 after verified closure (section 8)."""
    return _POLICY.closed_points - _POLICY.closed_fading_year * months / 12


def facts_of(states: StateRows, count: int) -> Facts:
    """Rules for the pairs of `count` nodes; of several states the highest holds."""
    kinds = np.array([state.value for state in states.state])
    least, added = np.zeros((count, ISSUES)), np.zeros((count, ISSUES))
    at = states.node, states.issue
    closed = np.nan_to_num(recurrence_points(states.months))
    for state, points, more in (
        (State.CONFIRMED, _POLICY.confirmed_points, 0.0),
        (State.CREDIBLE, _POLICY.credible_points, _POLICY.credible_added),
        (State.RED_FLAG, _POLICY.red_flag_points, _POLICY.red_flag_added),
        (State.CLOSED, closed, 0.0),
    ):
        applies = kinds == state.value
        np.maximum.at(least, at, np.where(applies, points, 0.0))
        np.maximum.at(added, at, np.where(applies, more, 0.0))
    open_ = np.flatnonzero(kinds == State.CONFIRMED.value)
    return Facts(least, added, states.node[open_], states.issue[open_], states.found_by[open_])


def with_facts(points: Floats, facts: Facts) -> Floats:
    """P, or an end of its range, after the facts, 0-100."""
    return clipped(np.maximum(points + facts.added, facts.least))


def floor_for_controls(points: Floats, facts: Facts) -> Floats:
    """Lower bound of P under controls, 0-100; `points` is P before the facts (section 8)."""
    raised = np.where(facts.added > 0, points + facts.added, 0.0)
    return clipped(np.maximum(raised, facts.least))


def failed_controls(facts: Facts, count: int) -> Bools:
    """Controls of `count` nodes whose evidence an open confirmed impact caps, (nodes, controls).

    A control that addresses the issue failed at least once, in whatever issue it serves; a
    detecting control through which the site itself found the impact has worked.
    """
    failed = (METHOD.helps & METHOD.capped[:, None])[:, facts.impact_issue].T
    found = np.flatnonzero(facts.impact_found_by >= 0)
    failed[found, facts.impact_found_by[found]] = False
    capped = np.zeros((count, len(METHOD.controls)), dtype=np.bool_)
    np.logical_or.at(capped, facts.impact_node, failed)
    return capped
