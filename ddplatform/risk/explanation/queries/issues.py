"""Issues at one place, scored by RM-2.0 from what is known of that place. No run is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ddplatform.infrastructure.together import Question, ask_together
from ddplatform.risk.context_events.queries.points import EventsAround
from ddplatform.risk.detail.queries.risks import select_risk
from ddplatform.risk.explanation.queries.answers import AnswersBehind, select_answers_behind
from ddplatform.risk.explanation.queries.subjects import columns_of
from ddplatform.risk.facts.queries.evidence import load_with_events
from ddplatform.risk.follow_up.queries import FollowUp, load_of_places
from ddplatform.risk.judgement.queries.judged import (
    Change,
    Fact,
    Judged,
    Noted,
    PastScore,
    select_changes,
    select_facts,
    select_judgement,
    select_note,
    select_past_scores,
)
from ddplatform.risk.observations.queries.observations import ObservationRow, select_observations
from ddplatform.risk.runs.queries.runs import RunHead, get_map_head
from ddplatform.risk.runs.queries.scores import RiskScore
from ddplatform.value_chain.approvals.models import Approval, ApprovalKind
from ddplatform.value_chain.approvals.queries.approvals import ActiveApproval, select_active
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.absences import missing_factors
from supply_chain.risk.rm2.explanation import Explanation, explain
from supply_chain.risk.rm2.method import METHOD, METHOD_VERSION
from supply_chain.risk.rm2.observable import observable
from supply_chain.risk.rm2.possible_changes import Changes, changes_of
from supply_chain.risk.rm2.profile import Profile, profile_of
from supply_chain.risk.rm2.subject import subject_of
from supply_chain.vocabulary import Issue


@dataclass(frozen=True)
class Known:
    """A place on a day with all that is known of it."""

    node: ValueChainNode
    map_name: str
    as_of: date
    release: str  # of the reference data
    evidence: Evidence
    around: EventsAround
    head: RunHead | None
    """The current run of its map, where that is one under RM-2.0."""


@dataclass(frozen=True)
class ByPeople:
    """Observations, judgements and decisions of people on a risk, and their basis."""

    observations: Sequence[ObservationRow]
    follow: FollowUp
    judged: Judged | None
    note: Noted | None
    changes: Sequence[Change]
    facts: Sequence[Fact]
    past: Sequence[PastScore]
    answers: Sequence[AnswersBehind]


@dataclass(frozen=True)
class ExplainedRisk:
    """A score with its lines and what would change it."""

    known: Known
    explanation: Explanation  # its events name their places in `known.around`
    changes: Changes
    kept: RiskScore | None
    """The same in the current run of the map, where that is one under RM-2.0."""
    missing: tuple[str, ...]  # factors of the site of which nothing is known
    absences: tuple[ActiveApproval, ...]
    """Factors linked to the issue that are left out here, or wait for a second person."""
    by_people: ByPeople


@dataclass(frozen=True)
class PlaceProfile:
    """All issues of a place."""

    known: Known
    profile: Profile


def explain_risk(node: ValueChainNode, issue: Issue, as_of: date) -> ExplainedRisk:
    """Score and explain an issue at a place; other places do not matter for it.

    Args:
        as_of: the day; where a run of the map under RM-2.0 is the current one, its day counts
            for what is known. What people decided is told as of this day.
    """
    known, reference = _known(node, as_of), load_reference()
    subject = subject_of(columns_of(node), known.evidence, 0, issue, reference=reference)
    told = ask_together(_about_risk(known, issue))
    kept: RiskScore | None = told.pop("kept", None)
    asked: Sequence[ActiveApproval] = told.pop("asked")
    follow = load_of_places([node.id], as_of)
    weights = METHOD.up[:, subject.issue]
    return ExplainedRisk(
        known=known,
        explanation=explain(subject, reference=reference),
        changes=changes_of(subject),
        kept=kept,
        missing=missing_factors(subject),
        absences=tuple(
            one for one in asked if one.factor and weights[METHOD.factor_index[one.factor]]
        ),
        by_people=ByPeople(**told, follow=follow.of(node.id, issue)),
    )


def _about_risk(known: Known, issue: Issue) -> dict[str, Question[Any]]:
    about = known.node.id, issue
    absences = Approval.node_id == known.node.id, Approval.kind == ApprovalKind.NOT_APPLICABLE
    return {
        **({"kept": select_risk(known.head.id, *about)} if known.head else {}),
        "asked": select_active(*absences),
        "observations": select_observations(known.node, tuple(observable(issue))),
        "judged": select_judgement(*about),
        "note": select_note(*about),
        "changes": select_changes(*about),
        "facts": select_facts(*about),
        "past": select_past_scores(*about),
        "answers": select_answers_behind(known.node.id),
    }


def profile_place(node: ValueChainNode, as_of: date) -> PlaceProfile:
    """Score all issues at a place; the day as in `explain_risk`."""
    known, columns = _known(node, as_of), columns_of(node)
    profile = profile_of(columns, known.evidence, 0, reference=load_reference())
    return PlaceProfile(known, profile)


def _known(node: ValueChainNode, as_of: date) -> Known:
    of_map = get_map_head(node.chain_id)
    head = of_map.head
    is_kept = head is not None and head.method_version == METHOD_VERSION
    as_of = head.as_of if is_kept and head else as_of
    evidence, around = load_with_events(node.chain_id, (node.id,), as_of)
    return Known(
        node=node,
        map_name=of_map.name,
        as_of=as_of,
        release=load_reference().release,
        evidence=evidence,
        around=around,
        head=head if is_kept else None,
    )
