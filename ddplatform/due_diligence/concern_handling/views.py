"""What officers see of concerns, from values at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ddplatform.core.due_diligence.concern_clock import ENDED, DueDay, danger_day, due_day
from ddplatform.core.due_diligence.lifecycle import Step, lifecycle, next_steps
from ddplatform.core.due_diligence.vocabulary import GrievanceState, Machine
from ddplatform.documents import lazy
from ddplatform.due_diligence.concern_door.words import ABOUT, WHO
from ddplatform.due_diligence.concern_handling.services.steps import STATED
from ddplatform.due_diligence.concern_handling.words import CHANNELS, REPRISALS
from ddplatform.due_diligence.concerns.models import (
    HANDED_OVER,
    LINKED,
    WITHDRAWAL_ASKED,
    Channel,
    Concern,
)
from ddplatform.languages import current_language, gettext, speaking
from ddplatform.languages import lazy_gettext as _

STEPS = {
    HANDED_OVER: _("Handed over to another officer"),
    LINKED: _("Joined to a finding"),
    WITHDRAWAL_ASKED: _("Complainant asked to withdraw"),
}


@dataclass(frozen=True)
class ConcernRow:
    """One concern in the list, with its clock."""

    id: UUID
    reference: str
    state: str
    is_ended: bool
    received_on: date
    due: DueDay | None
    due_words: str
    danger_on: date | None
    is_late: bool


@dataclass(frozen=True)
class ConcernPage:
    """One concern as an officer reads it."""

    row: ConcernRow
    facts: Sequence[tuple[str, str]]
    moves: Sequence[Step]
    has_reprisal: bool


def concern_row(
    concern: Concern,
    entered: Mapping[GrievanceState, date],
    facts: Mapping[str, Any],
    *,
    today: date,
) -> ConcernRow:
    """One concern with what is due next.

    Args:
        facts: what was ticked; empty where it was erased.
    """
    states = lifecycle(Machine.GRIEVANCE).states
    due = due_day(entered, concern.status)
    danger = danger_day(concern.received_on, concern.status, in_danger=facts.get("in_danger"))
    return ConcernRow(
        id=concern.id,
        reference=concern.reference,
        state=states[concern.status],
        is_ended=concern.status in ENDED,
        received_on=concern.received_on,
        due=due,
        due_words=states[due.to] if due is not None else "",
        danger_on=danger,
        is_late=(due is not None and due.is_late(today)),
    )


def concern_page(
    concern: Concern,
    row: ConcernRow,
    facts: Mapping[str, Any],
    notes: Sequence[Mapping[str, Any]],
    *,
    handler: str | None,
    country: str,
) -> ConcernPage:
    """One concern with what was ticked, and the steps that its state has."""
    told = facts.get("fears_reprisal") is True
    return ConcernPage(
        row=row,
        facts=_facts(concern, facts, handler, country),
        moves=[
            step
            for step in next_steps(Machine.GRIEVANCE, concern.status)
            if step.to != GrievanceState.APPEAL
        ],
        has_reprisal=told or any(note.get("reprisal") == "yes" for note in notes),
    )


def poster_pdf(organisation: str, address: str, language: str) -> bytes:
    """The poster of the public page, in a language that paper can be written in, else English."""
    with speaking(language), lazy.scripts.speaking_on_paper():
        return bytes(
            lazy.poster.render_poster(
                lazy.poster.Poster(
                    title=gettext("Tell us about a concern"),
                    organisation=organisation,
                    address=address,
                    lines=(
                        gettext(
                            "Anybody may write here, also a child. You need no account and no name."
                        ),
                        gettext("Nobody may punish you for writing. If it happens, tell us here."),
                        gettext(
                            "At any time, before, during or after, you can go to a court, the "
                            "labour inspection, a trade union or another body. Using this page "
                            "takes no right away from you."
                        ),
                    ),
                    language=current_language(),
                )
            )
        )


def stated_choices(step: Step) -> list[tuple[str, str]]:
    """What an officer has to state for a step."""
    words = lifecycle(Machine.GRIEVANCE).guards
    return [(guard, words[guard]) for guard in step.needs if guard in STATED]


def step_words(step: str) -> str:
    """A step of the history in words."""
    known = lifecycle(Machine.GRIEVANCE).states
    return known[step] if step in known else str(STEPS[step])


def reprisal_words(answer: str) -> str:
    """The answer about reprisals in words; "" where none was asked for."""
    return str(REPRISALS[answer]) if answer in REPRISALS else ""


def _facts(
    concern: Concern, facts: Mapping[str, Any], handler: str | None, country: str
) -> list[tuple[str, str]]:
    channel = (
        gettext("Public page")
        if concern.channel is Channel.DOOR
        else str(CHANNELS[concern.channel.value])
    )
    rows = [
        (gettext("Arrived by"), channel),
        (gettext("About"), str(ABOUT.get(facts.get("about", ""), "–"))),
        (gettext("From"), str(WHO.get(facts.get("who", ""), "–"))),
        (gettext("Place, as written"), str(facts.get("place") or "–")),
        (gettext("Country"), country or "–"),
        (gettext("In danger now"), _yes_no(facts.get("in_danger"))),
        (gettext("Fears reprisals"), _yes_no(facts.get("fears_reprisal"))),
        (gettext("Safety still open"), _yes_no(concern.is_safety_open)),
        (gettext("Handled by"), handler or gettext("nobody yet")),
    ]
    return rows


def _yes_no(value: bool | None) -> str:
    if value is None:
        return gettext("Not known, counts as yes")
    return gettext("Yes") if value else gettext("No")
