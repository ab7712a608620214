"""Follow-up of a risk in words."""

from collections.abc import Collection, Mapping

from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.follow_up.queries import FollowUp, FollowUps
from supply_chain.risk.follow_up import OpenStep

STEPS: Mapping[OpenStep, str] = {
    OpenStep.QUESTIONNAIRE: _("Questionnaire out"),
    OpenStep.VISIT: _("Visit planned"),
    OpenStep.FINDING: _("Finding open"),
    OpenStep.ACTION: _("Action planned"),
    OpenStep.OVERDUE: _("Action overdue"),
    OpenStep.DEFERRED: _("Deferred"),
    OpenStep.REVIEW_DUE: _("Deferral due for review"),
    OpenStep.NONE: _("No open step"),
}


def step_words(found: FollowUp, *, but: Collection[OpenStep] = ()) -> list[str]:
    """Everything that is under way, in the order of the list above."""
    hidden = {*but, *([OpenStep.ACTION] if OpenStep.OVERDUE in found.steps else [])}
    return [str(word) for step, word in STEPS.items() if step in found.steps - hidden]


def owner_words(found: FollowUp) -> str:
    """The owner, and whether it is that of the place."""
    if found.owner is None:
        return gettext("Unassigned")
    if found.is_of_place:
        return gettext("%(name)s (owner of the place)", name=found.owner.name)
    return found.owner.name


def owner_choices(found: FollowUps, first: str) -> list[tuple[str, str]]:
    """Members of the organisation by name, after the choice of none."""
    people = sorted(found.people.values(), key=lambda person: person.name.casefold())
    return [("", first), *((str(person.id), person.name) for person in people)]
