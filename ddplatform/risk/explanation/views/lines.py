"""The lines of one risk in words: what each adds, and what stands behind it."""

from collections.abc import Iterator

from flask import url_for

from ddplatform.documents.words import counted
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import age
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.risk.explanation.queries.issues import ExplainedRisk
from ddplatform.risk.explanation.views.waterfall import Line
from ddplatform.risk.words.codes import EVIDENCE_LEVELS, SOURCE_TYPES, sentence
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import State
from supply_chain.risk.rm2.explanation import ControlLine, EventItem, Explanation, Item
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.severity import severity_band

PARTS = {
    "context": "Starting value: the place and the work",
    "place": "What we know of this place",
    "facts": "Judgements, cases and allegations",
    "controls": "Controls in place",
    "severity": "Severity",
}
LISTED = {
    "child_labour": "child labour",
    "forced_labour": "forced labour",
    "forced_child_labour": "forced child labour",
}
FACTS = {
    State.CONFIRMED: ("Confirmed impact", "100 points until its closure is verified"),
    State.CREDIBLE: ("Credible allegation", "At least 70 points, and 10 more than the estimate"),
    State.RED_FLAG: ("Red flag", "At least 62 points, and 5 more than the estimate"),
    State.CLOSED: ("Verified closure", "At least 65 points, less 5 for each year since"),
}
STRONG = 0.75  # of a trait: it is named beside the activity
DOL_LIST = "US Department of Labor, List of Goods, 2022"
_ASSUMED = " (no good made here is stated: assumed from the activity)"


def lines_of(risk: ExplainedRisk) -> Iterator[Line]:
    """Every line of the residual index, from the base to severity."""
    found = risk.explanation
    yield from _context(risk)
    yield Line("context", "Starting value", "", 0.0, is_sum=True)
    known = [*map(_item, found.items), *(_event(one, risk) for one in found.events)]
    if known:
        yield from sorted(known, key=_raises_first)
    else:
        yield Line("place", "Nothing is known of this place yet", "No answer, no visit", 0.0)
    if found.limit:
        yield Line("place", "Limit", "Likelihood stays within 0 to 100 points", found.limit)
    if found.judged:
        yield _judged(found)
    yield _fact(found)
    yield from _controls(found)
    yield Line("controls", "Likelihood after controls", "", 0.0, is_sum=True)
    figures = found.figures
    title = f"Severity {_of_five(figures.residual_severity)} of 5"
    why = "Level 4 adds nothing; a level is worth 10 points"
    yield Line("severity", title, why, found.severity)
    if found.index_limit:
        yield Line("severity", "Limit", "The index stays within 0 to 100", found.index_limit)


def _judged(found: Explanation) -> Line:
    title = "Raised by a person" if found.judged > 0 else "Lowered by people"
    why = "By whom, why and until when stands below"
    return Line("facts", title, why, found.judged, "#risk-changes")


def _fact(found: Explanation) -> Line:
    if not found.states:
        return Line("facts", "Cases and allegations", "None open at this place", 0.0)
    title, rule = FACTS[found.states[0]]  # the strongest comes first
    return Line("facts", title, rule, found.fact)


def _context(risk: ExplainedRisk) -> Iterator[Line]:
    found, node = risk.explanation, risk.known.node
    yield Line("context", "Base for this issue", "The same everywhere (section 2)", found.base)
    place = country_name(node.country or "") if found.country_known else "not known"
    estimated = sum(not one.is_observed and not one.is_regional for one in found.indicators)
    figures = counted(len(found.indicators), "public figure")
    if not found.country_known:
        figures = "The world's average, weighted by children"
    elif estimated:
        figures += f", {estimated} of them estimated"
    yield Line("context", f"Country: {place}", figures, found.country, "#sources")
    strong = [factor_name(one.factor) for one in found.traits if one.score >= STRONG]
    named = sentence("; ".join(name[:1].lower() + name[1:] for name in strong[:3]))
    if not found.activity_known:
        own = f"“{node.sector_ref}” is no activity of the method: choose one for this place. "
        named = f"{own if node.sector_ref else ''}A middle value counts for every trait"
    activity = " and ".join(found.classes) or "not known"
    why = named or "No trait of it is strong"
    yield Line("context", f"Activity: {activity}", why, found.activity, "#sources")
    yield _listing(risk)


