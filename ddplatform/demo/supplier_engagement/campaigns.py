"""Campaigns of the sample: one in progress, one only planned."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.campaigns.models import CampaignTarget
from ddplatform.supplier_engagement.campaigns.queries.campaigns import get_campaign
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.campaigns.services.sending import send_batch
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.requests.services.invitations import (
    note_link_opened,
    note_mailed,
)
from ddplatform.supplier_engagement.respondents.services.join import join
from ddplatform.value_chain.mapping.models import ValueChainNode


def plan_campaigns(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `campaign.yaml`."""
    for entry in story.read("campaign.yaml"):
        timeline.add(entry["days_ago"], partial(_plan, entry))
        if "opened" in entry:
            for later in (0, 1):
                timeline.add(entry["days_ago"] - later, partial(_send, entry, is_first=not later))
            timeline.add(entry["days_ago"] - 4, partial(_answer, entry))


def _plan(entry: dict[str, Any], world: World, at: datetime) -> None:
    buyer = entry["buyer"]
    how = campaigns.How(
        name=entry["name"],
        due_on=at.date() + timedelta(days=entry["due_in"]),
        message=entry["message"],
        per_day=entry.get("per_day"),
        reminder_days=entry["reminder_days"],
        escalate_after=entry.get("escalate_after"),
    )
    with world.acting(entry["by"], at) as act:
        for ref, email in entry["contacts"].items():
            node = db.session.get(ValueChainNode, world.nodes[buyer, ref])
            assert node is not None
            node.contact_email = email
        db.session.flush()  # the plan reads the addresses
        whom = campaigns.Whom(
            chain_id=world.chains[buyer],
            keys=[world.nodes[buyer, ref] for ref in (*entry["contacts"], *entry["without"])],
            modules=entry["modules"],
            asked={"q": "coop" if "opened" in entry else "garden"},
        )
        world.made[entry["name"]] = campaigns.plan_campaign(whom, how, act=act).id


def _send(entry: dict[str, Any], world: World, at: datetime, *, is_first: bool) -> None:
    """One wave, as the worker would; the sample sends no mail."""
    campaign_id = world.made[entry["name"]]
    with world.acting(entry["by"], at) as act:
        if is_first:
            campaigns.start(campaign_id, act=act)
        campaign = get_campaign(campaign_id)
        assert campaign.job_id is not None
        db.session.flush()  # the batch reads the days of the waves
        send_batch(campaign_id, campaign.job_id, act=act)
        refused = {world.nodes[entry["buyer"], ref]: told for ref, told in entry["refused"].items()}
        for asked in _sent(entry, world):
            if told := refused.get(asked.node_id):
                asked.mail_refusal = told
            else:
                note_mailed(asked, at=at)


def _sent(entry: dict[str, Any], world: World) -> list[Assignment]:
    statement = select(Assignment).join(
        CampaignTarget, CampaignTarget.assignment_id == Assignment.id
    )
    campaign_id = world.made[entry["name"]]
    return list(db.session.scalars(statement.where(CampaignTarget.campaign_id == campaign_id)))


def _answer(entry: dict[str, Any], world: World, at: datetime) -> None:
    """Some open the link, some begin."""
    places = {
        what: {world.nodes[entry["buyer"], ref] for ref in entry[what]}
        for what in ("opened", "begun")
    }
    with world.acting(entry["by"], at):
        for asked in _sent(entry, world):
            if asked.node_id in places["opened"] | places["begun"]:
                note_link_opened(asked, at=at)
            if asked.node_id in places["begun"]:
                invitation = db.session.scalars(
                    select(Invitation).where(Invitation.assignment_id == asked.id)
                ).one()
                join(invitation, name="", password="", at=at)
