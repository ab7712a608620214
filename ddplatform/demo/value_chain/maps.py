"""Organisations, people and maps of the sample, and a supplier list that waits for review."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from ddplatform.accounts.officers.queries import get_proposal, list_open_proposals
from ddplatform.accounts.officers.services.operator import name_officer
from ddplatform.accounts.officers.services.proposals import begin
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.demo.value_chain.approvals import approve_map
from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.risk.reference.services import sync
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.map_files.services.intake import plan_intake, take_in
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import find_chain
from supply_chain.intake.drafts import Mapping, NamedBytes

OFFICERS_BEGIN = 4
"""Days after the founding when further officers have begun: later than the waiting period."""


def plan_maps(story: Story, timeline: Timeline) -> None:
    """Organisations are founded, their people join, reference data and maps come in."""
    oldest = max(entry["days_ago"] for entry in story.organisations)
    timeline.add(oldest, lambda _world, at: _install_reference(at))
    for entry in story.organisations:
        timeline.add(entry["days_ago"], _founding(entry))
        timeline.add(entry["days_ago"] - OFFICERS_BEGIN, _begin_officers(entry["slug"]))
        if "map" in entry:
            timeline.add(entry["map"]["days_ago"], _map(story, entry))


def _install_reference(at: datetime) -> None:
    sync(at)


def _founding(entry: dict[str, Any]) -> Any:
    def found(world: World, at: datetime) -> None:
        made = found_organisation(
            name=entry["name"], slug=entry["slug"], country=entry["country"], at=at, is_sample=True
        )
        world.organisations[entry["slug"]] = made.id
        with acting_in(made.id):
            for person in entry["people"]:
                _join(world, entry["slug"], person, at)

    return found


def _begin_officers(slug: str) -> Any:
    """Further officers begin after their wait; the first one has the role from the start."""

    def started(world: World, at: datetime) -> None:
        with acting_in(world.organisations[slug]):
            for row in list_open_proposals():
                begin(get_proposal(row.id), at=at)

    return started


def _join(world: World, slug: str, person: dict[str, Any], at: datetime) -> None:
    organisation_id = world.organisations[slug]
    role = RoleId(person["role"])
    days = person.get("access_days")
    until = (world.now + timedelta(days=days)).date() if days else None
    act, password = Act(system_identity(organisation_id), at), password_of(person)
    if role is RoleId.SAFEGUARDING_OFFICER:
        user = name_officer(
            email=person["email"], name=person["name"], password=password, act=act
        ).user
    else:
        user = add_person(
            email=person["email"],
            name=person["name"],
            role=role,
            password=password,
            act=act,
            access_until=until,
        )
    world.people[user.email] = Identity(
        user.id, organisation_id, role, user.name, access_until=until
    )


def password_of(person: dict[str, Any]) -> str:
    """The password of a sample sign-in: the same words for all, and the first name."""
    return f"sample cocoa {person['name'].split()[0].lower()}"


def _map(story: Story, entry: dict[str, Any]) -> Any:
    file = entry["map"]["file"]
    analyst, second = (
        next(person["email"] for person in entry["people"] if person["role"] == role)
        for role in ("analyst", "sustainability_manager")
    )

    def take(world: World, at: datetime) -> None:
        slug, name = entry["slug"], entry["map"]["name"]
        with world.acting(analyst, at) as act:
            plan = plan_intake(name, [NamedBytes(file, story.bytes(file))], Mapping())
            take_in(name, plan, map_import.read_files(plan), skip_faulty=False, act=act)
            chain = find_chain(name)
            assert chain is not None
            world.chains[slug] = chain.id
            rows = db.session.execute(
                select(ValueChainNode.external_ref, ValueChainNode.id).where(
                    ValueChainNode.chain_id == chain.id
                )
            )
            world.nodes.update({(slug, ref): key for ref, key in rows})
        approve_map(world, chain.id, second, at=at)
        reassess(world, slug, "import", at=at)

    return take


def plan_lists(story: Story, timeline: Timeline) -> None:
    """The list that `supplier_list.yaml` names."""
    told = story.read("supplier_list.yaml")
    name = told["file"]

    def read(world: World, at: datetime) -> None:
        slug = told["buyer"]
        own = world.nodes[slug, told["own_business"]]
        file = NamedBytes(name.rpartition("/")[2], story.bytes(name))
        with world.acting(told["by"], at) as act:
            row = map_import.stage(world.chains[slug], [file], link_to_id=own, act=act)
            db.session.flush()  # each step reads the row anew, as the worker does
            plan = map_import.plan_reading(row.id, act.by)
            opened = map_import.open_files(plan)
            plan = map_import.recall_mapping(row.id, plan, opened)
            db.session.flush()
            map_import.keep_preview(row.id, map_import.read_files(plan, opened))

    timeline.add(told["days_ago"], read)


def reassess(world: World, slug: str, cause: str, *, at: datetime) -> None:
    """The worker's job after a change: a new assessment of the map of an organisation."""
    organisation_id = world.organisations[slug]
    assess_chain(
        world.chains[slug],
        cause,
        as_of=at.date(),
        act=Act(system_identity(organisation_id), at),
        unit=lambda: world.unit(organisation_id),
        progress=lambda _done, _total: None,
    )
