"""Base of incremental runs: a whole run with the runs on it, from which the next one continues."""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.method import Ints
from supply_chain.risk.moved_nodes import Words
from supply_chain.risk.register_changes import RegisterChanges
from supply_chain.risk.rm2.incremental import renew_flows
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.run_counts import CountedNodes, RunCounts, country_places, known_by_grade
from supply_chain.risk.run_state import RunState
from supply_chain.risk.stored_scores import Records


@dataclass(frozen=True)
class IncrementalBase:
    """The numbers of a run: those of the whole run on which it is based, updated."""

    state: RunState  # of the whole run, but its flow: that is as of now
    changes: RegisterChanges
    counts: RunCounts  # as of now

    @classmethod
    def of_whole(cls, state: RunState) -> "IncrementalBase":
        """A whole run itself."""
        return cls(state, RegisterChanges.none(), state.counts)

    @classmethod
    def again(
        cls,
        state: RunState,
        network: Network,
        changes: RegisterChanges,
        whole: Records,
        now: Records,
        *,
        tiers: Ints,
        countries: Words,
    ) -> "IncrementalBase":
        """The numbers of a run from those of its whole run and the rows of what changed.

        Args:
            state: of the whole run; its flow is written to.
            whole, now: of the places `changes.changed`, in the whole run and in this one.
            tiers, countries: of these places in the whole run.
        """
        at, flow = network.plan.place[changes.changed], state.flow
        flow.residual[at] = np.nan_to_num(now["residual_likelihood"])
        flow.severity[at] = np.nan_to_num(now["severity"])
        flow.exposed[at], flow.free[at] = now["exposure"], now["free"]
        flow.upstream[at] = np.nan_to_num(now["severity_chain"])
        renew_flows(network, flow, at)
        fresh = np.searchsorted(changes.changed, changes.fresh)
        codes = countries.astype(np.result_type(countries, changes.moved.country))
        codes[np.searchsorted(changes.changed, changes.moved.place)] = changes.moved.country
        counts = state.counts.changed(
            counts_of_nodes(state, whole[fresh], countries[fresh], tiers[fresh]),
            counts_of_nodes(state, now[fresh], codes[fresh], tiers[fresh]),
        )
        return cls(state, changes, counts)


def counts_of_nodes(state: RunState, records: Records, countries: Words, tiers: Ints) -> RunCounts:
    """Counts of some nodes of the map in a run."""
    counted = CountedNodes(
        severity_band=records["severity_band"],
        residual_band=records["residual_band"],
        heat_cell=records["heat_cell"],
        insufficient=records["insufficient_evidence"],
        known=known_by_grade(records["grade"].astype(np.int64), records["residual_index"]),
        levels=GRADES,
        tier=tiers,
        country=country_places(countries, state.countries),
        is_node=np.ones(len(records), dtype=np.bool_),
    )
    shape = state.counts.tiers.shape[0] - 1, len(state.countries)
    return RunCounts.of(counted, tiers=shape[0], countries=shape[1])
