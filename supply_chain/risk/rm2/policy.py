"""Constants of the risk method RM-2.0; their values and reasons are in the data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Policy:
    """Constants of sections 1 to 9, by the names of `policy` in `data/method/rm-2.0.yaml`.

    Points are points of likelihood (section 1), months calendar months, qualities and shares 0-1.
    """

    even_odds_points: float
    doubling_points: float
    points_max: float
    decimals: int
    reliable_from: float
    in_force_half_lives: float
    looked_again_months: float
    quality_cap: float
    context_points: float
    context_least: float
    context_middle: float
    item_fading: float
    blank_quality: float
    blank_slope: float
    admission_reliability: float
    silence_after_days: float
    silence_answered_share: float
    silence_factor: str
    silence_score: float
    silence_source_type: str
    place_points: float
    place_points_known: float
    activity_points: float
    activity_points_unknown: float
    missing_share: float
    grade_a_completeness: float
    grade_a_quality: float
    grade_b_completeness: float
    grade_b_reliability: float
    grade_d_observed: float
    origin_share_min: float
    event_half_life_months: float
    event_least_points: float
    severity_max_weight: float
    severity_mean_weight: float
    severity_bands: tuple[float, ...]
    people_bands: tuple[float, ...]
    severity_points: float
    severity_middle: float
    index_bands: tuple[float, ...]
    not_low_from: float
    mark_bands_apart: int
    confirmed_points: float
    credible_points: float
    credible_added: float
    red_flag_points: float
    red_flag_added: float
    closed_points: float
    closed_fading_year: float
    evidence_cap: float
    capped_groups: tuple[str, ...]
    control_points: float
    evidence_levels: tuple[float, ...]
    evidence_caps: tuple[float, ...]
    reverify_months: float
    evidence_unverified: float
    remedy_control: str


def read_policy(raw: Mapping[str, Any]) -> Policy:
    """The constants of the data file; lists become tuples. Raises TypeError for a wrong name."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    return Policy(**values)
