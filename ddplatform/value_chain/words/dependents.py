"""Records that depend on an import, counted in words: "3 later imports"."""

from ddplatform.languages import ngettext


def counted(one: str, many: str, count: int) -> str:
    """The number of records of a kind in words; kinds of later packages bring their own words.

    Args:
        one, many: as `list_dependents` calls the kind.
    """
    num = f"{count:,}"
    known = {
        "later import": ngettext(
            "%(count)s later import", "%(count)s later imports", count, count=num
        ),
        "site with evidence": ngettext(
            "%(count)s site with evidence", "%(count)s sites with evidence", count, count=num
        ),
        "site that was merged since": ngettext(
            "%(count)s site that was merged since",
            "%(count)s sites that were merged since",
            count,
            count=num,
        ),
        "site changed by hand": ngettext(
            "%(count)s site changed by hand", "%(count)s sites changed by hand", count, count=num
        ),
        "site with links changed by hand": ngettext(
            "%(count)s site with links changed by hand",
            "%(count)s sites with links changed by hand",
            count,
            count=num,
        ),
    }
    return known.get(one) or f"{num} {one if count == 1 else many}"
