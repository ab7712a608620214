"""Judgements of a finding: severity, and the involvement of the company."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.errors import InvolvementUndecided
from ddplatform.core.due_diligence.impacts import (
    Involvement,
    InvolvementAnswer,
    decide_involvement,
    impact_words,
)
from ddplatform.due_diligence.finding_judgements.queries import (
    find_salience_note,
    severity_of_finding,
)
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.risk.runs.models import SalienceNote, SeverityJudgement
from ddplatform.value_chain.mapping.queries.maps import get_node

REASON_LENGTH = 1000
TRAITS = ("scale", "scope", "irremediability")
TRAIT_LABELS = dict(zip(TRAITS, (_("Scale"), _("Scope"), _("Irremediability")), strict=True))
_AS_THE_METHOD_SAYS: Mapping[str, str] = {
    Involvement.CAUSE: "cause",
    Involvement.CONTRIBUTE: "contribute",
    Involvement.DIRECTLY_LINKED: "linked",
}
"""The words of RM-1.0 section 12; who is not involved ranks with those not judged."""


@dataclass(frozen=True)
class Grade:
    """Severity of the actual or potential impact, for the child (UNGP 14, RM-1.0 7.2).

    Attributes:
        scale, scope, irremediability: 1 to 5. reasons: trait -> why.
        vulnerable: children under 12, unaccompanied, with disabilities, or living at the
            work place; adds 1 to the scale.
        delay_harms: whether waiting makes it irremediable; None: by the trait.
    """

    scale: int
    scope: int
    irremediability: int
    reasons: Mapping[str, str]
    vulnerable: bool = False
    is_emergency: bool = False
    delay_harms: bool | None = None


def grade(finding_id: UUID, wanted: Grade, *, version: int, act: Act) -> Finding:
    """Judge the severity of a finding, with a reason for each trait.

    The judgement becomes that of the (node, issue), and a new assessment is asked for.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        Invalid: a trait outside 1 to 5, or without a reason.
    """
    finding = get_finding(finding_id, for_change=True)
    refuse_stale(
        finding,
        version,
        theirs={str(label): getattr(finding, trait) for trait, label in TRAIT_LABELS.items()},
        mine={str(label): getattr(wanted, trait) for trait, label in TRAIT_LABELS.items()},
    )
    _check_grade(wanted)
    before = [getattr(finding, trait) for trait in TRAITS]
    for trait in TRAITS:
        setattr(finding, trait, getattr(wanted, trait))
    finding.severity_reasons = {trait: wanted.reasons[trait].strip() for trait in TRAITS}
    finding.is_emergency = wanted.is_emergency
    finding.step_data = {
        **finding.step_data,
        "grade": {"vulnerable": wanted.vulnerable, "delay_harms": wanted.delay_harms},
    }
    _keep_judgement(finding, wanted, act=act)
    audit.record(
        "finding:grade",
        finding,
        act=act,
        is_emergency=wanted.is_emergency,
        vulnerable=wanted.vulnerable,
        severity=severity_of_finding(finding),
        scale=(before[0], wanted.scale),
        scope=(before[1], wanted.scope),
        irremediability=(before[2], wanted.irremediability),
    )
    return finding


def _check_grade(wanted: Grade) -> None:
    faults: dict[str, str] = {}
    for trait in TRAITS:
        if not 1 <= getattr(wanted, trait) <= 5:
            faults[trait] = gettext("Choose a level from 1 to 5.")
        fault = fault_in(
            wanted.reasons.get(trait, ""),
            label=gettext("the reason for this level"),
            longest=REASON_LENGTH,
        )
        if fault:
            faults[f"{trait}_reason"] = fault
    if faults:
        raise Invalid(fields=faults)


def _keep_judgement(finding: Finding, wanted: Grade, *, act: Act) -> None:
    db.session.add(
        SeverityJudgement(
            node_id=finding.node_id,
            issue=finding.issue,
            scale=wanted.scale,
            scope=wanted.scope,
            irremediability=wanted.irremediability,
            vulnerable=wanted.vulnerable,
            reasons=dict(finding.severity_reasons),
            created_at=act.at,
            created_by_id=act.by.user_id,
        )
    )
    _keep_salience(
        finding,
        wanted.delay_harms,
        reason=finding.severity_reasons["scale"],
        act=act,
    )
    ask_reassessment(get_node(finding.node_id).chain_id, "facts", act=act)


def _keep_salience(finding: Finding, delay_harms: bool | None, *, reason: str, act: Act) -> None:
    db.session.add(
        SalienceNote(
            node_id=finding.node_id,
            issue=finding.issue,
            is_emergency=finding.is_emergency,
            delay_harms=delay_harms,
            involvement=_AS_THE_METHOD_SAYS.get(finding.involvement or ""),
            reason=reason,
            created_at=act.at,
            created_by_id=act.by.user_id,
        )
    )


def judge_involvement(
    finding_id: UUID,
    answers: Mapping[str, InvolvementAnswer],
    *,
    minority_view: str = "",
    version: int,
    act: Act,
) -> Finding:
    """Decide by INV-1 to INV-3, with reasons, how the company is involved (UNGP 13, 19).

    Args:
        minority_view: what those said who saw it otherwise.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        Invalid: a question that is needed has no answer or no reason; a text is too long or
            leads to a person.
    """
    finding = get_finding(finding_id, for_change=True)
    decided = _decided(answers, minority_view)
    label = gettext("Involvement")
    refuse_stale(
        finding,
        version,
        theirs={label: _involvement_words(finding.involvement)},
        mine={label: _involvement_words(decided)},
    )
    before = finding.involvement
    finding.involvement = decided.value
    finding.involvement_answers = {
        **{ref: {"yes": a.yes, "reason": a.reason.strip()} for ref, a in answers.items()},
        "minority_view": minority_view.strip(),
    }
    finding.step_data = {  # whoever confirmed the earlier assessment did not confirm this one
        **finding.step_data,
        "involvement": _stated(act),
    }
    known = find_salience_note(finding.node_id, finding.issue)
    delay_harms = known.delay_harms if known else None
    _keep_salience(finding, delay_harms, reason=_deciding_reason(answers), act=act)
    ask_reassessment(get_node(finding.node_id).chain_id, "facts", act=act)
    audit.record(
        "finding:involvement",
        finding,
        act=act,
        involvement=(before, decided.value),
        answers=finding.involvement_answers,
    )
    return finding


def _stated(act: Act) -> dict[str, str]:
    return {"stated_by": str(act.by.user_id), "stated_on": act.at.date().isoformat()}


def _decided(answers: Mapping[str, InvolvementAnswer], minority_view: str) -> Involvement:
    try:
        decided = decide_involvement(answers)
    except InvolvementUndecided as error:
        fields: dict[str, str] = {}
        for problem in error.problems:
            ref = next((ref for ref in impact_words().involvement_questions if ref in problem), "")
            fields[ref] = f"{fields[ref]} {problem}" if ref in fields else problem
        raise Invalid(fields=fields) from error
    _check_reasons(answers, minority_view)
    return decided


def _check_reasons(answers: Mapping[str, InvolvementAnswer], minority_view: str) -> None:
    texts = {f"{ref}_reason": answer.reason for ref, answer in answers.items()}
    faults = {
        name: fault
        for name, text in {**texts, "minority_view": minority_view}.items()
        if (
            fault := fault_in(
                text, label=gettext("this text"), longest=REASON_LENGTH, required=False
            )
        )
    }
    if faults:
        raise Invalid(fields=faults)


def _deciding_reason(answers: Mapping[str, InvolvementAnswer]) -> str:
    given = [answer.reason.strip() for answer in answers.values() if answer.reason.strip()]
    decisive = [answer.reason.strip() for answer in answers.values() if answer.yes]
    return (decisive or given)[0]


def _involvement_words(involvement: str | None) -> str:
    return impact_words().responses[involvement]["title"] if involvement else ""
