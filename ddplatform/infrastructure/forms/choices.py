"""Countries and sectors of the reference data as form choices."""

from ddplatform.languages import gettext
from supply_chain.reference.release import load_reference


def country_choices() -> list[tuple[str, str]]:
    """All countries by name, after "Not known"."""
    countries = load_reference().countries.values()
    return [
        ("", gettext("Not known")),
        *sorted(((c.alpha2, c.short_name) for c in countries), key=_word),
    ]


def sector_choices(current: str | None = None) -> list[tuple[str, str]]:
    """All sectors by name, after "Not known"; a sector in own words stays choosable."""
    sectors = load_reference().sectors
    known = sorted(((s.ref, s.name) for s in sectors.values()), key=_word)
    own = (
        [(current, gettext("%(sector)s (as in your list)", sector=current))]
        if current and current not in sectors
        else []
    )
    return [("", gettext("Not known")), *own, *known]


def _word(choice: tuple[str, str]) -> str:
    return choice[1].casefold()
