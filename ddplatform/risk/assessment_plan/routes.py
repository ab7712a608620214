"""Pages of plans for a budget: creation, display, assignment."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import ENGLISH, gettext, ngettext, speaking
from ddplatform.risk.assessment_plan import views as words
from ddplatform.risk.assessment_plan.forms import AssignForm, PlanForm
from ddplatform.risk.assessment_plan.models import StepKind
from ddplatform.risk.assessment_plan.queries import plans as visit_plan
from ddplatform.risk.assessment_plan.services import plans as planning
from ddplatform.risk.assessment_plan.services import requests as visit_plan_requests
from ddplatform.risk.assessment_plan.services.assign import Assigned, Assigning, assign
from ddplatform.risk.assessment_plan.services.plans import export_plan
from ddplatform.risk.detail.queries.risks import list_chain_choices
from ddplatform.risk.words.plans import AIMS, SPREADS
from ddplatform.supplier_engagement.library.queries import list_for_suppliers
from ddplatform.supplier_engagement.requests.services.requests import propose_due_date
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.analysis.visit_plan_field import Aim, Spread

bp = Blueprint("visit_plan", __name__)
VISIT_WITHIN = timedelta(days=90)


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """Plans that were made, newest first."""
    return render_template(
        "risk/assessment_plan/index.html",
        rows=visit_plan.list_plans(),
        chains=list_chain_choices(),
        words=words,
        aims=AIMS,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.VISIT_PLAN_MAKE)
@limited(Use.CALCULATION)
def new() -> ResponseReturnValue:
    """Set the aim and budget of a plan, which is made in the background and stored."""
    form = PlanForm(**_first_said())
    form.chain_id.choices = [
        SelectChoice(str(chain.id), chain.name) for chain in list_chain_choices()
    ]

    def save() -> ResponseReturnValue:
        chain_id = UUID(form.chain_id.data)
        job = visit_plan_requests.request_plan(chain_id, _wish(form), act=g.act)
        return redirect(url_for(".making", job_id=job.id))

    return answer_page(form, save, "risk/assessment_plan/new.html")


def _first_said() -> dict[str, Any]:
    """The initial values of the form: a refused request, to be changed, or a map."""
    asked = request.args.get("asked", type=UUID)
    if asked is None:
        return {"chain_id": request.args.get("chain", "")}
    return dict(visit_plan_requests.get_request(asked).payload)


@bp.get("/being-made/<uuid:job_id>")
@requires(Permission.VISIT_PLAN_MAKE)
def making(job_id: UUID) -> ResponseReturnValue:
    """The progress of a plan; reloads itself until the plan is ready, then leads to it."""
    job = visit_plan_requests.get_request(job_id)
    if plan_id := job.result.get("plan_id"):
        return redirect(url_for(".show", plan_id=plan_id))
    return render_template(
        "risk/assessment_plan/making.html",
        job=job,
        running=job.is_going_on,
        chain=get_chain(UUID(job.payload["chain_id"])),
    )


def _wish(form: PlanForm) -> planning.Wish:
    return planning.Wish(
        name=form.name.data,
        aim=Aim(form.aim.data),
        spread=Spread(form.spread.data),
        questionnaires=form.questionnaires.data,
        visits=form.visits.data,
        amount=form.amount.data,
        currency=form.currency.data or None,
        cost_questionnaire=form.cost_questionnaire.data,
        cost_visit=form.cost_visit.data,
    )


@bp.get("/<uuid:plan_id>")
@requires(Permission.RISK_READ)
def show(plan_id: UUID) -> ResponseReturnValue:
    """The lines of a plan with their reasons, and its gain beside the two usual ways."""
    plan = visit_plan.get_plan_row(plan_id)
    series, labels = words.curve(plan)
    steps = visit_plan.list_steps(plan)
    return render_template(
        "risk/assessment_plan/show.html",
        plan=plan,
        steps=steps,
        left=sum(1 for step in steps if not step.is_assigned),
        series=series,
        labels=labels,
        ends={way: values[-1] if values else None for way, values in plan.curves.items()},
        words=words,
        aims=AIMS,
        spreads=SPREADS,
    )


@bp.post("/<uuid:plan_id>/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export(plan_id: UUID) -> ResponseReturnValue:
    """The plan as a workbook or CSV."""
    form = asked_form()
    plan = visit_plan.get_plan_row(plan_id)
    chain, lines = get_chain(plan.chain_id), visit_plan.list_steps(plan)
    with speaking(ENGLISH):
        tables = words.as_tables(plan, chain.name, lines)
    made = export_plan(chain, plan, tables, form, steps=len(lines), act=g.act)
    return as_download(made)


@bp.route("/<uuid:plan_id>/assign", methods=["GET", "POST"])
@requires(Permission.VISIT_PLAN_ASSIGN)
@takes_lists("place")
def assign_lines(plan_id: UUID) -> ResponseReturnValue:
    """Send the questionnaires and plan the visits of the chosen lines, in one step."""
    plan = visit_plan.get_plan_row(plan_id)
    form = AssignForm(
        answers_due=propose_due_date(g.now.date()), visits_due=g.now.date() + VISIT_WITHIN
    )
    form.version_id.choices = [
        SelectChoice(str(row.version_id), row.title) for row in list_for_suppliers()
    ]
    form.owner_id.choices = [
        SelectChoice("", gettext("Choose")),
        *(SelectChoice(str(one.user_id), one.name) for one in list_people()),
    ]
    problems: dict[str, str] = {}

    def save() -> ResponseReturnValue:
        try:
            done = assign(plan_id, _assigning(form), act=g.act)
        except Invalid as error:
            problems.update(error.fields)
            raise
        flash(_assigned(done), "success")
        return redirect(url_for(".show", plan_id=plan_id))

    return answer_form(form, save, lambda: _assign_page(plan, form, problems))


def _assigned(done: Assigned) -> str:
    sent = ngettext(
        "%(number)s questionnaire sent",
        "%(number)s questionnaires sent",
        done.questionnaires,
        number=number(done.questionnaires),
    )
    visits = ngettext(
        "%(number)s visit planned as an action",
        "%(number)s visits planned as actions",
        done.visits,
        number=number(done.visits),
    )
    return gettext("%(sent)s, %(visits)s.", sent=sent, visits=visits)


def _assign_page(plan: visit_plan.PlanRow, form: AssignForm, problems: dict[str, str]) -> str:
    steps = [step for step in visit_plan.list_steps(plan) if not step.is_assigned]
    chosen = _chosen() if request.method == "POST" else _proposed(steps)
    context: dict[str, Any] = {
        "plan": plan,
        "form": form,
        "rows": [(step, step.place in chosen, _email(step)) for step in steps],
        "problems": problems,
        "has": {kind.value: any(step.kind is kind for step in steps) for kind in StepKind},
        "words": words,
    }
    return render_template("risk/assessment_plan/assign.html", **context)


def _proposed(steps: Sequence[visit_plan.StepRow]) -> set[int]:
    """All visits, and the questionnaires that have an address to go to."""
    return {s.place for s in steps if s.kind is StepKind.VISIT or s.contact_email}


def _email(step: visit_plan.StepRow) -> str:
    return request.form.get(f"email-{step.place}", step.contact_email or "")


def _chosen() -> set[int]:
    return set(request.form.getlist("place", type=read_number))


def _assigning(form: AssignForm) -> Assigning:
    places = _chosen()
    return Assigning(
        places=frozenset(places),
        version_id=UUID(form.version_id.data) if form.version_id.data else None,
        answers_due=form.answers_due.data,
        message=form.message.data or "",
        owner_id=UUID(form.owner_id.data) if form.owner_id.data else None,
        visits_due=form.visits_due.data,
        emails={place: request.form.get(f"email-{place}", "") for place in places},
    )
