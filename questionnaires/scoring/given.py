"""Answers as input of scoring: one line for each instance of each question."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from questionnaires.evaluation.response import Response

_PLACE = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Given:
    """The state of one question in one place.

    `path` carries the places of repeats from 1 (`/data/site[2]/school`); `value` is empty where
    nothing counts as answered. `offered` are the names of the choices on offer now.
    """

    path: str
    value: str = ""
    relevant: bool = True
    required: bool = False
    valid: bool = True
    offered: tuple[str, ...] = ()

    @property
    def instance(self) -> int | None:
        """The place in the innermost repeat, from 0; None outside repeats."""
        places = _PLACE.findall(self.path)
        return int(places[-1]) - 1 if places else None


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of one response by the path of the question without places."""

    today: date
    by_question: Mapping[str, tuple[Given, ...]]

    def of(self, path: str) -> tuple[Given, ...]:
        """Every instance of the question at `path`, in order; empty where it has none."""
        return self.by_question.get(path, ())

    def beside(self, given: Given, path: str) -> tuple[Given, ...]:
        """Answers at `path` in the same instance as `given`; all when there is none."""
        found = self.of(path)
        near = tuple(other for other in found if given.path.startswith(_last_place(other.path)))
        return near or found


def _last_place(path: str) -> str:
    """The path up to its last place: empty outside repeats."""
    return path[: path.rfind("]") + 1]


def read_answers(response: Response) -> Answers:
    """The answers of a response, with the state each of them is in."""
    by_question: dict[str, list[Given]] = {}
    for state in response.states():
        if state.kind in ("question", "value"):
            given = Given(
                path=state.path,
                value=state.value,
                relevant=state.relevant,
                required=state.required,
                valid=state.constraint_ok,
                offered=tuple(choice.name for choice in state.choices),
            )
            by_question.setdefault(state.node.path, []).append(given)
    return Answers(
        today=response.now.date(),
        by_question={path: tuple(given) for path, given in by_question.items()},
    )


def without_places(path: str) -> str:
    """The path of the question itself: `/data/site[2]/school` becomes `/data/site/school`."""
    return _PLACE.sub("", path)


def put_places(path: str, *, like: str) -> str:
    """Give `path` the places that `like` carries, by the names of the repeats."""
    steps = [(step, _PLACE.search(step)) for step in like.split("/")]
    places = {step[: found.start()]: found.group() for step, found in steps if found}
    return "/".join(step + places.get(step, "") for step in path.split("/"))
