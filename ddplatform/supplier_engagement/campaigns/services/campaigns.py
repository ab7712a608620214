"""Campaigns: planning by rule, preview, start in waves, stop, continuation."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.services.people import is_address
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.queries import find_going_on
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import day_in_words, gettext
from ddplatform.supplier_engagement.campaigns.models import Campaign, CampaignTarget, LeftOut
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    Place,
    get_campaign,
    list_lines_to_choose,
    list_places,
    list_places_to_send,
    to_send,
)
from ddplatform.supplier_engagement.library.queries import (
    LibraryRow,
    find_open,
    list_for_suppliers,
    list_visitors,
)
from ddplatform.supplier_engagement.requests.queries import propose_questionnaires
from ddplatform.supplier_engagement.requests.services.requests import MAX_MESSAGE
from ddplatform.value_chain.mapping.queries.maps import get_chain

SEND = "campaign:send"
MOST_NODES = 20_000
MOST_WAVES = 200
NAME_LENGTH = 120
FURTHEST = 60
"""Days before or after the due date on which a reminder may go out."""
MOST_REMINDERS = 10
LOOKED_AT_ONCE = 1_000
BY_HAND = "Chosen for everybody in this campaign."


@dataclass(frozen=True, kw_only=True)
class How:
    """Settings of a campaign, editable until it is started."""

    name: str
    due_on: date
    language: str = "en"
    light_mode: bool | None = None
    message: str = ""
    per_day: int | None = None
    reminder_days: Sequence[int] = (-7, -1, 1)
    most_reminders: int = 3
    escalate_after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Whom:
    """Targets of a campaign with their questionnaires: nodes of a map, and their source."""

    chain_id: UUID
    keys: Sequence[UUID]
    modules: Sequence[str]
    by_rule: bool = True
    asked: Mapping[str, str] = field(default_factory=dict)
    plan_id: UUID | None = None


def plan_campaign(whom: Whom, how: How, *, act: Act) -> Campaign:
    """Determine targets and questionnaires, with the reasons. Nothing is sent.

    Raises:
        NotFound: no such map.
        Invalid: nobody, too many, no questionnaire, or a field of `How` breaks a rule.
    """
    chain = get_chain(whom.chain_id)
    problems = _problems_of(how, act.at.date())
    library = {row.ref: row for row in list_for_suppliers()}
    modules = [library[ref] for ref in library if ref in whom.modules]
    if not modules:
        problems["modules"] = gettext("Choose at least one questionnaire.")
    if not whom.keys:
        problems["nodes"] = gettext("No supplier matches. Change the filter.")
    if len(whom.keys) > MOST_NODES:
        problems["nodes"] = gettext(
            "At most %(number)s suppliers in one campaign. Set a filter.", number=f"{MOST_NODES:,}"
        )
    if problems:
        raise Invalid(fields=problems)
    campaign = Campaign(
        chain_id=chain.id,
        plan_id=whom.plan_id,
        asked=dict(whom.asked),
        modules=[row.ref for row in modules],
        by_rule=whom.by_rule,
        created_at=act.at,
        created_by_id=act.by.user_id,
        calendar={},
        **_fields_of(how),
    )
    db.session.add(campaign)
    db.session.flush()  # its lines and its event name it
    lines = _add_lines(campaign, whom, modules, today=act.at.date())
    audit.record(
        "campaign:plan",
        campaign,
        act=act,
        name=campaign.name,
        nodes=len(whom.keys),
        lines=lines,
        modules=campaign.modules,
    )
    return campaign


def _fields_of(how: How) -> dict[str, object]:
    return {
        **asdict(how),
        "name": how.name.strip(),
        "message": how.message.strip(),
        "reminder_days": sorted(set(how.reminder_days)),
    }


def _problems_of(how: How, today: date) -> dict[str, str]:
    found = {}
    if not how.name.strip() or len(how.name) > NAME_LENGTH:
        found["name"] = gettext(
            "Give the campaign a name of at most %(number)s characters.", number=NAME_LENGTH
        )
    if how.due_on <= today:
        found["due_on"] = gettext("Choose a day after today.")
    if len(how.message) > MAX_MESSAGE:
        found["message"] = gettext("Shorten the note to %(number)s characters.", number=MAX_MESSAGE)
    if how.per_day is not None and how.per_day < 1:
        found["per_day"] = gettext(
            "Send at least one a day, or leave it empty to send all at once."
        )
    if any(abs(day) > FURTHEST for day in how.reminder_days):
        found["reminder_days"] = gettext(
            "Enter days from the due date, from -%(number)s to %(number)s.", number=FURTHEST
        )
    if not 0 <= how.most_reminders <= MOST_REMINDERS:
        found["most_reminders"] = gettext(
            "Enter a number from 0 to %(number)s.", number=MOST_REMINDERS
        )
    if how.escalate_after is not None and not 0 <= how.escalate_after <= FURTHEST:
        found["escalate_after"] = gettext(
            "Enter a number of days from 0 to %(number)s.", number=FURTHEST
        )
    return found


def _add_lines(
    campaign: Campaign, whom: Whom, modules: Sequence[LibraryRow], *, today: date
) -> int:
    places = list_places(campaign.chain_id, whom.keys)
    lines = [
        line
        for start in range(0, len(places), LOOKED_AT_ONCE)
        for line in _lines(
            places[start : start + LOOKED_AT_ONCE], modules, by_rule=whom.by_rule, today=today
        )
    ]
    if not lines:
        raise Invalid(
            fields={
                "modules": gettext("None of these questionnaires fits any of these suppliers now.")
            }
        )
    insert_rows(
        CampaignTarget,
        [
            {"id": key, "campaign_id": campaign.id, "place": place, **line}
            for place, (key, line) in enumerate(zip(rising_keys(len(lines)), lines, strict=True))
        ],
    )
    return len(lines)


def _lines(
    places: Sequence[Place], modules: Sequence[LibraryRow], *, by_rule: bool, today: date
) -> Iterator[dict[str, object]]:
    """A line for each questionnaire of each place, the riskiest places first."""
    keys = [place.id for place in places]
    fits = propose_questionnaires(keys, today=today)
    taken = {row.ref: find_open(row.version_id, keys) for row in modules}
    visitors = list_visitors(keys)
    for place in places:
        reasons = {one.ref: one.reason for one in fits.get(place.id, ())}
        for row in modules:
            has_it = place.id in taken[row.ref]
            if by_rule and row.ref not in reasons and not has_it:
                continue
            yield {
                "node_id": place.id,
                "version_id": row.version_id,
                "reason": reasons.get(row.ref, "" if has_it else BY_HAND),
                "left_out": why_not(place, visitors, has_it=has_it),
            }


def why_not(place: Place, visitors: Container[tuple[UUID, str]], *, has_it: bool) -> LeftOut | None:
    """Why a place is not asked; None where it can be.

    Args:
        visitors: node and address of who was asked to visit, as `list_visitors` gives them.
    """
    if place.is_archived:
        return LeftOut.ARCHIVED
    if has_it:
        return LeftOut.HAS_IT
    return why_no_mail(place.id, place.contact_email, visitors)


def why_no_mail(
    node_id: UUID, address: str | None, visitors: Container[tuple[UUID, str]]
) -> LeftOut | None:
    """The reason not to send to a place's address, for example that of its own assessor."""
    email = (address or "").strip().lower()
    if not is_address(email):
        return LeftOut.NO_ADDRESS
    return LeftOut.VISITS if (node_id, email) in visitors else None


