"""Why a node stands in a plan, and what the plan can claim, in words."""

from collections.abc import Mapping
from math import floor

from ddplatform.documents.words import country_words
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlan, VisitPlanStep
from ddplatform.risk.assessment_plan.queries.plans import PlanRow, StepRow
from ddplatform.risk.words.figures import GRADES, band_at, whole_points
from supply_chain.analysis.visit_plan_field import Aim, Spread
from supply_chain.risk.issue_names import ISSUE_NAMES

AIMS: Mapping[str, str] = {
    Aim.LEARN.value: "Know more where harm could be severe and the range is wide",
    Aim.FIND.value: "Find severe harm where it is likely",
}
SPREADS: Mapping[str, str] = {
    Spread.NONE.value: "No: the largest gain, wherever it is",
    Spread.SOME.value: "Some: after about six visits in a region the next counts half",
    Spread.WIDE.value: "Wide: after about two visits in a region the next counts half",
}
KINDS: Mapping[StepKind, str] = {
    StepKind.VISIT: "Visit",
    StepKind.QUESTIONNAIRE: "Questionnaire",
}
LITTLE = 0.01


def reason(step: StepRow | VisitPlanStep) -> str:
    """Two sentences or three: what could be here, how well it is known, how much passes, where."""
    first = f"{could_be(step)}. {_flow(step.flow)}"
    where = step.region or (country_words(step.country) if step.country else "")
    if not where:
        return first + "."
    return first + (
        f"; the first step of the plan in {where}."
        if step.nth_in_region == 1
        else f"; step {step.nth_in_region} of the plan in {where}."
    )


def could_be(step: StepRow | VisitPlanStep) -> str:
    """The risk that weighs most at a place, its range, and what the range rests on."""
    name, grade = ISSUE_NAMES[step.issue], GRADES[step.grade][0].lower()
    low, high = whole_points(step.low), whole_points(step.high)
    now, most = band_at(step.index), band_at(step.high)
    could = f"{now.value} here" if now is most else f"{now.value} here and could be {most.value}"
    return (
        f"{name} is {could}: {whole_points(step.index)} of 100, between {low} and {high} "
        f"(evidence {step.grade}, {grade})"
    )


def _flow(flow: float) -> str:
    if not flow:
        return "No part of your input is stated to pass here"
    if flow < LITTLE:
        return "Less than 1 % of your input passes here"
    return f"{100 * flow:.0f} % of your input passes here"


def budget(plan: PlanRow | VisitPlan) -> str:
    """The budget of a plan in words."""
    parts = [
        f"at most {number:,} {one if number == 1 else many}"
        for number, one, many in (
            (plan.visits, "visit", "visits"),
            (plan.questionnaires, "questionnaire", "questionnaires"),
        )
        if number
    ]
    if plan.amount is not None:
        costs = [
            f"{word} {cost:,}"
            for word, cost in (("a visit", plan.cost_visit),
                               ("a questionnaire", plan.cost_questionnaire))
            if cost
        ]  # fmt: skip
        parts.insert(0, f"{plan.amount:,} {plan.currency} ({', '.join(costs)})")
    return ", ".join(parts)


def guarantee(plan: PlanRow | VisitPlan) -> str:
    """What is proven of the plan: never more than its kind of budget allows to say."""
    if plan.amount is not None:
        rule = "(1 − 1/e) / 2, about 32 %,"
    elif plan.visits and plan.questionnaires:
        rule = "one half"
    else:
        rule = "1 − 1/e, about 63 %,"
    return (
        f"Taking the largest gain first always reaches {rule} of what the best possible plan "
        f"reaches. This very plan reaches at least {floor(round(100 * plan.at_least, 6))} %."
    )
