"""The public door: a concern is sent, and its thread is opened by the code.

No session is read or begun, no form token asked, and nothing of the sender passed on: services get
the platform itself as actor, and the day as the moment.
"""

import hmac
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.accounts.officers.queries import has_officer
from ddplatform.accounts.organisations.models import Organisation
from ddplatform.accounts.organisations.queries import find_organisation
from ddplatform.core.due_diligence.concern_clock import due_day
from ddplatform.core.due_diligence.concern_words import REPORTING_BODIES, Alarm, alarms_in
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.due_diligence.concern_door.forms import (
    CodeForm,
    ConcernForm,
    DoorForm,
    ThreadForm,
)
from ddplatform.due_diligence.concern_door.views import (
    OUTSIDE,
    ThreadMessage,
    contacts,
    language_links,
    promises,
    thread_page,
)
from ddplatform.due_diligence.concern_door.words import ABOUT
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.concerns.queries import find_door, list_messages, load_entered
from ddplatform.due_diligence.concerns.services import receiving, thread
from ddplatform.due_diligence.concerns.services.codes import (
    WrongCode,
    new_nonce,
    open_with,
    read_code,
    usable_nonce,
)
from ddplatform.due_diligence.concerns.services.receiving import Draft
from ddplatform.due_diligence.concerns.services.texts import LeadsToSomebody
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.db import start_of
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound, TooMany
from ddplatform.infrastructure.forms.sent import show_refusal
from ddplatform.infrastructure.gate import bind_organisation, keep_changes, leaves_no_trace
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.languages import speak_as_addressed
from ddplatform.languages import ENGLISH, LANGUAGES, gettext, is_known
from ddplatform.supplier_engagement.protection_services.queries import (
    countries_with_services,
    services_in,
)

bp = Blueprint("concern_door", __name__, url_prefix="/concern/<token>")
ANSWERS = {"yes": True, "no": False}


@bp.before_request
def _enter() -> None:
    """Find the door, begin no session, and speak the language of the address."""
    session.modified = False  # a language in the query would begin one
    values = request.view_args or {}
    # Where the page is answered anew in another language, the token was taken out already.
    g.door = _find_door(values.pop("token", None) or g.get("door_token", ""))
    language = values.get("language")
    if language is not None:
        if not is_known(language):
            raise NotFound()
        speak_as_addressed(language)


@bp.url_defaults
def _same_door(_endpoint: str, values: dict[str, Any]) -> None:
    values.setdefault("token", g.get("door_token"))


@bp.get("/")
@leaves_no_trace
def start() -> ResponseReturnValue:
    """On to the language that the browser asks for."""
    language = request.accept_languages.best_match(LANGUAGES, ENGLISH) or ENGLISH
    return redirect(url_for(".show", language=language))


@bp.get("/<language>/")
@leaves_no_trace
def show(language: str) -> ResponseReturnValue:
    """What the door promises, and the form."""
    if not has_officer(today=g.now.date()):
        return _page("closed.html", language), 409
    return _form_page(ConcernForm(formdata=None, nonce=new_nonce()), language)


@bp.post("/<language>/")
@leaves_no_trace
@takes_lists("not_names")
def send(language: str) -> ResponseReturnValue:
    """Keep a concern; where it speaks of danger, show first who helps now."""
    form = ConcernForm()
    form.country.choices = _countries()
    form.nonce.data = usable_nonce(form.nonce.data or "")
    ticked = list(form.not_names.data or ())
    if not form.validate():
        return _form_page(form, language, ticked), 422
    draft = _draft(form, language)
    alarms = alarms_in(draft.text) | ({Alarm.DANGER} if draft.in_danger else frozenset())
    if alarms and form.seen_help.data != "1":
        form.seen_help.data = "1"
        return _form_page(form, language, ticked, alarms=alarms)
    try:
        found = receiving.receive(draft, nonce=form.nonce.data, act=_act(), not_names=ticked)
    except (Invalid, Conflict) as error:
        show_refusal(form, error)
        ticked += error.names if isinstance(error, LeadsToSomebody) else ()
        return _form_page(form, language, ticked), 422
    except TooMany as error:  # what was typed stays on the page
        form.text.errors = [f"{error.message} {error.advice}"]
        return _form_page(form, language, ticked), 429
    return _page("sent.html", language, code=found.code.in_groups, promises=promises(g.now.date()))


@bp.get("/<language>/code")
@leaves_no_trace
def ask_code(language: str) -> ResponseReturnValue:
    """Ask for the code."""
    return _code_page(CodeForm(formdata=None), language)


@bp.post("/<language>/code")
@leaves_no_trace
@takes_lists("not_names")
def open_thread(language: str) -> ResponseReturnValue:
    """Open a thread, and do in it what was asked for. The code is never part of an address."""
    form = ThreadForm()
    if not form.validate():
        return _code_page(form, language), 422
    try:
        concern = open_with(read_code(form.code.data), at=g.now)
    except (Invalid, TooMany) as error:
        if isinstance(error, WrongCode):
            keep_changes()
        return _refused_code(form, error, language)
    status, done = _do(form, concern)
    return _thread_page(form, concern, language, done), status