def change_how(campaign_id: UUID, how: How, *, act: Act) -> Campaign:
    """Change the note, the days and the pace of a campaign that is not started.

    Raises:
        Conflict: it is started.
        Invalid: a field breaks a rule.
    """
    campaign = _draft(campaign_id)
    if problems := _problems_of(how, act.at.date()):
        raise Invalid(fields=problems)
    for name, value in _fields_of(how).items():
        setattr(campaign, name, value)
    audit.record("campaign:edit", campaign, act=act, name=campaign.name, due_on=how.due_on)
    return campaign


def leave_out(campaign_id: UUID, target_ids: Sequence[UUID], *, act: Act) -> int:
    """Leave lines out by hand, or take those that were left out by hand in again.

    Raises:
        Conflict: the campaign is started.
        Invalid: none of its lines is chosen.
    """
    campaign = _draft(campaign_id)
    lines = list_lines_to_choose(campaign.id, target_ids)
    if not lines:
        raise Invalid(gettext("Select at least one line that can be left out or included."))
    for line in lines:
        line.left_out = None if line.left_out else LeftOut.BY_HAND
    audit.record("campaign:choose", campaign, act=act, lines=len(lines))
    return len(lines)


def _draft(campaign_id: UUID) -> Campaign:
    campaign = get_campaign(campaign_id, for_change=True)
    if campaign.started_at is not None:
        raise Conflict(
            gettext("This campaign is started."),
            gettext("Stop it, or change single questionnaires."),
        )
    return campaign


