"""Pages of the first steps: a start page and a waiting page; the list check is in imports."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.officers.queries import has_officer
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.accounts.organisations.services.people import invite
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.page_context import may
from ddplatform.languages import gettext
from ddplatform.reporting.first_run import services
from ddplatform.reporting.first_run.forms import (
    MADE_UP,
    NONE,
    START_NOTES,
    BeginForm,
    ColleagueForm,
    ListForm,
)
from ddplatform.reporting.first_run.queries import Progress, Stage, has_places, load_progress
from ddplatform.reporting.first_run.views import state_of, steps_of
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.mapping.models import MapImport
from supply_chain.intake.drafts import NamedBytes

bp = Blueprint("first_run", __name__)


@bp.app_context_processor
def _tell_pages() -> dict[str, Callable[[], str | None]]:
    """Every page can ask where to begin; a page that does not ask reads nothing."""
    return {"start_here": _start_here}


def _start_here() -> str | None:
    """The start page of an organisation whose maps hold only its own place; None once they do.

    Empty where the role may not begin. Asked by lists that are empty, and by no other page.
    """
    if has_places():
        return None
    return url_for("first_run.show") if may(Permission.VALUE_CHAIN_IMPORT) else ""


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT, takes_files=True)
def show() -> ResponseReturnValue:
    """Begin, or continue where one left: the business, its purchases and a list."""
    progress = load_progress()
    if progress.stage in (Stage.CHECK, Stage.SCORE, Stage.READY):
        return redirect(_address(progress))
    form = _begin_form(progress) if progress.stage is Stage.BEGIN else ListForm()

    def save() -> ResponseReturnValue:
        if isinstance(form, BeginForm):
            services.begin_map(form.business(), act=g.act)
        row = _bring(form)
        if row is None:
            flash(gettext("Your map is made. A supplier list can follow at any time."), "success")
            return redirect(url_for("overview.show"))
        return redirect(url_for("value_chain.show_import", import_id=row.id))

    return answer_page(
        form,
        save,
        "reporting/first_run/begin.html",
        notes=START_NOTES,
        progress=progress,
        steps=steps_of(progress.stage),
        has_officer=has_officer(today=g.now.date()),
    )


@bp.get("/progress")
@requires(Permission.VALUE_CHAIN_IMPORT)
def progress() -> ResponseReturnValue:
    """Progress of the list, with an invitation form; at the end a link to the risks."""
    found = load_progress()
    if found.stage in (Stage.BEGIN, Stage.LIST, Stage.CHECK):
        return redirect(_address(found))
    return _progress_page(found, ColleagueForm())


@bp.post("/colleague")
@requires(Permission.PEOPLE_MANAGE)
def colleague() -> ResponseReturnValue:
    """Invite a colleague while the list is read and scored."""
    form, found = ColleagueForm(), load_progress()
    if found.chain is None:
        raise NotFound()

    def save() -> ResponseReturnValue:
        # Whoever founds an organisation sends mails in its name: not more than a person needs.
        rate_limits.count_try(rate_limits.LINK_REQUEST, str(g.organisation.id), at=g.now)
        invite(
            email=form.email.data,
            name=form.name.data,
            role=RoleId(form.role.data),
            act=g.act,
        )
        words = gettext("An invitation is on its way to %(email)s.", email=form.email.data)
        flash(words, "success")
        return redirect(url_for(".progress"))

    return answer_form(form, save, lambda: _progress_page(found, form))


def _progress_page(found: Progress, form: ColleagueForm) -> str:
    return render_template(
        "reporting/first_run/progress.html",
        progress=found,
        form=form,
        state=state_of(found),
        steps=steps_of(found.stage),
        has_officer=has_officer(today=g.now.date()),
    )


def _address(progress: Progress) -> str:
    """The page on which the first steps go on."""
    if progress.stage is Stage.CHECK and progress.row is not None:
        return url_for("value_chain.show_import", import_id=progress.row.id)
    return url_for(".show" if progress.stage in (Stage.BEGIN, Stage.LIST) else ".progress")


def _begin_form(progress: Progress) -> BeginForm:
    """The founder's input on the organisation is prefilled."""
    organisation = get_organisation(g.organisation.id)
    known = progress.first_run
    return BeginForm(
        data={
            "name": organisation.name,
            "country": organisation.country or "",
            "sector_ref": (known.sector_ref if known else None) or "",
        }
    )


def _bring(form: ListForm) -> MapImport | None:
    """Have the list read that was chosen; None where there is none."""
    if form.start.data == NONE:
        return None
    if form.start.data == MADE_UP:
        return services.bring_made_up_list(act=g.act)
    files = [
        NamedBytes(file.filename, file.stream.read(map_import.MAX_BYTES + 1))
        for file in form.files.data
        if file.filename
    ]
    return services.bring_list(files, act=g.act)
