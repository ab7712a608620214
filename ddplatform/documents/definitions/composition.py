"""Composition of a document from a definition and facts.

Facts are a plain JSON document (docs/report-facts.md). Nothing is computed here but counts and
order: scores, bands, ranks and guarded counts come with the facts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from string import ascii_uppercase

from ddplatform.documents.content import (
    NOT_ASSESSED,
    Block,
    Cell,
    Column,
    Cover,
    Document,
    Figure,
    Gap,
    Heading,
    Kind,
    PageBreak,
    Paragraph,
    Table,
)
from ddplatform.documents.definitions.blocks import (
    bullets,
    chain_map,
    coverage_bars,
    fact_list,
    heading,
    heat_map,
    key_figures,
    note,
    page_break,
    paragraph,
    reasons,
    table,
)
from ddplatform.documents.definitions.gaps import find_gaps
from ddplatform.documents.definitions.lookup import Lookup, Row, without
from ddplatform.documents.definitions.plans import AUDIENCES, BlockPlan, Definition, SectionPlan
from ddplatform.documents.errors import FactsRefused

STATUS_WORDS = {
    "met": "Met",
    "partly": "Partly met",
    "not_met": "Not met",
    "not_applicable": "Does not apply",
    "evidence_complete": "Evidence for every part; not judged",
    "evidence_partly": "Evidence for a part; not judged",
    "evidence_missing": "No evidence; not judged",
}
"""A person's judgement or, without one, the coverage by evidence."""


@dataclass(frozen=True, slots=True)
class Making:
    """Input for blocks that depend on the whole report."""

    lookup: Lookup
    numbers: Mapping[str, str]
    found_gaps: tuple[Gap, ...]


def compose(definition: Definition, facts: Mapping[str, object]) -> Document:
    """Compose a report for the reader named in `facts["audience"]` ("auditor" if absent).

    Fields that the definition keeps from that reader are left out of the blocks and of
    `Document.facts`. Equal definition and facts give an equal document.

    Raises:
        FactsRefused: the reader is not known, or a fact has the wrong shape.
    """
    audience = facts.get("audience", "auditor")
    if audience not in AUDIENCES:
        raise FactsRefused(f"Fact 'audience' is '{audience}'. Use one of: {', '.join(AUDIENCES)}.")
    hidden = definition.redaction.get(str(audience), ())
    kept = without(facts, hidden)
    lookup = Lookup(kept, frozenset(hidden))
    sections = [plan for plan in definition.sections if audience in plan.audiences]
    found = find_gaps(definition, lookup, audience=str(audience))
    listed = len(lookup.rows("gaps") or ()) + len(found)
    counting = Lookup({**kept, "gaps_listed": listed}, lookup.hidden)
    making = Making(counting, _numbers(sections), found)
    return Document(
        ref=definition.ref,
        version=definition.version,
        language=definition.language,
        cover=_cover(definition, lookup, str(audience)),
        blocks=_numbered(
            block for plan in sections for block in _section(plan, making, str(audience))
        ),
        made_at=_moment(lookup.at("report.frozen_at")),
        facts=kept,
    )


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as problem:
        raise FactsRefused(
            f"Fact 'report.frozen_at' is '{value}'. Write a moment as 2026-11-25T14:02:00Z."
        ) from problem


def _numbers(sections: Sequence[SectionPlan]) -> dict[str, str]:
    """Section key -> "3", annex key -> "B"."""
    main = [plan.key for plan in sections if not plan.annex]
    annexes = [plan.key for plan in sections if plan.annex]
    numbers = {key: str(number) for number, key in enumerate(main, start=1)}
    return numbers | dict(zip(annexes, ascii_uppercase, strict=False))


