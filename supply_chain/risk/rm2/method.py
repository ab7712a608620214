"""Parameters of the risk method RM-2.0, read once from `data/method/rm-2.0.yaml` and frozen.

Every array here is read-only; its order is the order of the ids beside it. Issues have the
order of `supply_chain.vocabulary.Issue`, which is the column order of all (nodes, issues) arrays.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from supply_chain.risk.method import Bools as Bools
from supply_chain.risk.method import Floats as Floats
from supply_chain.risk.method import Ints as Ints
from supply_chain.risk.method import frozen, index_of
from supply_chain.risk.rm2.policy import Policy, read_policy
from supply_chain.vocabulary import Issue
from supply_chain.yaml_files import read_yaml

Raw = Sequence[Mapping[str, Any]]

METHOD_VERSION = "RM-2.0"
ISSUES = len(Issue)
ISSUE_INDEX: Mapping[str, int] = MappingProxyType({i.value: at for at, i in enumerate(Issue)})
_FILE = Path(__file__).parents[2] / "data" / "method" / "rm-2.0.yaml"


@dataclass(frozen=True)
class RedFlag:
    """An alarm that opens a case or alerts at once (section 10)."""

    ref: str
    name: str
    response: str
    sets: Mapping[str, float]  # factor -> the score it has at least
    sets_if_disclosed: Mapping[str, float]  # the same where the site itself reports it
    response_at_most: float | None  # bound of the response measure, 0-100


@dataclass(frozen=True)
class Listing:
    """Points of the US DOL list (section 5.3)."""

    kinds: tuple[str, ...]
    pair: Floats  # (kinds, issues) points of a listed pair
    elsewhere_kinds: tuple[str, ...]  # in the order of `kinds`
    elsewhere: Bools  # (elsewhere kinds, issues) issues that listings elsewhere raise
    countries_from: Floats  # (steps,) number of other countries
    step_points: Floats  # (steps,)


@dataclass(frozen=True)
class Method:
    """All parameters of sections 1 to 10, as tables with ids.

    Sizes: 16 issues, 9 source types, 13 country indicators, 14 traits of activities, 78 factors
    (indicators, traits, then the 51 factors of the place), 10 events, 24 controls.
    """

    issue_names: tuple[str, ...]
    base_points: Floats  # (issues,) K of section 2
    default_severity: Floats  # (issues, 3) a, b, c, 1-5
    floor: Floats  # (issues,) lowest severity, 1-5
    source_types: tuple[str, ...]
    source_index: Mapping[str, int]
    reliability: Floats  # (source types,) 0-1
    half_life: Floats  # (source types,) months
    own_word: Bools  # (source types,) the supplier's own statements
    looks_again: Bools  # (source types,) a later look sets older findings aside
    visit: Bools  # (source types,) counts as a look at the site for grade A
    factors: tuple[str, ...]
    factor_names: tuple[str, ...]
    factor_index: Mapping[str, int]
    lo: Floats  # (factors,) benign anchor, NaN where a factor has none
    hi: Floats  # (factors,) worst anchor, NaN where a factor has none
    indicators: slice  # the country indicators among the factors
    traits: slice  # the traits of activities among the factors
    community: slice  # COM among the factors
    online: slice  # ONL among the factors
    indicator_weight: Floats  # (13, issues) of section 4
    trait_weight: Floats  # (14, issues) of section 5
    up: Floats  # (factors, issues) points of a finding; 0 without a link
    down: Floats  # (factors, issues) points of no finding
    direct: Bools  # (factors, issues)
    listing: Listing
    events: tuple[str, ...]
    event_index: Mapping[str, int]
    event_points: Floats  # (events, issues)
    event_months: Floats  # (events,) months at full; inf while a closure or peak lasts
    controls: tuple[str, ...]
    control_names: tuple[str, ...]
    control_index: Mapping[str, int]
    design: Floats  # (controls,) d of section 9
    helps: Bools  # (controls, issues)
    detects: Bools  # (controls,) group `detect`
    capped: Bools  # (controls,) groups that a confirmed impact caps (section 8)
    red_flags: tuple[RedFlag, ...]
    policy: Policy
    parameters_sha256: str


def _ids(raw: Raw) -> tuple[str, ...]:
    return tuple(row["id"] for row in raw)


def _by_issue(values: Iterable[Mapping[str, float]]) -> Floats:
    """(rows, issues) from mappings of issue to number; 0 where an issue is not named."""
    return frozen([[row.get(i.value, 0.0) for i in Issue] for row in values], np.float64)


def _issue_columns(raw: Raw) -> dict[str, Any]:
    rows = {row["id"]: row for row in raw}
    ordered = [rows[i.value] for i in Issue]
    return {
        "issue_names": tuple(row["name"] for row in ordered),
        "base_points": frozen([row["points"] for row in ordered], np.float64),
        "default_severity": frozen([row["severity"] for row in ordered], np.float64),
        "floor": frozen([row["floor"] for row in ordered], np.float64),
    }


def _source_columns(raw: Raw) -> dict[str, Any]:
    return {
        "source_types": _ids(raw),
        "source_index": index_of(_ids(raw)),
        "reliability": frozen([row["reliability"] for row in raw], np.float64),
        "half_life": frozen([row["half_life_months"] for row in raw], np.float64),
        "own_word": frozen([row["own_word"] for row in raw], np.bool_),
        "looks_again": frozen([row["looks_again"] for row in raw], np.bool_),
        "visit": frozen([row["visit"] for row in raw], np.bool_),
    }


def _factor_columns(raw: Mapping[str, Any]) -> dict[str, Any]:
    indicators, traits, place = raw["country_indicators"], raw["traits"], raw["factors"]
    rows = [*indicators, *traits, *place]
    ids = _ids(rows)
    strength = raw["links"]
    links = [row.get("links", {}) for row in rows]
    points = {
        way: _by_issue([{i: strength[kind][way] for i, kind in row.items()} for row in links])
        for way in ("up", "down")
    }
    direct = [[row.get(i.value) == "direct" for i in Issue] for row in links]
    return points | {
        "factors": ids,
        "factor_names": tuple(row["name"] for row in rows),
        "factor_index": index_of(ids),
        "lo": frozen([row.get("lo", np.nan) for row in rows], np.float64),
        "hi": frozen([row.get("hi", np.nan) for row in rows], np.float64),
        "indicators": slice(0, len(indicators)),
        "traits": slice(len(indicators), len(indicators) + len(traits)),
        "community": _group(ids, "COM"),
        "online": _group(ids, "ONL"),
        "indicator_weight": _by_issue(row["weights"] for row in indicators),
        "trait_weight": _by_issue(row["weights"] for row in traits),
        "direct": frozen(direct, np.bool_),
    }


def _group(ids: Sequence[str], prefix: str) -> slice:
    """The factors of a group, which are adjacent."""
    places = [at for at, ref in enumerate(ids) if ref.startswith(prefix)]
    return slice(places[0], places[-1] + 1)


def _listing(raw: Mapping[str, Any]) -> Listing:
    elsewhere = raw["elsewhere"]
    kinds = tuple(elsewhere["issues"])
    raised = [[i.value in elsewhere["issues"][kind] for i in Issue] for kind in kinds]
    return Listing(
        kinds=tuple(raw["pair"]),
        pair=_by_issue(raw["pair"].values()),
        elsewhere_kinds=kinds,
        elsewhere=frozen(raised, np.bool_),
        countries_from=frozen(elsewhere["countries_from"], np.float64),
        step_points=frozen(elsewhere["points"], np.float64),
    )


def _event_columns(raw: Raw) -> dict[str, Any]:
    months = [row["months_at_full"] for row in raw]
    return {
        "events": _ids(raw),
        "event_index": index_of(_ids(raw)),
        "event_points": _by_issue(row["points"] for row in raw),
        "event_months": frozen([np.inf if m is None else m for m in months], np.float64),
    }


def _control_columns(raw: Raw, capped_groups: Sequence[str]) -> dict[str, Any]:
    helps = [[row["issues"] == "all" or i.value in row["issues"] for i in Issue] for row in raw]
    return {
        "controls": _ids(raw),
        "control_names": tuple(row["name"] for row in raw),
        "control_index": index_of(_ids(raw)),
        "design": frozen([row["d"] for row in raw], np.float64),
        "helps": frozen(helps, np.bool_),
        "detects": frozen([row["group"] == "detect" for row in raw], np.bool_),
        "capped": frozen([row["group"] in capped_groups for row in raw], np.bool_),
    }


def _red_flags(raw: Raw) -> tuple[RedFlag, ...]:
    return tuple(
        RedFlag(
            row["id"],
            row["name"],
            row["response"],
            MappingProxyType(row.get("sets", {})),
            MappingProxyType(row.get("sets_if_disclosed", {})),
            row.get("response_at_most"),
        )
        for row in raw
    )


def _load() -> Method:
    raw: dict[str, Any] = read_yaml(_FILE)
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    policy = read_policy(raw["policy"])
    return Method(
        listing=_listing(raw["listing"]),
        red_flags=_red_flags(raw["red_flags"]),
        policy=policy,
        parameters_sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        **_issue_columns(raw["issues"]),
        **_source_columns(raw["source_types"]),
        **_factor_columns(raw),
        **_event_columns(raw["events"]),
        **_control_columns(raw["controls"], policy.capped_groups),
    )


METHOD = _load()
FACTORS = len(METHOD.factors)
