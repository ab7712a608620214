"""Mapping of the columns of an export to the form, for the naming schemes of all servers.

A column is named by the names of its question and the groups around it, separated by `/`, `-` or
`.`, by the name alone, or by their labels in any language of the form. Select-multiple questions
may be split into a column for each answer, and places into latitude, longitude and so on.

Source: support.kobotoolbox.org, "Exporting and downloading your data"; docs.getodk.org, "Accessing
submissions" (split select multiples, group names removed).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.form.form import Form, Group, Kind, Node, Question

_MARKS = "/-."
_SPLIT = re.compile(r"[/\-.]")
PLACES = re.compile(r"\[(\d+)\]")
_PARTS = ("latitude", "longitude", "altitude", "accuracy")
_PART = re.compile(r"(.+)[-_](latitude|longitude|altitude|accuracy|precision)", re.IGNORECASE)
_SYSTEM_WORDS = (
    "SubmissionDate SubmitterID SubmitterName AttachmentsPresent AttachmentsExpected Status"
    " ReviewState DeviceID Edits FormVersion KEY PARENT_KEY SET-OF instanceID start end"
)
_SYSTEM = frozenset(_SYSTEM_WORDS.split())


@dataclass(frozen=True, slots=True)
class Column:
    """Assignment of a column; `path` is empty where the form has nothing of that name.

    `choice`: it holds only whether this answer was chosen. `part`: it is this number of a place.
    """

    path: str = ""
    choice: str = ""
    part: int = -1


NOWHERE = Column()


def plain_label(text: str) -> str:
    """A label as two of them are compared."""
    return " ".join(text.split()).casefold()


def is_system(key: str) -> bool:
    """Whether a column is the server's own, and no answer."""
    return key.startswith("_") or key in _SYSTEM or key.startswith(("meta/", "meta-", "formhub/"))


class Columns:
    """The columns of a form; each heading is looked for once."""

    def __init__(self, form: Form) -> None:
        self.root = form.root
        self.nodes: Mapping[str, Node] = {node.path: node for node in form.nodes()}
        self._form = form
        self._labels: dict[str, list[str]] | None = None
        self._known: dict[tuple[str, str], Column] = {}

    def find(self, key: str, at: str) -> Column:
        """The column that a heading means below `at`, a path with its places."""
        plain = PLACES.sub("", at)
        if (key, plain) not in self._known:
            self._known[key, plain] = self._look_for(key, plain)
        found = self._known[key, plain]
        if not found.path:
            return found
        return Column(at + found.path.removeprefix(plain), found.choice, found.part)

    def _look_for(self, key: str, plain: str) -> Column:
        if path := self._by_name(key, plain):
            return Column(path)
        if found := self._choice_of(key, plain) or self._part_of(key, plain):
            return found
        return NOWHERE if is_system(key) else Column(self._by_label(key, plain))

    def _by_name(self, key: str, plain: str) -> str:
        written = "/".join(_SPLIT.split(key))
        for candidate in (
            f"{plain}/{key}",
            f"/{self.root}/{key}",
            f"{plain}/{written}",
            f"/{self.root}/{written}",
        ):
            if candidate in self.nodes and candidate.startswith(f"{plain}/"):
                return candidate
        name = key.rpartition("/")[2]
        return self._only([path for path in self.nodes if path.endswith(f"/{name}")], plain)

    def _by_label(self, key: str, plain: str) -> str:
        if self._labels is None:
            self._labels = {}
            for language in self._form.languages:
                for mark in _MARKS:
                    for label, path in _labelled(self._form.children, "", language, mark):
                        self._labels.setdefault(label, []).append(path)
        return self._only(self._labels.get(plain_label(key), []), plain)

    def _only(self, paths: Sequence[str], plain: str) -> str:
        """The one path of these below `plain`; none across a repeat, or where there are several."""
        below = sorted({path for path in paths if path.startswith(f"{plain}/")})
        is_clear = len(below) == 1 and not self._crosses_repeat(below[0], plain)
        return below[0] if is_clear else ""

    def _crosses_repeat(self, path: str, plain: str) -> bool:
        """Whether there is a repeat between: its entries come in a list or a table of their own."""
        between = path.removeprefix(plain).split("/")[1:-1]
        steps = [f"{plain}/{'/'.join(between[:end])}" for end in range(1, len(between) + 1)]
        nodes = [self.nodes.get(step) for step in steps]
        return any(isinstance(node, Group) and node.repeat for node in nodes)

    def _choice_of(self, key: str, plain: str) -> Column | None:
        """A column of one answer of a select-multiple: `some/a`, or by labels `Some/An answer`."""
        for mark in _SPLIT.finditer(key):
            head, tail = key[: mark.start()], key[mark.end() :]
            path = self._by_name(head, plain) or self._by_label(head, plain)
            node = self.nodes.get(path)
            if isinstance(node, Question) and node.kind is Kind.SELECT_MULTIPLE:
                names = [one.name for one in node.choices if one.name == tail] or [
                    one.name
                    for one in node.choices
                    if plain_label(tail)
                    in {plain_label(one.label.plain(each)) for each in one.label.by_language}
                ]
                if len(names) == 1:
                    return Column(path, choice=names[0])
        return None

    def _part_of(self, key: str, plain: str) -> Column | None:
        """A column of one number of a place: `place-Latitude` of Central, `_place_latitude`."""
        found = _PART.fullmatch(key)
        if found is None:
            return None
        head = found[1].removeprefix("_").replace("/_", "/")
        path = self._by_name(head, plain) or self._by_label(head, plain)
        node = self.nodes.get(path)
        if not isinstance(node, Question) or node.kind is not Kind.GEOPOINT:
            return None
        part = found[2].lower().replace("precision", "accuracy")
        return Column(path, part=_PARTS.index(part))


def _labelled(
    nodes: Sequence[Node], above: str, language: str, mark: str
) -> Iterator[tuple[str, str]]:
    """Every label in a language, alone and behind those of the groups around it, with its path."""
    for node in nodes:
        label = plain_label(node.label.plain(language))
        if label:
            yield label, node.path
            yield f"{above}{label}", node.path
        if isinstance(node, Group):
            around = f"{above}{label}{mark}" if label else above
            yield from _labelled(node.children, around, language, mark)
