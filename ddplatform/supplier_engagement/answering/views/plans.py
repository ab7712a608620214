"""Plans to find out, as page fields: method and date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.responses.plans import (
    FindOut,
    PlanFault,
    day_of,
    fault_of,
    takes_plan,
)
from questionnaires import NodeState

DAY, TEXT, WAS = "plan-day:", "plan-text:", "plan-was:"
FAULTS = {
    PlanFault.NO_DAY: _("Add the date by which you will know."),
    PlanFault.NOT_A_DAY: _("This is not a date. Write year, month and day, such as 2027-03-31."),
    PlanFault.PAST: _("This date has passed. Choose today or a later date."),
}


@dataclass(frozen=True)
class PlanView:
    """The two fields with the input; `is_day`: the browser's own field can show it."""

    day: str
    text: str
    is_day: bool
    error: str

    @property
    def is_open(self) -> bool:
        """Whether they have any content."""
        return bool(self.day or self.text)

    @property
    def was(self) -> str:
        """The texts as displayed: submitted unchanged, nobody has edited them."""
        return f"{self.day}|{self.text}"


def plan_view(state: NodeState, plan: FindOut, today: date | None) -> PlanView | None:
    """The fields at a question that offers "I don't know"; elsewhere none."""
    if today is None or not takes_plan(state):
        return None
    fault = fault_of(plan, today=today)
    is_day = not plan.day or day_of(plan.day) is not None
    return PlanView(plan.day, plan.text, is_day, str(FAULTS[fault]) if fault else "")


def read_plans(form: MultiDict[str, str]) -> Mapping[str, FindOut]:
    """Path -> the plan that a page sends, where it is another than the page showed."""
    found = {}
    for name in form:
        if name.startswith(f"{DAY}/"):
            path = name.removeprefix(DAY)
            day, text = form[name].strip(), " ".join(form.get(f"{TEXT}{path}", "").split())
            if f"{day}|{text}" != form.get(f"{WAS}{path}", "|"):
                found[path] = FindOut(day, text)
    return found
