"""Lines of one risk in words: the contribution of each, and its basis."""

from collections.abc import Iterator, Mapping

from flask import url_for

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import age, percent
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.risk.explanation.queries.issues import ExplainedRisk
from ddplatform.risk.explanation.views.waterfall import Line
from ddplatform.risk.words.codes import EVIDENCE_LEVELS, SOURCE_TYPES, sentence
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import State
from supply_chain.risk.rm2.explanation import ControlLine, EventItem, Explanation, Item
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.severity import severity_band

PARTS: Mapping[str, str] = {
    "context": lazy_gettext("Starting value: country and activity"),
    "place": lazy_gettext("Evidence on this place"),
    "facts": lazy_gettext("Manual changes, cases and allegations"),
    "controls": lazy_gettext("Controls in place"),
    "severity": lazy_gettext("Severity"),
}
LISTED: Mapping[str, str] = {
    "child_labour": lazy_gettext("child labour"),
    "forced_labour": lazy_gettext("forced labour"),
    "forced_child_labour": lazy_gettext("forced child labour"),
}
FACTS: Mapping[State, tuple[str, str]] = {
    State.CONFIRMED: (
        lazy_gettext("Confirmed impact"),
        lazy_gettext("100 points until its closure is verified"),
    ),
    State.CREDIBLE: (
        lazy_gettext("Credible allegation"),
        lazy_gettext("At least 70 points, and 10 more than the estimate"),
    ),
    State.RED_FLAG: (
        lazy_gettext("Red flag"),
        lazy_gettext("At least 62 points, and 5 more than the estimate"),
    ),
    State.CLOSED: (
        lazy_gettext("Verified closure"),
        lazy_gettext("At least 65 points, less 5 for each year since"),
    ),
}
STRONG = 0.75  # of a trait: it is named beside the activity
DOL_LIST = "US Department of Labor, List of Goods, 2022"


def lines_of(risk: ExplainedRisk) -> Iterator[Line]:
    """Every line of the residual index, from the base to severity."""
    found = risk.explanation
    yield from _context(risk)
    yield Line("context", gettext("Starting value"), "", 0.0, is_sum=True)
    known = [*map(_item, found.items), *(_event(one, risk) for one in found.events)]
    if known:
        yield from sorted(known, key=_raises_first)
    else:
        title = gettext("Nothing is known of this place yet")
        yield Line("place", title, gettext("No answer, no visit"), 0.0)
    if found.limit:
        why = gettext("Likelihood stays within 0 to 100 points")
        yield Line("place", gettext("Limit"), why, found.limit)
    if found.judged:
        yield _judged(found)
    yield _fact(found)
    yield from _controls(found)
    yield Line("controls", gettext("Likelihood after controls"), "", 0.0, is_sum=True)
    figures = found.figures
    title = gettext("Severity %(level)s of 5", level=_of_five(figures.residual_severity))
    why = gettext("Level 4 adds nothing; a level is worth 10 points")
    yield Line("severity", title, why, found.severity)
    if found.index_limit:
        why = gettext("The index stays within 0 to 100")
        yield Line("severity", gettext("Limit"), why, found.index_limit)


def _judged(found: Explanation) -> Line:
    title = gettext("Raised manually") if found.judged > 0 else gettext("Lowered manually")
    why = gettext("Author, reason and end date: see below")
    return Line("facts", title, why, found.judged, "#risk-changes")


def _fact(found: Explanation) -> Line:
    if not found.states:
        title = gettext("Cases and allegations")
        return Line("facts", title, gettext("None open at this place"), 0.0)
    name, rule = FACTS[found.states[0]]  # the strongest comes first
    return Line("facts", str(name), str(rule), found.fact)


def _context(risk: ExplainedRisk) -> Iterator[Line]:
    found, node = risk.explanation, risk.known.node
    why = gettext("The same everywhere (section 2)")
    yield Line("context", gettext("Base for this issue"), why, found.base)
    place = country_name(node.country or "") if found.country_known else gettext("not known")
    yield Line(
        "context",
        gettext("Country: %(name)s", name=place),
        _figures(found),
        found.country,
        "#sources",
        within=gettext("the country (%(name)s)", name=place),
    )
    strong = [factor_name(one.factor) for one in found.traits if one.score >= STRONG]
    named = sentence("; ".join(name[:1].lower() + name[1:] for name in strong[:3]))
    if not found.activity_known:
        named = gettext("A middle value counts for every trait")
        if node.sector_ref:
            own = gettext(
                "“%(activity)s” is no activity of the method: choose one for this place.",
                activity=node.sector_ref,
            )
            named = f"{own} {named}"
    activity = ", ".join(found.classes) or gettext("not known")
    yield Line(
        "context",
        gettext("Activity: %(name)s", name=activity),
        named or gettext("No strong trait"),
        found.activity,
        "#sources",
        within=gettext("the activity (%(name)s)", name=activity),
    )
    yield _listing(risk)


