"""The retention classes of `data/classes.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from ddplatform.infrastructure.errors import NotFound

CLASSES_FILE: Final = Path(__file__).parent / "data" / "classes.yaml"
NOT_OURS: Final = frozenset({"elsewhere", "by_hand"})
"""Rules of classes that the nightly job does not remove."""


@dataclass(frozen=True)
class RetentionClass:
    """One class: `days` from its `clock`, with the reason and who answers for it."""

    ref: str
    title: str
    days: int
    clock: str
    reason: str
    owner: str
    rule: str
    by: str = ""
    held_with: str = ""
    """A class whose legal hold keeps this one too."""

    @property
    def is_removed_here(self) -> bool:
        """Whether the nightly job removes what is due."""
        return self.rule not in NOT_OURS


@cache
def retention_classes() -> tuple[RetentionClass, ...]:
    """Every class, in the order of the file."""
    told = yaml.safe_load(CLASSES_FILE.read_text(encoding="utf-8"))
    return tuple(RetentionClass(**one) for one in told["classes"])


def get_class(ref: str) -> RetentionClass:
    """The class, or NotFound."""
    for one in retention_classes():
        if one.ref == ref:
            return one
    refs = ", ".join(one.ref for one in retention_classes() if one.is_removed_here)
    raise NotFound(f"There is no retention class “{ref}”.", f"Those with a rule are: {refs}.")
