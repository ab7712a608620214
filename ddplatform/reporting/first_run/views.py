"""Texts of the first steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ddplatform.languages import LazyText, gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.reporting.first_run.queries import Progress, Stage

STEPS: Final[Mapping[Stage, LazyText]] = {
    Stage.BEGIN: _("Business and list"),
    Stage.CHECK: _("Check the list"),
    Stage.SCORE: _("Read and score"),
    Stage.READY: _("Ranked risks"),
}
"""The steps that a person sees; a map without a list is at the first."""


@dataclass(frozen=True)
class Step:
    """One step of the line above the page."""

    label: str
    is_done: bool
    is_current: bool


def steps_of(stage: Stage) -> list[Step]:
    """All steps in their order."""
    order = list(STEPS)
    at = order.index(Stage.BEGIN if stage is Stage.LIST else stage)
    is_ready = stage is Stage.READY
    return [
        Step(str(label), number < at or is_ready, number == at)
        for number, label in enumerate(STEPS.values())
    ]


def state_of(progress: Progress) -> str:
    """The state of the first steps, in one sentence."""
    if progress.reading.fault or progress.scoring.fault:
        return gettext("The work stopped. Nothing you uploaded is lost.")
    if progress.stage is Stage.READY:
        return gettext("Your risks are ranked.")
    if progress.is_unscored:
        return gettext("The list is in your map.")
    if progress.reading.is_over:
        return gettext("The list is in your map. Its places are being scored.")
    return gettext("The list is being brought into your map.")


@dataclass(frozen=True)
class FirstStep:
    """The one next step, in the words of the overview."""

    title: str
    text: str
    button: str


def first_step(stage: Stage) -> FirstStep:
    """The next of the first steps."""
    if stage is Stage.CHECK:
        return FirstStep(
            gettext("Review your supplier list"),
            gettext(
                "The list has been read. Review the changes before they are applied to your map."
            ),
            gettext("Continue setup"),
        )
    if stage in (Stage.SCORE, Stage.READY):
        return FirstStep(
            gettext("Import in progress"),
            gettext("The list is being imported and its sites are being scored."),
            gettext("Show progress"),
        )
    title = gettext("From your supplier list to ranked risks")
    text = gettext(
        "Name your business, upload a supplier list from your purchasing system or try a made-up "
        "one, and see where children may be at risk. It takes about five minutes."
    )
    button = gettext("Continue setup") if stage is Stage.LIST else gettext("Start setup")
    return FirstStep(title, text, button)