def _numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks, with the number of each figure in its title."""
    numbers = count(1)
    return tuple(
        replace(block, title=f"Figure {next(numbers)}. {block.title}")
        if isinstance(block, Figure)
        else block
        for block in blocks
    )


def _cover(definition: Definition, lookup: Lookup, audience: str) -> Cover:
    return Cover(
        title=definition.title,
        organisation=lookup.fill("{organisation.name}"),
        subtitle=lookup.fill("{period.from|date} to {period.to|date}"),
        lines=(
            *((label, lookup.fill(text)) for label, text in definition.cover),
            ("Edition", f"For the {audience}"),
            ("Definition", f"{definition.ref} {definition.version}"),
        ),
        statement=definition.statement,
    )


def _section(plan: SectionPlan, making: Making, audience: str) -> Iterator[Block]:
    if plan.annex:
        yield PageBreak()
    number = making.numbers[plan.key]
    yield Heading(plan.title, 1, f"Annex {number}" if plan.annex else number)
    for block in plan.blocks:
        if audience in block.audiences:
            yield from _blocks(block, making)


def _blocks(plan: BlockPlan, making: Making) -> Sequence[Block]:
    if plan.kind in BLOCKS:
        return BLOCKS[plan.kind](plan, making.lookup)
    return WHOLE_REPORT_BLOCKS[plan.kind](plan, making)


def requirements(plan: BlockPlan, making: Making) -> Sequence[Block]:
    """One row for each requirement of a framework, answered or not."""
    judged = _judged(plan, making.lookup)
    rows: list[tuple[Cell, ...]] = []
    for row in plan.listed("rows"):
        answer = judged.get(row["id"], {})
        status = STATUS_WORDS.get(str(answer.get("status")))
        evidence = answer.get("evidence")
        number = making.numbers.get(row["section"])
        where = None if number is None else f"Section {number}"
        rows.append((row["id"], row["gist"], where, status, _joined(evidence)))
    columns = (
        Column("id", "Requirement", 1.2, kind=Kind.REF),
        Column("gist", "In short", 3.4),
        Column("section", "Answered in", 1.2, missing="Not in this edition"),
        Column("status", "Judgement", 2.1),
        Column("evidence", "Evidence", 3.2, missing="No evidence yet"),
    )
    return (
        Table(plan.text("ref"), plan.text("title"), columns, tuple(rows), note=plan.text("note")),
    )


def _judged(plan: BlockPlan, lookup: Lookup) -> dict[str, Row]:
    for framework in lookup.rows(plan.text("fact")) or ():
        if framework.get("ref") == plan.text("framework"):
            found = Lookup(framework).rows("requirements") or ()
            return {str(row.get("id")): row for row in found}
    return {}


def _joined(value: object) -> str | None:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(str(part) for part in value) or None
    return None if value is None else str(value)


def gaps(plan: BlockPlan, making: Making) -> Sequence[Block]:
    """Gaps that the organisation names, then those found while the report was made."""
    rows = making.lookup.rows(plan.text("fact")) or ()
    named = tuple(_gap(row) for row in rows if row.get("found") is not True)
    found = tuple(_gap(row) for row in rows if row.get("found") is True)
    blocks: list[Block] = [Heading("Named by the organisation", 2), *named]
    if not named:
        blocks.append(Paragraph("The organisation has named no gap."))
    blocks.append(Heading("Found while the report was made", 2))
    blocks.extend((*found, *making.found_gaps))
    if not (found or making.found_gaps):
        blocks.append(Paragraph("Every column of every table of this report has a value."))
    return tuple(blocks)


def _gap(row: Row) -> Gap:
    return Gap(str(row.get("what") or NOT_ASSESSED), str(row.get("why") or ""))


BLOCKS: Mapping[str, Callable[[BlockPlan, Lookup], Sequence[Block]]] = {
    "heading": heading,
    "paragraph": paragraph,
    "bullets": bullets,
    "note": note,
    "fact_list": fact_list,
    "key_figures": key_figures,
    "table": table,
    "reasons": reasons,
    "heat_map": heat_map,
    "chain_map": chain_map,
    "coverage_bars": coverage_bars,
    "page_break": page_break,
}

WHOLE_REPORT_BLOCKS: Mapping[str, Callable[[BlockPlan, Making], Sequence[Block]]] = {
    "requirements": requirements,
    "gaps": gaps,
}
