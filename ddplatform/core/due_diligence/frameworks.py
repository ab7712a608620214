"""Frameworks: requirements, accepted evidence and coverage by facts.

Each framework is one file in `data/frameworks/`; a new one needs no code.
Coverage of a requirement means that evidence exists, not that it is good: a person judges that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.due_diligence.errors import DataFault, UnknownFramework

FACT_KINDS_FILE: Final = Path(__file__).parent / "data" / "fact_kinds.yaml"
FRAMEWORKS_FOLDER: Final = Path(__file__).parent / "data" / "frameworks"


class Coverage(StrEnum):
    """The degree of coverage by facts."""

    COVERED = "covered"
    PARTLY = "partly"
    MISSING = "missing"


class Obligation(StrEnum):
    """The legal nature of a framework."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    ENFORCEMENT = "enforcement"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKind:
    """A kind of evidence; `data_object` is PD-01 to PD-23."""

    ref: str
    title: str
    data_object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A kind of fact that a requirement asks for; None means that it does not age."""

    kind: str
    max_age_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One duty of a framework, in our own words, and the evidence it asks for."""

    ref: str
    title: str
    duty: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A law, a standard or a call, in the version of its file."""

    ref: str
    title: str
    short_title: str
    version: str
    publisher: str
    source: str
    obligation: Obligation
    status: str
    valid_from: date
    verified_on: date
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something the organisation can show.

    Attributes:
        kind: ref of a `FactKind`.
        record: the underlying record, as the reader can find it.
        on: the day it holds from; None where nobody knows, which never counts as fresh.
    """

    kind: str
    record: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementCoverage:
    """The coverage of one requirement by facts.

    Attributes:
        reasons: one plain sentence for each piece of evidence, in the file's order.
        facts: those that count, the newest of their kind first.
    """

    requirement: Requirement
    coverage: Coverage
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]


@cache
def fact_kinds() -> Mapping[str, FactKind]:
    """All kinds of facts, ref -> kind, in the order of their data objects; read once."""
    data = yaml.safe_load(FACT_KINDS_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            ref: FactKind(ref=ref, title=body["title"], data_object=body["object"])
            for ref, body in data.items()
        }
    )


def read_framework(data: Mapping[str, Any], kinds: Mapping[str, FactKind]) -> Framework:
    """Build a framework from the content of its file.

    Raises:
        DataFault: a kind of fact that does not exist, a requirement given twice or
            without evidence; the message lists every fault.
    """
    requirements = tuple(
        Requirement(**body | {"evidence": tuple(Evidence(**one) for one in body["evidence"])})
        for body in data["requirements"]
    )
    refs = [requirement.ref for requirement in requirements]
    faults = [
        f"{ref} is given twice." for ref in sorted({ref for ref in refs if refs.count(ref) > 1})
    ]
    faults += [f"{one.ref} asks for no evidence." for one in requirements if not one.evidence]
    faults += [
        f"{one.ref} asks for '{evidence.kind}', which is no kind of fact."
        for one in requirements
        for evidence in one.evidence
        if evidence.kind not in kinds
    ]
    if faults:
        raise DataFault(f"framework {data['ref']}: " + " ".join(faults))
    obligation = Obligation(data["obligation"])
    return Framework(**{**data, "obligation": obligation, "requirements": requirements})


@cache
def frameworks() -> Mapping[str, Framework]:
    """All shipped frameworks, ref -> framework, in the order of their refs; read once.

    Raises:
        DataFault: a file is broken.
    """
    found: dict[str, Framework] = {}
    for file in sorted(FRAMEWORKS_FOLDER.glob("*.yaml")):
        framework = read_framework(yaml.safe_load(file.read_text(encoding="utf-8")), fact_kinds())
        found[framework.ref] = framework
    return MappingProxyType(found)


def framework(ref: str) -> Framework:
    """One framework by its ref. Raises UnknownFramework, naming those that exist."""
    if ref not in frameworks():
        known = ", ".join(frameworks())
        raise UnknownFramework(f"There is no framework '{ref}'. Use one of: {known}.")
    return frameworks()[ref]


def coverage(
    of: Framework, facts: Iterable[Fact], *, as_of: date
) -> tuple[RequirementCoverage, ...]:
    """The coverage by facts of each requirement, in the framework's order.

    Covered: every piece of evidence is there and fresh. Partly: some is. Missing: none.
    A fact from after `as_of` does not count; one without a date does not count where the
    evidence may grow old.

    Raises:
        ValueError: a fact of a kind that does not exist.
    """
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind not in fact_kinds():
            raise ValueError(f"'{fact.kind}' is no kind of fact; see fact_kinds.yaml.")
        if fact.on is None or fact.on <= as_of:
            by_kind.setdefault(fact.kind, []).append(fact)
    for same in by_kind.values():
        same.sort(key=lambda fact: (fact.on or date.min, fact.record), reverse=True)
    return tuple(_cover(requirement, by_kind, as_of) for requirement in of.requirements)


def _cover(
    requirement: Requirement, by_kind: Mapping[str, Sequence[Fact]], as_of: date
) -> RequirementCoverage:
    reasons: list[str] = []
    counted: list[Fact] = []
    met = 0
    for evidence in requirement.evidence:
        facts = by_kind.get(evidence.kind, [])
        fresh = [fact for fact in facts if _is_fresh(fact, evidence, as_of)]
        reasons.append(_reason(evidence, facts, fresh))
        counted += fresh
        met += bool(fresh)
    if met == len(requirement.evidence):
        reached = Coverage.COVERED
    else:
        reached = Coverage.PARTLY if met else Coverage.MISSING
    return RequirementCoverage(
        requirement=requirement, coverage=reached, reasons=tuple(reasons), facts=tuple(counted)
    )


def _is_fresh(fact: Fact, evidence: Evidence, as_of: date) -> bool:
    if evidence.max_age_months is None:
        return True
    if fact.on is None:
        return False
    months = (as_of.year - fact.on.year) * 12 + as_of.month - fact.on.month
    months += as_of.day > fact.on.day
    return months <= evidence.max_age_months


def _reason(evidence: Evidence, facts: Sequence[Fact], fresh: Sequence[Fact]) -> str:
    title = fact_kinds()[evidence.kind].title
    if fresh:
        newest = fresh[0]
        when = f" of {newest.on.isoformat()}" if newest.on else ""
        more = f" and {len(fresh) - 1} more" if len(fresh) > 1 else ""
        return f"{title}: shown by {newest.record}{when}{more}."
    if not facts:
        return f"{title}: nothing shows this yet."
    if facts[0].on is None:
        return f"{title}: {facts[0].record} has no date. Give it one."
    return (
        f"{title}: {facts[0].record} of {facts[0].on.isoformat()} is older than "
        f"{evidence.max_age_months} months. Renew it."
    )
