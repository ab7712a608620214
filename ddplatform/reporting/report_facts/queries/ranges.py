"""Facts of a report about a run under RM-2.0: its register by band, reasons, public figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ddplatform.risk.runs.queries.scores import Known, RiskScore
from ddplatform.risk.words.figures import GRADES
from supply_chain.reference.release import load_reference
from supply_chain.risk.register import Register
from supply_chain.risk.rm2.country_profile import country_profile
from supply_chain.risk.rm2.severity import RISK_BANDS, SEVERITY_BANDS

LEAST = 0.5  # points; smaller lines are not told
LINES = {
    "base": "for the issue as everywhere",
    "country": "for the country",
    "activity": "for the activity",
    "listing": "for a listing of the good",
    "evidence": "for evidence on the place",
    "judged": "as people judged it",
    "fact": "for cases and allegations",
}


def cells_of(register: Register) -> list[dict[str, Any]]:
    """The whole register counted by severity band and residual band."""
    pairs = zip(register.severity_band.tolist(), register.residual_band.tolist(), strict=True)
    counts = Counter(pairs)
    return [
        {
            "severity_band": SEVERITY_BANDS[severity].value,
            "band": RISK_BANDS[band].value,
            "count": count,
        }
        for (severity, band), count in sorted(counts.items())
    ]


def range_of(known: Known) -> str:
    """The likely range of the residual index, whole points."""
    low, high = round(known.residual_low), round(known.residual_high)
    return str(low) if low == high else f"{low} to {high}"


def reasons_of(risk: RiskScore, known: Known) -> Iterator[str]:
    """What a score rests on: its lines, its range, its severity."""
    told = [
        f"{points:+.1f} {LINES[line]}".replace("-", "−")
        for line, points in known.lines.items()
        if line in LINES and abs(points) >= LEAST
    ]
    if told:
        yield f"Points: {', '.join(told)}."
    taken = known.points - known.residual_points
    if taken >= LEAST:
        yield f"Controls take {taken:.1f} points off."
    yield (
        f"The likely range is {range_of(known)}; evidence grade {known.grade}, "
        f"{GRADES[known.grade][0].lower()}."
    )
    yield (
        f"Severity: scale {risk.scale:g}, scope {risk.scope:g}, "
        f"hard to undo {risk.irremediability:g} (each 1 to 5)."
    )


def figures_of(countries: Sequence[str], most: int) -> list[dict[str, Any]]:
    """Public figures that the scores rest on, each with source and year.

    Args:
        countries: those of the nodes. most: figures that are told at most.
    """
    found = [
        {
            "ref": one.factor,
            "title": one.name,
            "subject": _country_word(country),
            "country": country,
            "value": one.score,
            "source": one.source.source
            if one.is_observed
            else f"{one.source.source}, estimated by {one.source.estimated_by}",
            "year": None if one.source.year is None else str(one.source.year),
        }
        for country in countries
        for one in country_profile(country).indicators
    ]
    return sorted(found, key=lambda one: (one["ref"], one["country"]))[:most]


def _country_word(code: str) -> str:
    country = load_reference().countries.get(code)
    return country.short_name if country else code
