"""Alleged or confirmed harm: the fact that overrides the model (RM-1.0 section 8)."""

from datetime import datetime
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import find_open_fact, get_finding
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext
from ddplatform.risk.facts.services.facts import add_fact, ask_reassessment, end_fact
from ddplatform.risk.runs.models import FactKind, RiskFact
from ddplatform.value_chain.mapping.queries.maps import get_node

REASON_LENGTH = 1000


def state_fact(finding: Finding, *, confirmed: bool, at: datetime) -> RiskFact:
    """State the harm of a finding to the risk method; a confirmation ends the allegation.

    Raises:
        Invalid: `found_by_control` of the finding is no control that detects its issue.
    """
    known = find_open_fact(finding.id)
    if confirmed and known is not None and known.kind is FactKind.CREDIBLE:
        end_fact(Finding.__tablename__, finding.id, at=at)
    try:
        return add_fact(
            finding.node_id,
            finding.issue,
            FactKind.CONFIRMED if confirmed else FactKind.CREDIBLE,
            cause_type=Finding.__tablename__,
            cause_id=finding.id,
            since=at,
            found_by=finding.found_by_control if confirmed else None,
            self_disclosed=finding.self_disclosed,
        )
    except Invalid as error:  # the field of a finding is called by its own name
        raise Invalid(fields={"found_by_control": error.fields["found_by"]}) from error


def report_harm(
    finding_id: UUID,
    *,
    confirmed: bool,
    found_by_control: str | None = None,
    self_disclosed: bool = False,
    act: Act,
) -> Finding:
    """Record that a potential impact has become an actual one, alleged or confirmed.

    The likelihood rises at once. The case that helps the child is opened next, on its own page.

    Args:
        found_by_control: the detecting control through which the site itself found it.
        self_disclosed: the site disclosed it.

    Raises:
        NotFound: no such finding.
        Conflict: harm was confirmed already, or alleged already and not confirmed now.
        Invalid: `found_by_control` is no control that detects the issue.
    """
    finding = get_finding(finding_id, for_change=True)
    known = find_open_fact(finding.id)
    if known is not None and (known.kind is FactKind.CONFIRMED or not confirmed):
        raise Conflict(
            gettext("Confirmed harm is already recorded for this finding.")
            if known.kind is FactKind.CONFIRMED
            else gettext("An allegation of harm is already recorded for this finding."),
            gettext("Open the finding to see what was recorded."),
        )
    finding.is_actual = True
    finding.found_by_control = found_by_control or finding.found_by_control
    finding.self_disclosed = self_disclosed or finding.self_disclosed
    fact = state_fact(finding, confirmed=confirmed, at=act.at)
    ask_reassessment(get_node(finding.node_id).chain_id, "facts", act=act)
    audit.record(
        "finding:harm",
        finding,
        act=act,
        harm=(known.kind if known else None, fact.kind),
        self_disclosed=finding.self_disclosed,
        found_by=finding.found_by_control,
    )
    return finding


def refute_allegation(finding_id: UUID, *, reason: str, act: Act) -> Finding:
    """End an allegation that was checked and not borne out. Confirmed harm ends by its case alone.

    Raises:
        NotFound: no such finding.
        Conflict: there is no open allegation, or the one who recorded it would refute it.
        Invalid: no reason.
    """
    finding = get_finding(finding_id, for_change=True)
    known = find_open_fact(finding.id)
    if known is None or known.kind is not FactKind.CREDIBLE:
        raise Conflict(gettext("There is no open allegation to dismiss."))
    if finding.created_by_id == act.by.user_id:
        raise Conflict(
            gettext("An allegation cannot be dismissed by the person who recorded it."),
            gettext("Ask somebody else to check it."),
        )
    if fault := fault_in(reason, label=gettext("what was checked and seen"), longest=REASON_LENGTH):
        raise Invalid(fields={"reason": fault})
    end_fact(Finding.__tablename__, finding.id, at=act.at)
    finding.is_actual = False
    ask_reassessment(get_node(finding.node_id).chain_id, "facts", act=act)
    audit.record("finding:refute", finding, act=act, reason=reason.strip())
    return finding
