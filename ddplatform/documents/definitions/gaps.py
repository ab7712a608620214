"""Gaps of a report, found from its own definition and facts."""

from collections.abc import Iterator

from ddplatform.documents.content import Column, Gap
from ddplatform.documents.definitions.lookup import Lookup, cell_of
from ddplatform.documents.definitions.plans import BlockPlan, Definition


def find_gaps(definition: Definition, lookup: Lookup, *, audience: str) -> tuple[Gap, ...]:
    """Gaps the organisation need not name: absent lists of facts, and cells without a value.

    Columns that the definition marks `gap: false`, and what this reader may not see, are no
    gaps. Order: that of the report; each pair of fact and column is named once.
    """
    seen: set[tuple[str, str]] = set()
    found: list[Gap] = []
    for section in definition.sections:
        for plan in section.blocks:
            if plan.kind != "table" or audience not in section.audiences:
                continue
            for key, gap in _table_gaps(plan, lookup):
                if (plan.text("fact"), key) not in seen:
                    seen.add((plan.text("fact"), key))
                    found.append(gap)
    return tuple(found)


def _table_gaps(plan: BlockPlan, lookup: Lookup) -> Iterator[tuple[str, Gap]]:
    fact, title = plan.text("fact"), plan.text("title")
    if lookup.hides(fact):
        return
    rows = lookup.rows(fact)
    if rows is None:
        yield "", Gap(title, "Nothing was handed in for this part; it is not assessed.")
        return
    for column in plan.columns:
        if column.key in plan.not_gaps or lookup.hides(f"{fact}.{column.key}"):
            continue
        missing = sum(1 for row in rows if cell_of(row, column.key, column.kind) in (None, ""))
        if missing:
            yield column.key, _column_gap(title, column, missing, len(rows))


def _column_gap(title: str, column: Column, missing: int, total: int) -> Gap:
    return Gap(f"{title}: {column.title}", f"{missing:,} of {total:,} rows have no value.")
