"""Modules of the questionnaire library: the respondents of each, and the selection for a place.

The rule is data (`data/modules.toml`); the sender may always choose differently.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

from questionnaires.library.shipped import shipped_form
from questionnaires.months import add_months

ROLE = "SAQ-A01"
NOBODY = "unknown_origin"
"""Kind of place without a possible respondent."""


class Answerer(StrEnum):
    """Respondent of a questionnaire."""

    SUPPLIER = "supplier"
    ASSESSOR = "assessor"
    CASE_WORKER = "case_worker"


@dataclass(frozen=True, slots=True)
class Module:
    """One questionnaire of the library; the fields are those of the data file."""

    ref: str
    letter: str
    for_whom: str
    answered_by: Answerer
    everyone: bool = False
    roles: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    divisions: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """Information on a place before it is asked.

    `division` and `sector` are the ISIC division and the name of its sector, `goods` the lines of
    the SEC-01 table of what it handles, with their names. `role` is its latest accepted answer to
    SAQ-A01. `accepted` maps a questionnaire to the day its newest answers were accepted, `open`
    are those it was sent and that are not decided.
    """

    kind: str
    division: str = ""
    sector: str = ""
    goods: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    accepted: Mapping[str, date] = field(default_factory=dict)
    open: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A questionnaire that fits a place, and why, as a sentence."""

    ref: str
    reason: str


def modules() -> Mapping[str, Module]:
    """Every questionnaire by its reference, in the order of the method."""
    return _read().modules


def answered_by(ref: str) -> Answerer:
    """Respondent of a questionnaire; one that the method does not have goes to suppliers."""
    module = modules().get(ref)
    return module.answered_by if module else Answerer.SUPPLIER


def propose(known: KnownPlace, *, today: date) -> tuple[Proposal, ...]:
    """The questionnaires that fit a place today, in the order of the method.

    Left out: what is on its way, and what was answered and is still good for a while.
    """
    if known.kind == NOBODY:
        return ()
    return tuple(
        Proposal(module.ref, " ".join((reason, _renewal(known, module.ref))).strip())
        for module in modules().values()
        if module.answered_by is Answerer.SUPPLIER
        and module.ref not in known.open
        and not _is_fresh(known, module.ref, today)
        and (reason := next(_reasons(module, known), ""))
    )


def good_until(accepted_on: date) -> date:
    """The day from which answers are too old."""
    return add_months(accepted_on, _read().valid_months)


def _is_fresh(known: KnownPlace, ref: str, today: date) -> bool:
    day = known.accepted.get(ref)
    return day is not None and today < good_until(day) - timedelta(days=_read().renew_days)


def _renewal(known: KnownPlace, ref: str) -> str:
    accepted_on = known.accepted.get(ref)
    if accepted_on is None:
        return ""
    last = good_until(accepted_on)
    return f"Its last answers are good until {last.day} {last:%B %Y}."


def _reasons(module: Module, known: KnownPlace) -> Iterator[str]:
    """Reasons for a module, those stated by the place itself first."""
    if module.everyone:
        yield "Every supplier starts here."
    if known.role in module.roles:
        yield f"It says what it is: {_role_words()[known.role]}."
    if known.kind in module.kinds:
        yield f"On the map it is {module.kinds[known.kind]}."
    if known.division in module.divisions:
        yield f"Its sector: {known.sector}."
    for good, name in known.goods.items():
        if good in module.activities:
            yield f"It handles: {name}."


@cache
def _role_words() -> Mapping[str, str]:
    asked = (q for q in shipped_form("SAQ").questions() if q.extras.get("dd:id") == ROLE)
    return {choice.name: choice.label.plain() for question in asked for choice in question.choices}


@dataclass(frozen=True, slots=True)
class _File:
    valid_months: int
    renew_days: int
    modules: Mapping[str, Module]


@cache
def _read() -> _File:
    data = tomllib.loads(
        resources.files("questionnaires").joinpath("data/modules.toml").read_text("utf-8")
    )
    rows = {ref: row for ref, row in data.items() if isinstance(row, dict)}
    return _File(
        valid_months=data["valid_months"],
        renew_days=data["renew_days"],
        modules={ref: _module(ref, row) for ref, row in rows.items()},
    )


def _module(ref: str, row: Mapping[str, object]) -> Module:
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    rest = {name: value for name, value in row.items() if name not in (*lists, "answered_by")}
    return Module(ref=ref, answered_by=Answerer(str(row["answered_by"])), **rest, **lists)  # type: ignore[arg-type]
