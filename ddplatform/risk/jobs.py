"""Background work on risks: assessments, approvals, reassessment, scenarios, plans, figures."""

from uuid import UUID

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result, about
from ddplatform.infrastructure.jobs.handlers import register_jobs
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.risk.approvals.services import work as approval_work
from ddplatform.risk.assessment.services import changes as assessment_changes
from ddplatform.risk.assessment.services import maps as assessments
from ddplatform.risk.assessment.services import nightly
from ddplatform.risk.assessment.services.leftovers import clear_begun
from ddplatform.risk.assessment_plan.services import requests as assessment_plans
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.risk.monitoring import services as triggers
from ddplatform.risk.runs.queries.runs import has_run
from ddplatform.risk.scenario_scores import services as scenario_scores
from ddplatform.risk.supplier_figures.services import figures
from ddplatform.risk.supplier_figures.services import questions as figure_questions
from ddplatform.value_chain.graph.services import snapshots


def _assess_chain(job: JobContext) -> Result:
    if job.id is not None:
        with job.look():
            if has_run(job.id):
                return {"run_id": str(job.id)}  # killed between its last commit and its own end
        clear_begun(job.id, job.id_of("chain_id"), by=job.act.by, unit=job.unit)
    chain_id, cause = job.id_of("chain_id"), job.payload.get("cause", "import")
    done = assessment_changes.assess_changes(
        chain_id, cause, as_of=job.act.at.date(), act=job.act, unit=job.unit, run_id=job.id
    )
    if isinstance(done, UUID):
        snapshots.keep_now(chain_id, job.look)  # the ranks can be read already
        _ask_figures(job, chain_id)
        return {"run_id": str(done)}
    assessed = assessments.assess_chain(
        chain_id,
        cause,
        as_of=job.act.at.date(),
        act=job.act,
        unit=job.unit,
        progress=job.progress,
        run_id=job.id,
        whole_because=done,
    )
    _ask_figures(job, chain_id)
    return {"run_id": str(assessed.run_id)}


def _ask_figures(job: JobContext, chain_id: UUID) -> None:
    with job.unit():
        figures.ask_renewal(chain_id, act=job.act)


def _make_plan(job: JobContext) -> Result:
    assert job.id is not None
    return assessment_plans.make_requested(
        job.id,
        job.payload,
        look=job.look,
        unit=job.unit,
        progress=job.progress,
        act=job.act,
    )


def _renew_figures(job: JobContext) -> Result:
    chain_id = job.id_of("chain_id")
    return figures.renew(chain_id, act=job.act, look=job.look, unit=job.unit)


JOBS = {
    # No permission: any change of a map or its facts, by anybody, may queue this job.
    REASSESS: Handler(
        _assess_chain, is_staged=True, title="The risks of the map are being assessed"
    ),
    nightly.RENEW: Handler(lambda job: nightly.ask_whole_runs(act=job.act), every_s=86_400),
    approval_steps.EXPIRE: Handler(lambda job: approval_steps.expire(act=job.act), every_s=86_400),
    approval_work.DECIDE: Handler(
        about("decision_id", approval_work.carry_out), Permission.RISK_APPROVE, is_staged=True
    ),
    approval_work.END: Handler(
        about("decision_id", approval_work.carry_out), Permission.RISK_ASSESS, is_staged=True
    ),
    triggers.LOOK: Handler(
        lambda job: triggers.look_for_changes(act=job.act, unit=job.unit),
        is_staged=True,
        every_s=86_400,
    ),
    scenario_scores.PREPARE: Handler(
        lambda job: scenario_scores.prepare(job.payload, look=job.look),
        Permission.RISK_READ,
        is_staged=True,
    ),
    assessment_plans.MAKE: Handler(_make_plan, Permission.VISIT_PLAN_MAKE, is_staged=True),
    # No permission: each assessment of a map renews the figures that suppliers read.
    figures.RENEW: Handler(_renew_figures, is_staged=True),
    figures.LOOK: Handler(lambda job: figures.ask_renewals(act=job.act), every_s=86_400),
    figures.TELL: Handler(lambda job: figure_questions.tell_new(job.id_of("figures_id"))),
    figure_questions.TELL_QUESTION: Handler(
        lambda job: figure_questions.take_up(job.id_of("question_id"), act=job.act)
    ),
    figure_questions.TELL_ANSWER: Handler(
        lambda job: figure_questions.tell_answer(job.id_of("question_id"))
    ),
}


def register() -> None:
    """Register the jobs of risks."""
    register_jobs(JOBS)
