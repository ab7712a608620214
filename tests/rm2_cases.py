"""Cases of RM-2.0 for tests: short ways to write them, and their scores."""

from typing import Any

from supply_chain.risk.rm2.case_answers import score_cases
from supply_chain.risk.rm2.cases import read_cases
from supply_chain.risk.rm2.method import ISSUE_INDEX, METHOD
from supply_chain.risk.rm2.reference import INDICATORS, TRAITS

Case = dict[str, Any]
MID = dict.fromkeys((*INDICATORS, *TRAITS), 0.5)
"""Every reference value of country and activity in the middle."""


def score(**case: Any) -> Case:
    """The answer to one case, on child labour unless it says otherwise."""
    return score_all({"id": "c", "issue": "ISS-CL"} | case)[0]


def score_all(*cases: Case) -> list[Case]:
    """The answers to cases without faults."""
    read, problems = read_cases(list(cases))
    assert problems == []
    return score_cases(read)


def mid(**case: Any) -> Case:
    """The answer to a case at a place and in an activity of the middle."""
    return score(reference=MID, **case)


def refused(**case: Any) -> list[tuple[str, str]]:
    """Fields and problems of one case that is refused."""
    cases, problems = read_cases([{"id": "c", "issue": "ISS-CL"} | case])
    assert cases == []
    return [(problem.field, problem.problem) for problem in problems]


def seen(value: float, source_type: str = "site_work", age: float = 0) -> Case:
    """One observation."""
    return {"value": value, "source_type": source_type, "age_months": age}


def factor(ref: str, *observations: Case, **rest: Any) -> Case:
    """One listed factor."""
    return {"factor": ref, "observations": list(observations), **rest}


def control(ref: str, coverage: float, evidence: float) -> Case:
    """One listed control."""
    return {"control": ref, "coverage": coverage, "evidence": evidence}


def linked(issue: str) -> list[str]:
    """Factors of the place that are linked to an issue."""
    column = METHOD.up[:, ISSUE_INDEX[issue]]
    return [ref for ref, points in zip(METHOD.factors, column, strict=True) if points]


def helping(issue: str) -> list[str]:
    """Controls that address an issue."""
    column = METHOD.helps[:, ISSUE_INDEX[issue]]
    return [ref for ref, helps in zip(METHOD.controls, column, strict=True) if helps]


def points_of_lines(answer: Case) -> dict[str, float]:
    """The lines of an answer by their names."""
    return {line["line"]: line["points"] for line in answer["contributions"]}
