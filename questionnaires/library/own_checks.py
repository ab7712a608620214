"""Own checks of a supplier: those of the five shown by its answers (RM-2.0 section 13, R3)."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class CheckShown:
    """One way in which answers show an own check; the fields are those of the data file."""

    item: str
    any: tuple[str, ...] = ()
    least: float | None = None
    given: bool = False
    evidence: bool = False

    def holds(self, answer: str | None) -> bool:
        """Whether an answer counts; None means a text that was written."""
        if self.given:
            return True
        if answer is None:
            return False
        if self.least is not None:
            return _number(answer) >= self.least
        return any(option in self.any for option in answer.split())


@cache
def own_check_rules() -> Mapping[str, tuple[CheckShown, ...]]:
    """Own check -> the ways in which answers show it, in the order of the method."""
    text = resources.files("questionnaires").joinpath("data/own_checks.toml").read_text("utf-8")
    return {
        check: tuple(CheckShown(**{**row, "any": tuple(row.get("any", ()))}) for row in rows)
        for check, rows in tomllib.loads(text).items()
    }


def shown_checks(
    answers: Mapping[str, str | None], accepted: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """Own check -> the questions that show it; a check that nothing shows is absent.

    Args:
        answers: what is given to each question, by path; None for a text.
        accepted: ids of the questions whose evidence was accepted.
    """
    by_item: dict[str, list[str | None]] = {}
    for path, answer in answers.items():
        by_item.setdefault(_name(path), []).append(answer)
    found = {
        check: tuple(rule.item for rule in rules if _is_shown(rule, by_item, accepted))
        for check, rules in own_check_rules().items()
    }
    return {check: items for check, items in found.items() if items}


def _is_shown(
    rule: CheckShown, by_item: Mapping[str, Iterable[str | None]], accepted: Collection[str]
) -> bool:
    if rule.evidence and rule.item not in accepted:
        return False
    return any(rule.holds(answer) for answer in by_item.get(rule.item.replace("-", "_"), ()))


def _name(path: str) -> str:
    """The name of a question: the last part of its path, without places of repeats."""
    return _PLACE.sub("", path.rpartition("/")[2])


def _number(answer: str) -> float:
    try:
        return float(answer)
    except ValueError:
        return float("-inf")
