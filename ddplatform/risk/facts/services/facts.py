"""Input of other columns for the risk column: facts, controls, and the need to reassess a map.

These are parts of a larger change (a finding that is confirmed, a case that is closed, an action
that is verified): the caller writes the one audit event of that change.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.languages import gettext
from ddplatform.risk.facts.queries.facts import find_stated, list_open_facts
from ddplatform.risk.runs.models import ControlRecord, FactKind, RiskFact
from supply_chain.risk.issue_names import ISSUE_TERMS
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

REASSESS = "risk:assess"
_RED_FLAG = "red_flag"


def add_fact(
    node_id: UUID,
    issue: Issue,
    kind: FactKind,
    *,
    cause_type: str,
    cause_id: UUID,
    since: datetime,
    found_by: str | None = None,
    self_disclosed: bool = False,
) -> RiskFact:
    """State a fact that overrides the model for a (node, issue), until `end_fact` (RM-1.0 8).

    The same open fact of the same cause is not stated twice: the first one is returned.

    Args:
        cause_type, cause_id: the row the fact comes from: `finding`, `red_flag` or `case`.
        found_by: the control through which the site itself found a confirmed impact.
        self_disclosed: the site told of it; shown beside the score, changes no number.

    Raises:
        Invalid: `found_by` is no detecting control that addresses the issue.
    """
    if found_by is not None:
        _check_detecting(found_by, issue)
    db.session.flush()  # the same unit of work may have stated it
    stated = find_stated(node_id, issue, kind, cause_type=cause_type, cause_id=cause_id)
    if stated is not None:
        return stated
    fact = RiskFact(
        node_id=node_id,
        issue=issue,
        kind=kind,
        found_by=found_by,
        self_disclosed=self_disclosed,
        cause_type=cause_type,
        cause_id=cause_id,
        since=since,
    )
    db.session.add(fact)
    return fact


def end_fact(
    cause_type: str, cause_id: UUID, *, at: datetime, closure_verified: bool = False
) -> Sequence[RiskFact]:
    """End all open facts that came from one cause, and return them.

    Args:
        closure_verified: an open confirmed impact was remedied and its closure verified by a
            second person. Each confirmed fact is followed by a closure, which keeps the
            likelihood up for a while (recurrence floor, RM-1.0 8). Without it the facts just end:
            refuted, handed over, entered by mistake.
    """
    db.session.flush()  # the facts may be as new as their end
    ended = list_open_facts(cause_type, cause_id)
    for fact in ended:
        fact.ended_at = at
        if closure_verified and fact.kind is FactKind.CONFIRMED:
            add_fact(
                fact.node_id,
                fact.issue,
                FactKind.CLOSED,
                cause_type=cause_type,
                cause_id=cause_id,
                since=at,
                self_disclosed=fact.self_disclosed,
            )
    return ended


def add_flag(
    node_id: UUID, issue: Issue, *, flag_id: UUID, since: datetime, self_disclosed: bool
) -> RiskFact:
    """State that a red flag of answers keeps up the likelihood of an issue (RM-1.0 8)."""
    return add_fact(
        node_id,
        issue,
        FactKind.RED_FLAG,
        cause_type=_RED_FLAG,
        cause_id=flag_id,
        since=since,
        self_disclosed=self_disclosed,
    )


def end_flag(flag_id: UUID, *, at: datetime) -> Sequence[RiskFact]:
    """End what a red flag stated: it proved to be a mistake."""
    return end_fact(_RED_FLAG, flag_id, at=at)


def record_control(
    node_id: UUID,
    control: str,
    *,
    coverage: float,
    evidence: float,
    verified_on: date | None,
    reason: str,
    cause: tuple[str, UUID | None],
    act: Act,
) -> ControlRecord:
    """Keep what was judged of a control at a node; the newest record of a control counts.

    Args:
        coverage: share of the exposed people, sites or volume reached, 0 to 1.
        evidence: one of the five levels 0, .25, .5, .75, .9 (RM-1.0 9).
        verified_on: the day of the check; evidence older than 18 months falls to .25.
        cause: (`action` or `review`, id of that row).

    Raises:
        Invalid: unknown control, a value outside its scale, no reason.
    """
    _check_control(control, coverage=coverage, evidence=evidence, reason=reason)
    record = ControlRecord(
        node_id=node_id,
        control=control,
        coverage=coverage,
        evidence=evidence,
        verified_on=verified_on,
        cause_type=cause[0],
        cause_id=cause[1],
        reason=reason.strip(),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(record)
    return record


def _check_control(control: str, *, coverage: float, evidence: float, reason: str) -> None:
    problems = {}
    if control not in METHOD.control_index:
        problems["control"] = gettext(
            "“%(control)s” is not a control of the method. Choose one of the list.", control=control
        )
    if not 0 <= coverage <= 1:
        problems["coverage"] = gettext(
            "Enter the share of people, sites or volume reached, from 0 to 100 percent."
        )
    if evidence not in METHOD.policy.evidence_levels:
        levels = ", ".join(f"{level:g}" for level in METHOD.policy.evidence_levels)
        problems["evidence"] = gettext("Choose one of the levels %(levels)s.", levels=levels)
    if not reason.strip():
        problems["reason"] = gettext("State the evidence that supports this level.")
    if problems:
        raise Invalid(fields=problems)


def ask_reassessment(chain_id: UUID, cause: str, *, act: Act) -> Job:
    """Queue a new assessment of a map; one that still waits is enough and is returned instead.

    Args:
        cause: why, for the history: `import`, `answers`, `facts`, `judgement`, `release`,
            `request`, `calendar`.
    """
    return jobs.enqueue(
        REASSESS,
        {"chain_id": str(chain_id), "cause": cause},
        act=act,
        unique_key=f"{REASSESS}:{chain_id}",
    )


def _check_detecting(control: str, issue: Issue) -> None:
    at = METHOD.control_index.get(control)
    if at is None or not (METHOD.detects[at] and METHOD.helps[at, list(Issue).index(issue)]):
        term = ISSUE_TERMS[issue]
        fault = gettext(
            "%(control)s is not a control that detects “%(issue)s”. Leave it empty.",
            control=control,
            issue=term,
        )
        raise Invalid(fields={"found_by": fault})
