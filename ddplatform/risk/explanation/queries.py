"""Issues at one place, scored by RM-2.0 from what is known of that place. No run is stored."""

from dataclasses import dataclass
from datetime import date

from ddplatform.models.value_chain import ValueChainNode
from ddplatform.queries.context_points import EventsAround, load_events_around
from ddplatform.queries.risk_evidence import load_evidence
from ddplatform.queries.value_chain import get_chain
from supply_chain.chain_columns import NodeColumns
from supply_chain.reference import load_reference
from supply_chain.risk.rm2.explanation import Explanation, explain
from supply_chain.risk.rm2.possible_changes import Changes, changes_of
from supply_chain.risk.rm2.profile import Profile, profile_of
from supply_chain.risk.rm2.subject import subject_of
from supply_chain.vocabulary import Issue


@dataclass(frozen=True)
class ExplainedRisk:
    """A score with its lines and what would change it, and what all of it rests on."""

    node: ValueChainNode
    map_name: str
    as_of: date
    release: str  # of the reference data
    explanation: Explanation
    changes: Changes
    around: EventsAround  # `explanation.events` name their places here


@dataclass(frozen=True)
class PlaceProfile:
    """All issues of a place, and what they rest on."""

    node: ValueChainNode
    map_name: str
    as_of: date
    release: str
    profile: Profile


def explain_risk(node: ValueChainNode, issue: Issue, as_of: date) -> ExplainedRisk:
    """Score and explain an issue at a place as of a day; other places do not matter for it."""
    reference, known = load_reference(), load_evidence(node.chain_id, (node.id,), as_of)
    around = load_events_around(node.chain_id, (node.id,), as_of)
    subject = subject_of(_columns(node), known, 0, issue, reference=reference, events=around.rows)
    return ExplainedRisk(
        node=node,
        map_name=get_chain(node.chain_id).name,
        as_of=as_of,
        release=reference.release,
        explanation=explain(subject, reference=reference),
        changes=changes_of(subject),
        around=around,
    )


def profile_place(node: ValueChainNode, as_of: date) -> PlaceProfile:
    """Score all issues at a place as of a day."""
    reference, known = load_reference(), load_evidence(node.chain_id, (node.id,), as_of)
    around = load_events_around(node.chain_id, (node.id,), as_of)
    return PlaceProfile(
        node=node,
        map_name=get_chain(node.chain_id).name,
        as_of=as_of,
        release=reference.release,
        profile=profile_of(_columns(node), known, 0, reference=reference, events=around.rows),
    )


def _columns(node: ValueChainNode) -> NodeColumns:
    return NodeColumns.build(
        [node.external_ref],
        kind=[node.kind],
        country=[node.country],
        sector=[node.sector_ref],
        commodities=[tuple(node.commodity_refs)],
    )
