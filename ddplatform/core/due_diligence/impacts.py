"""Harm to children: severity, involvement of the company, appropriate response.

Display texts are in `data/impacts.yaml`; the risk index itself is computed elsewhere.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.due_diligence.errors import InvolvementUndecided

IMPACTS_FILE: Final = Path(__file__).parent / "data" / "impacts.yaml"


class Involvement(StrEnum):
    """Involvement of a company in an impact (UNGP 13, 19)."""

    CAUSE = "cause"
    CONTRIBUTE = "contribute"
    DIRECTLY_LINKED = "directly_linked"
    NOT_INVOLVED = "not_involved"


class AgeBand(StrEnum):
    """The only form in which a child's age is kept."""

    UNDER_12 = "under_12"
    FROM_12_TO_14 = "12_to_14"
    FROM_15_TO_17 = "15_to_17"
    FROM_18 = "18_or_over"
    UNDETERMINED = "undetermined"


class WorkClass(StrEnum):
    """The class of harm in a case (REM-01)."""

    BELOW_MIN_AGE = "below_min_age"
    HAZARDOUS = "hazardous"
    FORCED_LABOUR = "forced_labour"
    TRAFFICKING_SUSPECTED = "trafficking_suspected"
    SEXUAL_EXPLOITATION = "sexual_exploitation"
    ABUSE_BY_STAFF = "abuse_by_staff"
    ARMED_CONFLICT = "armed_conflict"
    ILLICIT_ACTIVITY = "illicit_activity"
    OTHER = "other"


SENSITIVE_CLASSES: Final = frozenset(
    {WorkClass.SEXUAL_EXPLOITATION, WorkClass.TRAFFICKING_SUSPECTED, WorkClass.ARMED_CONFLICT}
)
"""Classes whose counts are hidden below ten and never shown below country level (SUPP-4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactWords:
    """The content of `data/impacts.yaml`, each mapping from a ref or value to plain words.

    Attributes:
        severity: trait -> level 1 to 5 -> description. severity_titles: trait -> title.
        responses: involvement -> title, stop, mitigate, remedy, leverage, record.
        leverage_decisions, support_items, closure_criteria: ref -> named texts.
        exit_gate: ref -> what to do before a relationship ends. exit_reasons: ref -> what that
            protects a child from.
    """

    severity: Mapping[str, Mapping[int, str]]
    severity_titles: Mapping[str, str]
    involvement_questions: Mapping[str, str]
    responses: Mapping[str, Mapping[str, str]]
    leverage_types: Mapping[str, str]
    leverage_decisions: Mapping[str, Mapping[str, str]]
    exit_gate: Mapping[str, str]
    exit_reasons: Mapping[str, str]
    remedy_forms: Mapping[str, str]
    support_items: Mapping[str, Mapping[str, str]]
    closure_criteria: Mapping[str, Mapping[str, str]]
    age_bands: Mapping[str, str]
    work_classes: Mapping[str, str]
    alert_sources: Mapping[str, str]


@cache
def impact_words() -> ImpactWords:
    """The shipped words, read once."""
    data: dict[str, Any] = yaml.safe_load(IMPACTS_FILE.read_text(encoding="utf-8"))
    severity = data.pop("severity")
    return ImpactWords(
        severity={part: MappingProxyType(body["levels"]) for part, body in severity.items()},
        severity_titles={part: body["title"] for part, body in severity.items()},
        responses=data.pop("involvement"),
        **{name: MappingProxyType(body) for name, body in data.items()},
    )


@dataclass(frozen=True, slots=True)
class InvolvementAnswer:
    """The answer to one question of the involvement test; None means not answered yet."""

    yes: bool | None
    reason: str = ""


_INVOLVEMENT_OF: Final = MappingProxyType(
    {
        "INV-1": Involvement.CAUSE,
        "INV-2": Involvement.CONTRIBUTE,
        "INV-3": Involvement.DIRECTLY_LINKED,
    }
)


def decide_involvement(answers: Mapping[str, InvolvementAnswer]) -> Involvement:
    """Decide how the company is involved: the first question answered with yes decides.

    Args:
        answers: question ref INV-1 to INV-3 -> answer. Questions after the first yes may
            be left out.

    Raises:
        InvolvementUndecided: an unknown question, or one that is needed has no answer or
            no reason; all problems are listed.

    Source:
        UNGP 13 and 19 with commentary.
    """
    problems = [f"There is no question {ref}." for ref in sorted(answers.keys() - _INVOLVEMENT_OF)]
    decided = Involvement.NOT_INVOLVED
    for ref, involvement in _INVOLVEMENT_OF.items():
        answer = answers.get(ref, InvolvementAnswer(None))
        if answer.yes is None:
            problems.append(f"Answer {ref} with yes or no.")
        elif not answer.reason.strip():
            problems.append(f"Give the reason for your answer to {ref}.")
        if answer.yes:
            decided = involvement
            break
    if problems:
        raise InvolvementUndecided(tuple(problems))
    return decided


def decide_leverage(
    *, has_leverage: bool, can_be_raised: bool, is_crucial: bool, is_grave_danger: bool
) -> str:
    """The ref LD-1 to LD-5 of the measure for a business partner.

    Args:
        has_leverage: whether the company can make the partner change.
        can_be_raised: whether leverage that is missing could be built.
        is_crucial: whether there is no reasonable alternative source.
        is_grave_danger: immediate grave danger, or abuse imposed by a State.

    Source:
        UNGP 19, commentary; OECD Due Diligence Guidance (2018), step 3.
    """
    if is_grave_danger:
        return "LD-5"
    if has_leverage:
        return "LD-1"
    if can_be_raised:
        return "LD-2"
    return "LD-4" if is_crucial else "LD-3"


EXIT_DECISIONS: Final = ("LD-3", "LD-5")
"""The decisions about leverage under which a relationship may end at all."""
SENIOR_DECIDES: Final = "RDG-8"
"""The condition that is met by the acting person, and not by words."""


def missing_for_exit(met: Set[str]) -> tuple[str, ...]:
    """Unmet conditions for the end of a relationship for child-rights reasons.

    Args:
        met: refs RDG-1 to RDG-10 that are met.

    Raises:
        ValueError: a ref that the gate does not know.

    Source:
        OECD Due Diligence Guidance (2018), step 3; UNGP 19, commentary.
    """
    gate = impact_words().exit_gate
    if unknown := met - gate.keys():
        raise ValueError(f"The exit gate has no {', '.join(sorted(unknown))}.")
    return tuple(words for ref, words in gate.items() if ref not in met)
