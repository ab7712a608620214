"""Loading of the sample company through the services, dated over the past months."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from ddplatform.accounts.organisations.models import Organisation, OrganisationKind
from ddplatform.demo.due_diligence.findings import plan_findings
from ddplatform.demo.due_diligence.governance import plan_governance
from ddplatform.demo.due_diligence.grievance_checks import plan_grievance_checks
from ddplatform.demo.due_diligence.indicators import plan_indicators
from ddplatform.demo.due_diligence.policies import plan_policies
from ddplatform.demo.due_diligence.remedy import plan_case
from ddplatform.demo.reporting.reports import plan_reports
from ddplatform.demo.risk.figures import plan_figures
from ddplatform.demo.risk.plans import plan_plans
from ddplatform.demo.risk.surroundings import plan_surroundings
from ddplatform.demo.supplier_engagement.campaigns import plan_campaigns
from ddplatform.demo.supplier_engagement.cascade import plan_cascade
from ddplatform.demo.supplier_engagement.forms import plan_own_forms
from ddplatform.demo.supplier_engagement.questionnaires import plan_questionnaires
from ddplatform.demo.value_chain.approvals import plan_approvals
from ddplatform.demo.value_chain.maps import password_of, plan_lists, plan_maps
from ddplatform.demo.value_chain.matching import plan_matching
from ddplatform.demo.world import Story, Timeline, World
from ddplatform.evidence.search.services import SEARCH
from ddplatform.infrastructure.access.roles import ANSWERING, RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs.models import Job, JobState

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
    """The sample as it exists. `is_new`: it was loaded by this call."""

    sign_ins: tuple[SignIn, ...]
    is_new: bool


def load_sample(now: datetime) -> Sample:
    """Make the sample company with its suppliers and a second buyer; once.

    Raises:
        Conflict: there is real data, which must never be mixed with a sample.
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
    plan_policies(story, timeline)
    plan_grievance_checks(story, timeline)
    plan_indicators(story, timeline)
    plan_governance(story, timeline)
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
