"""Suspension or termination of a business relationship over a finding (RDG-1 to RDG-10).

The ten conditions are stored with the finding, each in words; the log keeps every version. The
decision by a senior person (RDG-8) is no checkbox: it follows from the acting identity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.impacts import (
    EXIT_DECISIONS,
    SENIOR_DECIDES,
    impact_words,
    missing_for_exit,
)
from ddplatform.core.due_diligence.vocabulary import Relation
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.evidence.uploads.queries.documents import list_evidence_of
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in, faults_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

WORDS_LENGTH = 1000
KEPT = "exit"


@dataclass(frozen=True)
class Condition:
    """One condition of the gate: its record, and whether it is met.

    Attributes:
        evidence_id: the document of the finding that shows it. on, by: when, and who said it.
    """

    ref: str
    is_met: bool
    words: str = ""
    evidence_id: str | None = None
    on: date | None = None
    by: str = ""


@dataclass(frozen=True)
class Gate:
    """The state of an exit over one finding, as far as the reader may decide it.

    Attributes:
        missing_around: what the ten rest on and is not there yet, one sentence each.
    """

    relation: Relation
    since: date | None
    by: str
    reason: str
    conditions: tuple[Condition, ...]
    missing_around: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """All that must be done first, one sentence each, in the order of the gate."""
        met = {one.ref for one in self.conditions if one.is_met}
        return (*missing_for_exit(met), *self.missing_around)


def gate_of(finding: Finding, *, by: Identity) -> Gate:
    """The current ten conditions, and the missing ones for this person to end it."""
    kept = finding.step_data.get(KEPT, {})
    told: Mapping[str, Any] = kept.get("conditions", {})
    conditions = tuple(_condition(ref, told, finding, by) for ref in impact_words().exit_gate)
    last = kept.get("relation", {})
    return Gate(
        relation=relation_of(finding),
        since=date.fromisoformat(last["on"]) if last else None,
        by=last.get("by", ""),
        reason=last.get("reason", ""),
        conditions=conditions,
        missing_around=tuple(_missing_around(finding)),
    )


def relation_of(finding: Finding) -> Relation:
    """The state of the relationship for this finding; active unless decided otherwise."""
    last = finding.step_data.get(KEPT, {}).get("relation", {})
    return Relation(last.get("state", Relation.RUNNING))


def _condition(ref: str, told: Mapping[str, Any], finding: Finding, by: Identity) -> Condition:
    if ref == SENIOR_DECIDES:
        return Condition(ref, _is_senior(told, finding, by))
    kept = told.get(ref)
    if kept is None:
        return Condition(ref, is_met=False)
    return Condition(
        ref,
        is_met=kept["is_met"],
        words=kept["words"],
        evidence_id=kept["evidence"],
        on=date.fromisoformat(kept["on"]),
        by=kept["by"],
    )


def _is_senior(told: Mapping[str, Any], finding: Finding, by: Identity) -> bool:
    """May approve, does not own the finding, and did not write all of it alone."""
    others = {kept["by_id"] for kept in told.values()} - {str(by.user_id)}
    return by.has(Permission.RISK_APPROVE) and by.user_id != finding.owner_id and bool(others)


def _missing_around(finding: Finding) -> list[str]:
    """Requirements of the gate: a judged severity, and a decision about leverage."""
    missing = []
    if finding.scale is None:
        missing.append(gettext("Assess the severity of the finding."))
    if finding.step_data.get("leverage", {}).get("ref") not in EXIT_DECISIONS:
        titles = [impact_words().leverage_decisions[ref]["title"] for ref in EXIT_DECISIONS]
        missing.append(
            gettext(
                "Assess leverage: a relationship may end only where the leverage table leads to "
                "one of these decisions. %(decisions)s",
                decisions=" / ".join(titles),
            )
        )
    return missing


def record_condition(
    finding_id: UUID,
    ref: str,
    *,
    is_met: bool,
    words: str,
    evidence_id: UUID | None = None,
    version: int,
    act: Act,
) -> Finding:
    """Record whether a condition is met, with its basis.

    Raises:
        NotFound, Conflict: gone, changed meanwhile, or the relationship has ended already.
        Invalid: no such condition, RDG-8, no words, or a document of another row.
    """
    finding = get_finding(finding_id, for_change=True)
    kept = finding.step_data.get(KEPT, {}).get("conditions", {})
    before = kept.get(ref, {})
    label = gettext("Basis")
    refuse_stale(finding, version, theirs={label: before.get("words")}, mine={label: words})
    if relation_of(finding) is Relation.ENDED:
        raise Conflict(gettext("The relationship has ended."), gettext("Resume it first."))
    if ref not in impact_words().exit_gate or ref == SENIOR_DECIDES:
        raise Invalid(
            fields={"ref": gettext("Choose one of the conditions that are recorded in words.")}
        )
    _check_condition(finding_id, words, evidence_id)
    one = {
        "is_met": is_met,
        "words": words.strip(),
        "evidence": str(evidence_id) if evidence_id else None,
        "on": act.at.date().isoformat(),
        "by": act.by.name,
        "by_id": str(act.by.user_id),
    }
    _keep(finding, conditions={**kept, ref: one})
    audit.record(
        "finding:exit_condition",
        finding,
        act=act,
        condition=ref,
        is_met=(before.get("is_met"), is_met),
        reason=words.strip(),
    )
    return finding


def _check_condition(finding_id: UUID, words: str, evidence_id: UUID | None) -> None:
    faults: dict[str, str] = {}
    if fault := fault_in(words, label=gettext("the basis"), longest=WORDS_LENGTH):
        faults["words"] = fault
    found = list_evidence_of(Finding.__tablename__, finding_id, with_restricted=True)
    if evidence_id is not None and evidence_id not in {document.id for document, _ in found}:
        faults["evidence_id"] = gettext("Choose a document of this finding.")
    if faults:
        raise Invalid(fields=faults)


def suspend(finding_id: UUID, *, reason: str, protection: str, version: int, act: Act) -> Finding:
    """Stop new orders for now (LD-5, or a step of escalation): open without the ten conditions.

    Args:
        protection: how children and workers at the site are protected meanwhile.

    Raises:
        NotFound, Conflict: gone, changed meanwhile, suspended or ended already, or nobody has
            been through the leverage table and there is no emergency.
        Invalid: a text is missing, too long or leads to a person.
    """
    finding = _held(finding_id, Relation.SUSPENDED, version)
    if relation_of(finding) is not Relation.RUNNING:
        raise Conflict(gettext("The relationship is already suspended or ended."))
    if "leverage" not in finding.step_data and not finding.is_emergency:
        raise Conflict(
            gettext("Leverage has not been assessed."),
            gettext(
                "Assess leverage first: trying to change the site comes before stopping orders."
            ),
        )
    faults = faults_in(
        {
            "reason": (reason, gettext("the reason"), WORDS_LENGTH),
            "protection": (
                protection,
                gettext("how people at the site are protected"),
                WORDS_LENGTH,
            ),
        }
    )
    if faults:
        raise Invalid(fields=faults)
    text = f"{reason.strip()} Protection meanwhile: {protection.strip()}"
    return _turn(finding, Relation.SUSPENDED, text, "finding:suspend", act=act)


def end_relation(finding_id: UUID, *, reason: str, version: int, act: Act) -> Finding:
    """End the relationship over a finding, once all ten conditions are met.

    Raises:
        NotFound, Conflict: gone, changed meanwhile, ended already, or a condition is missing;
            the advice names each of them.
        Invalid: no reason, or one that leads to a person.

    Source:
        OECD Due Diligence Guidance (2018), step 3; UNGP 19, commentary.
    """
    finding = _held(finding_id, Relation.ENDED, version)
    if relation_of(finding) is Relation.ENDED:
        raise Conflict(gettext("The relationship has ended already."))
    missing = gate_of(finding, by=act.by).missing
    if missing:
        raise Conflict(
            gettext(
                "The relationship cannot be ended yet: disengagement now could cause "
                "more harm to children."
            ),
            gettext(
                "First: %(missing)s New orders can be suspended meanwhile.",
                missing=" ".join(missing),
            ),
        )
    _require_reason(reason)
    return _turn(finding, Relation.ENDED, reason, "finding:exit", act=act)


def take_up_again(finding_id: UUID, *, reason: str, version: int, act: Act) -> Finding:
    """Go on with a relationship that was suspended or ended (RDG-10).

    Raises:
        NotFound, Conflict: gone, changed meanwhile, or it runs.
        Invalid: no reason, or one that leads to a person.
    """
    finding = _held(finding_id, Relation.RUNNING, version)
    if relation_of(finding) is Relation.RUNNING:
        raise Conflict(gettext("The relationship is ongoing."))
    _require_reason(reason)
    return _turn(finding, Relation.RUNNING, reason, "finding:take_up", act=act)


def _held(finding_id: UUID, to: Relation, version: int) -> Finding:
    finding = get_finding(finding_id, for_change=True)
    label = gettext("Relationship")
    theirs, mine = {label: relation_of(finding)}, {label: to}
    refuse_stale(finding, version, theirs=theirs, mine=mine)
    return finding


def _require_reason(reason: str) -> None:
    if fault := fault_in(reason, label=gettext("the reason"), longest=WORDS_LENGTH):
        raise Invalid(fields={"reason": fault})


def _turn(finding: Finding, to: Relation, reason: str, action: str, *, act: Act) -> Finding:
    before, text = relation_of(finding), reason.strip()
    last = {"state": to.value, "on": act.at.date().isoformat(), "by": act.by.name, "reason": text}
    # What was true of one exit says nothing of another: after it, the conditions begin anew.
    begun_anew: dict[str, Any] = {"conditions": {}} if before is Relation.ENDED else {}
    _keep(finding, relation=last, **begun_anew)
    audit.record(action, finding, act=act, relation=(before, to), reason=text)
    return finding


def _keep(finding: Finding, **told: Any) -> None:
    kept = finding.step_data.get(KEPT, {})
    finding.step_data = {**finding.step_data, KEPT: {**kept, **told}}
    db.session.flush()  # the version that the page shows next
