"""Evaluation of answers by the requester: risk signals, red-flag facts, a new assessment.

Everything here acts in the tenant of the requester. Signals are never overwritten: a response
that is read again (accepted documents) adds newer ones.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Protocol, TypeVar
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_account, get_organisation
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.cascade.queries import find_forwarded
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.queries import has_signals
from ddplatform.supplier_engagement.receiving.services.entries import keep_entry
from ddplatform.supplier_engagement.requests.services.requests import show_on_map
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    get_response,
    list_red_flags,
    load_filled,
)
from ddplatform.supplier_engagement.review.queries.reviews import list_accepted_paths
from ddplatform.supplier_engagement.sharing.queries.sharing import find_withheld
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import find_own_business, get_node
from ddplatform.value_chain.mapping.services.changes import follow_change
from questionnaires import Answerer, ControlSignal, FactorSignal, Signals, red_flags, score
from questionnaires.scoring.plan import question_id
from supply_chain.reference.release import load_reference
from supply_chain.risk.context import known_of
from supply_chain.vocabulary import Issue

BUYER = "buyer"
SECTOR_RISK = "SEC-01"
Kept = TypeVar("Kept", FactorSignal, ControlSignal)


class RaiseFlag(Protocol):
    """A red flag counts for an issue of a node from a moment on, until it is refuted."""

    def __call__(
        self, node_id: UUID, issue: Issue, *, flag_id: UUID, since: datetime, self_disclosed: bool
    ) -> object:
        """Part of receiving the answers: no event of its own, no commit.

        Args:
            self_disclosed: the supplier reported it itself.
        """


class EndFlag(Protocol):
    """A red flag proved to be a mistake, and counts no more."""

    def __call__(self, flag_id: UUID, *, at: datetime) -> object:
        """Part of a reviewer's statement on the flag: no event of its own, no commit."""


@dataclass(frozen=True)
class FlagEffect:
    """Effects of red flags in a later package."""

    begin: RaiseFlag
    end: EndFlag


FLAG_EFFECTS: Registry[FlagEffect] = Registry("effects of red flags")


def receive(response_id: UUID, *, act: Act) -> None:
    """Read a sent response: signals, red-flag facts, event, mail, assessment. Twice is once."""
    row = get_response(response_id)
    if has_signals(row.id):
        return
    assignment = get_assignment(row.assignment_id)
    filled = load_filled(assignment, row, now=act.at)
    signals = write_signals(filled, at=act.at)
    keep_entry(filled, signals, at=act.at)
    flags = _state_flags(filled)
    show_on_map(assignment)
    audit.record(
        "response:receive",
        row,
        act=act,
        receipt=row.receipt_number,
        signals=len(signals.factors) + len(signals.controls),
        red_flags=flags,
    )
    follow_change(get_node(assignment.node_id).chain_id, "answers", act=act)
    _tell_sender(filled, flags)


def score_again(filled: Filled, *, act: Act) -> None:
    """Newer signals after documents were accepted; part of a larger change that records it.

    What a consent showed that is over is not read as silence: what was made of it stays.
    """
    withheld = _withheld_questions(filled, act.at)
    signals = write_signals(filled, but=withheld, at=act.at)
    if not withheld:
        keep_entry(filled, signals, at=act.at)
    follow_change(get_node(filled.assignment.node_id).chain_id, "answers", act=act)


def _withheld_questions(filled: Filled, at: datetime) -> frozenset[str]:
    paths = find_withheld(filled, today=at.date())
    return frozenset(
        question_id(item.question)
        for page in filled.pages
        for item in page.questions()
        if item.state.path in paths
    )


def write_signals(filled: Filled, *, but: Collection[str] = (), at: datetime) -> Signals:
    """Score a response and store its result for each factor and control.

    Args:
        but: questions that nobody reads now; what they speak of is left as it was kept before.
    """
    signals, node_id = read_answers(filled), filled.assignment.node_id
    buyer_id = _own_business(node_id)
    for factor, signal in _read_still(signals.factors, but).items():
        # WRK-21 is about the buyer who asked: it never counts against the supplier.
        charged = buyer_id if signal.charged_to == BUYER else node_id
        # "I don't know" all through is no observation: what was known before stays in force.
        if charged is not None and (signal.score is not None or signal.is_blank):
            db.session.add(_factor(filled, charged, factor, signal, at=at))
    for control, credit in _read_still(signals.controls, but).items():
        db.session.add(_control(filled, node_id, control, credit, at=at))
    db.session.flush()  # a second reading of this response finds them
    return signals


