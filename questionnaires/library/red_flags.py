"""Red flags and their meaning, for staff and for the respondent.

Source: RM-2.0 section 10.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One red flag.

    `title` and `response` are for staff, `message` is for the person who answered. `sets` maps a
    factor to the lowest score that the flag lets it have, `told` the same where the site itself
    discloses it; `issues` are the child-rights issues ("ISS-CL") whose likelihood the open flag
    keeps up (RM-2.0 section 8), none for some flags.
    """

    id: str
    title: str
    response: str
    message: str
    sets: Mapping[str, float] = field(default_factory=dict)
    told: Mapping[str, float] = field(default_factory=dict)
    issues: tuple[str, ...] = ()


@cache
def red_flags() -> Mapping[str, RedFlag]:
    """Every red flag by its id, in the order of RM-2.0 section 10."""
    text = resources.files("questionnaires").joinpath("data/red_flags.toml").read_text("utf-8")
    return {
        flag_id: RedFlag(
            id=flag_id,
            title=row["title"],
            response=row["response"],
            message=row["message"],
            sets=row.get("sets", {}),
            told=row.get("told", row.get("sets", {})),
            issues=tuple(row.get("issues", ())),
        )
        for flag_id, row in tomllib.loads(text).items()
    }
