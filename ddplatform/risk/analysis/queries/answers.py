"""One door to all analyses: a question about a map goes in, its answer comes out."""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from ddplatform.infrastructure.db import is_writing
from ddplatform.infrastructure.errors import NotFound
from ddplatform.risk.analysis.queries.content import NAMED, Analysis, Answer, Basis
from ddplatform.risk.analysis_answers.queries.downstream import answer_reach, answer_stop
from ddplatform.risk.analysis_answers.queries.flows import answer_blind_spots, answer_products
from ddplatform.risk.analysis_answers.queries.issue_flows import load_issue_flow
from ddplatform.risk.analysis_answers.queries.structure import (
    answer_choke_points,
    answer_circles,
    answer_dependence,
)
from ddplatform.risk.analysis_answers.queries.upstream import answer_origins, answer_paths
from ddplatform.risk.runs.queries.runs import RunHead, find_current_head
from ddplatform.value_chain.graph.queries.memory import keep, recall
from ddplatform.value_chain.graph.queries.study import Study, load_study
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.analysis.choke_points import choke_points
from supply_chain.analysis.dependence import where_it_ends
from supply_chain.risk.rm2.method import METHOD_VERSION
from supply_chain.vocabulary import Issue

NEEDS_NODE = frozenset({Analysis.ORIGINS, Analysis.PATHS, Analysis.REACH, Analysis.STOP})
"""Asked without a node, these take the one that has most to tell."""
KEPT_ANSWERS = 128
TAKES_NODE = NEEDS_NODE | {Analysis.DEPENDENCE, Analysis.BLIND_SPOTS, Analysis.PRODUCTS}


@dataclass(frozen=True)
class Asked:
    """A question; `other` is the second end of ways, `issue` counts for origins alone."""

    what: Analysis
    node: UUID | None = None
    other: UUID | None = None
    issue: Issue = Issue.CL
    most: int = NAMED


@dataclass(frozen=True)
class Answered:
    """An answer with what it rests on."""

    answer: Answer
    basis: Basis
    head: RunHead | None


_answers: OrderedDict[tuple[UUID, int, UUID | None, Asked], Answer] = OrderedDict()


def answer(chain: ValueChain, asked: Asked) -> Answered:
    """Answer a question about a map as it stands, its scores as of its current run.

    An answer is kept for its version of the map and its run, so that asking again costs nothing.

    Raises:
        NotFound: a node that is not, or no longer, part of this map.
    """
    head = find_current_head(chain.id)
    basis = Basis.of(name=chain.name, version=chain.version, method=METHOD_VERSION, head=head)
    key = (chain.id, chain.version, chain.current_run_id, asked)
    found = recall(_answers, key)
    if found is None:
        found = _answer(load_study(chain), head, asked)
        if not is_writing():
            keep(_answers, key, found, KEPT_ANSWERS)
    return Answered(found, basis, head)


def _answer(study: Study, head: RunHead | None, asked: Asked) -> Answer:
    if not len(study.flow):
        return Answer(asked.what, (), "The map is empty.", (), ())
    if asked.what is Analysis.CHOKE_POINTS:
        return answer_choke_points(study, most=asked.most)
    if asked.what is Analysis.CIRCLES:
        return answer_circles(study, most=asked.most)
    row = _row(study, asked.node)
    if asked.what is Analysis.DEPENDENCE:
        return answer_dependence(study, row, most=asked.most)
    if asked.what is Analysis.BLIND_SPOTS:
        return answer_blind_spots(study, row, most=asked.most)
    if asked.what is Analysis.PRODUCTS:
        return answer_products(study, row)
    if asked.what is Analysis.ORIGINS:
        return _origins(study, head, row, asked)
    if asked.what is Analysis.PATHS:
        return _paths(study, row, asked)
    chosen = _busiest(study) if row is None else row
    about = answer_reach if asked.what is Analysis.REACH else answer_stop
    return about(study, chosen, most=asked.most)


def _row(study: Study, key: UUID | None) -> int | None:
    if key is None:
        return None
    if key not in study.snapshot.row_of:
        raise NotFound()
    return study.snapshot.row_of[key]


def _origins(study: Study, head: RunHead | None, row: int | None, asked: Asked) -> Answer:
    chosen = _own(study) if row is None else row
    if head is None:
        sentence = "This map is not assessed yet, so nobody knows where exposure comes from."
        return Answer(asked.what, (study.spot(chosen),), sentence, (), ())
    if head.method_version != METHOD_VERSION:
        sentence = (
            f"This map was last assessed under {head.method_version}. "
            f"Where exposure comes from is shown once it is assessed under {METHOD_VERSION}."
        )
        return Answer(asked.what, (study.spot(chosen),), sentence, (), ())
    of_issue = load_issue_flow(study, head, asked.issue)
    return answer_origins(study, chosen, asked.issue, of_issue, most=asked.most)


def _paths(study: Study, row: int | None, asked: Asked) -> Answer:
    first, second = row, _row(study, asked.other)
    if first is None:
        first = int(study.start.argmax())
        second = _busiest(study) if second is None else second
    if second is None:
        second = _largest_origin(study, first)
    return answer_paths(study, first, second, most=asked.most)


def _own(study: Study) -> int:
    """The own operation with most suppliers; the last buyer with most where none is marked."""
    own = study.flow.graph.nodes.own_operation
    suppliers = np.diff(study.flow.graph.suppliers.starts)
    return int(np.argmax(np.where(own if own.any() else study.start > 0, suppliers + 1, 0)))


def _largest_origin(study: Study, row: int) -> int:
    """Where most of the input of a node begins; the last buyer where nothing is mapped."""
    ends = where_it_ends(study.flow, study.arrival_at(row))
    ends[study.flow.unknown] = 0.0
    ends[row] = 0.0
    return int(ends.argmax()) if ends.any() else int(study.start.argmax())


def _busiest(study: Study) -> int:
    """The supplier through which most passes; the first node where none is mapped."""
    found = choke_points(study.flow, study.tree, study.start, most=1).by_volume
    return found[0].row if found else int(np.argmax(study.start))
