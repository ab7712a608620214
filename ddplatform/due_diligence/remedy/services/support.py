"""Support plans of remediation cases: agreed items, who pays, and progress."""

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.due_diligence.remedy.models import RemediationCase, SupportItem, SupportStatus
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

PAYERS = ("us", "supplier", "shared", "another buyer", "public service")


def plan_support(
    case: RemediationCase,
    item: str,
    *,
    payer: str,
    amount: int | None,
    currency: str | None,
    act: Act,
) -> SupportItem:
    """Agree one support item and its payer. The child never waits for the split.

    Raises:
        Invalid: unknown item or payer, or an amount without its currency.
    """
    problems = {}
    if item not in impact_words().support_items:
        problems["item"] = gettext("Choose one of the kinds of support.")
    if payer not in PAYERS:
        problems["payer"] = gettext("Choose who pays.")
    if amount is not None and (amount < 0 or not currency):
        problems["amount"] = gettext(
            "Give the amount in whole units with its currency, for example 40 EUR."
        )
    if problems:
        raise Invalid(fields=problems)
    row = SupportItem(
        case_id=case.id,
        item=item,
        payer=payer,
        amount=amount,
        currency=currency if amount is not None else None,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(row)
    db.session.flush()  # the page lists it
    audit.record("case:plan_support", case, act=act, restricted=True)
    return row


def set_support_status(
    case: RemediationCase, item: SupportItem, status: SupportStatus, *, act: Act
) -> None:
    """Record the progress of a support item."""
    item.status = status
    audit.record("case:support", case, act=act, restricted=True)