def start(campaign_id: UUID, *, act: Act) -> Campaign:
    """Give each line its day, and send those of today in the background.

    Raises:
        Conflict: it is started already.
        Invalid: nobody is left, the waves would not be over before the due date, or a day has
            fewer mails left.
    """
    campaign = _draft(campaign_id)
    left = list_places_to_send(campaign.id)
    waves = _waves(campaign, left, today=act.at.date())
    sizes = {day: left.index(last) - left.index(first) + 1 for day, first, last in waves}
    rate_limits.reserve_mails(sizes, act=act)
    for day, first, last in waves:
        db.session.execute(
            update(CampaignTarget)
            .where(*to_send(campaign.id), CampaignTarget.place.between(first, last))
            .values(send_on=day)
            .execution_options(synchronize_session=False)
        )
    campaign.started_at, campaign.started_by_id = act.at, act.by.user_id
    queue_sending(campaign, at=act.at)
    audit.record(
        "campaign:start",
        campaign,
        act=act,
        name=campaign.name,
        lines=len(left),
        last_wave=waves[-1][0],
    )
    return campaign


def _waves(
    campaign: Campaign, places: Sequence[int], *, today: date
) -> Sequence[tuple[date, int, int]]:
    """Each wave with its first and its last place."""
    if not places:
        raise Invalid(
            gettext("No supplier would be asked."),
            gettext("Include lines again, or plan another campaign."),
        )
    size = campaign.per_day or len(places)
    starts = range(0, len(places), size)
    last_day = today + timedelta(days=len(starts) - 1)
    if len(starts) > MOST_WAVES or last_day >= campaign.due_on:
        raise Invalid(
            gettext(
                "With %(number)s a day the last questionnaire is sent on %(last)s, and the "
                "answers are due on %(due)s.",
                number=f"{size:,}",
                last=day_in_words(last_day),
                due=day_in_words(campaign.due_on),
            ),
            gettext("Send more a day, or choose a later due date."),
        )
    return [
        (today + timedelta(days=number), places[first], places[min(first + size, len(places)) - 1])
        for number, first in enumerate(starts)
    ]


def queue_sending(campaign: Campaign, *, at: datetime) -> None:
    """One sending job at a time; it continues even if its requester leaves the organisation."""
    key = f"{SEND}:{campaign.id}"
    if find_going_on(key) is not None:
        return
    by = system_identity(campaign.organisation_id)
    payload = {"campaign_id": str(campaign.id)}
    campaign.job_id = jobs.enqueue(SEND, payload, act=Act(by, at), unique_key=key).id


def stop(campaign_id: UUID, *, act: Act) -> Campaign:
    """Stop sending and reminders; sent questionnaires can still be answered.

    Raises:
        Conflict: it does not go on.
    """
    campaign = get_campaign(campaign_id, for_change=True)
    if campaign.started_at is None or campaign.stopped_at is not None:
        raise Conflict(gettext("There is nothing to stop."), gettext("Open the page again."))
    campaign.stopped_at = act.at
    audit.record("campaign:stop", campaign, act=act, name=campaign.name)
    return campaign


def go_on(campaign_id: UUID, *, act: Act) -> Campaign:
    """Go on with a campaign that was stopped, or whose work ended early.

    Raises:
        Conflict: it was never started.
    """
    campaign = get_campaign(campaign_id, for_change=True)
    if campaign.started_at is None:
        raise Conflict(gettext("This campaign is not started."), gettext("Start it."))
    campaign.stopped_at = None
    queue_sending(campaign, at=act.at)
    audit.record("campaign:go_on", campaign, act=act, name=campaign.name)
    return campaign
