"""Addresses of label media for pages."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from questionnaires import NodeState, Response
from questionnaires.form.label_media import LabelFile

_FIELDS = {"big-image": "big"}


@dataclass(frozen=True)
class MediaView:
    """The files of one label as addresses; "" where it has none. `label` describes them."""

    label: str
    image: str = ""
    big: str = ""
    audio: str = ""
    video: str = ""


def views_of(
    files: Sequence[LabelFile], names: Collection[str], address: Callable[[str], str]
) -> list[MediaView]:
    """The files of a question and its choices, where nothing is answered; `names` came along."""
    return [
        MediaView(one.label, **{_FIELDS.get(one.kind, one.kind): address(one.name)})
        for one in files
        if one.name in names
    ]


def _no_address(_name: str) -> str:
    return ""


@dataclass(frozen=True)
class LabelMedia:
    """The files that come with a form, and their addresses; one that is missing is not shown."""

    response: Response | None = None
    names: frozenset[str] = frozenset()
    address: Callable[[str], str] = _no_address

    def at(self, state: NodeState) -> MediaView | None:
        """The files of the label of a question or a note."""
        if self.response is None or not self.names:
            return None
        return self._view(state.label, self.response.media(state.path))

    def of_choices(self, state: NodeState) -> Mapping[str, MediaView]:
        """The files of the labels of its choices on offer, by the name of the choice."""
        if self.response is None or not self.names or not state.choices:
            return {}
        files = self.response.choice_media(state.path)
        views = {one.name: self._view(one.label, files.get(one.name, {})) for one in state.choices}
        return {name: view for name, view in views.items() if view}

    def _view(self, label: str, files: Mapping[str, str]) -> MediaView | None:
        found = {kind: self.address(name) for kind, name in files.items() if name in self.names}
        if not found:
            return None
        return MediaView(
            label=label,
            image=found.get("image", ""),
            big=found.get("big-image", ""),
            audio=found.get("audio", ""),
            video=found.get("video", ""),
        )
