"""From a view of a map to a drawing, the same as a table, and addresses that hold the state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request, url_for
from markupsafe import Markup

from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.map_snapshots import MapSnapshot
from ddplatform.queries.map_views import STEP, MapBox, MapView
from ddplatform.queries.node_lists import NodeState
from ddplatform.web.countries import country_name
from ddplatform.web.drawings import BoxDetail, value_chain_svg
from ddplatform.web.filters import number, percent, plural
from ddplatform.web.questionnaire_states import questionnaire_word
from ddplatform.web.value_chain.words import lane_word
from supply_chain.layout import Box, LaneTitle, Measures, View, place
from supply_chain.vocabulary import RiskBand

MANY_LANES = 7
CLOSE = Measures(box_width=146.0, lane_gap=18.0)
"""So that eight lanes stand side by side on a desk screen."""


@dataclass(frozen=True)
class BoxRow:
    """A box of the drawing as a row of the table under it."""

    title: str
    href: str
    sub: str
    lane: str
    band: RiskBand | None
    is_assessed_kind: bool
    buys_from: str
    sells_to: str
    state: str


class MapPage:
    """Everything the page of a map shows of one view."""

    def __init__(
        self,
        chain: ValueChain,
        snapshot: MapSnapshot,
        view: MapView,
        states: Mapping[UUID, NodeState],
        opened: Mapping[str, int],
    ) -> None:
        self.chain, self.snapshot, self.view = chain, snapshot, view
        self.states, self.opened = states, opened
        self._boxes = {box.id: box for box in view.boxes}

    def drawing(self, *, rtl: bool = False) -> Markup:
        """The picture; each box is a link."""
        lanes = tuple(self._lane_title(lane) for lane in self._lanes())
        boxes = tuple(self._layout_box(box) for box in self.view.boxes)
        close = len(lanes) >= MANY_LANES
        placed = place(View(boxes, self.view.links, lanes), measures=CLOSE if close else None)
        return value_chain_svg(
            placed,
            details={box.id: self._detail(box) for box in self.view.boxes},
            label=self.sentence(),
            selected=self.view.selected,
            path=self.view.path,
            rtl=rtl,
        )

    def sentence(self) -> str:
        """One sentence on what the drawing shows."""
        return (
            f"{self.chain.name}: {plural(self.shown, 'site', 'sites')} one by one and "
            f"{plural(self.groups, 'group', 'groups')}, from raw material to the own business."
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
            return LaneTitle(lane, lane_word(self.snapshot, lane), "not mapped")
        some = f", {number(shown)} shown" if 0 < shown < total else ""
        return LaneTitle(
            lane, lane_word(self.snapshot, lane), f"{plural(total, 'site', 'sites')}{some}"
        )

    def _layout_box(self, box: MapBox) -> Box:
        return Box(
            id=box.id,
            tier=box.lane,
            title=self.title(box),
            sub=self.sub(box),
            band=None if box.kind == "ghost" else box.worst(self.snapshot),
            group=box.kind in ("group", "rest"),
            rest=box.kind == "rest",
            ghost=box.kind == "ghost",
            opened_from=box.opened_from if box.opened_from in self._boxes else None,
        )

    def title(self, box: MapBox) -> str:
        """The words on a box."""
        if box.kind == "ghost":
            return "Origin not mapped"
        if box.kind == "node":
            return self.snapshot.names[int(box.rows[0])]
        if box.kind == "rest":
            if box.countries:
                return plural(box.countries, "more country", "more countries")
            return f"{number(len(box.rows))} more"
        name = country_name(box.country) if box.country else "Country not known"
        return f"{name}: {number(len(box.rows))} more" if box.shown else name

    def sub(self, box: MapBox) -> str:
        """The second line on a box."""
        if box.kind == "ghost":
            if box.share is not None:
                return f"{percent(box.share)} of the input"
            return f"behind {plural(len(box.rows), 'site', 'sites')}"
        if box.kind == "node":
            row = int(box.rows[0])
            country = self.snapshot.graph.nodes.country[row]
            place_ = (self.snapshot.regions[row], country_name(country) if country else None)
            return ", ".join(filter(None, place_)) or "Place not known"
        return plural(len(box.rows), "site", "sites")

    def _detail(self, box: MapBox) -> BoxDetail:
        if box.kind == "node":
            state = self.states.get(self.key(box))
            return BoxDetail(
                href=self.href(box),
                state=questionnaire_word(state.questionnaire_status if state else None),
                overdue=state.overdue_actions if state else 0,
            )
        if box.kind == "ghost":
            return BoxDetail(href=self.href(box))
        words = f"Show next {STEP}" if box.shown else f"Open {number(len(box.rows))}"
        if box.countries:
            words = "Show more countries"
        return BoxDetail(
            href=self.href(box),
            mix=box.mix(self.snapshot),
            more=words,
            more_href=self.href(box),
        )

    def key(self, box: MapBox) -> UUID:
        """The node that a box stands for."""
        return self.snapshot.keys[int(box.rows[0])]

    def href(self, box: MapBox) -> str:
        """Where a box leads: the node in focus, or the group with ten more shown."""
        if box.kind in ("node", "ghost"):
            return here(self.chain.id, focus=str(self.key(box)), open=self.open_refs())
        step = {box.ref: box.shown + STEP}
        return here(self.chain.id, open=self.open_refs(step))

    def open_refs(self, step: Mapping[str, int] | None = None) -> list[str]:
        """The open groups as they stand in the address."""
        return [f"{ref}:{count}" for ref, count in sorted({**self.opened, **(step or {})}.items())]

    def closing(self) -> Sequence[tuple[str, str]]:
        """Words and address that close each open group."""
        return [
            (
                self._group_word(ref),
                here(
                    self.chain.id,
                    open=[f"{r}:{n}" for r, n in sorted(self.opened.items()) if r != ref],
                ),
            )
            for ref in sorted(self.opened)
        ]

    def _group_word(self, ref: str) -> str:
        lane, _, country = ref.partition(".")
        where = {"more": "more", "--": "country not known"}.get(country, country_name(country))
        return f"{lane_word(self.snapshot, int(lane))}, {where}"

    def rows(self) -> list[BoxRow]:
        """The boxes as rows, tier by tier, the worst first."""
        buys, sells = self._neighbours()
        ordered = sorted(self.view.boxes, key=self._gravity)
        return [
            BoxRow(
                title=self.title(box),
                href=self.href(box),
                sub=self.sub(box),
                lane=lane_word(self.snapshot, box.lane),
                band=None if box.kind == "ghost" else box.worst(self.snapshot),
                is_assessed_kind=box.kind != "ghost",
                buys_from=buys[box.id],
                sells_to=sells[box.id],
                state=self._detail(box).state,
            )
            for box in ordered
        ]

    def _gravity(self, box: MapBox) -> tuple[bool, int, bool, int]:
        """The worst first; of one band suppliers before our own sites and customers."""
        worst = int(self.snapshot.band[box.rows].min())
        return box.kind == "ghost", worst, box.lane <= 0, abs(box.lane)

    def _neighbours(self) -> tuple[dict[str, str], dict[str, str]]:
        buys: dict[str, list[str]] = {box.id: [] for box in self.view.boxes}
        sells: dict[str, list[str]] = {box.id: [] for box in self.view.boxes}
        for link in self.view.links:
            buys[link.buyer].append(self.title(self._boxes[link.supplier]))
            sells[link.supplier].append(self.title(self._boxes[link.buyer]))
        return {k: _few(v) for k, v in buys.items()}, {k: _few(v) for k, v in sells.items()}


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def here(chain_id: UUID, **changes: Any) -> str:
    """The address of this view of the map with some of its state changed."""
    state = {
        name: request.args.getlist(name)
        for name in ("focus", "depth", "show", "open", "colour")
        if name in request.args
    }
    return url_for("value_chain.show", chain_id=chain_id, **{**state, **changes})
