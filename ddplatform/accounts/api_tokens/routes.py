"""Pages of access tokens for programs."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.accounts.api_tokens import services
from ddplatform.accounts.api_tokens.forms import PROPOSED_LIFE, SCOPE_LABELS, TokenForm
from ddplatform.accounts.api_tokens.queries import get_token, list_tokens
from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/settings/api-tokens")
@requires(Permission.API_TOKEN_MANAGE)
def api_tokens() -> ResponseReturnValue:
    """Every token, who made it, what it may do and when it was used last."""
    return render_template(
        "accounts/api_tokens/index.html",
        rows=list_tokens(),
        labels=_labels(),
        today=g.now.date(),
        base_url=adapters().base_url.rstrip("/"),
    )


@bp.route("/settings/api-tokens/new", methods=["GET", "POST"])
@requires(Permission.API_TOKEN_MANAGE, fresh=True)
@takes_lists("scopes")
def new_api_token() -> ResponseReturnValue:
    """Make a token; its secret is shown once."""
    form = TokenForm(expires_on=g.now.date() + PROPOSED_LIFE)
    form.offer(services.scopes_for(g.identity))

    def save() -> ResponseReturnValue:
        token, secret = services.make_token(
            form.name.data,
            [Permission(scope) for scope in form.scopes.data or []],
            expires_on=form.expires_on.data,
            act=g.act,
        )
        return render_template("accounts/api_tokens/made.html", token=token, secret=secret)

    def show() -> str:
        return render_template("accounts/api_tokens/new.html", form=form)

    return answer_form(form, save, show)


@bp.route("/settings/api-tokens/<uuid:token_id>/revoke", methods=["GET", "POST"])
@requires(Permission.API_TOKEN_MANAGE)
def revoke_api_token(token_id: UUID) -> ResponseReturnValue:
    """End a token at once, in two steps."""
    token, form = get_token(token_id), FlaskForm()
    if form.validate_on_submit():
        services.revoke_token(token, act=g.act)
        flash(gettext("The token “%(name)s” no longer works.", name=token.name), "success")
        return redirect(url_for(".api_tokens"))
    return render_template("accounts/api_tokens/revoke.html", token=token)


def _labels() -> dict[str, str]:
    return {scope.value: str(label) for scope, label in SCOPE_LABELS.items()}
