"""The first steps in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ddplatform.reporting.first_run.queries import Progress, Stage

STEPS: Final[Mapping[Stage, str]] = {
    Stage.BEGIN: "Business and list",
    Stage.CHECK: "Check the list",
    Stage.SCORE: "Read and score",
    Stage.READY: "Ranked risks",
}
"""The steps that a person sees; a map without a list stands at the first."""


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
        Step(label, number < at or is_ready, number == at)
        for number, label in enumerate(STEPS.values())
    ]


def state_of(progress: Progress) -> str:
    """Where the first steps stand, in one sentence."""
    if progress.reading.fault or progress.scoring.fault:
        return "The work stopped. Nothing you uploaded is lost."
    if progress.stage is Stage.READY:
        return "Your risks are ranked."
    if progress.is_unscored:
        return "The list is in your map."
    if progress.reading.is_over:
        return "The list is in your map. Its places are being scored."
    return "The list is being brought into your map."


@dataclass(frozen=True)
class FirstStep:
    """The one thing to do next, as the overview says it."""

    title: str
    text: str
    button: str


def first_step(stage: Stage) -> FirstStep:
    """What comes next of the first steps."""
    if stage is Stage.CHECK:
        return FirstStep(
            "Review your supplier list",
            "The list has been read. Review the changes before they are applied to your map.",
            "Continue setup",
        )
    if stage in (Stage.SCORE, Stage.READY):
        return FirstStep(
            "Import in progress",
            "The list is being imported and its sites are being scored.",
            "Show progress",
        )
    title = "From your supplier list to ranked risks"
    text = (
        "Name your business, upload a supplier list from your purchasing system or try a made-up "
        "one, and see where children may be at risk. It takes about five minutes."
    )
    return FirstStep(title, text, "Continue setup" if stage is Stage.LIST else "Start setup")
