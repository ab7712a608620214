"""Registrations of runs, facts and judgements of risk with earlier packages."""

from ddplatform.risk.runs.models import (
    ControlRecord,
    FreshEvidence,
    RiskAssessment,
    RiskFact,
    SalienceNote,
    ScoreChange,
    SeverityJudgement,
)
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.runs import find_current_head, find_run_before, find_version
from ddplatform.supplier_engagement.responses.models import RedFlag
from ddplatform.value_chain.graph.queries.runs import ASSESSMENT, RUNS, RunReader
from ddplatform.value_chain.merging.queries.references import (
    Dependence,
    Follow,
    NodeReference,
    register_follows,
    register_references,
    rows_at,
)

OF_ITS_DAY = "a run tells what was known on its day; the next run scores one node"
ASSESSED_AGAIN = "a merge changes the map, which is then assessed as a whole"
JUDGED = Dependence("site with a severity judgement", "sites with severity judgements")
KNOWN = Dependence("site with facts on risk", "sites with facts on risk")
CONTROLLED = Dependence("site with controls", "sites with controls")


def register() -> None:
    """Runs for the graph of a map, which columns name a node, and what a fact goes with."""
    register_references(
        NodeReference(SeverityJudgement.node_id, dependence=JUDGED),
        NodeReference(RiskFact.node_id, dependence=KNOWN),
        NodeReference(ControlRecord.node_id, dependence=CONTROLLED),
        NodeReference(ScoreChange.node_id),
        NodeReference(SalienceNote.node_id),
        NodeReference(RiskAssessment.node_id, stays=OF_ITS_DAY),
        NodeReference(FreshEvidence.node_id, stays=ASSESSED_AGAIN),
    )
    flags = rows_at(RedFlag.node_id)
    register_follows(RedFlag.__tablename__, Follow(RiskFact.node_id, RiskFact.cause_id, flags))
    RUNS.add(
        ASSESSMENT,
        RunReader(
            find_before=find_run_before,
            load_register=load_register,
            find_version=find_version,
            find_current=find_current_head,
        ),
    )
