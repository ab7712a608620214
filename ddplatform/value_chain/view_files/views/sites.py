"""List of the sites of a map as its address requests it: the page, its order, its picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.filters import number
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.drawings.lists import Entry, Head, list_size, list_svg
from ddplatform.value_chain.drawings.shades import BAND_SHADES, shade_of
from ddplatform.value_chain.drawings.standalone import Picture
from ddplatform.value_chain.filters.queries.filters import COUNTED
from ddplatform.value_chain.filters.queries.lists import NodeOrder, NodePage, NodeRow
from ddplatform.value_chain.view_files.views.about import ViewFacts
from ddplatform.value_chain.words.map_fields import KIND_WORDS

HEADS: Sequence[tuple[str, int]] = (
    (_("Name"), 340),
    (_("Kind"), 158),
    (_("Country"), 140),
    (_("Tier"), 76),
    (_("Risk"), 112),
    (_("Findings"), 82),
    (_("Questionnaire"), 112),
    (_("Group and tags"), 220),
)
"""Column and width. The owner of a site stands on the page alone: it leaves in no file."""
ORDER_WORDS: Mapping[NodeOrder, str] = {
    NodeOrder.NAME: _("by name"),
    NodeOrder.COUNTRY: _("by country"),
    NodeOrder.RISK: _("highest risk first"),
    NodeOrder.TIER: _("by tier"),
}


@dataclass(frozen=True)
class SiteList:
    """One page of the list and how the list goes on."""

    page: NodePage
    order: NodeOrder

    @property
    def total(self) -> str:
        """The number of sites of the whole list; beyond the limit "1,000+"."""
        return f"{COUNTED:,}+" if self.page.total > COUNTED else f"{self.page.total:,}"

    @property
    def is_whole(self) -> bool:
        """Whether there is no other page."""
        return self.page.before is None and self.page.after is None

    @property
    def sentence(self) -> str:
        """The part of the list on the page."""
        rows, order = self.page.rows, ORDER_WORDS[self.order]
        if self.is_whole:
            return ngettext(
                "%(count)s site, %(order)s.",
                "%(count)s sites, %(order)s.",
                len(rows),
                count=number(len(rows)),
                order=order,
            )
        first, last = rows[0].name, rows[-1].name
        return gettext(
            "%(num)s of %(total)s sites, %(order)s: from “%(first)s” to “%(last)s”.",
            num=number(len(rows)),
            total=self.total,
            order=order,
            first=first,
            last=last,
        )


def picture_of_list(listed: SiteList, told: ViewFacts, notes: Sequence[str]) -> Picture:
    """The page of the list as it stands on the screen, for a slide."""
    rows = [_entries(row) for row in listed.page.rows]
    heads = [Head(str(words), width) for words, width in HEADS]
    width, height = list_size(heads, rows)
    return Picture(
        drawing=list_svg(heads, rows, empty=gettext("No site matches.")),
        width=width,
        height=height,
        title=told.title,
        lines=[listed.sentence, *told.lines],
        legend=BAND_SHADES,
        notes=[gettext("Triangle: in the area of an event."), *notes],
    )


def _entries(row: NodeRow) -> tuple[Entry, ...]:
    shade, findings = shade_of(row.band), row.open_findings
    return (
        Entry(row.name, row.region or ""),
        Entry(str(KIND_WORDS[row.kind])),
        Entry(country_name(row.country)),
        Entry(_tier_words(row.tier)),
        Entry(shade.word, gettext("Event") if row.in_event else "", shade, row.in_event),
        Entry(
            gettext("not known") if findings is None else number(findings),
            _overdue(row.overdue_actions),
        ),
        Entry(questionnaire_word(row.questionnaire_status)),
        Entry(row.group_name or "", ", ".join(row.tags)),
    )


def _overdue(count: int | None) -> str:
    if not count:
        return ""
    return ngettext("%(count)s overdue", "%(count)s overdue", count, count=number(count))


def _tier_words(tier: int | None) -> str:
    if tier is None:
        return gettext("not linked")
    return gettext("own") if tier == 0 else str(tier)
