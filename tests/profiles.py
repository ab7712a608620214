"""The two kinds of a run as profiles of Hypothesis: how many examples of a property are tried."""

from typing import Any

from hypothesis import HealthCheck, settings

WHOLE, SAMPLED = 100, 25
"""Examples of a property where nothing else is said, by the kind of run."""
WHOLE_PROFILE, SAMPLED_PROFILE = "whole", "sampled"
# How long an example takes depends on the machine, so none fails by it.
NO_TIME_LIMITS: dict[str, Any] = {
    "deadline": None,
    "derandomize": False,  # build servers have a profile of their own that takes no seed
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile(WHOLE_PROFILE, max_examples=WHOLE, **NO_TIME_LIMITS)
settings.register_profile(SAMPLED_PROFILE, max_examples=SAMPLED, **NO_TIME_LIMITS)


def is_whole() -> bool:
    """Whether this run leaves nothing out."""
    return settings.get_current_profile_name() == WHOLE_PROFILE