def _listing(risk: ExplainedRisk) -> Line:
    assumed = risk.explanation.is_product_assumed
    source = f"{DOL_LIST}{_ASSUMED if assumed else ''}"
    listed = [one for one in risk.explanation.listed if one.kinds]
    if listed:
        country = country_name(risk.known.node.country or "")
        goods = " and ".join(_good(one.good) for one in listed)
        kinds = sorted({LISTED[kind] for one in listed for kind in one.kinds})
        title = f"Listed good: {goods} from {country}"
        return Line("context", title, f"{source}: {', '.join(kinds)}", risk.explanation.listing)
    if risk.explanation.listing:
        goods = " and ".join(_good(one.good) for one in risk.explanation.listed)
        title = f"Good listed in other countries: {goods}"
        return Line("context", title, source, risk.explanation.listing)
    return Line("context", "No listed good", DOL_LIST, risk.explanation.listing)


def _good(ref: str) -> str:
    known = load_reference().commodities.get(ref)
    return sentence(known.name if known else ref)


def _item(item: Item) -> Line:
    title = factor_name(item.factor)
    if item.score is None:
        return Line("place", title, "Asked and left blank", item.points, is_free=True)
    said = [
        f"{sentence(SOURCE_TYPES[one.source_type])}, {_when(one.age_months)}, score {one.value:.2f}"
        for one in item.statements
    ]
    prefix = "" if item.score >= 0.5 else "No sign of: "
    name = title if not prefix else title[:1].lower() + title[1:]
    notes = tuple(said[1:])
    return Line("place", prefix + name, said[0], item.points, is_free=True, notes=notes)


def _event(item: EventItem, risk: ExplainedRisk) -> Line:
    """An event in the surroundings, with its page."""
    source = f"{sentence(SOURCE_TYPES[item.source_type])}, began {_ago(item.months_since_start)}"
    return Line(
        "place",
        risk.known.around.titles[item.place],
        f"{source} ({item.event})",
        item.points,
        url_for("context_events.show", event_id=risk.known.around.ids[item.place]),
        is_free=True,
        is_named=True,
    )


def _ago(months: float) -> str:
    return f"{age(months)} ago" if round(months) else "this month"


def _when(months: float) -> str:
    return f"{age(months)} old" if round(months) else "this month"


def _raises_first(line: Line) -> tuple[bool, float]:
    return line.points < 0, -abs(line.points)


def _controls(found: Explanation) -> Iterator[Line]:
    for control in found.controls:
        yield _control(control)
    if not found.controls:
        yield Line("controls", "No control is recorded", "Unknown controls count as none", 0.0)
    if abs(found.controls_limit) > 1e-9:
        why = "Controls never take a score below what a case or allegation sets"
        yield Line("controls", "Held by a case or allegation", why, found.controls_limit)


def _control(control: ControlLine) -> Line:
    words = f"Reaches {control.coverage:.0%}, {EVIDENCE_LEVELS[control.evidence]}"
    return Line("controls", sentence(control_name(control.control)), words, control.points)


def control_name(ref: str) -> str:
    """What a control is called."""
    return METHOD.control_names[METHOD.control_index[ref]]


def factor_name(factor: str) -> str:
    """What a factor is called, beginning with a capital."""
    return factor_title(METHOD.factor_names[METHOD.factor_index[factor]])


def _of_five(severity: float) -> str:
    """Severity with two decimals, never rounded up into the next band."""
    near = round(severity, 2)
    same = int(severity_band(near)) == int(severity_band(severity))  # type: ignore[arg-type]
    return f"{near if same else int(severity * 100) / 100:.2f}"
