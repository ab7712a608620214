"""Parameters of sections 11 to 13 of RM-2.0, read once from `data/method/rm-2.0-chain.yaml`.

Everything here is frozen; arrays are read-only. Columns by flow evidence have the order of
`supply_chain.graph.columns.FLOWS`, which is that of decreasing proof.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from supply_chain.graph.columns import FLOWS
from supply_chain.risk.method import Bools, Floats, frozen
from supply_chain.vocabulary import FlowEvidence
from supply_chain.yaml_files import read_yaml

_FILE = Path(__file__).parents[2] / "data" / "method" / "rm-2.0-chain.yaml"


@dataclass(frozen=True)
class Propagation:
    """Section 11."""

    proof: Floats  # (flows,) f, 0-1, falling
    not_given: int  # position in FLOWS of the evidence of a link that gives none
    unknown_part: Floats  # (flows,) proportion of suppliers of unknown share
    unknown_least: float
    share_levels: tuple[Bools, ...]  # each (flows,), strongest first
    proven: Bools  # (flows,) linkage multiplies
    severity_from_exposure: float
    unknown_likelihood: float


@dataclass(frozen=True)
class Salience:
    """Section 12."""

    delay_points: float
    find_out_grades: frozenset[str]


@dataclass(frozen=True)
class ResponseRules:
    """Section 13."""

    period_months: int
    weights: Mapping[str, float]  # component -> w, in the order of the table; sum 100
    answers: Mapping[str, float]  # state of an answer -> x
    nothing_to_judge: float
    most_with_flag: Mapping[str, float]  # red flag -> highest RESP
    labels: tuple[tuple[str, float], ...]  # label and the value it begins at, highest first


@dataclass(frozen=True)
class ChainParameters:
    """All parameters of sections 11 to 13."""

    version: str
    propagation: Propagation
    service_classes: tuple[str, ...]  # classes of activity without physical input
    salience: Salience
    response: ResponseRules
    decimals: int
    sha256: str  # of the values, whatever their layout


def _by_flow(values: Mapping[str, float]) -> Floats:
    return frozen([values[flow.value] for flow in FLOWS], np.float64)


def _is_one_of(names: Sequence[str]) -> Bools:
    return frozen([flow.value in names for flow in FLOWS], np.bool_)


def _propagation(raw: Mapping[str, Any]) -> Propagation:
    return Propagation(
        proof=_by_flow(raw["proof"]),
        not_given=FLOWS.index(FlowEvidence(raw["evidence_not_given"])),
        unknown_part=_by_flow(raw["unknown_share_part"]),
        unknown_least=raw["unknown_share_least"],
        share_levels=tuple(_is_one_of(names) for names in raw["share_levels"]),
        proven=_is_one_of(raw["linkage_proven"]),
        severity_from_exposure=raw["severity_from_exposure"],
        unknown_likelihood=raw["unknown_likelihood"],
    )


def _response(raw: Mapping[str, Any]) -> ResponseRules:
    return ResponseRules(
        period_months=raw["period_months"],
        weights=MappingProxyType(raw["weights"]),
        answers=MappingProxyType(raw["answers"]),
        nothing_to_judge=raw["nothing_to_judge"],
        most_with_flag=MappingProxyType(raw["most_with_flag"]),
        labels=tuple(raw["labels"].items()),
    )


def _load() -> ChainParameters:
    raw: dict[str, Any] = read_yaml(_FILE)
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    salience = raw["salience"]
    return ChainParameters(
        version=raw["version"],
        propagation=_propagation(raw["propagation"]),
        service_classes=tuple(raw["service_classes"]),
        salience=Salience(salience["delay_points"], frozenset(salience["find_out_grades"])),
        response=_response(raw["response"]),
        decimals=raw["decimals"],
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


CHAIN = _load()


def as_compared(values: Floats) -> Floats:
    """Values as comparisons see them, rounded to 6 decimals (section 3.10)."""
    return np.round(values, CHAIN.decimals)
