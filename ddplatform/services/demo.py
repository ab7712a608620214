"""The sample company: made through the services, dated over the past months, removed at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from ddplatform.access.roles import ANSWERING, RoleId
from ddplatform.db import db
from ddplatform.errors import Conflict
from ddplatform.models.jobs import Job, JobState
from ddplatform.models.organisations import Organisation, OrganisationKind
from ddplatform.services.demo_approvals import plan_approvals
from ddplatform.services.demo_campaigns import plan_campaigns
from ddplatform.services.demo_cascade import plan_cascade
from ddplatform.services.demo_figures import plan_figures
from ddplatform.services.demo_findings import plan_findings
from ddplatform.services.demo_forms import plan_own_forms
from ddplatform.services.demo_lists import plan_lists
from ddplatform.services.demo_maps import password_of, plan_maps
from ddplatform.services.demo_matching import plan_matching
from ddplatform.services.demo_plans import plan_plans
from ddplatform.services.demo_questionnaires import plan_questionnaires
from ddplatform.services.demo_remedy import plan_case
from ddplatform.services.demo_reports import plan_reports
from ddplatform.services.demo_surroundings import plan_surroundings
from ddplatform.services.demo_world import Story, Timeline, World
from ddplatform.services.evidence_search import SEARCH

START_PAGES = {**dict.fromkeys(ANSWERING, "responses/"), RoleId.AUDITOR: "reports/"}
"""Below the organisation; the others begin at its overview."""


@dataclass(frozen=True)
class SignIn:
    """One sign-in of the sample, with the page it lands on."""

    role: str
    email: str
    password: str
    start: str


@dataclass(frozen=True)
class Sample:
    """What stands of the sample. `is_new`: it was loaded by this call."""

    sign_ins: tuple[SignIn, ...]
    is_new: bool


def load_sample(now: datetime) -> Sample:
    """Make the sample company with its suppliers and a second buyer; once.

    Raises:
        Conflict: there is real data, which a sample must never stand beside.
    """
    story = Story()
    found = db.session.execute(
        select(Organisation.is_sample).where(Organisation.kind == OrganisationKind.COMPANY)
    ).all()
    if any(not row.is_sample for row in found):
        raise Conflict(
            "There is an organisation with real data, so no sample is loaded.",
            "Load the sample into an installation of its own (INSTANCE_PATH).",
        )
    if not found:
        _make(story, now)
    return Sample(_sign_ins(story), is_new=not found)


def _make(story: Story, now: datetime) -> None:
    world, timeline = World(now), Timeline(now)
    plan_maps(story, timeline)
    plan_questionnaires(story, timeline)
    plan_own_forms(story, timeline)
    plan_cascade(story, timeline)
    plan_campaigns(story, timeline)
    plan_findings(story, timeline)
    plan_case(story, timeline)
    plan_plans(story, timeline)
    plan_approvals(story, timeline)
    plan_matching(story, timeline)
    plan_surroundings(story, timeline)
    plan_lists(story, timeline)
    plan_reports(story, timeline)
    plan_figures(timeline)
    timeline.play(world)
    _drop_waiting_jobs(list(world.organisations.values()))


def _drop_waiting_jobs(organisations: list[UUID]) -> None:
    """The work was done in place, and no mail goes to people who do not exist.

    Documents that took too long to be searched at once are left to the worker.
    """
    db.session.flush()
    db.session.execute(
        delete(Job).where(
            Job.organisation_id.in_(organisations),
            Job.state == JobState.QUEUED,
            Job.name != SEARCH,
        )
    )


def _sign_ins(story: Story) -> tuple[SignIn, ...]:
    return tuple(
        SignIn(
            person["role"],
            person["email"],
            password_of(person),
            f"/o/{entry['slug']}/{START_PAGES.get(person['role'], '')}",
        )
        for entry in story.organisations
        for person in entry["people"]
    )
