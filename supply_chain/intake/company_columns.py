"""Columns that describe the other company of a row, not the site of the row itself."""

from __future__ import annotations

from supply_chain.intake.column_choice import ColumnChooser
from supply_chain.intake.columns import ROW_LINK_FIELDS
from supply_chain.intake.drafts import TableMapping
from supply_chain.intake.heading_parts import names_a_company
from supply_chain.intake.words import squeeze, words

_BESIDE, _COUNTRY = 0.8, "country"
_LEAST_LINKED = 2
"""Companies on both sides; one may be a firm that runs a site of its own name."""


def choose_places_of_site(chooser: ColumnChooser, company: str) -> None:
    """Reassign places where the name is now that of a site: "Supplier Country" is not its own.

    Args:
        company: the column that was the name before, now the company the sites belong to.
    """
    word = _word_of(company)
    for field in sorted(words().place_fields & chooser.columns.keys()):
        of_company = chooser.columns[field]
        if not word or not squeeze(of_company).startswith(word):
            continue
        held = f"operated_by.{field}"
        chooser.leave(field)
        chooser.take(held, of_company, _BESIDE, f"“{of_company}” beside “{company}”")
        chooser.choose(field, words().node_columns[field])
        is_alone = field not in chooser.columns
        if is_alone or field != _COUNTRY:
            chooser.leave(held)
        if is_alone:
            # The only place in the list; for most suppliers it is that of the site as well.
            chooser.choose(field, words().node_columns[field])


def choose_countries_of_companies(chooser: ColumnChooser) -> None:
    """The country beside a buyer, or beside the supplier that runs a site, is that company's."""
    for field in ("buyer", "operated_by"):
        column = chooser.column_of(field, "")
        if field == "operated_by" and not names_a_company(column):
            continue  # it may become an attribute, and then has no country of its own
        own = {_word_of(column) + name for name in words().tier_facts[_COUNTRY]}
        found = [name for name in chooser.free() if column and squeeze(name) in own]
        for name in found[:1]:
            chooser.take(f"{field}.{_COUNTRY}", name, _BESIDE, f"“{name}” beside “{column}”")


def choose_buyer_of_chain(chooser: ColumnChooser) -> None:
    """Companies that are suppliers in other rows are buyers: the rows are the links of a chain.

    "Company, Supplier" may be the operator of a site or its buyer; its names decide.
    """
    name, other = chooser.column_of("name", ""), chooser.column_of("operated_by", "")
    if not name or not other or any(field.startswith("operated_by.") for field in chooser.columns):
        return
    if "buyer" in chooser.columns:
        return
    columns = [list(map(squeeze, chooser.cells_by_row(column))) for column in (name, other)]
    rows = list(zip(*columns, strict=True))
    companies = {company for _, company in rows if company}
    linked = companies & {site for site, company in rows if company and site != company}
    if len(linked) >= _LEAST_LINKED and 2 * len(linked) >= len(companies):
        chooser.leave("operated_by")
        chooser.take("buyer", other, _BESIDE, f"names of “{other}” stand in “{name}” too")


def without_idle_terms(how: TableMapping) -> TableMapping:
    """The mapping of a table whose rows name no buyer: a share belongs to no link there.

    The column stays an attribute, so that nothing of the list is lost.
    """
    columns = {
        field: name
        for field, name in how.columns.items()
        if field not in ROW_LINK_FIELDS or "buyer" in how.columns
    }
    guesses = tuple(guess for guess in how.guesses if guess.field in columns)
    return TableMapping(how.header_row, columns, guesses, how.header, how.samples, how.of_people)


def _word_of(column: str) -> str:
    """Word for the named company in a column: "supplier" of "Supplier Name"."""
    return squeeze(column).removesuffix("name")
