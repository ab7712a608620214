"""Drawing of a view of a map, with addresses that hold the state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number, percent
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.languages import gettext as _
from ddplatform.languages import ngettext
from ddplatform.value_chain.drawings.chain import BoxDetail, value_chain_svg
from ddplatform.value_chain.drawings.shades import BAND_SHADES, SHADES, Shade
from ddplatform.value_chain.graph.queries.snapshots import MapSnapshot
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain
from ddplatform.value_chain.mapping.views import group_word, lane_word
from ddplatform.value_chain.pictures.queries.boxes import STEP, MapBox
from ddplatform.value_chain.pictures.queries.colours import LAST, MapColours
from ddplatform.value_chain.pictures.queries.groups import GroupBy
from ddplatform.value_chain.pictures.queries.views import MapView
from supply_chain.graph.layout import Box, LaneTitle, Measures, Placed, View, place
from supply_chain.search.node_filter import FILTERS

STATE = ("focus", "depth", "show", "open", "by", "colour")
KEPT = frozenset({*FILTERS, *STATE})
"""The parts of an address that make a picture of a map."""
MORE_WORDS: Mapping[GroupBy, Callable[[int], str]] = {
    GroupBy.COUNTRY: lambda count: ngettext(
        "%(count)s more country", "%(count)s more countries", count, count=number(count)
    ),
    GroupBy.REGION: lambda count: ngettext(
        "%(count)s more region", "%(count)s more regions", count, count=number(count)
    ),
    GroupBy.COMMODITY: lambda count: ngettext(
        "%(count)s more commodity", "%(count)s more commodities", count, count=number(count)
    ),
    GroupBy.OPERATOR: lambda count: ngettext(
        "%(count)s more operator", "%(count)s more operators", count, count=number(count)
    ),
}
"""The number of groups together in the rest of a tier."""
MEASURES: Mapping[int, Measures] = {
    7: Measures(box_width=146.0, lane_gap=18.0),
    9: Measures(box_width=131.0, lane_gap=14.0),
}
"""From so many lanes on; eight or nine stand side by side on a desk screen of 1440 pixels."""


@dataclass(frozen=True)
class Shown:
    """The parts of a picture of a map."""

    chain: ValueChain
    snapshot: MapSnapshot
    view: MapView
    colours: MapColours
    states: Mapping[UUID, NodeSummary]
    opened: Mapping[str, int]
    address: Mapping[str, Sequence[str]]
    """The parts of the address that make it (`KEPT`)."""
    group_by: GroupBy = GroupBy.COUNTRY
    is_like: bool = False
    """No name matches the search: these are similar."""


def sites_word(count: int) -> str:
    """A number of sites."""
    return ngettext("%(count)s site", "%(count)s sites", count, count=number(count))


def _more_tiers(count: int) -> str:
    return ngettext("%(count)s more tier", "%(count)s more tiers", count, count=number(count))


class MapPage:
    """Everything the page of a map shows of one view."""

    def __init__(self, shown: Shown) -> None:
        self.chain, self.snapshot, self.view = shown.chain, shown.snapshot, shown.view
        self.colours, self.states = shown.colours, shown.states
        self.opened, self.group_by = shown.opened, shown.group_by
        self.is_like, self._address = shown.is_like, shown.address
        self._boxes = {box.id: box for box in shown.view.boxes}
        self._details: dict[str, BoxDetail] = {}
        is_of_map = self.colours.place is self.snapshot.band
        self._mixes = self.view.mixes if is_of_map else {}
        self._has_events = bool(self.colours.in_event.any())

    def drawing(self, *, rtl: bool = False) -> Markup:
        """The picture; each box is a link."""
        return value_chain_svg(
            self.placed(),
            details={box.id: self.detail(box) for box in self.view.boxes},
            label=self.sentence(),
            selected=self.view.selected,
            path=self.view.path,
            rtl=rtl,
        )

    def placed(self) -> Placed:
        """The positions of all parts."""
        lanes = tuple(self._lane_title(lane) for lane in self._lanes())
        boxes = tuple(self._layout_box(box) for box in self.view.boxes)
        fitting = [MEASURES[many] for many in sorted(MEASURES) if len(lanes) >= many]
        return place(View(boxes, self.view.links, lanes), measures=fitting[-1] if fitting else None)

    def sentence(self) -> str:
        """One sentence on the content of the drawing."""
        return _(
            "%(map)s: %(sites)s shown individually and %(groups)s, "
            "from raw material to the own business.",
            map=self.chain.name,
            sites=sites_word(self.shown),
            groups=ngettext(
                "%(count)s group", "%(count)s groups", self.groups, count=number(self.groups)
            ),
        )

    @property
    def shown(self) -> int:
        """Nodes that have a box of their own."""
        return sum(1 for box in self.view.boxes if box.kind == "node")

    @property
    def groups(self) -> int:
        """Boxes that stand for several nodes."""
        return sum(1 for box in self.view.boxes if box.kind in ("group", "rest"))

    @property
    def unknown(self) -> int:
        """Nodes of the view whose suppliers are not all known."""
        return sum(len(box.rows) for box in self.view.boxes if box.kind == "ghost")

    def _lanes(self) -> list[int]:
        return sorted({box.lane for box in self.view.boxes})

    def _lane_title(self, lane: int) -> LaneTitle:
        total, shown = self.view.lanes.get(lane, (0, 0))
        if not total:
            return LaneTitle(lane, self.lane_word(lane), _("not mapped"))
        sites = sites_word(total)
        if 0 < shown < total:
            sites = _("%(sites)s, %(num)s shown", sites=sites, num=number(shown))
        return LaneTitle(lane, self.lane_word(lane), sites)

    def lane_word(self, lane: int) -> str:
        """The name of a lane."""
        if lane - 1 in self.view.far:
            return _("Further upstream")
        word = lane_word(self.snapshot, lane)
        return _("%(tier)s and further", tier=word) if lane in self.view.far else word

    def _layout_box(self, box: MapBox) -> Box:
        return Box(
            id=box.id,
            tier=box.lane,
            title=self.title(box),
            sub=self.sub(box),
            band=None,  # its shade says it
            group=box.kind in ("group", "rest"),
            rest=box.kind == "rest",
            ghost=box.kind == "ghost",
            opened_from=box.opened_from if box.opened_from in self._boxes else None,
        )

    def title(self, box: MapBox) -> str:
        """The words on a box."""
        if box.kind == "ghost":
            return _("Origin not mapped")
        if box.kind == "node":
            return self.snapshot.names[int(box.rows[0])]
        if box.kind == "rest":
            if box.groups:
                more = _more_tiers if box.lane in self.view.far else MORE_WORDS[self.group_by]
                return more(box.groups)
            return _("%(num)s more", num=number(len(box.rows)))
        name = group_word(self.snapshot, self.group_by, box.group)
        if not box.shown:
            return name
        return _("%(name)s: %(num)s more", name=name, num=number(len(box.rows)))

    def sub(self, box: MapBox) -> str:
        """The second line on a box."""
        if box.kind == "ghost":
            if box.share is not None:
                return _("%(share)s of the input", share=percent(box.share))
            return _("behind %(sites)s", sites=sites_word(len(box.rows)))
        if box.kind == "node":
            row = int(box.rows[0])
            country = self.snapshot.graph.nodes.country[row]
            place_ = (self.snapshot.regions[row], country_name(country) if country else None)
            return ", ".join(filter(None, place_)) or _("Location not known")
        return sites_word(len(box.rows))

    def shade(self, box: MapBox) -> Shade:
        """The gravest shade in a box; of a ghost that of what is not known."""
        if box.kind == "ghost":
            return BAND_SHADES[LAST]
        return SHADES[self.colours.by][self.gravest(box)]

    def mix(self, box: MapBox) -> tuple[int, ...]:
        """The number of nodes of a box in each step of the scale; counted once."""
        if box.id not in self._mixes:
            self._mixes[box.id] = self.colours.mix(box.rows)
        return self._mixes[box.id]

    def gravest(self, box: MapBox) -> int:
        """The first place of the scale that a node of a box stands in."""
        return next(place for place, count in enumerate(self.mix(box)) if count)

    def events(self, box: MapBox) -> int:
        """The number of nodes of a box in the area of an event; none for an unknown origin."""
        is_asked = self._has_events and box.kind != "ghost"
        return self.colours.events(box.rows) if is_asked else 0

    def detail(self, box: MapBox) -> BoxDetail:
        """The words of a box beyond its place; computed once."""
        if box.id not in self._details:
            self._details[box.id] = self._detail(box)
        return self._details[box.id]

    def _detail(self, box: MapBox) -> BoxDetail:
        if box.kind == "ghost":
            return BoxDetail(href=self.href(box))
        marked = BoxDetail(href=self.href(box), shade=self.shade(box), events=self.events(box))
        if box.kind == "node":
            state = self.states.get(self.key(box))
            word = questionnaire_word(state.questionnaire_status if state else None)
            return replace(
                marked,
                state="" if word == self.shade(box).word else word,
                overdue=state.overdue_actions if state else 0,
            )
        words = _("Show more") if box.groups else self._opens(box)  # the box says of what
        return replace(
            marked,
            mix=self.mix(box),
            shades=SHADES[self.colours.by],
            more=words,
        )

    @staticmethod
    def _opens(box: MapBox) -> str:
        """The number of nodes that a group opens next, and their total."""
        left = len(box.rows)
        some = left if left <= STEP + 1 else STEP  # a rest of one comes along
        if box.shown:
            return _("Show next %(num)s", num=some)
        if some == left:
            return _("Open %(num)s", num=some)
        return _("Open %(num)s of %(total)s", num=some, total=number(left))

    def key(self, box: MapBox) -> UUID:
        """The node that a box stands for."""
        return self.snapshot.keys[int(box.rows[0])]

    def link_counts(self, node: UUID) -> tuple[int, int]:
        """The number of suppliers and buyers of a node of the map."""
        row, graph = self.snapshot.row_of.get(node), self.snapshot.graph
        if row is None:
            return 0, 0
        return len(graph.suppliers.of(row)), len(graph.buyers.of(row))

    def href(self, box: MapBox) -> str:
        """The address of a box: the node in focus, or the group with ten more shown."""
        if box.kind in ("node", "ghost"):
            return self.here(focus=str(self.key(box)), open=self.open_refs())
        step = {box.ref: box.shown + STEP}
        return self.here(open=self.open_refs(step))

    def here(self, **changes: Any) -> str:
        """The address of this view with some of its state changed."""
        return here(self.chain.id, "value_chain.show", self._address, **changes)

    def open_refs(self, step: Mapping[str, int] | None = None) -> list[str]:
        """The open groups as written in the address."""
        return [f"{ref}:{count}" for ref, count in sorted({**self.opened, **(step or {})}.items())]

    def closing(self) -> Sequence[tuple[str, str]]:
        """Words and address that close each open group."""
        return [
            (
                self._group_word(ref),
                self.here(open=[f"{r}:{n}" for r, n in sorted(self.opened.items()) if r != ref]),
            )
            for ref in sorted(self.opened)
        ]

    def _group_word(self, ref: str) -> str:
        lane, _dot, key = ref.partition(".")
        where = _("more") if key == "more" else group_word(self.snapshot, self.group_by, key)
        return f"{self.lane_word(int(lane))}, {where}"


class AroundPage(MapPage):
    """The neighbourhood of one node: lanes are steps, and each box leads on to its own."""

    def __init__(self, shown: Shown, row: int) -> None:
        super().__init__(shown)
        self.row = row

    @property
    def name(self) -> str:
        """Of the node in the middle."""
        return self.snapshot.names[self.row]

    def sentence(self) -> str:
        """One sentence on the content of the drawing."""
        up = sum(total for lane, (total, _) in self.view.lanes.items() if lane > 0)
        down = sum(total for lane, (total, _) in self.view.lanes.items() if lane < 0)
        return _(
            "%(name)s with %(suppliers)s on one side and %(buyers)s on the other, "
            "direct and indirect.",
            name=self.name,
            suppliers=ngettext("%(count)s supplier", "%(count)s suppliers", up, count=number(up)),
            buyers=ngettext("%(count)s buyer", "%(count)s buyers", down, count=number(down)),
        )

    def lane_word(self, lane: int) -> str:
        """The name of a lane."""
        if lane == 0:
            return _("This site")
        side = _("Suppliers") if lane > 0 else _("Buyers")
        return side if abs(lane) == 1 else _("%(side)s, %(num)s steps", side=side, num=abs(lane))

    def href(self, box: MapBox) -> str:
        """The address of a box: the neighbourhood of its node, or ten more of the rest."""
        if box.kind in ("node", "ghost"):
            return self.here(focus=str(self.key(box)), open=[])
        return super().href(box)

    def here(self, **changes: Any) -> str:
        """The address of this view with some of its state changed."""
        return here(self.chain.id, "value_chain.around", self._address, **changes)


class PastPage(MapPage):
    """A map on a past day; its boxes lead on inside that day."""

    def __init__(self, shown: Shown, day: str) -> None:
        super().__init__(shown)
        self._day = day

    def here(self, **changes: Any) -> str:
        """The address of this view with some of its state changed."""
        state = {"day": self._day, **changes}
        return here(self.chain.id, "value_chain.past_map", self._address, **state)


def here(
    chain_id: UUID, endpoint: str, address: Mapping[str, Sequence[str]], **changes: Any
) -> str:
    """The address of this view of a map with some of its state changed."""
    return url_for(endpoint, chain_id=chain_id, **{**address, **changes})
