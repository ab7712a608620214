"""Pages of campaigns: the list, one campaign, its calendar, start and stop."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_help_contact, get_organisation
from ddplatform.accounts.organisations.services.people import INVITATION_LIFE
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.typed_values import read_moment
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.infrastructure.web.list_pages import going_on, read_place, write_place
from ddplatform.languages import gettext, speaking
from ddplatform.supplier_engagement.campaign_progress.queries import Progress, Stage, load_progress
from ddplatform.supplier_engagement.campaign_progress.services import export_campaign
from ddplatform.supplier_engagement.campaigns.models import Campaign
from ddplatform.supplier_engagement.campaigns.queries.calendar import list_calendar
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    PAGE_SIZE,
    count_sending,
    count_targets,
    get_campaign,
    list_campaigns,
    list_targets,
)
from ddplatform.supplier_engagement.campaigns.routes.blueprint import bp
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.campaigns.views import (
    HAPPENING_WORDS,
    LEFT_OUT_WORDS,
    STAGE_WORDS,
    day_words,
    reminder_words,
    state_words,
)
from ddplatform.supplier_engagement.requests.services.invitations import write_questions
from ddplatform.value_chain.filters.address import said_words
from ddplatform.value_chain.mapping.queries.maps import get_chain

FIRST_LINES = 10
LINK_SHOWN = "(a link that works once, different for each supplier)"
FUNNEL = (Stage.SENT, Stage.OPENED, Stage.STARTED, Stage.ANSWERED, Stage.ACCEPTED)
ASIDE = (Stage.REFUSED, Stage.RETURNED, Stage.OVER)


@bp.get("/")
@requires(Permission.QUESTIONNAIRE_READ)
def index() -> ResponseReturnValue:
    """The campaigns, newest first."""
    place = read_place(request.args.get("after", ""), read_moment)
    found = list_campaigns(after=place)
    rows = found[:PAGE_SIZE]
    next_href = None
    if len(found) > PAGE_SIZE:
        next_href = going_on(after=write_place(rows[-1].created_at, rows[-1].id))
    return render_template(
        "supplier_engagement/campaigns/index.html",
        rows=rows,
        state_words=state_words,
        next_href=next_href,
    )


@bp.get("/<uuid:campaign_id>")
@requires(Permission.QUESTIONNAIRE_READ)
def show(campaign_id: UUID) -> ResponseReturnValue:
    """A draft with its targets, or the progress of a campaign."""
    campaign = get_campaign(campaign_id)
    shared = {
        "campaign": campaign,
        "chain": get_chain(campaign.chain_id),
        "whom": list(said_words(campaign.asked).values()),
        "counts": count_targets(campaign_id),
        "left_words": LEFT_OUT_WORDS,
        "state": state_words(campaign),
    }
    if campaign.started_at is None:
        return render_template(
            "supplier_engagement/campaigns/draft.html",
            reminder_words=reminder_words,
            **shared,
            lines=list_targets(campaign_id, left_out=False, limit=FIRST_LINES).rows,
            mail=_mail(campaign),
        )
    progress = load_progress(campaign_id)
    return render_template(
        "supplier_engagement/campaigns/show.html",
        **shared,
        progress=progress,
        stages=STAGE_WORDS,
        funnel=_bars(progress),
        aside=[(STAGE_WORDS[stage], progress.total[stage]) for stage in ASIDE],
        tables=_tables(progress),
        **_sending(campaign),
    )


def _mail(campaign: Campaign) -> Any:
    helper = get_help_contact(campaign.organisation_id, g.identity.user_id)
    with speaking(campaign.language):
        return write_questions(
            "",
            buyer=get_organisation(campaign.organisation_id).name,
            help_line=helper.line,
            link=LINK_SHOWN,
            until=g.now + INVITATION_LIFE,
            note=campaign.message,
        )


def _sending(campaign: Campaign) -> dict[str, Any]:
    """Progress of the mails due by today."""
    job = _job(campaign)
    is_going = job is not None and job.is_going_on
    done, total = count_sending(campaign.id, today=g.now.date())
    return {
        "job": job,
        "is_sending": is_going,
        "has_failed": job is not None and job.state is JobState.FAILED and done < total,
        "sent": done,
        "of_today": total,
    }


def _job(campaign: Campaign) -> Job | None:
    """The newest job that sends; old ones are cleared away."""
    try:
        return get_job(campaign.job_id) if campaign.job_id else None
    except NotFound:
        return None


def _bars(progress: Progress) -> list[dict[str, Any]]:
    total = progress.total[Stage.SENT]
    return [
        {
            "label": STAGE_WORDS[stage],
            "parts": [
                ("f-accent", progress.total[stage]),
                ("f-sunken", total - progress.total[stage]),
            ],
            "text": f"{progress.total[stage]:,}",
        }
        for stage in FUNNEL
    ]


def _tables(progress: Progress) -> list[dict[str, Any]]:
    return [
        {
            "title": gettext("By country"),
            "sub": gettext("by the map of today"),
            "head": gettext("Country"),
            "rows": [
                (country_name(str(row.key)) if row.key else gettext("Not known"), row)
                for row in progress.countries
            ],
        },
        {
            "title": gettext("By tier"),
            "sub": gettext("by the map of today"),
            "head": gettext("Tier"),
            "rows": [(_tier(row.key), row) for row in progress.tiers],
        },
        {
            "title": gettext("By questionnaire"),
            "head": gettext("Questionnaire"),
            "rows": [(row.key, row) for row in progress.modules],
        },
    ]


def _tier(tier: str | int | None) -> str:
    if tier is None:
        return gettext("No path to the own business")
    return gettext("Own business") if tier == 0 else gettext("Tier %(number)s", number=tier)


@bp.post("/<uuid:campaign_id>/start")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def start(campaign_id: UUID) -> ResponseReturnValue:
    """Begin to send."""
    campaigns.start(campaign_id, act=g.act)
    words = gettext("The campaign was started. Sending continues in the background.")
    flash(words, "success")
    return redirect(url_for(".show", campaign_id=campaign_id))


@bp.post("/<uuid:campaign_id>/stop")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def stop(campaign_id: UUID) -> ResponseReturnValue:
    """Send and remind no more."""
    campaigns.stop(campaign_id, act=g.act)
    words = gettext("The campaign was stopped. Questionnaires already sent can still be answered.")
    flash(words, "success")
    return redirect(url_for(".show", campaign_id=campaign_id))


@bp.post("/<uuid:campaign_id>/go-on")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def go_on(campaign_id: UUID) -> ResponseReturnValue:
    """Go on after a stop, or after work that ended early."""
    campaigns.go_on(campaign_id, act=g.act)
    flash(gettext("The campaign was resumed."), "success")
    return redirect(url_for(".show", campaign_id=campaign_id))


@bp.get("/<uuid:campaign_id>/calendar")
@requires(Permission.QUESTIONNAIRE_READ)
def calendar(campaign_id: UUID) -> ResponseReturnValue:
    """The mails of each day."""
    campaign = get_campaign(campaign_id)
    return render_template(
        "supplier_engagement/campaigns/calendar.html",
        campaign=campaign,
        rows=list_calendar(campaign, today=g.now.date()),
        words=HAPPENING_WORDS,
        day_words=day_words,
        today=g.now.date(),
    )


@bp.post("/<uuid:campaign_id>/export")
@requires(Permission.QUESTIONNAIRE_EXPORT, reads_first=True)
def export(campaign_id: UUID) -> ResponseReturnValue:
    """Where each supplier stands, as a workbook or CSV."""
    form = asked_form()
    made = export_campaign(campaign_id, form, act=g.act)
    return as_download(made)
