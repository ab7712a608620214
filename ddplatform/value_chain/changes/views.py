"""Changes between two dates in words: subject, kind and number."""

from collections.abc import Mapping

from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import lazy_gettext as _
from ddplatform.languages import ngettext
from ddplatform.value_chain.changes.queries.days import How, What

WHAT_WORDS: Mapping[What, str] = {
    What.NODE: _("Site"),
    What.LINK: _("Link"),
    What.MAP: _("Map"),
}
HOW_WORDS: Mapping[How, str] = {
    How.NEW: _("New"),
    How.GONE: _("Gone"),
    How.CHANGED: _("Changed"),
}


def counted(counts: Mapping[tuple[What, How], int]) -> list[str]:
    """The number of sites, links and maps that are new, gone or changed: "3 sites new"."""
    return [
        _words(what, how, count)
        for what in WHAT_WORDS
        for how in HOW_WORDS
        if (count := counts.get((what, how), 0))
    ]


def _words(what: What, how: How, count: int) -> str:
    num = number(count)
    if what is What.MAP:
        return ngettext("%(count)s map changed", "%(count)s maps changed", count, count=num)
    if what is What.NODE:
        return {
            How.NEW: ngettext("%(count)s site new", "%(count)s sites new", count, count=num),
            How.GONE: ngettext("%(count)s site gone", "%(count)s sites gone", count, count=num),
            How.CHANGED: ngettext(
                "%(count)s site changed", "%(count)s sites changed", count, count=num
            ),
        }[how]
    return {
        How.NEW: ngettext("%(count)s link new", "%(count)s links new", count, count=num),
        How.GONE: ngettext("%(count)s link gone", "%(count)s links gone", count, count=num),
        How.CHANGED: ngettext(
            "%(count)s link changed", "%(count)s links changed", count, count=num
        ),
    }[how]
