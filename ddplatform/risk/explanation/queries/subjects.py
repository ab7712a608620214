"""One site with everything known about it on a day, as RM-2.0 scores it alone."""

from datetime import date

from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import load_reference
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.subject import Subject, subject_of
from supply_chain.vocabulary import Issue


def columns_of(node: ValueChainNode) -> NodeColumns:
    """A site as the one row of a map; its links do not matter for its own score."""
    return NodeColumns.build(
        [node.external_ref],
        kind=[node.kind],
        country=[node.country],
        sector=[node.sector_ref],
        commodities=[tuple(node.commodity_refs)],
    )


def load_subject(node: ValueChainNode, factor: str, as_of: date) -> Subject:
    """The site under an issue that a factor of the method counts for, if there is one."""
    linked = METHOD.up[METHOD.factor_index[factor]].argmax()
    evidence = load_evidence(node.chain_id, (node.id,), as_of)
    issue = tuple(Issue)[int(linked)]
    return subject_of(columns_of(node), evidence, 0, issue, reference=load_reference())
