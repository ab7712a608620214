"""Parameters of the risk method RM-1.0, read once from `data/method/rm-1.0.yaml` and frozen.

Every array here is read-only; its order is the order of the ids beside it. Issues have the
order of `supply_chain.vocabulary.Issue`, which is the column order of all (nodes, issues) arrays.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from supply_chain.vocabulary import FlowEvidence, Issue, NodeKind
from supply_chain.yaml_files import read_yaml

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Scalar = TypeVar("Scalar", bound=np.generic)

METHOD_VERSION = "RM-1.0"
_FILE = Path(__file__).parent.parent / "data" / "method" / "rm-1.0.yaml"


@dataclass(frozen=True)
class Policy:
    """Constants of the method; the section of each is in the data file."""

    reliable_from: float
    in_force_half_lives: float
    quality_cap: float
    prior: float
    prior_critical: float
    peers_min: int
    critical_share: float
    confidence_good: float
    confidence_fair: float
    decimals: int
    leak: float
    severity_max_weight: float
    severity_mean_weight: float
    severity_unknown: float
    scope_unknown_high: float
    scope_high_from_sec01: float
    severity_bands: tuple[float, ...]
    index_bands: tuple[float, ...]
    guard_severity: float
    guard_confidence: float
    confirmed: float
    credible: float
    red_flag: float
    closed_floor: float
    closed_half_life_months: float
    evidence_cap: float
    evidence_levels: tuple[float, ...]
    residual_min: float
    reverify_months: float
    evidence_unverified: float
    remedy_control: str
    flow: Mapping[FlowEvidence, float]
    share_unknown_min: float
    likelihood_unknown: float
    chain_share_min: float
    chain_threshold: float
    delay_from_irremediability: float


@dataclass(frozen=True)
class RedFlag:
    """An alarm that opens a case or alerts at once (section 10)."""

    ref: str
    name: str
    response: str
    sets: Mapping[str, float]  # factor -> the score it has at least


@dataclass(frozen=True)
class Method:
    """All parameters of one version of the method, as tables with ids.

    Sizes: 16 issues, 5 groups, 77 factors, 9 source types, 24 controls.
    """

    groups: tuple[str, ...]
    floor: Floats  # (issues,) severity floor, 1-5
    beta: Floats  # (issues, groups) 0-1
    issue_names: tuple[str, ...]
    source_types: tuple[str, ...]
    reliability: Floats  # (source types,) 0-1
    half_life: Floats  # (source types,) months
    factors: tuple[str, ...]
    factor_names: tuple[str, ...]
    factor_group: Ints  # (factors,) position in `groups`
    weight: Floats  # (factors,)
    critical: Bools  # (factors,)
    lo: Floats  # (factors,) benign anchor, NaN where a factor has none
    hi: Floats  # (factors,) worst anchor, NaN where a factor has none
    controls: tuple[str, ...]
    control_names: tuple[str, ...]
    design: Floats  # (controls,) d of section 9
    helps: Bools  # (controls, issues)
    detects: Bools  # (controls,) group `detect`
    red_flags: tuple[RedFlag, ...]
    policy: Policy
    online_kinds: tuple[NodeKind, ...]  # ONL applies to these kinds
    origin_kinds: tuple[NodeKind, ...]  # services without physical input: the chain begins here
    factor_index: Mapping[str, int]
    source_index: Mapping[str, int]
    control_index: Mapping[str, int]
    group_slices: tuple[slice, ...]  # the factors of each group are adjacent
    parameters_sha256: str


def frozen(values: Any, dtype: type[Scalar]) -> NDArray[Scalar]:
    """A column of parameters, read-only."""
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def index_of(ids: Sequence[str]) -> Mapping[str, int]:
    """Id -> its position."""
    return MappingProxyType({ref: position for position, ref in enumerate(ids)})


def _policy(raw: Mapping[str, Any]) -> Policy:
    values: dict[str, Any] = {
        key: tuple(item) if isinstance(item, list) else item for key, item in raw.items()
    }
    values["flow"] = MappingProxyType({FlowEvidence(k): v for k, v in raw["flow"].items()})
    return Policy(**values)


def _factor_columns(raw: Sequence[Mapping[str, Any]], groups: Sequence[str]) -> dict[str, Any]:
    group = [groups.index(row["group"]) for row in raw]
    ids = tuple(row["id"] for row in raw)
    return {
        "factors": ids,
        "factor_names": tuple(row["name"] for row in raw),
        "factor_group": frozen(group, np.int64),
        "weight": frozen([row["weight"] for row in raw], np.float64),
        "critical": frozen([row["critical"] for row in raw], np.bool_),
        "lo": frozen([row.get("lo", np.nan) for row in raw], np.float64),
        "hi": frozen([row.get("hi", np.nan) for row in raw], np.float64),
        "factor_index": index_of(ids),
        "group_slices": tuple(
            slice(group.index(g), group.index(g) + group.count(g)) for g in range(len(groups))
        ),
    }


def _control_columns(raw: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    helps = [[row["issues"] == "all" or i.value in row["issues"] for i in Issue] for row in raw]
    ids = tuple(row["id"] for row in raw)
    return {
        "controls": ids,
        "control_names": tuple(row["name"] for row in raw),
        "design": frozen([row["d"] for row in raw], np.float64),
        "helps": frozen(helps, np.bool_),
        "detects": frozen([row["group"] == "detect" for row in raw], np.bool_),
        "control_index": index_of(ids),
    }


def _red_flags(raw: Sequence[Mapping[str, Any]]) -> tuple[RedFlag, ...]:
    return tuple(
        RedFlag(row["id"], row["name"], row["response"], MappingProxyType(row.get("sets", {})))
        for row in raw
    )


def _load() -> Method:
    raw: dict[str, Any] = read_yaml(_FILE)
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    issues = {row["id"]: row for row in raw["issues"]}
    sources = raw["source_types"]
    ids = tuple(row["id"] for row in sources)
    return Method(
        groups=tuple(raw["groups"]),
        floor=frozen([issues[i]["floor"] for i in Issue], np.float64),
        beta=frozen([issues[i]["beta"] for i in Issue], np.float64),
        issue_names=tuple(issues[i]["name"] for i in Issue),
        source_types=ids,
        reliability=frozen([row["reliability"] for row in sources], np.float64),
        half_life=frozen([row["half_life_months"] for row in sources], np.float64),
        source_index=index_of(ids),
        red_flags=_red_flags(raw["red_flags"]),
        policy=_policy(raw["policy"]),
        online_kinds=tuple(NodeKind(kind) for kind in raw["online_kinds"]),
        origin_kinds=tuple(NodeKind(kind) for kind in raw["origin_kinds"]),
        parameters_sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        **_factor_columns(raw["factors"], raw["groups"]),
        **_control_columns(raw["controls"]),
    )


METHOD = _load()
