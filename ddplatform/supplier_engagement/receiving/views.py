"""Risk values in plain words."""

NOT_SCORED = ("Not scored", "line")
_STEPS = ((0.2, "Good practice", "ok"), (0.5, "Some risk", "info"), (0.8, "Raised risk", "warn"))


def risk_words(value: float | None) -> tuple[str, str]:
    """A risk value (0 good to 1 bad) as a word and the kind of its tag."""
    if value is None:
        return NOT_SCORED
    for upper, word, kind in _STEPS:
        if value < upper:
            return word, kind
    return "Serious risk", "danger"
