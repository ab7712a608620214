"""Pages of concerns for officers, and the switch of the public page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.vocabulary import GrievanceState, Machine
from ddplatform.documents.exports import PDF, ExportedFile
from ddplatform.due_diligence.blueprints.concerns import bp
from ddplatform.due_diligence.concern_door.views import promises
from ddplatform.due_diligence.concern_door.words import ABOUT
from ddplatform.due_diligence.concern_handling.forms import (
    AnswerForm,
    DoorSwitchForm,
    EntryForm,
    HandOverForm,
    LinkForm,
    StepForm,
)
from ddplatform.due_diligence.concern_handling.queries import (
    find_finding_choice,
    list_open_findings,
)
from ddplatform.due_diligence.concern_handling.services import door as doors
from ddplatform.due_diligence.concern_handling.services import steps
from ddplatform.due_diligence.concern_handling.services.steps import Said
from ddplatform.due_diligence.concern_handling.views import (
    concern_page,
    concern_row,
    poster_pdf,
    reprisal_words,
    stated_choices,
    step_words,
)
from ddplatform.due_diligence.concerns.models import Channel, Concern, ConcernDoor
from ddplatform.due_diligence.concerns.queries import (
    find_door,
    get_concern,
    list_concerns,
    list_messages,
    list_steps,
    load_entered,
)
from ddplatform.due_diligence.concerns.services import receiving, thread
from ddplatform.due_diligence.concerns.services.codes import new_nonce, usable_nonce
from ddplatform.due_diligence.concerns.services.receiving import Draft
from ddplatform.due_diligence.concerns.services.texts import LeadsToSomebody
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import ENGLISH, LANGUAGES, gettext, is_known, own_name
from ddplatform.supplier_engagement.protection_services.queries import (
    countries_with_services,
    services_in,
)
from ddplatform.supplier_engagement.protection_services.views import whom_to_call

SAFETY = {"yes": True, "no": False}


@bp.get("/")
@requires(Permission.CONCERN_WORK)
def index() -> ResponseReturnValue:
    """All concerns by what is due first, without their texts."""
    concerns = list_concerns()
    entered = load_entered(concerns)
    rows = [_row(one, entered[one.id]) for one in concerns]
    rows.sort(key=lambda row: (row.is_ended, row.due is None, row.due and row.due.day))
    return render_template(
        "due_diligence/concern_handling/index.html", rows=rows, today=g.now.date()
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CONCERN_WORK)
@takes_lists("not_names")
def enter() -> ResponseReturnValue:
    """Enter a concern that arrived by phone, on paper or through somebody else."""
    form = EntryForm()
    form.nonce.data = usable_nonce(form.nonce.data or "") if form.is_submitted() else new_nonce()
    named = [SelectChoice(code, str(country_name(code))) for code in countries_with_services()]
    form.country.choices = [SelectChoice("", gettext("Not known")), *named]
    ticked = list(form.not_names.data or ())

    def save() -> ResponseReturnValue:
        try:
            found = receiving.receive(
                _draft(form), nonce=form.nonce.data, act=g.act, not_names=ticked
            )
        except LeadsToSomebody as error:
            ticked.extend(error.names)
            raise
        return render_template(
            "due_diligence/concern_handling/entered.html",
            code=found.code.in_groups,
            promises=promises(g.now.date()),
            concern=found.concern,
        )

    def draw() -> str:
        form.offer(ticked)
        return render_template("due_diligence/concern_handling/enter.html", form=form)

    return answer_form(form, save, draw)


@bp.get("/<uuid:concern_id>")
@requires(Permission.CONCERN_WORK, leaves_event=True, fresh=True)
def show(concern_id: UUID) -> ResponseReturnValue:
    """One concern; opening it is an event."""
    concern = get_concern(concern_id)
    steps.note_reading(concern, act=g.act)
    facts = receiving.facts_of(concern)
    taken = list_steps(concern.id)
    notes = [thread.note_of(concern, one.row) for one in taken]
    officers = dict(list_officers(today=g.now.date()))
    country = facts.get("country") or ""
    return render_template(
        "due_diligence/concern_handling/show.html",
        concern=concern,
        page=concern_page(
            concern,
            _row(concern, load_entered([concern])[concern.id]),
            facts,
            notes,
            handler=officers.get(concern.handler_id) if concern.handler_id else None,
            country=str(country_name(country)) if country else "",
        ),
        messages=[(one, thread.text_of(concern, one.row)) for one in list_messages(concern.id)],
        history=[
            (one, step_words(one.row.step), reprisal_words(note.get("reprisal", "")), note)
            for one, note in zip(taken, notes, strict=True)
        ],
        finding=find_finding_choice(concern.finding_id),
        contacts=whom_to_call(services_in(country or None)),
        today=g.now.date(),
    )


@bp.route("/<uuid:concern_id>/answer", methods=["GET", "POST"])
@requires(Permission.CONCERN_WORK)
@takes_lists("not_names")
def answer(concern_id: UUID) -> ResponseReturnValue:
    """Write to the complainant."""
    concern, form = _to_change(concern_id), AnswerForm()
    ticked = list(form.not_names.data or ())

    def save() -> ResponseReturnValue:
        thread.answer(concern, form.message.data or "", act=g.act, not_names=ticked)
        return _saved(concern, gettext("Your message waits in the thread."))

    return _answer_text(form, save, "answer.html", ticked, concern=concern)


@bp.route("/<uuid:concern_id>/move/<to>", methods=["GET", "POST"])
@requires(Permission.CONCERN_WORK, fresh=True)
@takes_lists("not_names", "stated")
def move(concern_id: UUID, to: str) -> ResponseReturnValue:
    """Take a step, with the check for reprisals that each step asks for."""
    concern = _to_change(concern_id)
    step = lifecycle(Machine.GRIEVANCE).steps.get((concern.status, to))
    if step is None or step.to == GrievanceState.APPEAL:
        raise NotFound()
    form = StepForm(version=concern.row_version)
    form.stated.choices = [SelectChoice(*one) for one in stated_choices(step)]
    ticked = list(form.not_names.data or ())

    def save() -> ResponseReturnValue:
        said = Said(
            reprisal=form.reprisal.data,
            stated=frozenset(form.stated.data or ()),
            is_safety_open=SAFETY.get(form.safety.data),
            reason=form.reason.data or "",
            message=form.message.data or "",
        )
        version = form.version_number
        state = GrievanceState(to)
        steps.move(concern, state, said, version=version, act=g.act, not_names=ticked)
        return _saved(concern, gettext("%(step)s: done.", step=step.title))

    return _answer_text(form, save, "move.html", ticked, concern=concern, step=step)


@bp.route("/<uuid:concern_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.CONCERN_WORK)
def hand_over(concern_id: UUID) -> ResponseReturnValue:
    """Let another officer handle the concern."""
    concern = _to_change(concern_id)
    form = HandOverForm(version=concern.row_version)
    officers = list_officers(today=g.now.date())
    form.user.choices = [SelectChoice(str(user_id), name) for user_id, name in officers]

    def save() -> ResponseReturnValue:
        version = form.version_number
        steps.hand_over(concern, UUID(form.user.data), version=version, act=g.act)
        return _saved(concern, gettext("Handed over."))

    return answer_page(form, save, "due_diligence/concern_handling/hand_over.html", concern=concern)


@bp.route("/<uuid:concern_id>/link", methods=["GET", "POST"])
@requires(Permission.CONCERN_WORK)
def link(concern_id: UUID) -> ResponseReturnValue:
    """Join the concern to the finding of its matter."""
    concern = _to_change(concern_id)
    form = LinkForm(version=concern.row_version)
    form.finding.choices = [
        SelectChoice(str(one.id), f"{one.title} ({one.place})") for one in list_open_findings()
    ]

    def save() -> ResponseReturnValue:
        steps.link(
            concern,
            UUID(form.finding.data),
            is_credible=form.effect.data == "credible",
            version=form.version_number,
            act=g.act,
        )
        return _saved(concern, gettext("The concern belongs to the finding now."))

    return answer_page(form, save, "due_diligence/concern_handling/link.html", concern=concern)


@bp.get("/door")
@requires(Permission.CONCERN_DOOR)
def door() -> ResponseReturnValue:
    """The public page: whether it is open, and its address."""
    found = find_door()
    return render_template(
        "due_diligence/concern_handling/door.html",
        form=DoorSwitchForm(formdata=None),
        door=found,
        address=address_of(found) if found is not None else "",
        languages_of_poster=[(code, own_name(code)) for code in LANGUAGES],
        has_officer=bool(list_officers(today=g.now.date())),
    )


@bp.post("/door")
@requires(Permission.CONCERN_DOOR, fresh=True)
def change_door() -> ResponseReturnValue:
    """Open or close the public page."""
    if request.form.get("to") == "close":
        doors.close_door(act=g.act)
        flash(gettext("The page for concerns is closed."), "success")
    else:
        doors.open_door(act=g.act)
        flash(gettext("The page for concerns is open."), "success")
    return redirect(url_for(".door"))


@bp.get("/poster.pdf")
@requires(Permission.CONCERN_DOOR)
@limited(Use.COSTLY_PAGE)
def poster() -> ResponseReturnValue:
    """The poster of the open page, with its address as a QR code."""
    found, language = find_door(), request.args.get("language", ENGLISH)
    if found is None or not found.is_open or not is_known(language):
        raise NotFound()
    content = poster_pdf(g.organisation.name, f"{address_of(found)}{language}/", language)
    return as_download(ExportedFile(f"poster-{language}.pdf", PDF, content))


def address_of(found: ConcernDoor) -> str:
    """The public address, as it stands on posters."""
    return f"{adapters().base_url}/concern/{g.organisation.slug}-{found.address_part}/"


def _to_change(concern_id: UUID) -> Concern:
    return get_concern(concern_id, for_change=request.method == "POST")


def _row(concern: Concern, entered: Any) -> Any:
    facts = receiving.facts_of(concern) if concern.key_wrapped is not None else {}
    return concern_row(concern, entered, facts, today=g.now.date())


def _draft(form: EntryForm) -> Draft:
    about = form.about.data or ""
    return Draft(
        text=(form.text.data or "").strip() or (str(ABOUT[about]) if about else ""),
        about=about,
        who=form.who.data or "",
        place=(form.place.data or "").strip(),
        country=form.country.data or "",
        in_danger=SAFETY.get(form.in_danger.data),
        fears_reprisal=SAFETY.get(form.fears_reprisal.data),
        language=form.language.data,
        channel=Channel(form.channel.data),
    )


def _answer_text(
    form: AnswerForm | StepForm,
    save: Callable[[], ResponseReturnValue],
    template: str,
    ticked: list[str],
    **values: Any,
) -> ResponseReturnValue:
    def save_text() -> ResponseReturnValue:
        try:
            return save()
        except LeadsToSomebody as error:
            ticked.extend(error.names)
            raise

    def draw() -> str:
        form.offer(ticked)
        return render_template(f"due_diligence/concern_handling/{template}", form=form, **values)

    return answer_form(form, save_text, draw)


def _saved(concern: Concern, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show", concern_id=concern.id))
