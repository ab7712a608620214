"""Findings: recording, rewording, assignment to an owner."""

from dataclasses import dataclass
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_person, get_user
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services import counts as finding_counts
from ddplatform.due_diligence.findings.services import harm
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.plain_text import faults_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext
from ddplatform.risk.facts.services.facts import ask_reassessment
from ddplatform.supplier_engagement.review.services.review import turn_into_finding
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.screening.services.matches import ConfirmedMatch
from supply_chain.vocabulary import Issue

TITLE_LENGTH, TEXT_LENGTH = 160, 4000


@dataclass(frozen=True)
class FindingFields:
    """The details of a finding when it is recorded.

    Attributes:
        response_id, answer_path: the answer it comes from, if it does.
        self_disclosed: the site disclosed it; shown beside the score, changes no number.
        found_by_control: detecting control through which the site itself found confirmed harm.
    """

    issue: Issue
    title: str
    description: str
    source: FindingSource
    harm: Harm = Harm.POTENTIAL
    response_id: UUID | None = None
    answer_path: str | None = None
    self_disclosed: bool = False
    found_by_control: str | None = None


def record(node_id: UUID, fields: FindingFields, *, act: Act) -> Finding:
    """Record an actual or potential adverse impact on children at a node (UNGP 17, 18).

    Harm that is alleged or confirmed is stated to the risk method at once (RM-1.0 section 8).
    The answer it comes from, if it does, is shown in its review as turned into a finding.

    Raises:
        NotFound: no such node, or no such answer.
        Invalid: title or description missing, too long, or leading to a person; or
            `found_by_control` is no control that detects the issue.
    """
    node = get_node(node_id)
    _check_texts(fields.title, fields.description)
    finding = Finding(
        node_id=node.id,
        issue=fields.issue,
        title=fields.title.strip(),
        description=fields.description.strip(),
        is_actual=fields.harm is not Harm.POTENTIAL,
        source=fields.source,
        response_id=fields.response_id,
        answer_path=fields.answer_path,
        self_disclosed=fields.self_disclosed,
        found_by_control=fields.found_by_control or None,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(finding)
    db.session.flush()  # the fact and the event name it
    if fields.response_id and fields.answer_path:
        turn_into_finding(fields.response_id, fields.answer_path, act=act)
    if finding.is_actual:
        harm.state_fact(finding, confirmed=fields.harm is Harm.CONFIRMED, at=act.at)
        ask_reassessment(node.chain_id, "facts", act=act)
    finding_counts.refresh(node.id, today=act.at.date())
    audit.record(
        "finding:record",
        finding,
        act=act,
        title=finding.title,
        issue=finding.issue,
        harm=fields.harm,
        source=finding.source,
        answer=finding.answer_path,
    )
    return finding


def record_listed(match: ConfirmedMatch, *, act: Act) -> UUID:
    """Record a finding at a site that a person found on an official list; returns its key.

    Potential harm changes no score, alleged harm is a credible allegation (RM-1.0 section 8).
    """
    fields = FindingFields(
        issue=match.issue,
        title=match.title[:TITLE_LENGTH],
        description=match.description[:TEXT_LENGTH],
        source=FindingSource.OFFICIAL_LIST,
        harm=match.harm,
    )
    return record(match.node_id, fields, act=act).id


def rewrite(finding_id: UUID, *, title: str, description: str, version: int, act: Act) -> Finding:
    """Change the words of a finding.

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        Invalid: a text is missing, too long, or leads to a person.
    """
    finding = get_finding(finding_id, for_change=True)
    refuse_stale(
        finding,
        version,
        theirs={gettext("Title"): finding.title, gettext("Description"): finding.description},
        mine={gettext("Title"): title, gettext("Description"): description},
    )
    _check_texts(title, description)
    before = finding.title, finding.description
    finding.title, finding.description = title.strip(), description.strip()
    audit.record(
        "finding:rewrite",
        finding,
        act=act,
        title=(before[0], finding.title),
        description=(before[1], finding.description),
    )
    return finding


def _check_texts(title: str, description: str) -> None:
    faults = faults_in(
        {
            "title": (title, gettext("a title"), TITLE_LENGTH),
            "description": (description, gettext("a description"), TEXT_LENGTH),
        }
    )
    if faults:
        raise Invalid(fields=faults)


def set_owner(finding_id: UUID, owner_id: UUID | None, *, version: int, act: Act) -> Finding:
    """Assign a finding to an owner in the organisation (UNGP 19).

    Raises:
        NotFound, Conflict: gone, or changed meanwhile.
        Invalid: the person is no member.
    """
    finding = get_finding(finding_id, for_change=True)
    name = name_of_member(owner_id) if owner_id else None
    theirs = get_user(finding.owner_id).name if finding.owner_id else None
    label = gettext("Owner")
    refuse_stale(finding, version, theirs={label: theirs}, mine={label: name})
    before, finding.owner_id = finding.owner_id, owner_id
    audit.record("finding:owner", finding, act=act, owner=(before, owner_id))
    return finding


def name_of_member(user_id: UUID) -> str:
    """The name of a member of the acting organisation. Raises Invalid for anybody else."""
    try:
        return get_person(user_id).name
    except NotFound as error:
        raise Invalid(
            fields={"owner_id": gettext("Choose a colleague in your organisation.")}
        ) from error
