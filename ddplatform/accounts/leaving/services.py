"""The end of a membership, with everything that the person answers for handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ddplatform.accounts.leaving.holdings import HOLDINGS
from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.queries import get_person
from ddplatform.accounts.organisations.services.people import remove_person
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.languages import LazyText, gettext


@dataclass(frozen=True)
class Held:
    """The open records of one kind that a person answers for, by title."""

    label: LazyText
    titles: Sequence[str]


def list_held(user_id: UUID) -> Sequence[Held]:
    """What a member of the acting organisation answers for; kinds of which there is none are out.

    Safeguarding cases are never among it.
    """
    found = (Held(one.label, one.find(user_id)) for one in HOLDINGS)
    return [held for held in found if held.titles]


def remove_and_hand_over(membership: Membership, *, successor_id: UUID | None, act: Act) -> None:
    """Take a leaver out of the acting organisation and give what they own to a colleague.

    All in one transaction: sessions end at once, and each kind of record leaves one event.

    Args:
        successor_id: a member; None where the leaver answers for nothing.

    Raises:
        Invalid: the successor is missing, is no active member, or is the leaver.
        Conflict: nobody removes themselves; who must stay stays (`remove_person`).
    """
    user_id = membership.user_id
    if successor_id is not None:
        _require_colleague(successor_id, user_id)
    elif list_held(user_id):
        raise Invalid(
            fields={"successor": gettext("Choose who takes over what this person answers for.")}
        )
    remove_person(membership, act=act)
    if successor_id is not None:
        for holding in HOLDINGS:
            holding.hand_over(user_id, successor_id, act=act)


def _require_colleague(successor_id: UUID, leaver_id: UUID) -> None:
    try:
        is_colleague = get_person(successor_id).is_active and successor_id != leaver_id
    except NotFound:
        is_colleague = False
    if not is_colleague:
        raise Invalid(fields={"successor": gettext("Choose another member of your organisation.")})
