"""Score of an issue as the supplier sees it: at most six lines that add up, and all below."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import percent
from ddplatform.languages import current_language, current_locale, gettext, ngettext
from ddplatform.risk.explanation.views.waterfall import printed_tenths
from ddplatform.risk.supplier_figures.views.words import (
    CONTROLS,
    EVENTS,
    LEVELS,
    LINES,
    SOURCES,
    STEPS,
    TRUST,
)
from questionnaires import Form
from questionnaires.form.languages import tongue_of
from questionnaires.scoring.plan import question_id
from supply_chain.risk.rm2.supplier_view import FactorLine, SupplierLines

LEFT_TO_RIGHT = "\u200e"  # keeps a sign before its figure in Arabic
NAMED = 3  # events and controls that a line names


@dataclass(frozen=True)
class SumLine:
    """One of the lines that add up."""

    key: str
    title: str
    sub: str
    points: str


@dataclass(frozen=True)
class DetailLine:
    """One line below them."""

    title: str
    source: str
    points: str


@dataclass(frozen=True)
class StepLine:
    """A possible step of the supplier, with its effect."""

    title: str
    text: str
    gain: str
    kind: str


@dataclass(frozen=True)
class Asked:
    """The data needed to name the questions behind lines."""

    country: str | None
    behind: Mapping[str, Sequence[str]]  # factor -> version and questions
    forms: Mapping[str, Form]  # version -> its form in the words of the buyer


def sums_of(lines: SupplierLines) -> tuple[tuple[SumLine, ...], str]:
    """The lines that add up, and their printed sum."""
    start = lines.base + lines.country + lines.activity + lines.listing
    told = sum(one.points for one in lines.own)
    values: list[tuple[str, str, float]] = [
        ("start", gettext("the country and the kind of work"), start),
        *_events(lines),
        ("told", _told_words(lines.own), told),
        *_others(lines),
        ("do", _do_words(lines), sum(points for _, points, _, _ in lines.controls)),
        ("severity", gettext("what it can do to a child"), lines.severity + lines.limits),
    ]
    points = [value for _, _, value in values]
    tenths = printed_tenths(points, lines.index, range(len(points)))
    found = tuple(
        SumLine(key, str(LINES[key]), sub, _printed(tenth, is_first=key == "start"))
        for (key, sub, _), tenth in zip(values, tenths, strict=True)
    )
    return found, decimal(sum(tenths) / 10)


def _printed(tenths: int, *, is_first: bool) -> str:
    return decimal(tenths / 10) if is_first else signed(tenths / 10)


def _events(lines: SupplierLines) -> Iterator[tuple[str, str, float]]:
    if lines.events:
        names = [str(EVENTS[event]) for event, _, _ in lines.events[:NAMED]]
        yield "events", ", ".join(dict.fromkeys(names)), sum(one[1] for one in lines.events)


def _others(lines: SupplierLines) -> Iterator[tuple[str, str, float]]:
    if lines.others:
        yield "others", ", ".join(sources_of(lines)), lines.others_points


def sources_of(lines: SupplierLines) -> list[str]:
    """Kinds of sources with the month of the newest; never the person."""
    return [str(SOURCES[kind]) % {"month": month_words(month)} for kind, month in lines.others]


def _told_words(own: Sequence[FactorLine]) -> str:
    told = sum(bool(one.source_type) for one in own)
    blank = len(own) - told
    words = []
    if told:
        words.append(ngettext("%(num)s subject", "%(num)s subjects", told))
    if blank:
        words.append(ngettext("%(num)s left open", "%(num)s left open", blank))
    return ", ".join(words) or gettext("nothing yet")


def _do_words(lines: SupplierLines) -> str:
    names = [str(CONTROLS[control]) for control, points, _, _ in lines.controls if points]
    return ", ".join(names[:NAMED]) or gettext("nothing that we could verify yet")


# ---- every line -----------------------------------------------------------------------------


def details_of(lines: SupplierLines, asked: Asked) -> tuple[DetailLine, ...]:
    """Every line with its source, date and trust."""
    return tuple(_details(lines, asked))


def _details(lines: SupplierLines, asked: Asked) -> Iterator[DetailLine]:
    statistics = gettext("public statistics, trust: high")
    same = gettext("the same everywhere")
    yield DetailLine(gettext("This issue"), same, decimal(lines.base))
    country = country_name(asked.country) if asked.country else gettext("country not known")
    yield _line(country, statistics, lines.country)
    yield _line(gettext("The kind of work"), gettext("set for each kind of work"), lines.activity)
    if lines.listing:
        title = gettext("Goods of this kind stand on a public list")
        source = gettext("US Department of Labor, 2022, trust: high")
        yield _line(title, source, lines.listing)
    for event, points, month in lines.events:
        since = gettext("since %(month)s, trust: high", month=month_words(month))
        yield _line(str(EVENTS[event]), since, points)
    yield from _own(lines.own, asked)
    if lines.others:
        yield _line(str(LINES["others"]), ", ".join(sources_of(lines)), lines.others_points)
    for control, points, coverage, level in lines.controls:
        reach = gettext("reaches %(share)s", share=percent(coverage))
        yield _line(str(CONTROLS[control]), f"{reach}, {LEVELS[level]}", points)
    level_of_five = gettext("set for this issue and the number of people")
    yield _line(str(LINES["severity"]), level_of_five, lines.severity)
    if abs(lines.limits) >= 0.05:
        yield _line(gettext("Ends of the scale"), gettext("0 to 100"), lines.limits)


def _own(own: Sequence[FactorLine], asked: Asked) -> Iterator[DetailLine]:
    for one in own:
        if one.source_type:
            source = f"{TRUST[one.source_type]}, {month_words(one.month)}"
            yield _line(question_of(one.factor, asked), source, one.points)
    blank = [one.points for one in own if not one.source_type]
    if blank:
        title = gettext("Questions left open")
        yield _line(title, gettext("a blank never helps"), sum(blank))


def _line(title: str, source: str, points: float) -> DetailLine:
    return DetailLine(title, source, signed(points))


def question_of(factor: str, asked: Asked) -> str:
    """The question by which the supplier reported a factor, in the language of the page."""
    behind = asked.behind.get(factor)
    if not behind:
        return gettext("Your answers as a whole")
    version_id, first, *more = behind
    label = _label(asked.forms[version_id], first)
    if not more:
        return label
    rest = ngettext("and %(num)s more question", "and %(num)s more questions", len(more))
    return f"{label} ({rest})"


def _label(form: Form, wanted: str) -> str:
    for question in form.questions():
        if question_id(question) == wanted:
            parts = question.label.parts(*tongue_of(form, current_language()).names)
            return "".join(part for part in parts if isinstance(part, str)).strip() or wanted
    return wanted


# ---- steps ----------------------------------------------------------------------------------


def steps_of(lines: SupplierLines, asked: Asked) -> tuple[StepLine, ...]:
    """The two steps that would lower the figure most."""
    found: dict[str, StepLine] = {}
    for kind, ref, gain in lines.steps:
        title, text = (str(words) for words in STEPS[kind])
        name = str(CONTROLS[ref]) if ref in CONTROLS else question_of(ref, asked)
        if "%s" in title:
            title = title % name
        whole = max(1, round(gain))
        words = ngettext("About %(num)s point lower.", "About %(num)s points lower.", whole)
        found.setdefault(title, StepLine(title, text, words, kind))
    return tuple(found.values())


# ---- figures --------------------------------------------------------------------------------


def decimal(value: float) -> str:
    """A figure with one decimal, as the language of the page writes it."""
    return str(format_decimal(round(value, 1) + 0.0, "0.0", locale=current_locale()))


def signed(value: float) -> str:
    """The same with its sign: "+3.3", "−6.0", "0.0"."""
    rounded = round(value, 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    before = LEFT_TO_RIGHT if sign and current_locale().text_direction == "rtl" else ""
    return before + sign + decimal(abs(rounded))


def month_words(month: str) -> str:
    """ "2026-06" as "June 2026"."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "LLLL y", current_locale()))
