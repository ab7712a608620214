"""The settings page that removes the sample company."""

from flask import flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.accounts.sessions.flask_session import RENEW
from ddplatform.demo import removal
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.route("/settings/sample/remove", methods=["GET", "POST"])
@requires(Permission.SAMPLE_REMOVE, fresh=True)
def remove_sample() -> ResponseReturnValue:
    """Take out the whole sample company, in two steps."""
    if not g.organisation.is_sample:
        raise NotFound()
    form = FlaskForm()
    if form.validate_on_submit():
        removal.remove_sample(at=g.now)
        session.clear()
        session[RENEW] = True
        flash(gettext("The sample company is removed. The platform is empty."), "success")
        return redirect(url_for("auth.sign_in"))
    return render_template("demo/remove_sample.html")
