"""Pages of webhooks, among the settings of an organisation."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.forms import WebhookForm
from ddplatform.api.webhooks.queries import get_webhook, list_webhooks
from ddplatform.api.webhooks.services import webhooks as services
from ddplatform.api.webhooks.views import shown
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/settings/webhooks")
@requires(Permission.API_TOKEN_MANAGE)
def webhooks() -> ResponseReturnValue:
    """Every webhook, its events and how far they were delivered."""
    return render_template(
        "api/webhooks/index.html",
        rows=[shown(row) for row in list_webhooks()],
        is_on=adapters().webhooks.is_on,
    )


@bp.route("/settings/webhooks/new", methods=["GET", "POST"])
@requires(Permission.API_TOKEN_MANAGE, fresh=True)
@takes_lists("subjects")
def new_webhook() -> ResponseReturnValue:
    """Make a webhook; its secret is shown once."""
    form = WebhookForm()
    form.offer(services.subjects_for(g.identity))

    def save() -> ResponseReturnValue:
        webhook, secret = services.add_webhook(
            form.name.data,
            form.url.data.strip(),
            [Subject(one) for one in form.subjects.data or []],
            act=g.act,
        )
        return render_template("api/webhooks/made.html", webhook=webhook, secret=secret)

    def show() -> str:
        hosts = adapters().webhooks.hosts
        return render_template("api/webhooks/new.html", form=form, hosts=hosts)

    return answer_form(form, save, show)


@bp.route("/settings/webhooks/<uuid:webhook_id>/remove", methods=["GET", "POST"])
@requires(Permission.API_TOKEN_MANAGE)
def remove_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Remove a webhook, in two steps."""
    webhook, form = get_webhook(webhook_id), FlaskForm()
    if form.validate_on_submit():
        name = webhook.name
        services.remove_webhook(webhook, act=g.act)
        flash(gettext("The webhook “%(name)s” is removed.", name=name), "success")
        return redirect(url_for(".webhooks"))
    return render_template("api/webhooks/remove.html", webhook=webhook)


@bp.post("/settings/webhooks/<uuid:webhook_id>/resume")
@requires(Permission.API_TOKEN_MANAGE)
def resume_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Send again what waits."""
    webhook = get_webhook(webhook_id)
    services.resume_webhook(webhook, act=g.act)
    flash(gettext("“%(name)s” sends events again, on your behalf.", name=webhook.name), "success")
    return redirect(url_for(".webhooks"))


@bp.post("/settings/webhooks/<uuid:webhook_id>/test")
@requires(Permission.API_TOKEN_MANAGE)
def send_test_event(webhook_id: UUID) -> ResponseReturnValue:
    """Send a test event, and show how it was answered."""
    job = services.ask_test(get_webhook(webhook_id), act=g.act)
    return redirect(url_for("jobs.show", job_id=job.id, next=url_for(".webhooks")))
