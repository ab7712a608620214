"""Campaigns: planned by rule with reasons, sent in batches, nobody asked twice."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail, MailRefused
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.supplier_engagement.campaigns.models import Campaign, CampaignTarget, LeftOut
from ddplatform.supplier_engagement.campaigns.queries.calendar import Happening, list_calendar
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    count_targets,
    get_campaign,
    list_targets,
)
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.campaigns.services import reminders as campaign_reminders
from ddplatform.supplier_engagement.campaigns.services import sending as campaign_sending
from ddplatform.supplier_engagement.campaigns.services.campaigns import How, Whom
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.requests.services import invitations
from ddplatform.supplier_engagement.requests.services.requests import withdraw
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from tests.answering import (
    Asked,
    acting,
    add_node,
    ask_again,
    come_in,
    mails,
    make_chain,
    saq_version,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.mail_server import GREETING, HANGS_UP, MailServer, mail_server
from tests.visits import assign_visit

pytestmark = pytest.mark.usefixtures("context")
DUE = date(2026, 12, 20)
HOW = How(name="Cocoa 2026", due_on=DUE, message="We visit Abidjan in spring.")


def make_places(tenant: Tenant, count: int, **more: object) -> tuple[UUID, list[UUID]]:
    chain_id = make_chain(tenant)
    with acting(tenant.id):
        saq_version()
    return chain_id, [
        add_node(
            tenant,
            chain_id,
            f"Farm {number:03}",
            **{"contact_email": f"farm{number}@coop.example", **more},
        )
        for number in range(count)
    ]


def plan(tenant: Tenant, chain_id: UUID, keys: list[UUID], how: How = HOW, **more: object) -> UUID:
    whom = Whom(chain_id=chain_id, keys=keys, **{"modules": ["SAQ"], **more})  # type: ignore[arg-type]
    with acting(tenant.id):
        return campaigns.plan_campaign(whom, how, act=Act(tenant.analyst, NOW)).id


def start(tenant: Tenant, campaign_id: UUID, *, at: datetime = NOW) -> None:
    with acting(tenant.id):
        campaigns.start(campaign_id, act=Act(tenant.analyst, at))


def work(tenant: Tenant, campaign_id: UUID, *, at: datetime = NOW) -> dict[str, int]:
    """What the worker does with the newest job of a campaign."""
    with acting(tenant.id):
        job_id = get_campaign(campaign_id).job_id
    assert job_id is not None

    @contextmanager
    def unit() -> Iterator[None]:
        with acting(tenant.id):
            yield

    by = system_identity(tenant.id)
    return campaign_sending.carry_out(
        campaign_id,
        job_id,
        unit=unit,
        progress=lambda _done, _total: None,
        act=Act(by, at),
    )


def remind(tenant: Tenant, *, at: datetime) -> dict[str, int]:
    @contextmanager
    def unit() -> Iterator[None]:
        with acting(tenant.id):
            yield

    return campaign_reminders.remind_by_calendar(unit=unit, act=Act(system_identity(tenant.id), at))


def sent(tenant: Tenant, campaign_id: UUID) -> list[Assignment]:
    with acting(tenant.id):
        statement = select(Assignment).where(Assignment.campaign_id == campaign_id)
        return list(db.session.scalars(statement.order_by(Assignment.node_name)))


def lines(tenant: Tenant, campaign_id: UUID) -> dict[str, LeftOut | None]:
    with acting(tenant.id):
        rows = list_targets(campaign_id, limit=None).rows
        return {row.node_name: row.left_out for row in rows}


def test_plan_says_why_each_questionnaire_fits_and_sends_nothing(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2, sector_ref=None)
    farm = add_node(
        tenant, chain_id, "Cocoa farm", commodity_refs=["cocoa"], contact_email="c@coop.example"
    )
    campaign_id = plan(tenant, chain_id, [*keys, farm], modules=["SAQ", "AGR"])

    with acting(tenant.id):
        rows = list_targets(campaign_id, limit=None).rows
        counts = count_targets(campaign_id)
    found = {(row.node_name, row.ref): row.reason for row in rows}
    assert found["Farm 000", "SAQ"] == "Every supplier starts here."
    assert found["Cocoa farm", "AGR"].startswith("It handles: ")
    assert ("Farm 000", "AGR") not in found
    assert (counts.nodes, counts.total) == (3, 4)
    assert sent(tenant, campaign_id) == [] and mails() == []


def test_without_the_rule_everybody_chosen_is_asked_the_same(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)

    campaign_id = plan(tenant, chain_id, keys, modules=["MIN"], by_rule=False)

    with acting(tenant.id):
        assert {row.reason for row in list_targets(campaign_id).rows} == {campaigns.BY_HAND}


def test_who_has_no_address_or_the_questionnaire_already_is_left_out_and_named(tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    silent = add_node(tenant, chain_id, "No address")
    faxed = add_node(tenant, chain_id, "Fax", contact_email="fax:030/123;info@firma.de")
    asked = add_node(tenant, chain_id, "Asked", contact_email="a@coop.example")
    ask_again(tenant, chain_id, asked, ref="SAQ", email="a@coop.example")

    campaign_id = plan(tenant, chain_id, [*keys, silent, faxed, asked])

    assert lines(tenant, campaign_id) == {
        "Farm 000": None,
        "No address": LeftOut.NO_ADDRESS,
        "Fax": LeftOut.NO_ADDRESS,
        "Asked": LeftOut.HAS_IT,
    }


def test_who_visits_a_place_gets_no_questionnaire_of_a_campaign_about_it(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    with acting(tenant.id):
        address = db.session.get_one(ValueChainNode, keys[0]).contact_email
        db.session.get_one(ValueChainNode, keys[0]).contact_email = "office@farm.example"
    assert address is not None
    assign_visit(tenant, chain_id, keys[0], email=address)
    with acting(tenant.id):
        db.session.get_one(ValueChainNode, keys[0]).contact_email = address.upper()

    campaign_id = plan(tenant, chain_id, keys)

    assert lines(tenant, campaign_id) == {"Farm 000": LeftOut.VISITS, "Farm 001": None}


def test_who_is_asked_to_visit_after_the_plan_gets_no_questionnaire_either(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    with acting(tenant.id):
        node = db.session.get_one(ValueChainNode, keys[0])
        address, node.contact_email = node.contact_email, "office@farm.example"
    assert address is not None
    assign_visit(tenant, chain_id, keys[0], email=address)
    with acting(tenant.id):
        db.session.get_one(ValueChainNode, keys[0]).contact_email = address.upper()
    start(tenant, campaign_id)
    work(tenant, campaign_id)

    assert [one.node_id for one in sent(tenant, campaign_id)] == [keys[1]]
    assert lines(tenant, campaign_id) == {"Farm 000": LeftOut.VISITS, "Farm 001": None}


def test_node_that_left_the_map_is_left_out_of_the_plan(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    with acting(tenant.id):
        value_chain.archive_node(keys[0], act=Act(tenant.analyst, NOW))

    campaign_id = plan(tenant, chain_id, keys)

    assert lines(tenant, campaign_id) == {"Farm 000": LeftOut.ARCHIVED, "Farm 001": None}


def test_started_campaign_asks_everybody_once_and_each_gets_one_mail_with_the_note(tenant: Tenant):
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)

    assert work(tenant, campaign_id) == {"sent": 3, "asked": 3}
    assert work(tenant, campaign_id) == {"sent": 3, "asked": 3}

    rows = sent(tenant, campaign_id)
    assert [row.invited_email for row in rows] == [f"farm{n}@coop.example" for n in range(3)]
    assert all(row.mailed_at == NOW and row.sent_by_id == tenant.analyst.user_id for row in rows)
    assert len(mails()) == 3
    assert all("We visit Abidjan in spring." in mail for mail in mails())
    with acting(tenant.id):
        states = db.session.scalars(
            select(NodeSummary.questionnaire_status).where(NodeSummary.node_id.in_(keys))
        ).all()
    assert states == ["sent"] * 3


def test_supplier_comes_in_by_the_link_of_a_campaign(tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    work(tenant, campaign_id)

    assignment = sent(tenant, campaign_id)[0]
    come_in(Asked(tenant, chain_id, keys[0], assignment.id))

    assert sent(tenant, campaign_id)[0].respondent_organisation_id is not None


def test_batches_that_end_in_the_middle_are_gone_on_with(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(campaign_sending, "BATCH", 2)
    chain_id, keys = make_places(tenant, 5)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    mailer = adapters().mailer
    real, many = type(mailer).send, []

    def dies(self: object, mail: object, *, key: str = "") -> None:
        many.append(key)
        if len(many) == 4:
            raise OSError("the disk is full")
        real(self, mail, key=key)  # type: ignore[arg-type]

    monkeypatch.setattr(type(mailer), "send", dies)
    with pytest.raises(OSError, match="the disk is full"):
        work(tenant, campaign_id)
    assert len(sent(tenant, campaign_id)) == 4

    work(tenant, campaign_id)

    assert len(sent(tenant, campaign_id)) == len(keys)
    assert len(mails()) == len(keys)
    with acting(tenant.id):
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == len(keys)
        events = select(func.count()).where(AuditEvent.action == "campaign:send")
        assert db.session.scalar(events) == 3


def test_mail_that_the_server_refuses_for_good_is_kept_at_its_questionnaire(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    mailer = type(adapters().mailer)
    real = mailer.send

    def refuses(self: object, mail: object, *, key: str = "") -> None:
        to = mail.to  # type: ignore[attr-defined]
        if to.startswith("farm0"):
            raise MailRefused("550 no such user")
        if to.startswith("farm1"):
            raise smtplib.SMTPRecipientsRefused({to: (450, b"later")})
        real(self, mail, key=key)  # type: ignore[arg-type]

    monkeypatch.setattr(mailer, "send", refuses)
    work(tenant, campaign_id)
    first, later, fine = sent(tenant, campaign_id)
    assert (first.mail_refusal, first.mailed_at) == ("550 no such user", None)
    assert (later.mail_refusal, later.mailed_at) == (None, None)
    assert fine.mailed_at == NOW

    monkeypatch.setattr(mailer, "send", real)
    with acting(tenant.id):
        assert campaign_sending.go_on_with_all(act=Act(system_identity(tenant.id), NOW))
    work(tenant, campaign_id)
    assert sent(tenant, campaign_id)[1].mailed_at == NOW
    assert len(mails()) == 2


def test_waves_go_out_day_by_day_the_riskiest_first(tenant: Tenant):
    chain_id, keys = make_places(tenant, 5)
    how = How(name="Slowly", due_on=DUE, per_day=2)
    campaign_id = plan(tenant, chain_id, keys, how)
    start(tenant, campaign_id)

    counts = []
    for day in range(4):
        at = NOW + timedelta(days=day)
        with acting(tenant.id):
            campaign_sending.go_on_with_all(act=Act(system_identity(tenant.id), at))
        work(tenant, campaign_id, at=at)
        counts.append(len(sent(tenant, campaign_id)))

    assert counts == [2, 4, 5, 5]


def test_waves_that_would_not_end_before_the_due_date_are_refused(tenant: Tenant):
    chain_id, keys = make_places(tenant, 5)
    soon = NOW.date() + timedelta(days=3)
    campaign_id = plan(tenant, chain_id, keys, How(name="Late", due_on=soon, per_day=1))

    with acting(tenant.id), pytest.raises(Invalid, match="With 1 a day"):
        campaigns.start(campaign_id, act=Act(tenant.analyst, NOW))


def test_stopped_campaign_sends_no_more_until_it_goes_on(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    with acting(tenant.id):
        campaigns.stop(campaign_id, act=Act(tenant.manager, NOW))
    assert work(tenant, campaign_id) == {"sent": 0, "asked": 2}

    with acting(tenant.id):
        campaigns.go_on(campaign_id, act=Act(tenant.manager, NOW))
    assert work(tenant, campaign_id) == {"sent": 2, "asked": 2}
    with acting(tenant.id):
        campaigns.stop(campaign_id, act=Act(tenant.manager, NOW))
        with pytest.raises(Conflict, match="nothing to stop"):
            campaigns.stop(campaign_id, act=Act(tenant.manager, NOW))


def test_campaign_stopped_while_its_mails_go_out_mails_nobody_more(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    mailer = adapters().mailer
    real = type(mailer).send

    def stops(mail: Mail, *, key: str = "") -> None:
        real(mailer, mail, key=key)
        with acting(tenant.id):
            campaigns.stop(campaign_id, act=Act(tenant.manager, NOW))

    monkeypatch.setattr(type(mailer), "is_remote", True)  # one mail at a time
    monkeypatch.setattr(mailer, "send", stops)
    work(tenant, campaign_id)
    assert [row.mailed_at for row in sent(tenant, campaign_id)].count(None) == 2

    monkeypatch.setattr(mailer, "send", real.__get__(mailer))
    with acting(tenant.id):
        campaigns.go_on(campaign_id, act=Act(tenant.manager, NOW))
    work(tenant, campaign_id)
    assert [row.mailed_at for row in sent(tenant, campaign_id)] == [NOW] * 3
    assert len(mails()) == 3


def test_job_that_another_one_has_followed_sends_nothing(tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    with acting(tenant.id):
        get_campaign(campaign_id).job_id = uuid4()
        db.session.flush()

    @contextmanager
    def unit() -> Iterator[None]:
        with acting(tenant.id):
            yield

    campaign_sending.carry_out(
        campaign_id,
        uuid4(),
        unit=unit,
        progress=lambda _done, _total: None,
        act=Act(system_identity(tenant.id), NOW),
    )
    assert sent(tenant, campaign_id) == []


def test_what_changed_since_the_plan_leaves_a_line_out_when_it_is_sent(tenant: Tenant):
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    ask_again(tenant, chain_id, keys[0], ref="SAQ", email="farm0@coop.example")
    with acting(tenant.id):
        value_chain.archive_node(keys[1], act=Act(tenant.analyst, NOW))
        node = db.session.get(value_chain.ValueChainNode, keys[2])
        assert node is not None
        node.contact_email = None

    work(tenant, campaign_id)

    assert lines(tenant, campaign_id) == {
        "Farm 000": LeftOut.HAS_IT,
        "Farm 001": LeftOut.ARCHIVED,
        "Farm 002": LeftOut.NO_ADDRESS,
    }


def test_lines_are_left_out_by_hand_and_taken_in_again(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    with acting(tenant.id):
        first = list_targets(campaign_id).rows[0]
        campaigns.leave_out(campaign_id, [first.id], act=Act(tenant.analyst, NOW))
    assert lines(tenant, campaign_id)[first.node_name] is LeftOut.BY_HAND
    with acting(tenant.id):
        campaigns.leave_out(campaign_id, [first.id], act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid, match="Select at least one"):
            campaigns.leave_out(campaign_id, [uuid4()], act=Act(tenant.analyst, NOW))
    assert lines(tenant, campaign_id)[first.node_name] is None


def test_started_campaign_cannot_be_changed_or_started_again(tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    campaign_id = plan(tenant, chain_id, keys)
    with acting(tenant.id):
        changed = How(name="Other", due_on=DUE, message="Please.")
        campaigns.change_how(campaign_id, changed, act=Act(tenant.analyst, NOW))
        assert get_campaign(campaign_id).name == "Other"
        with pytest.raises(Invalid, match=r".*"):
            campaigns.change_how(
                campaign_id, How(name="", due_on=DUE), act=Act(tenant.analyst, NOW)
            )
        with pytest.raises(Conflict, match="not started"):
            campaigns.go_on(campaign_id, act=Act(tenant.analyst, NOW))
    start(tenant, campaign_id)
    with acting(tenant.id), pytest.raises(Conflict, match="is started"):
        campaigns.start(campaign_id, act=Act(tenant.analyst, NOW))


def test_campaign_of_nobody_is_refused_field_by_field(tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    wrong = How(
        name=" ",
        due_on=NOW.date(),
        message="x" * 2001,
        per_day=0,
        reminder_days=[-99],
        most_reminders=99,
        escalate_after=99,
    )
    with acting(tenant.id):
        with pytest.raises(Invalid) as refused:
            nobody = Whom(chain_id=chain_id, keys=[], modules=[])
            campaigns.plan_campaign(nobody, wrong, act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid) as crowd:
            many = Whom(chain_id=chain_id, keys=keys * 20_001, modules=["SAQ"])
            campaigns.plan_campaign(many, HOW, act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid) as unfit:
            mines = Whom(chain_id=chain_id, keys=keys, modules=["MIN"])
            campaigns.plan_campaign(mines, HOW, act=Act(tenant.analyst, NOW))
    assert sorted(refused.value.fields) == [
        *("due_on", "escalate_after", "message", "modules", "most_reminders", "name", "nodes"),
        *("per_day", "reminder_days"),
    ]
    assert "20,000" in crowd.value.fields["nodes"]
    assert "fits any" in unfit.value.fields["modules"]


def test_campaign_in_which_everybody_is_left_out_cannot_be_started(tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    campaign_id = plan(tenant, chain_id, keys)
    with acting(tenant.id):
        first = list_targets(campaign_id).rows[0]
        campaigns.leave_out(campaign_id, [first.id], act=Act(tenant.analyst, NOW))
        with pytest.raises(Invalid, match="No supplier would be asked"):
            campaigns.start(campaign_id, act=Act(tenant.analyst, NOW))


def on_day(distance: int) -> datetime:
    """Noon, so many days from the due date."""
    return NOW + timedelta(days=(DUE - NOW.date()).days + distance)


def test_reminders_go_out_by_the_calendar_once_a_day_and_stop_after_enough(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    how = How(name="R", due_on=DUE, reminder_days=[-7, 0, 1], most_reminders=2)
    campaign_id = plan(tenant, chain_id, keys, how)
    start(tenant, campaign_id)
    work(tenant, campaign_id)
    with acting(tenant.id):
        withdraw(sent(tenant, campaign_id)[1], reason="Sold.", act=Act(tenant.analyst, NOW))

    told = [remind(tenant, at=on_day(day))["reminded"] for day in (-8, -7, -7, 0, 1)]

    assert told == [0, 1, 0, 1, 0]
    assert sent(tenant, campaign_id)[0].reminders == 2
    with acting(tenant.id):
        days = get_campaign(campaign_id).calendar
        assert days[on_day(-7).date().isoformat()] == {"reminded": 1}


def test_mail_about_many_late_suppliers_names_the_first_and_counts_the_others(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(campaign_reminders, "NAMES_SHOWN", 1)
    chain_id, keys = make_places(tenant, 3)
    how = How(name="Late ones", due_on=DUE, reminder_days=[], escalate_after=5)
    campaign_id = plan(tenant, chain_id, keys, how)
    start(tenant, campaign_id)
    work(tenant, campaign_id)

    remind(tenant, at=on_day(5))
    with acting(tenant.id):
        starter = get_campaign(campaign_id).started_by_id
        campaign_reminders.tell_owner(campaign_id, starter, at=on_day(5))

    (told,) = [mail for mail in mails() if "without answers" in mail]
    assert "Farm 000" in told and "Farm 001" not in told
    assert "and 2 more" in told


def test_late_supplier_is_brought_before_the_owner_once(tenant: Tenant):
    chain_id, keys = make_places(tenant, 2)
    how = How(name="Late ones", due_on=DUE, reminder_days=[], escalate_after=5)
    campaign_id = plan(tenant, chain_id, keys, how)
    start(tenant, campaign_id)
    work(tenant, campaign_id)
    owner = tenant[RoleId.ADMIN].user_id
    with acting(tenant.id):
        node = db.session.get(value_chain.ValueChainNode, keys[0])
        assert node is not None
        node.owner_id = owner

    told = [remind(tenant, at=on_day(day))["escalated"] for day in (4, 5, 6)]

    assert told == [0, 2, 0]
    with acting(tenant.id):
        campaign_reminders.tell_owner(campaign_id, owner, at=on_day(5))
        campaign_reminders.tell_owner(campaign_id, tenant.analyst.user_id, at=on_day(5))
        campaign_reminders.tell_owner(campaign_id, tenant.manager.user_id, at=on_day(5))
        campaign_reminders.tell_owner(campaign_id, uuid4(), at=on_day(5))
    first, second = [mail for mail in mails() if "without answers" in mail]
    assert ("Farm 000" in first, "Farm 001" in first) == (True, False)
    assert ("Farm 000" in second, "Farm 001" in second) == (False, True)


def test_calendar_says_what_goes_out_when_and_to_how_many(tenant: Tenant):
    chain_id, keys = make_places(tenant, 3)
    how = How(
        name="C", due_on=DUE, per_day=2, reminder_days=[-7, 1], escalate_after=10, most_reminders=2
    )
    campaign_id = plan(tenant, chain_id, keys, how)
    start(tenant, campaign_id)
    work(tenant, campaign_id)

    with acting(tenant.id):
        rows = list_calendar(get_campaign(campaign_id), today=NOW.date())

    assert [(row.what, row.many) for row in rows] == [
        (Happening.WAVE, 2),
        (Happening.WAVE, 1),
        (Happening.REMINDER, 3),
        (Happening.DUE, 3),
        (Happening.REMINDER, 3),
        (Happening.ESCALATION, 3),
    ]
    assert [row.from_due for row in rows][-1] == 10


def test_calendar_of_a_draft_says_whom_it_would_reach(tenant: Tenant):
    chain_id, keys = make_places(tenant, 3)
    how = How(name="C", due_on=DUE, per_day=2, reminder_days=[-7])
    campaign_id = plan(tenant, chain_id, keys, how)

    with acting(tenant.id):
        rows = list_calendar(get_campaign(campaign_id), today=NOW.date())

    assert [(row.what, row.many) for row in rows] == [(Happening.REMINDER, 3), (Happening.DUE, 3)]


def test_campaign_belongs_to_one_organisation_alone(tenant: Tenant, other_tenant: Tenant):
    chain_id, keys = make_places(tenant, 1)
    plan(tenant, chain_id, keys)

    with acting(other_tenant.id):
        assert db.session.scalars(select(Campaign)).all() == []
        assert db.session.scalars(select(CampaignTarget)).all() == []


REFUSALS = [
    smtplib.SMTPDataError(451, b"try again later"),
    smtplib.SMTPRecipientsRefused({"x": (450, b"greylisted")}),
    smtplib.SMTPServerDisconnected("gone"),
]


def _refuse(monkeypatch: pytest.MonkeyPatch, begins: str, error: Exception) -> None:
    mailer = type(adapters().mailer)
    real = mailer.send

    def refuses(self: object, mail: object, *, key: str = "") -> None:
        if mail.to.startswith(begins):  # type: ignore[attr-defined]
            raise error
        real(self, mail, key=key)  # type: ignore[arg-type]

    monkeypatch.setattr(mailer, "send", refuses)


@pytest.mark.parametrize("error", REFUSALS, ids=lambda one: type(one).__name__)
def test_mail_that_is_refused_for_now_is_tried_a_counted_number_of_times_and_stops_no_other(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    _refuse(monkeypatch, "farm0", error)

    for tries in range(1, invitations.MOST_TRIES + 1):
        work(tenant, campaign_id)
        first, *others = sent(tenant, campaign_id)
        assert first.mail_tries == tries
        assert all(one.mailed_at == NOW for one in others)
        assert (first.mail_refusal is None) == (tries < invitations.MOST_TRIES)
    work(tenant, campaign_id)

    assert sent(tenant, campaign_id)[0].mail_tries == invitations.MOST_TRIES
    assert len(mails()) == 2


def test_content_that_the_server_refuses_for_good_is_not_tried_again(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    _refuse(monkeypatch, "farm0", smtplib.SMTPDataError(554, b"no such content"))
    work(tenant, campaign_id)

    first, other = sent(tenant, campaign_id)
    assert (first.mail_refusal, first.mail_tries) == ("554 no such content", 1)
    assert other.mailed_at == NOW


def test_batches_of_one_job_try_a_refused_mail_once(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(campaign_sending, "BATCH", 1)
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    _refuse(monkeypatch, "farm", smtplib.SMTPDataError(451, b"later"))
    work(tenant, campaign_id)

    assert [one.mail_tries for one in sent(tenant, campaign_id)] == [1, 1, 1]


@pytest.fixture
def server(context: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that takes what is sent here."""
    with mail_server() as made:
        monkeypatch.setattr(adapters().mailer, "_url", made.url)
        yield made


