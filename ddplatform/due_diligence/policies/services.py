"""Policies: draft, checklist, approval by a second person, the next version."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.policy_checklist import policy_checklist
from ddplatform.due_diligence.policies.models import (
    ApprovalLevel,
    Policy,
    PolicyAnswer,
    PolicyCheck,
    PolicyState,
    PolicyVersion,
)
from ddplatform.due_diligence.policies.queries import (
    count_versions,
    find_version,
    get_check,
    get_policy,
    get_version,
    list_checks,
    list_documents,
)
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.queries.documents import count_documents_of
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.plain_text import fault_in, is_web_address
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext

TITLE_LENGTH = 200
REASON_LENGTH = 2_000
LANGUAGES_MOST = 60
LANGUAGE_CODE = re.compile("[a-z]{2,3}")
"""As ISO 639 writes them."""


@dataclass(frozen=True)
class PolicyFields:
    """What a person says of a version.

    Attributes:
        languages: ISO 639 codes. public_url: empty where it is not published.
    """

    title: str
    languages: tuple[str, ...]
    public_url: str
    review_on: date


@dataclass(frozen=True)
class Approval:
    """The decision of the most senior level: who took it, and on which day."""

    level: ApprovalLevel
    approved_on: date


def start_policy(wanted: PolicyFields, *, act: Act) -> PolicyVersion:
    """Add a policy with its first draft and an empty checklist.

    Raises:
        Invalid: a field breaks a rule.
    """
    _check(wanted, today=act.at.date())
    policy = Policy(created_at=act.at, created_by_id=act.by.user_id)
    db.session.add(policy)
    db.session.flush()  # its version names it
    version = _add_version(policy, 1, _values(wanted), act=act)
    for item in policy_checklist().items:
        db.session.add(PolicyCheck(version_id=version.id, item=item))
    audit.record("policy:start", version, act=act, **_values(wanted))
    return version


def start_version(policy_id: UUID, *, act: Act) -> PolicyVersion:
    """Begin the next version of an approved policy, with its answers and their documents.

    Raises:
        NotFound: no such policy. Conflict: it has a draft already, or nothing is approved yet.
    """
    policy = get_policy(policy_id)
    approved = find_version(policy_id, PolicyState.APPROVED)
    if approved is None or find_version(policy_id, PolicyState.DRAFT) is not None:
        raise Conflict(
            gettext("This policy has a draft already."), gettext("Go on with that draft.")
        )
    kept = {name: getattr(approved, name) for name in ("title", "languages", "public_url")}
    kept["review_on"] = policy_checklist().latest_review(act.at.date())
    version = _add_version(policy, count_versions(policy_id) + 1, kept, act=act)
    _copy_checks(approved, version, act=act)
    audit.record("policy:start_version", version, act=act, number=version.number)
    return version


def _add_version(policy: Policy, number: int, values: dict[str, Any], *, act: Act) -> PolicyVersion:
    version = PolicyVersion(
        policy_id=policy.id,
        number=number,
        state=PolicyState.DRAFT,
        changed_at=act.at,
        changed_by_id=act.by.user_id,
        **values,
    )
    db.session.add(version)
    db.session.flush()  # its checklist and the event name it
    return version


def _copy_checks(earlier: PolicyVersion, version: PolicyVersion, *, act: Act) -> None:
    """Answers keep who gave them; the document of the policy itself is not taken along."""
    checks = list_checks(earlier.id)
    documents = list_documents([check.id for check in checks], with_restricted=True)
    for check in checks:
        copy = PolicyCheck(
            version_id=version.id,
            item=check.item,
            answer=check.answer,
            reason=check.reason,
            changed_at=check.changed_at,
            changed_by_id=check.changed_by_id,
        )
        db.session.add(copy)
        db.session.flush()  # links name it
        for document in documents[check.id]:
            evidence.attach(document, copy, at=act.at)


def change_version(
    version_id: UUID, wanted: PolicyFields, *, version: int, act: Act
) -> PolicyVersion:
    """Change what a draft says of itself.

    Raises:
        NotFound: no such version. Invalid: a field breaks a rule.
        Conflict: it is approved, or somebody changed it meanwhile.
    """
    row = _draft(version_id)
    _check(wanted, today=act.at.date())
    new = _values(wanted)
    changed: dict[str, Any] = {
        name: (getattr(row, name), value)
        for name, value in new.items()
        if getattr(row, name) != value
    }
    if not changed:
        return row
    refuse_stale(row, version)
    for name, (_, value) in changed.items():
        setattr(row, name, value)
    assert act.by.user_id is not None  # the platform itself changes no policy
    row.changed_at, row.changed_by_id = act.at, act.by.user_id
    audit.record("policy:change", row, act=act, **changed)
    return row


def answer_check(
    check_id: UUID, answer: PolicyAnswer, reason: str, *, version: int, act: Act
) -> PolicyCheck:
    """Answer one criterion of a draft, with the reason.

    Raises:
        NotFound: no such criterion. Invalid: no reason, or one that leads to a person.
        Conflict: the version is approved, or somebody answered meanwhile.
    """
    check = get_check(check_id, for_change=True)
    _draft(check.version_id)
    reason = reason.strip()
    if fault := fault_in(reason, label=gettext("the reason"), longest=REASON_LENGTH):
        raise Invalid(fields={"reason": fault})
    refuse_stale(
        check,
        version,
        theirs={gettext("Reason"): check.reason},
        mine={gettext("Reason"): reason},
    )
    before = check.answer
    check.answer, check.reason = answer, reason
    check.changed_at, check.changed_by_id = act.at, act.by.user_id
    audit.record(
        "policy:answer", check, act=act, item=check.item, answer=(before, answer), reason=reason
    )
    return check


def approve(version_id: UUID, decision: Approval, *, version: int, act: Act) -> PolicyVersion:
    """Record the approval of a draft; it replaces the version before it.

    Raises:
        NotFound: no such version.
        Conflict: it is approved already, changed meanwhile, lacks a document or an answer, or
            this person wrote it, answered its checklist or added a document of it.
        Invalid: the day of approval lies ahead, or the review is not within 24 months of it.
    """
    row = _draft(version_id)
    refuse_stale(row, version)
    if (obstacle := find_obstacle(row, act.by)) is not None:
        raise obstacle
    latest = policy_checklist().latest_review(decision.approved_on)
    if decision.approved_on > act.at.date():
        raise Invalid(fields={"approved_on": gettext("Choose today or an earlier day.")})
    if not decision.approved_on < row.review_on <= latest:
        raise Invalid(
            fields={
                "approved_on": gettext(
                    "The review date is %(review)s; it has to lie within 24 months of the "
                    "approval. Edit the review date first.",
                    review=row.review_on.isoformat(),
                )
            }
        )
    replaced = find_version(row.policy_id, PolicyState.APPROVED)
    if replaced is not None:
        replaced.state = PolicyState.REPLACED
    row.state, row.approval_level = PolicyState.APPROVED, decision.level
    row.approved_on, row.approved_at = decision.approved_on, act.at
    row.approved_by_id = act.by.user_id
    audit.record(
        "policy:approve",
        row,
        act=act,
        level=decision.level,
        approved_on=decision.approved_on,
        replaces=replaced.number if replaced else None,
    )
    return row


def find_obstacle(row: PolicyVersion, by: Identity) -> Conflict | None:
    """What keeps this person from recording the approval of a draft; None: nothing."""
    checks = list_checks(row.id)
    open_items = [check.item for check in checks if check.answer is None]
    if open_items:
        return Conflict(
            gettext("Not every criterion is answered: %(items)s.", items=", ".join(open_items)),
            gettext("Answer them; the answer may be no."),
        )
    if not count_documents_of([row.id]):
        return Conflict(
            gettext("The document of the policy is missing."),
            gettext("Add the document that was approved."),
        )
    if by.user_id in _authors(row, checks):
        return Conflict(
            gettext("You wrote this version, answered its checklist or added a document of it."),
            gettext("Another person with this right has to record the approval."),
        )
    return None


def _authors(row: PolicyVersion, checks: Sequence[PolicyCheck]) -> set[UUID | None]:
    """Who wrote the version, answered its checklist or added its documents.

    Whoever supplies the text that is approved has written the policy as much as whoever
    typed its title, so a second person would otherwise approve their own words.
    """
    keys = [row.id, *(check.id for check in checks)]
    documents = list_documents(keys, with_restricted=True)
    return {
        row.changed_by_id,
        *(check.changed_by_id for check in checks),
        *(one.created_by_id for of_one in documents.values() for one in of_one),
    }


def _draft(version_id: UUID) -> PolicyVersion:
    row = get_version(version_id, for_change=True)
    if row.state is not PolicyState.DRAFT:
        raise Conflict(
            gettext("This version is approved and is not changed any more."),
            gettext("Begin a new version."),
        )
    return row


def _values(wanted: PolicyFields) -> dict[str, Any]:
    return {
        "title": wanted.title.strip(),
        "languages": list(wanted.languages),
        "public_url": wanted.public_url.strip() or None,
        "review_on": wanted.review_on,
    }


def _check(wanted: PolicyFields, *, today: date) -> None:
    faults = {
        "title": fault_in(wanted.title, label=gettext("the title"), longest=TITLE_LENGTH),
        "languages": _language_fault(wanted.languages),
        "public_url": None,
        "review_on": None,
    }
    if wanted.public_url.strip() and not is_web_address(wanted.public_url):
        faults["public_url"] = gettext("Enter a complete web address, beginning with https://.")
    if not today < wanted.review_on <= policy_checklist().latest_review(today):
        faults["review_on"] = gettext("Choose a day after today, at most 24 months ahead.")
    found = {field: fault for field, fault in faults.items() if fault is not None}
    if found:
        raise Invalid(fields=found)


def _language_fault(codes: tuple[str, ...]) -> str | None:
    """Any code is taken: no list of names has every language of workers and communities."""
    wrong = [code for code in codes if not LANGUAGE_CODE.fullmatch(code)]
    if not codes:
        return gettext("Enter at least one language.")
    if len(codes) > LANGUAGES_MOST:
        return gettext("Enter at most %(most)s languages.", most=LANGUAGES_MOST)
    if wrong:
        return gettext(
            "Write codes of two or three letters, such as en, fr or bci, instead of: %(codes)s.",
            codes=", ".join(wrong)[:200],
        )
    return None