def _do(form: ThreadForm, concern: Concern) -> tuple[int, str]:
    """Carry out what the form asks for; the status of the answer, and what was done."""
    acts: dict[str, Callable[[], str]] = {
        "write": lambda: _write(form, concern),
        "withdraw": lambda: _withdraw(form, concern),
        "appeal": lambda: _appeal(form, concern),
    }
    ticked = list(form.not_names.data or ())
    try:
        done = acts.get(form.act.data or "", str)()
    except (Invalid, Conflict, StepNotAllowed) as error:
        show_refusal(form, error)
        form.offer([*ticked, *(error.names if isinstance(error, LeadsToSomebody) else ())])
        return 422, ""
    form.offer(())
    return 200, done


def _write(form: ThreadForm, concern: Concern) -> str:
    nonce = usable_nonce(form.nonce.data or "")
    ticked = list(form.not_names.data or ())
    thread.write(concern, form.message.data or "", nonce=nonce, act=_act(), not_names=ticked)
    return gettext("Your message was sent.")


def _withdraw(form: ThreadForm, concern: Concern) -> str:
    thread.withdraw(concern, reprisal=_reprisal(form), act=_act())
    return gettext("We noted that you want to withdraw.")


def _appeal(form: ThreadForm, concern: Concern) -> str:
    thread.appeal(concern, reprisal=_reprisal(form), act=_act())
    return gettext("Your appeal was sent. Somebody else looks at it.")


def _reprisal(form: ThreadForm) -> str:
    if form.reprisal.data not in ("yes", "no"):
        raise Invalid(fields={"reprisal": gettext("Choose yes or no.")})
    return str(form.reprisal.data)


def _draft(form: ConcernForm, language: str) -> Draft:
    about = form.about.data or ""
    return Draft(
        text=(form.text.data or "").strip() or (str(ABOUT[about]) if about else ""),
        about=about,
        who=form.who.data or "",
        place=(form.place.data or "").strip(),
        country=form.country.data or "",
        in_danger=ANSWERS.get(form.in_danger.data),
        fears_reprisal=ANSWERS.get(form.fears_reprisal.data),
        language=language,
    )


def _act() -> Act:
    """The platform itself, on this day: neither who sent something nor the moment is passed on."""
    return Act(system_identity(g.door.id), start_of(g.now.date()))


def _find_door(token: str) -> Organisation:
    """The organisation of an open door; NotFound says no more than that."""
    slug, _between, part = token.rpartition("-")
    organisation = find_organisation(slug)
    if organisation is None:
        raise NotFound()
    bind_organisation(organisation.id)
    door = find_door()
    is_right = door is not None and hmac.compare_digest(door.address_part.encode(), part.encode())
    if door is None or not door.is_open or not is_right:
        raise NotFound()
    g.door_token = token
    return organisation


def _countries() -> list[SelectChoice]:
    named = sorted((str(country_name(code)), code) for code in countries_with_services())
    return [
        SelectChoice("", gettext("Another country, or I do not say")),
        *(SelectChoice(code, name) for name, code in named),
    ]


def _form_page(
    form: ConcernForm,
    language: str,
    ticked: Sequence[str] = (),
    *,
    alarms: frozenset[Alarm] = frozenset(),
) -> str:
    form.country.choices = _countries()
    form.offer(ticked)
    return _page(
        "form.html",
        language,
        form=form,
        promises=promises(g.now.date()),
        alarms=alarms,
        contacts=contacts(services_in(form.country.data or None)),
        reporting_bodies=REPORTING_BODIES,
    )


def _code_page(form: CodeForm, language: str) -> str:
    form.offer(())
    return _page("code.html", language, form=form)


def _refused_code(form: ThreadForm, error: Invalid | TooMany, language: str) -> ResponseReturnValue:
    if isinstance(error, TooMany):
        form.code.errors = [f"{error.message} {error.advice}"]
        return _code_page(form, language), 429, {"Retry-After": str(error.retry_after_s)}
    show_refusal(form, error)
    return _code_page(form, language), 422


def _thread_page(form: ThreadForm, concern: Concern, language: str, done: str) -> str:
    entered = load_entered([concern])[concern.id]
    page = thread_page(
        status=concern.status,
        due=due_day(entered, concern.status),
        messages=[
            ThreadMessage(
                thread.text_of(concern, one.row), one.row.is_from_complainant, one.row.written_on
            )
            for one in list_messages(concern.id)
        ],
        withdrawal_asked=concern.withdrawal_asked_on is not None,
    )
    if done:
        form.message.data = ""
    form.nonce.data = usable_nonce(form.nonce.data or "") if form.errors else new_nonce()
    return _page("thread.html", language, form=form, page=page, done=done)


def _page(template: str, language: str, **values: Any) -> str:
    form = values.get("form")
    assert form is None or isinstance(form, DoorForm)
    return render_template(
        f"due_diligence/concern_door/{template}",
        company=g.door.name,
        language_links=language_links(language),
        here=language,
        outside=OUTSIDE,
        **values,
    )
