"""Origins of exposure upstream, and the paths between two nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ddplatform.risk.analysis_answers.queries.flow_kinds import FlowKind, goods_of_way, kind_into
from ddplatform.risk.analysis_answers.queries.questions import EPSILON, NAMED
from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.contributions import Contributions, IssueFlow, Part, contributions
from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.paths import paths_between
from supply_chain.vocabulary import Issue

WAYS = 50


@dataclass(frozen=True)
class Origin:
    """The contribution of one origin to an exposure."""

    spot: Spot
    value: float
    is_itself: bool
    """Whether it is the node whose exposure it is."""
    residual: float | None
    """Its L_res; None: not the node adds, but what the unproven flows to it count as."""


@dataclass(frozen=True)
class CountryPart:
    """The sum over all origins of one country; `country` None: not known."""

    country: str | None
    value: float
    origins: int


@dataclass(frozen=True)
class Step:
    """One step of a path, from the buyer up."""

    residual: float
    """L_res of the buyer."""
    share: float
    proven: float | None
    """The proven part of the share; None: all of it."""


@dataclass(frozen=True)
class Path:
    """One way from a node up to an origin, and what its end adds."""

    spots: tuple[Spot, ...]
    value: float
    steps: tuple[Step, ...]
    end: float
    """L_res of the origin."""
    added: float
    """The part of the unproven flows to the origin, in addition."""
    goods: tuple[frozenset[str | None], ...]
    """The good on each step; None: not stated."""


@dataclass(frozen=True)
class OriginsFound:
    """The sources of the exposure of a node, by origin, country and path (RM-2.0 11.1)."""

    about: Spot
    issue: Issue
    exposure: float
    itself: float
    """The contribution of the node itself."""
    unproven: float
    """The part of all unproven flows."""
    origins: Sequence[Origin]
    origins_left: int
    origins_rest: float
    countries: Sequence[CountryPart]
    paths: Sequence[Path]
    paths_left: int | None
    paths_rest: float


@dataclass(frozen=True)
class Way:
    """One way from a buyer up to a supplier; `shares` and `goods` by step."""

    spots: tuple[Spot, ...]
    value: float
    shares: tuple[float, ...]
    goods: tuple[frozenset[str | None], ...]


@dataclass(frozen=True)
class PathsFound:
    """All ways between two nodes, the one that carries most first."""

    buyer: Spot
    supplier: Spot
    flows: FlowKind
    passing: float
    ways: Sequence[Way]
    is_cut: bool
    """Whether there may be more."""


def find_origins(
    study: Study, row: int, issue: Issue, of_issue: IssueFlow, *, most: int = NAMED
) -> OriginsFound:
    """The sources of the exposure of a node."""
    found = contributions(of_issue, row, most=most, most_paths=most)
    return OriginsFound(
        about=study.spot(row),
        issue=issue,
        exposure=found.exposure,
        itself=float(found.each[found.row]),
        unproven=float(found.unproven.sum()),
        origins=[_origin(study, found, part, of_issue) for part in found.origins],
        origins_left=found.origins_left,
        origins_rest=found.origins_rest,
        countries=_by_country(study, found),
        paths=[_path(study, path.rows, path.value, of_issue) for path in found.paths],
        paths_left=found.paths_left,
        paths_rest=found.paths_rest,
    )


def _origin(study: Study, found: Contributions, part: Part, of_issue: IssueFlow) -> Origin:
    residual = None if part.is_unproven else float(of_issue.proven.residual[part.row])
    return Origin(study.spot(part.row), part.value, part.row == found.row, residual)


def _by_country(study: Study, found: Contributions) -> Sequence[CountryPart]:
    """The same by country: thousands of small origins add up to few large parts."""
    where, codes = study.countries
    adding, unproven = found.each > 0, found.unproven > 0
    parts = np.bincount(where[adding] + 1, found.each[adding], minlength=len(codes) + 1)
    counts = np.bincount(where[adding] + 1, minlength=len(codes) + 1)
    # Unproven shares may come from anywhere.
    parts[0] += found.unproven.sum()
    counts[0] += unproven.sum()
    return [
        CountryPart(codes[at - 1] if at else None, float(parts[at]), int(counts[at]))
        for at in np.argsort(-parts, kind="stable").tolist()
        if counts[at]
    ]


def _path(study: Study, rows: Sequence[int], value: float, of_issue: IssueFlow) -> Path:
    end = float(of_issue.proven.residual[rows[-1]])
    return Path(
        tuple(study.spot(at) for at in rows),
        value,
        tuple(_step(study, buyer, supplier, of_issue) for buyer, supplier in pairwise(rows)),
        end,
        float(of_issue.proven.certain[rows[-1]]) - end,
        goods_of_way(study, rows),
    )


def _step(study: Study, buyer: int, supplier: int, of_issue: IssueFlow) -> Step:
    share = weight_of(study.flow, buyer, supplier)
    unproven = float(of_issue.proven.unproven[buyer])
    carried = weight_of(of_issue.flow, buyer, supplier) * (1 - unproven)
    is_proven = carried >= share * (1 - EPSILON)
    residual = float(of_issue.proven.residual[buyer])
    return Step(residual, share, None if is_proven else carried / share)


def weight_of(flow: FlowMap, buyer: int, supplier: int) -> float:
    """The part of a buyer's input that comes straight from a supplier (w of 11.1)."""
    weights = flow.weights
    run = slice(int(weights.indptr[buyer]), int(weights.indptr[buyer + 1]))
    at = int(np.searchsorted(weights.indices[run], supplier))
    return float(weights.data[run][at])


def find_paths(study: Study, first: int, second: int, *, most: int = WAYS) -> PathsFound:
    """All ways between two nodes, the one that carries most first."""
    found = paths_between(study.flow, first, second, most=most)
    return PathsFound(
        study.spot(found.buyer),
        study.spot(found.supplier),
        kind_into(study, study.arrival_at(found.buyer)),
        found.passing,
        [_way(study, path.rows, path.value) for path in found.paths],
        found.is_cut,
    )


def _way(study: Study, rows: Sequence[int], value: float) -> Way:
    shares = (weight_of(study.flow, buyer, supplier) for buyer, supplier in pairwise(rows))
    spots = tuple(study.spot(at) for at in rows)
    return Way(spots, value, tuple(shares), goods_of_way(study, rows))
