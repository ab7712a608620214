"""Suppliers of suppliers in the sample, and answers shared with a further buyer."""

from datetime import datetime
from functools import partial
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.cascade.models import ShareBand
from ddplatform.supplier_engagement.cascade.services import cascade
from ddplatform.supplier_engagement.cascade.services import review as cascade_review
from ddplatform.supplier_engagement.cascade.services.cascade import OwnSupplierFields
from ddplatform.supplier_engagement.responses.queries.responses import find_response, get_request
from ddplatform.supplier_engagement.sharing.services import share_section
from supply_chain.vocabulary import NodeKind


def plan_cascade(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `own_suppliers.yaml`."""
    told = story.read("own_suppliers.yaml")
    for entry in told["named"]:
        timeline.add(entry["days_ago"], partial(_name, entry))
        timeline.add(entry["told"]["days_ago"], partial(_tell, entry))
        if "accepted" in entry:
            timeline.add(entry["accepted"]["days_ago"], partial(_accept, entry))
        if "forwarded" in entry:
            timeline.add(entry["forwarded"]["days_ago"], partial(_forward, entry))
    timeline.each(told["shown"], _show)


def _name(entry: dict[str, Any], world: World, at: datetime) -> None:
    wanted = OwnSupplierFields(
        name=entry["name"],
        country=entry["country"],
        kind=NodeKind(entry["kind"]),
        share_band=ShareBand(entry["share_band"]),
    )
    with world.acting(entry["by"], at) as act:
        world.made[entry["name"]] = cascade.name_supplier(wanted, act=act).id


def _tell(entry: dict[str, Any], world: World, at: datetime) -> None:
    told = entry["told"]
    with world.acting(entry["by"], at) as act:
        own_id, asked = world.made[entry["name"]], world.made[told["asked"]]
        made = cascade.propose(own_id, asked, with_name=told["with_name"], act=act)
        world.made[f"told {entry['name']}"] = made.id


def _accept(entry: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(entry["accepted"]["by"], at) as act:
        cascade_review.accept(world.made[f"told {entry['name']}"], act=act)


def _forward(entry: dict[str, Any], world: World, at: datetime) -> None:
    wanted = entry["forwarded"]
    with world.acting(entry["by"], at) as act:
        version = get_request(world.made[wanted["version_of"]]).assignment.version_id
        own_id = world.made[entry["name"]]
        cascade.forward(own_id, version, email=wanted["email"], act=act)


def _show(entry: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(entry["by"], at) as act:
        given = find_response(world.made[entry["given_to"]])
        assert given is not None
        for section in entry["sections"]:
            share_section(
                world.made[entry["shown_to"]],
                given.id,
                section,
                months=entry["months"],
                act=act,
            )
            db.session.flush()  # the next section is evaluated with this one
