"""Issues at one place, scored by RM-2.0 from what is known of that place. No run is stored."""

from dataclasses import dataclass
from datetime import date

from ddplatform.models.approvals import Approval, ApprovalKind
from ddplatform.models.value_chain import ValueChainNode
from ddplatform.queries.approvals import Standing, list_standing
from ddplatform.queries.context_points import EventsAround, load_events_around
from ddplatform.queries.node_subjects import columns_of
from ddplatform.queries.risk import find_risk
from ddplatform.queries.risk_evidence import load_evidence
from ddplatform.queries.risk_runs import RunHead, find_current_head
from ddplatform.queries.risk_scores import RiskScore
from ddplatform.queries.value_chain import get_chain
from supply_chain.reference import load_reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.absences import missing_factors
from supply_chain.risk.rm2.explanation import Explanation, explain
from supply_chain.risk.rm2.method import METHOD, METHOD_VERSION
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
class ExplainedRisk:
    """A score with its lines and what would change it."""

    known: Known
    explanation: Explanation  # its events name their places in `known.around`
    changes: Changes
    kept: RiskScore | None
    """The same in the current run of the map, where that is one under RM-2.0."""
    missing: tuple[str, ...]  # factors of the site of which nothing is known
    absences: tuple[Standing, ...]
    """Factors linked to the issue that are left out here, or wait for a second person."""


@dataclass(frozen=True)
class PlaceProfile:
    """All issues of a place."""

    known: Known
    profile: Profile


def explain_risk(node: ValueChainNode, issue: Issue, as_of: date) -> ExplainedRisk:
    """Score and explain an issue at a place; other places do not matter for it.

    Args:
        as_of: the day; where a run of the map under RM-2.0 is the current one, its day counts.
    """
    known, reference = _known(node, as_of), load_reference()
    subject = subject_of(columns_of(node), known.evidence, 0, issue, reference=reference)
    kept = find_risk(known.head.id, node.id, issue) if known.head else None
    asked = list_standing(Approval.node_id == node.id, Approval.kind == ApprovalKind.NOT_APPLICABLE)
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
    )


def profile_place(node: ValueChainNode, as_of: date) -> PlaceProfile:
    """Score all issues at a place; the day as in `explain_risk`."""
    known, columns = _known(node, as_of), columns_of(node)
    profile = profile_of(columns, known.evidence, 0, reference=load_reference())
    return PlaceProfile(known, profile)


def _known(node: ValueChainNode, as_of: date) -> Known:
    head = find_current_head(node.chain_id)
    is_kept = head is not None and head.method_version == METHOD_VERSION
    as_of = head.as_of if is_kept and head else as_of
    asked = node.chain_id, (node.id,), as_of
    return Known(
        node=node,
        map_name=get_chain(node.chain_id).name,
        as_of=as_of,
        release=load_reference().release,
        evidence=load_evidence(*asked),
        around=load_events_around(*asked),
        head=head if is_kept else None,
    )
