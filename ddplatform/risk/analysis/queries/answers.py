"""Entry point of all analyses: the answer to a question about a map, from its current state."""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np

from ddplatform.infrastructure.db import is_writing
from ddplatform.infrastructure.errors import NotFound
from ddplatform.risk.analysis_answers.queries.downstream import (
    ReachFound,
    StopFound,
    find_reach,
    find_stop,
)
from ddplatform.risk.analysis_answers.queries.flows import (
    BlindSpotsFound,
    ProductsFound,
    find_blind_spots,
    find_products,
)
from ddplatform.risk.analysis_answers.queries.issue_flows import load_issue_flow
from ddplatform.risk.analysis_answers.queries.questions import Analysis, Asked, Basis
from ddplatform.risk.analysis_answers.queries.structure import (
    ChokePointsFound,
    CirclesFound,
    DependenceFound,
    find_choke_points,
    find_circles,
    find_dependence,
)
from ddplatform.risk.analysis_answers.queries.upstream import (
    OriginsFound,
    PathsFound,
    find_origins,
    find_paths,
)
from ddplatform.risk.runs.queries.runs import RunHead, find_current_head
from ddplatform.value_chain.graph.queries.memory import keep, recall
from ddplatform.value_chain.graph.queries.study import Spot, Study, load_study
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.analysis.choke_points import choke_points
from supply_chain.analysis.dependence import where_it_ends
from supply_chain.risk.rm2.method import METHOD_VERSION

KEPT_ANSWERS = 128


class Missing(StrEnum):
    """The reason why a question has no answer."""

    MAP = "map"
    """The map is empty."""
    RUN = "run"
    """The map was never assessed."""
    METHOD = "method"
    """The map was last assessed under another method."""


@dataclass(frozen=True)
class Unanswered:
    """A question that has no answer yet."""

    missing: Missing
    about: Spot | None = None
    method_version: str = ""
    """The method of the current run."""


Found = (
    ReachFound
    | StopFound
    | BlindSpotsFound
    | ProductsFound
    | ChokePointsFound
    | CirclesFound
    | DependenceFound
    | OriginsFound
    | PathsFound
)


@dataclass(frozen=True)
class Answered:
    """The findings of an analysis, with their basis."""

    what: Analysis
    found: Found | Unanswered
    basis: Basis
    head: RunHead | None


_answers: OrderedDict[tuple[UUID, int, UUID | None, Asked], Found | Unanswered] = OrderedDict()


def find_answer(chain: ValueChain, asked: Asked) -> Answered:
    """Answer a question about a map as it stands, its scores as of its current run.

    What is found is kept for its version of the map and its run, so that asking again costs
    nothing.

    Raises:
        NotFound: a node that is not, or no longer, part of this map.
    """
    head = find_current_head(chain.id)
    basis = Basis.of(name=chain.name, version=chain.version, method=METHOD_VERSION, head=head)
    key = (chain.id, chain.version, chain.current_run_id, asked)
    found = recall(_answers, key)
    if found is None:
        found = _find(load_study(chain), head, asked)
        if not is_writing():
            keep(_answers, key, found, KEPT_ANSWERS)
    return Answered(asked.what, found, basis, head)


def _find(study: Study, head: RunHead | None, asked: Asked) -> Found | Unanswered:
    if not len(study.flow):
        return Unanswered(Missing.MAP)
    if asked.what is Analysis.CHOKE_POINTS:
        return find_choke_points(study, most=asked.most)
    if asked.what is Analysis.CIRCLES:
        return find_circles(study, most=asked.most)
    row = _row(study, asked.node)
    if asked.what is Analysis.DEPENDENCE:
        return find_dependence(study, row, most=asked.most)
    if asked.what is Analysis.BLIND_SPOTS:
        return find_blind_spots(study, row, most=asked.most)
    if asked.what is Analysis.PRODUCTS:
        return find_products(study, row)
    if asked.what is Analysis.ORIGINS:
        return _origins(study, head, row, asked)
    if asked.what is Analysis.PATHS:
        return _paths(study, row, asked)
    chosen = _busiest(study) if row is None else row
    about = find_reach if asked.what is Analysis.REACH else find_stop
    return about(study, chosen, most=asked.most)


def _row(study: Study, key: UUID | None) -> int | None:
    if key is None:
        return None
    if key not in study.snapshot.row_of:
        raise NotFound()
    return study.snapshot.row_of[key]


def _origins(
    study: Study, head: RunHead | None, row: int | None, asked: Asked
) -> Found | Unanswered:
    chosen = _own(study) if row is None else row
    if head is None:
        return Unanswered(Missing.RUN, study.spot(chosen))
    if head.method_version != METHOD_VERSION:
        return Unanswered(Missing.METHOD, study.spot(chosen), head.method_version)
    of_issue = load_issue_flow(study, head, asked.issue)
    return find_origins(study, chosen, asked.issue, of_issue, most=asked.most)


def _paths(study: Study, row: int | None, asked: Asked) -> PathsFound:
    first, second = row, _row(study, asked.other)
    if first is None:
        first = int(study.start.argmax())
        second = _busiest(study) if second is None else second
    if second is None:
        second = _largest_origin(study, first)
    return find_paths(study, first, second, most=asked.most)


def _own(study: Study) -> int:
    """The own operation with most suppliers; the last buyer with most where none is marked."""
    own = study.flow.graph.nodes.own_operation
    suppliers = np.diff(study.flow.graph.suppliers.starts)
    return int(np.argmax(np.where(own if own.any() else study.start > 0, suppliers + 1, 0)))


def _largest_origin(study: Study, row: int) -> int:
    """The origin of most of the input of a node; the last buyer where nothing is mapped."""
    ends = where_it_ends(study.flow, study.arrival_at(row))
    ends[study.flow.unknown] = 0.0
    ends[row] = 0.0
    return int(ends.argmax()) if ends.any() else int(study.start.argmax())


def _busiest(study: Study) -> int:
    """The supplier through which most passes; the first node where none is mapped."""
    found = choke_points(study.flow, study.tree, study.start, most=1).by_volume
    return found[0].row if found else int(np.argmax(study.start))
