"""Risk values in plain words."""

from ddplatform.languages import lazy_gettext as _

NOT_SCORED = (_("Not scored"), "line")
_STEPS = (
    (0.2, _("Good practice"), "ok"),
    (0.5, _("Some risk"), "info"),
    (0.8, _("Raised risk"), "warn"),
)
_SERIOUS = (_("Serious risk"), "danger")


def risk_words(value: float | None) -> tuple[str, str]:
    """A risk value (0 good to 1 bad) as a word and the kind of its tag."""
    if value is None:
        return NOT_SCORED
    for upper, word, kind in _STEPS:
        if value < upper:
            return word, kind
    return _SERIOUS
