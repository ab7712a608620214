"""What runs, facts and judgements of risk tell earlier packages of themselves."""

from ddplatform.risk.runs.models import (
    ControlRecord,
    FreshEvidence,
    RiskAssessment,
    RiskFact,
    SalienceNote,
    ScoreChange,
    SeverityJudgement,
)
from ddplatform.supplier_engagement.responses.models import RedFlag
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
    """Which columns name a node, and that a fact goes with the red flag that it comes from."""
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