def _figures(found: Explanation) -> str:
    """The number of public figures behind the country line."""
    if not found.country_known:
        return gettext("The world's average, weighted by children")
    figures, estimated = (
        len(found.indicators),
        sum(not one.is_observed and not one.is_regional for one in found.indicators),
    )
    if not estimated:
        return ngettext("%(num)s public figure", "%(num)s public figures", figures)
    return ngettext(
        "%(num)s public figure, %(estimated)s of them estimated",
        "%(num)s public figures, %(estimated)s of them estimated",
        figures,
        estimated=estimated,
    )


def _listing(risk: ExplainedRisk) -> Line:
    source = DOL_LIST
    if risk.explanation.is_product_assumed:
        source = gettext(
            "%(list)s (no good made here is stated: assumed from the activity)", list=DOL_LIST
        )
    listed = [one for one in risk.explanation.listed if one.kinds]
    points = risk.explanation.listing
    if listed:
        what = gettext(
            "%(goods)s from %(country)s",
            goods=", ".join(_good(one.good) for one in listed),
            country=country_name(risk.known.node.country or ""),
        )
        kinds = sorted({str(LISTED[kind]) for one in listed for kind in one.kinds})
        return Line(
            "context",
            gettext("Listed good: %(name)s", name=what),
            f"{source}: {', '.join(kinds)}",
            points,
            within=gettext("the listed good (%(name)s)", name=what),
        )
    if points:
        goods = ", ".join(_good(one.good) for one in risk.explanation.listed)
        title = gettext("Good listed in other countries: %(goods)s", goods=goods)
        return Line("context", title, source, points)
    return Line("context", gettext("No listed good"), DOL_LIST, points)


def _good(ref: str) -> str:
    known = load_reference().commodities.get(ref)
    return sentence(known.name if known else ref)


def _item(item: Item) -> Line:
    title = factor_name(item.factor)
    if item.score is None:
        why = gettext("Asked and left blank")
        return Line("place", title, why, item.points, is_free=True)
    said = [
        gettext(
            "%(source)s, %(age)s, score %(score)s",
            source=sentence(SOURCE_TYPES[one.source_type]),
            age=_when(one.age_months),
            score=f"{one.value:.2f}",
        )
        for one in item.statements
    ]
    if item.score < 0.5:
        title = gettext("No sign of: %(factor)s", factor=title[:1].lower() + title[1:])
    return Line("place", title, said[0], item.points, is_free=True, notes=tuple(said[1:]))


def _event(item: EventItem, risk: ExplainedRisk) -> Line:
    """An event in the surroundings, with its page."""
    source = gettext(
        "%(source)s, began %(when)s",
        source=sentence(SOURCE_TYPES[item.source_type]),
        when=_ago(item.months_since_start),
    )
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
    return gettext("%(age)s ago", age=age(months)) if round(months) else gettext("this month")


def _when(months: float) -> str:
    return gettext("%(age)s old", age=age(months)) if round(months) else gettext("this month")


def _raises_first(line: Line) -> tuple[bool, float]:
    return line.points < 0, -abs(line.points)


def _controls(found: Explanation) -> Iterator[Line]:
    for control in found.controls:
        yield _control(control)
    if not found.controls:
        title = gettext("No control is recorded")
        yield Line("controls", title, gettext("Unknown controls count as none"), 0.0)
    if abs(found.controls_limit) > 1e-9:
        title = gettext("Held by a case or allegation")
        why = gettext("Controls never lower a score below the level that a case or allegation sets")
        yield Line("controls", title, why, found.controls_limit)


def _control(control: ControlLine) -> Line:
    words = gettext(
        "Reaches %(share)s, %(evidence)s",
        share=percent(control.coverage),
        evidence=EVIDENCE_LEVELS[control.evidence],
    )
    return Line("controls", sentence(control_name(control.control)), words, control.points)


def control_name(ref: str) -> str:
    """The name of a control."""
    return METHOD.control_names[METHOD.control_index[ref]]


def factor_name(factor: str) -> str:
    """The name of a factor, beginning with a capital."""
    return factor_title(METHOD.factor_names[METHOD.factor_index[factor]])


def _of_five(severity: float) -> str:
    """Severity with two decimals, never rounded up into the next band."""
    near = round(severity, 2)
    same = int(severity_band(near)) == int(severity_band(severity))  # type: ignore[arg-type]
    return f"{near if same else int(severity * 100) / 100:.2f}"
