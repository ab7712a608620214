"""The list of the sites of a map as its address asks for it: the page, its order, its picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number, plural
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.value_chain.drawings.lists import Entry, Head, list_size, list_svg
from ddplatform.value_chain.drawings.shades import BAND_SHADES, shade_of
from ddplatform.value_chain.drawings.standalone import Picture
from ddplatform.value_chain.filters.queries.filters import COUNTED
from ddplatform.value_chain.filters.queries.lists import NodeOrder, NodePage, NodeRow
from ddplatform.value_chain.view_files.views.about import Told
from ddplatform.value_chain.words.map_fields import KIND_WORDS

HEADS = (
    Head("Name", 340),
    Head("Kind", 158),
    Head("Country", 140),
    Head("Tier", 76),
    Head("Risk", 112),
    Head("Findings", 82),
    Head("Questionnaire", 112),
    Head("Group and tags", 220),
)
"""Who answers for a site stands on the page and leaves the organisation in no file."""
ORDER_WORDS: Mapping[NodeOrder, str] = {
    NodeOrder.NAME: "by name",
    NodeOrder.COUNTRY: "by country",
    NodeOrder.RISK: "worst first",
    NodeOrder.TIER: "by tier",
}


@dataclass(frozen=True)
class SiteList:
    """One page of the list and how the list goes on."""

    page: NodePage
    order: NodeOrder

    @property
    def total(self) -> str:
        """How many sites the whole list has; beyond what is counted "1,000+"."""
        return f"{COUNTED:,}+" if self.page.total > COUNTED else f"{self.page.total:,}"

    @property
    def is_whole(self) -> bool:
        """Whether there is no other page."""
        return self.page.before is None and self.page.after is None

    @property
    def sentence(self) -> str:
        """Which part of the list the page is."""
        rows, order = self.page.rows, ORDER_WORDS[self.order]
        if self.is_whole:
            return f"{plural(len(rows), 'site', 'sites')}, {order}."
        first, last = rows[0].name, rows[-1].name
        return f"{number(len(rows))} of {self.total} sites, {order}: from “{first}” to “{last}”."


def picture_of_list(listed: SiteList, told: Told, notes: Sequence[str]) -> Picture:
    """The page of the list as it stands on the screen, for a slide."""
    rows = [_entries(row) for row in listed.page.rows]
    width, height = list_size(HEADS, rows)
    return Picture(
        drawing=list_svg(HEADS, rows, empty="No site matches."),
        width=width,
        height=height,
        title=told.title,
        lines=[listed.sentence, *told.lines],
        legend=BAND_SHADES,
        notes=["Triangle: in the area of an event.", *notes],
    )


def _entries(row: NodeRow) -> tuple[Entry, ...]:
    shade, findings = shade_of(row.band), row.open_findings
    return (
        Entry(row.name, row.region or ""),
        Entry(KIND_WORDS[row.kind]),
        Entry(country_name(row.country)),
        Entry(_tier_words(row.tier)),
        Entry(shade.word, "Event" if row.in_event else "", shade, row.in_event),
        Entry(
            "not known" if findings is None else number(findings),
            f"{number(row.overdue_actions)} overdue" if row.overdue_actions else "",
        ),
        Entry(questionnaire_word(row.questionnaire_status)),
        Entry(row.group_name or "", ", ".join(row.tags)),
    )


def _tier_words(tier: int | None) -> str:
    if tier is None:
        return "not linked"
    return "own" if tier == 0 else str(tier)