def _read_still(found: Mapping[str, Kept], but: Collection[str]) -> Mapping[str, Kept]:
    """Those that rest on none of these questions."""
    return {
        name: signal
        for name, signal in found.items()
        if not any(cause.question in but for cause in signal.causes)
    }


def read_answers(filled: Filled) -> Signals:
    """Factors and controls in a response, and answers that may be inconsistent."""
    return score(
        filled.form,
        evidence_accepted=list_accepted_paths(filled.row.id),
        light=filled.assignment.light_mode,
        sector_risk=find_sector_risk(get_node(filled.assignment.node_id)),
    )


def find_sector_risk(node: ValueChainNode) -> float | None:
    """SEC-01 of a node's activity, 0 to 1, as its assessment takes it; None: not known.

    Of several goods the worst counts (RM-1.0 section 5).
    """
    goods = tuple(node.commodity_refs)
    known = known_of(load_reference(), None, node.sector_ref, goods)
    return next((one.value for one in known if one.factor == SECTOR_RISK), None)


def _own_business(node_id: UUID) -> UUID | None:
    own = find_own_business(get_node(node_id).chain_id)
    return own.id if own else None


def _factor(
    filled: Filled, node_id: UUID, factor: str, signal: FactorSignal, *, at: datetime
) -> RiskSignal:
    return RiskSignal(
        node_id=node_id,
        response_id=filled.row.id,
        factor=factor,
        value=signal.score,
        quality=signal.quality,
        source_type=signal.source_type,
        causes=[_plain(cause.as_json()) for cause in signal.causes],
        is_control=False,
        observed_at=at,
    )


def _control(
    filled: Filled, node_id: UUID, control: str, credit: ControlSignal, *, at: datetime
) -> RiskSignal:
    return RiskSignal(
        node_id=node_id,
        response_id=filled.row.id,
        factor=control,
        value=credit.design,
        quality=None,
        source_type=None,
        causes=[_plain(cause.as_json()) for cause in credit.causes],
        is_control=True,
        observed_at=at,
    )


def _plain(cause: dict[str, object]) -> dict[str, Any]:
    return dict(cause)


def _state_flags(filled: Filled) -> int:
    """Each red flag keeps up the likelihood of its issues (RM-1.0 8) until it is handled."""
    flags = list_red_flags(filled.row.id)
    for flag in flags:
        for issue, effect in product(red_flags()[flag.code].issues, FLAG_EFFECTS):
            effect.begin(
                filled.assignment.node_id,
                Issue(issue),
                flag_id=flag.id,
                since=flag.fired_at,
                self_disclosed=filled.assignment.answered_by is Answerer.SUPPLIER,
            )
    return len(flags)


def refute_flag(flag_id: UUID, *, at: datetime) -> None:
    """A red flag proved to be a mistake; part of a larger change that records it."""
    for effect in FLAG_EFFECTS:
        effect.end(flag_id, at=at)


def _tell_sender(filled: Filled, flags: int) -> None:
    """A mail to the requester. It names no answer, since mails have many readers."""
    assignment = filled.assignment
    sender = get_account(assignment.sent_by_id) if assignment.sent_by_id else None
    if sender is None or not sender.is_active:
        return
    organisation = get_organisation(assignment.organisation_id)
    home = f"{adapters().base_url}/o/{organisation.slug}"
    own = find_forwarded(assignment.id)
    page = f"questionnaires/assignments/{assignment.id}/review"
    address = f"{home}/cascade/{own.id}/answers" if own else f"{home}/{page}"
    name = assignment.node_name
    subject = gettext("%(name)s has sent the answers", name=name)
    what = gettext("%(name)s has answered your questions.", name=name)
    if assignment.answered_by is Answerer.ASSESSOR:
        subject = gettext("The visit to %(name)s is written down", name=name)
        what = gettext("The checklist of the visit to %(name)s has arrived.", name=name)
    urgent = gettext("Please look today: the answers report something urgent.") if flags else ""
    link = gettext("Read them here: %(link)s", link=address)
    text = "\n\n".join(part for part in (urgent, what, link) if part) + "\n"
    adapters().mailer.send(Mail(sender.email, subject, text))