def test_what_is_no_address_is_told_at_its_questionnaire_and_stops_no_other_mail(
    tenant: Tenant, server: MailServer
):
    chain_id, keys = make_places(tenant, 3)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    server.answers[GREETING] = HANGS_UP
    with pytest.raises(ConnectionError):
        work(tenant, campaign_id)
    with acting(tenant.id):
        rows = db.session.scalars(select(Assignment).order_by(Assignment.node_name)).all()
        rows[0].invited_email = "fax:030/123;info@firma.de"
        rows[1].invited_email = "a@b.c,x"

    server.answers.clear()
    work(tenant, campaign_id)

    fax, two, fine = sent(tenant, campaign_id)
    for told in (fax, two):
        assert "not one e-mail address" in (told.mail_refusal or "")
        assert told.mailed_at is None
    assert (fine.mailed_at, fine.mail_refusal) == (NOW, None)
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("begins", "answer", "raised"),
    [
        (GREETING, HANGS_UP, ConnectionError),
        ("EHLO", HANGS_UP, ConnectionError),
        ("MAIL", "550 not you", smtplib.SMTPSenderRefused),
        ("MAIL", "451 too many", smtplib.SMTPSenderRefused),
    ],
)
def test_server_that_takes_no_mail_from_us_fails_the_job_and_counts_against_no_address(
    tenant: Tenant, server: MailServer, begins: str, answer: str, raised: type[Exception]
):
    chain_id, keys = make_places(tenant, 2)
    campaign_id = plan(tenant, chain_id, keys)
    start(tenant, campaign_id)
    server.answers[begins] = answer
    for _ in range(invitations.MOST_TRIES + 1):
        with pytest.raises(raised):
            work(tenant, campaign_id)
    for one in sent(tenant, campaign_id):
        assert (one.mail_tries, one.mail_refusal) == (0, None)

    server.answers.clear()
    work(tenant, campaign_id)

    assert [one.mailed_at for one in sent(tenant, campaign_id)] == [NOW, NOW]
    assert len(server.taken) == 2
