"""Assignment of one table's columns to our fields, the most certain first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from supply_chain.intake.column_fit import (
    NEARLY,
    fits,
    fits_parts,
    has_digit,
    is_country,
    is_near,
    is_part_of_all,
    is_point,
    names_in,
    share_of,
    texts_in,
    tier_of,
)
from supply_chain.intake.columns import columns_of_people
from supply_chain.intake.countries import country_code, country_in_address
from supply_chain.intake.drafts import ColumnGuess, TableMapping
from supply_chain.intake.external_ids import scheme_of_values
from supply_chain.intake.grid_columns import grid_columns
from supply_chain.intake.heading_parts import (
    is_of_goods,
    is_of_other_end,
    names_a_company,
    names_a_thing,
    names_an_owning_company,
    rank_of_parts,
)
from supply_chain.intake.personal_columns import tells_of_person
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import (
    clean,
    header_forms,
    squeeze,
    squeeze_without_brackets,
    words,
)

_SAMPLE_ROWS = 200
_SHORTEST_MISSPELT = 6
_SOME, _MOSTLY = 0.3, 0.8
_BY_PARTS, _BY_THING = 0.7, 0.5
_EXAMPLES = 3


class ColumnChooser:
    """Gives each field at most one column and each column at most one field."""

    def __init__(self, table: Table, header_row: int, header: list[str]) -> None:
        self.header_row, self.header = header_row, header
        self.columns: dict[str, str] = {}
        self._guesses: list[ColumnGuess] = []
        self._sample = table.rows[header_row : header_row + _SAMPLE_ROWS]
        # Of people nothing is taken, least of all a contact's name for that of the site.
        of_people = columns_of_people(table, header_row)
        self._open = [name for name in header if name not in of_people]

    def column_of(self, field: str, otherwise: str) -> str:
        return self.columns.get(field, otherwise)

    def mapping(self) -> TableMapping:
        return TableMapping(self.header_row, self.columns, tuple(self._guesses))

    def free(self) -> list[str]:
        taken = set(self.columns.values())
        return [name for name in self._open if name not in taken]

    def choose(
        self, field: str, spellings: dict[str, int], *, parts: str = "", in_links: bool = False
    ) -> None:
        """Take the free column whose name is the surest spelling of the field.

        Where none is a spelling, the one whose words identify the field, or what `parts` names
        instead of it; `in_links` they are those of links.
        """
        ranked = []
        beside = self._site_word() if field in words().place_fields else None
        for name in self._of_sites(field):
            ranks = [spellings[form] for form in header_forms(name) if form in spellings]
            if ranks and self._fits(field, name):
                # "Factory Country" is that of the "Factory Name", whatever else is a country.
                is_own = beside and squeeze(name).startswith(beside)
                ranked.append((0 if is_own else min(ranks) + 1, name))
        if ranked:
            rank, name = min(ranked, key=lambda pair: pair[0])
            self.take(field, name, max(0.5, 1 - max(rank - 1, 0) / 100), f"named “{name}”")
            return
        self._choose_by_parts(
            field, lambda name: rank_of_parts(name, parts or field, in_links=in_links)
        )

    def _of_sites(self, field: str) -> list[str]:
        """The free columns, of places without those of goods ("Country of ingredient")."""
        if field in words().place_fields:
            return [name for name in self.free() if not is_of_goods(name)]
        if field == "sector":
            return [name for name in self.free() if not self._is_part_of_district(name)]
        return self.free()

    def _is_part_of_district(self, name: str) -> bool:
        """Whether "Sector" is a place here: beside cells, or in Rwanda beside districts."""
        known = words()
        if squeeze(name) not in known.sector_places:
            return False
        beside = set(map(squeeze, self.header))
        if beside & known.sector_is_place_beside:
            return True
        country = self.columns.get("country")
        codes = set(map(country_code, self.values(country))) if country else set()
        return "district" in beside and bool(codes) and codes <= known.sector_is_place_in

    def choose_vendors_of_plant(self) -> None:
        """A plant beside several vendors in a row is the buyer of their goods."""
        plant, vendor = self.columns.get("name", ""), self.columns.get("operated_by", "")
        if squeeze(plant) not in words().receiving_words or not vendor:
            return
        beside: dict[str, set[str]] = {}
        for cells in zip(*map(self.cells_by_row, (plant, vendor)), strict=True):
            site, company = map(squeeze, cells)
            if site and company:
                beside.setdefault(site, set()).add(company)
        if 2 * sum(len(companies) > 1 for companies in beside.values()) < max(len(beside), 1):
            return
        word = squeeze(plant).removesuffix("name")
        of_plant = [f for f, name in self.columns.items() if squeeze(name).startswith(word)]
        for field in {*of_plant, "name", "operated_by"}:
            self.leave(field)
        self.take("name", vendor, _BY_PARTS, f"“{vendor}” delivers to “{plant}”")
        self.take("buyer", plant, _BY_PARTS, f"“{plant}” stands beside several of “{vendor}”")
        for field in sorted({*of_plant} - {"name"}):
            self.choose(field, words().node_columns.get(field, {}))

    def cells_by_row(self, name: str) -> list[str]:
        """The cells of a column row by row, empty ones among them."""
        at = self.header.index(name)
        return [clean(row[at]) if at < len(row) else "" for row in self._sample]

    def _choose_by_parts(self, field: str, rank_of: Callable[[str], int | None]) -> None:
        unknown = [n for n in self._of_sites(field) if _is_unknown(n)]
        ranks = {name: rank for name in unknown if (rank := rank_of(name)) is not None}
        fitting = [n for n in ranks if self._fits(field, n) and fits_parts(field, self.values(n))]
        if fitting:
            name = min(fitting, key=lambda name: ranks[name])
            self.take(field, name, _BY_PARTS, f"“{name}” tells it by its words")

    def choose_misspelt(self, field: str, spellings: dict[str, int]) -> None:
        """Where no name is a spelling of the field, take one that is nearly so."""
        if field in self.columns:
            return
        known = [form for form in spellings if len(form) >= _SHORTEST_MISSPELT and form[0] != "~"]
        for name in self.free():
            form = squeeze(name)
            # "Production" alone is nearly "production cím", and no address.
            is_thing = squeeze_without_brackets(name) in words().place_prefixes
            is_known = header_forms(name) & words().known_headers
            # "Production site name" is nearly "production state name", and spelt right.
            is_name = field != "name" and rank_of_parts(name, "name") is not None
            if len(form) < _SHORTEST_MISSPELT or is_thing or is_known or is_name:
                continue
            near = process.extractOne(form, known, scorer=fuzz.ratio, score_cutoff=NEARLY)
            numbers = field in ("latitude", "longitude", "attributes.workers")
            is_fit = not numbers or share_of(self.values(name), has_digit) >= _SOME
            is_fit = is_fit and not (field == "attributes.workers" and is_part_of_all(name))
            if near and is_fit and is_near(form, near[0]) and self._fits(field, name):
                self.take(field, name, 0.5, f"“{name}” is spelt nearly like “{near[0]}”")
                return

    def choose_grid(self) -> None:
        """A point as X and Y, or in metres of a grid; what no point can be made of stays out."""
        found = grid_columns(self._open, self._cells)
        if found is None:
            return
        names = " and ".join(found.fields.values())
        for field, name in found.fields.items():
            self.take(field, name, _BY_PARTS, f"“{names}” tell a point")
        self._open = [name for name in self._open if name not in found.unusable]

    def choose_tiers(self) -> None:
        """Columns that each name the company of one tier, one beside the other."""
        found: dict[int, str] = {}
        for name in self.header:
            tier = tier_of(name)
            if tier and tier[1] is None and self._fits(f"chain.{tier[0]}", name):
                found.setdefault(tier[0], name)
        if len(found) < 2 and not any("tier" in name.casefold() for name in found.values()):
            return
        for number, name in sorted(found.items()):
            self.take(
                f"chain.{number}", name, 0.9, f"“{name}” names the suppliers of tier {number}"
            )

    def choose_tier_facts(self) -> None:
        """Country, place and parent of a tier's company are beside its name."""
        tiers = {f: name for f, name in self.columns.items() if re.fullmatch(r"chain\.\d", f)}
        for field, company in tiers.items():
            bases = {squeeze(company), squeeze(company).removesuffix("name")}
            for name in self.free():
                for fact, names in words().tier_facts.items():
                    is_own = any(base + word == squeeze(name) for base in bases for word in names)
                    if (is_own or tier_of(name) == (int(field[-1]), fact)) and (
                        f"{field}.{fact}" not in self.columns
                    ):
                        self.take(f"{field}.{fact}", name, 0.8, f"“{name}” beside “{company}”")
        places = [self.header.index(name) for name in tiers.values()]
        if len(places) > 1 and "name" not in self.columns and places == sorted(places):
            # A number between two tiers is that of the company before it.
            between = self.header[places[0] : places[-1]]
            ids = {f: n for f, n in self.columns.items() if f.startswith("external_ids.")}
            for field in [field for field, name in ids.items() if name in between]:
                self.leave(field)
            self._open = [name for name in self._open if name not in between]
            self._move_country_to_tier(tiers)

    def _move_country_to_tier(self, tiers: dict[str, str]) -> None:
        """A country between tiers, where the last has its own, is that of the one before it."""
        country = self.columns.get("country")
        if country is None or f"{[*tiers][-1]}.country" not in self.columns:
            return
        before = [f for f, n in tiers.items() if self.header.index(n) < self.header.index(country)]
        if before and f"{before[-1]}.country" not in self.columns:
            self.leave("country")
            self.take(f"{before[-1]}.country", country, 0.8, f"“{country}” behind “{before[-1]}”")

    def choose_site_beside_company(self) -> None:
        """Where the name is that of a company, a further column may name its sites."""
        company = self.columns.get("name", "")
        if not names_a_company(company) and not names_an_owning_company(company):
            return
        names = names_in(self.values(company))
        for name in self.free():
            is_site = any(word in squeeze(name) for word in words().site_words)
            is_named = names_a_thing(name) or rank_of_parts(name, "name") is not None
            if is_site and is_named and 3 * names_in(self.values(name)) >= max(2 * names, 1):
                self.leave("name")
                self.take("name", name, _BY_PARTS, f"“{name}” names the sites of “{company}”")
                return

    def choose_company_beside_site(self) -> None:
        """A supplier's column beside the name of a site: who runs it, or buys what it yields."""
        site = squeeze(self.columns.get("name", ""))
        if not any(word in site for word in words().site_words):
            return
        if any(word in site for word in words().raw_site_words):
            self._choose_company_beside_raw()
        elif "operated_by" not in self.columns:
            self.choose("operated_by", words().company_columns, parts="company")
        word = squeeze(self.columns.get("operated_by", "")).removesuffix("name")
        if word and squeeze(self.columns.get("id", "")).startswith(word):
            # The number of the company that runs the site is not that of the site.
            self.leave("id")
        for field in [field for field in self.columns if field.startswith("external_ids.")]:
            if "operated_by" in self.columns and self._is_of_company(field):
                self.leave(field)

    def _choose_company_beside_raw(self) -> None:
        """The buyer of mills, mines and farms; one only called a company runs them."""
        if "chain.1" not in self.columns:
            self.choose("chain.1", words().company_columns, parts="company")
        company = self.columns.get("chain.1", "")
        if names_an_owning_company(company):
            self.leave("chain.1")
            if "operated_by" not in self.columns:
                self.take("operated_by", company, _BY_PARTS, f"“{company}” beside the sites")
        if "chain.1" not in self.columns:
            self.choose("chain.1", words().raw_buyers)

    def _is_of_company(self, field: str) -> bool:
        """Whether an id is the same for all sites of a company that has several."""
        name, company, number = (
            self.header.index(self.columns[key]) for key in ("name", "operated_by", field)
        )
        sites: dict[tuple[str, str], set[str]] = {}
        for row in self._sample:
            cells = [row[at] if at < len(row) else "" for at in (name, company, number)]
            if all(map(str.strip, cells)):
                site, *key = map(squeeze, cells)
                sites.setdefault((key[0], key[1]), set()).add(site)
        is_one_each = len({one for one, _ in sites}) == len(sites)
        return is_one_each and any(len(names) > 1 for names in sites.values())

    def _site_word(self) -> str | None:
        """Word for the named thing in the name column: "factory" of "Factory Name"."""
        word = squeeze(self.columns.get("name", "")).removesuffix("name")
        return word or None

    def choose_name_by_its_words(self) -> None:
        """A column that says it holds a name, of no other thing that has one."""
        if "name" in self.columns or "chain.1" in self.columns:
            return
        for name in self.free():
            found = {squeeze(word) for word in re.findall(r"\w+", name)}
            if found & words().words_for_name and not found & words().named_otherwise:
                self.take("name", name, 0.6, f"“{name}” says that it holds names")
                return

    def choose_thing(self) -> None:
        """A column called by what the list is of alone: "Grower", "Raffineur"."""
        if "name" in self.columns or "chain.1" in self.columns:
            return
        things = [name for name in self.free() if names_a_thing(name)]
        best = max(things, key=lambda name: names_in(self.values(name)), default=None)
        if best is not None and names_in(self.values(best)):
            self.take("name", best, _BY_THING, f"“{best}” is what the list is of")

    def take(self, field: str, name: str, confidence: float, reason: str) -> None:
        self.columns[field] = name
        shown = (v for v in self.values(name) if v != name and not tells_of_person(v))
        examples = tuple(dict.fromkeys(shown))[:_EXAMPLES]
        self._guesses.append(ColumnGuess(field, name, round(confidence, 2), reason, examples))

    def leave(self, field: str) -> None:
        """Take a choice back; the column is free again."""
        del self.columns[field]
        self._guesses = [guess for guess in self._guesses if guess.field != field]

    def choose_by_values(self) -> None:
        """Where no name decided, use the values of the columns."""
        tiers = [name for field, name in self.columns.items() if field.startswith("chain.")]
        last_tier = max(map(self.header.index, tiers), default=-1)
        for name in self.free():
            values = self.values(name)
            # A country among the companies of tiers is of none of them for certain.
            if (
                "country" not in self.columns
                and not tier_of(name)
                and not (is_of_goods(name) or is_of_other_end(name))
                and self.header.index(name) > last_tier
                and share_of(values, is_country) >= _MOSTLY
            ):
                self.take("country", name, 0.7, "its values are countries")
            elif (
                not {"latitude", "coordinates"} & self.columns.keys()
                and share_of(values, is_point) >= _MOSTLY
            ):
                self.take("coordinates", name, 0.7, "its values are pairs of degrees")
            elif self._tells_towns_of_countries(name, values):
                self.take("city", name, 0.6, f"“{name}” tells towns and their countries")
            elif (scheme := scheme_of_values(values)) and (
                f"external_ids.{scheme}" not in self.columns
            ):
                self.take(
                    f"external_ids.{scheme}", name, 0.8, "its values are ids of that register"
                )
        self._choose_direct_supplier()
        if not self.columns.keys() & {"name", "id", "chain.1"}:
            self._choose_name_by_values()

    def _tells_towns_of_countries(self, name: str, values: Sequence[str]) -> bool:
        """Whether the only places of a list are written so: "Chongqing, China"."""
        if self.columns.keys() & {"country", "city"} or rank_of_parts(name, "address") is None:
            return False
        return share_of(values, lambda v: "," in v and country_in_address(v) is not None) >= _MOSTLY

    def _choose_direct_supplier(self) -> None:
        """“Company X Supplier” beside a site of raw goods is whom the site delivers to."""
        site = squeeze(self.columns.get("name", ""))
        is_raw = any(word in site for word in words().raw_site_words)
        if not is_raw or "chain.1" in self.columns:
            return
        for name in self.free():
            if re.search(r"\S\s+suppliers?$", name, re.IGNORECASE):
                self.take("chain.1", name, 0.6, f"“{name}” beside “{self.columns['name']}”")
                return

    def _choose_name_by_values(self) -> None:
        names = [*self.free(), *filter(None, [self.columns.get("buyer")])]
        best = max(names, key=lambda name: names_in(self.values(name)), default=None)
        if best is not None and best == self.columns.get("buyer"):
            # A list of customers, in the wording of a certifier for the listed companies.
            self.leave("buyer")
        if best is None or not names_in(self.values(best)):
            best = max(self.free(), key=lambda name: texts_in(self.values(name)), default=None)
        if best is not None and texts_in(self.values(best)):
            self.take("name", best, 0.4, "the column with most different texts")

    def _fits(self, field: str, name: str) -> bool:
        return fits(field, name, self.values(name))

    def _cells(self, name: str) -> list[str]:
        """The cells of a column in the rows that are not empty there; of points row by row."""
        index = self.header.index(name)
        return [clean(row[index]) for row in self._sample if index < len(row) and row[index]]

    def values(self, name: str) -> list[str]:
        """The filled cells of a column in the first rows."""
        index = self.header.index(name)
        cells = (clean(row[index]) for row in self._sample if index < len(row))
        return [cell for cell in cells if cell and cell.casefold() not in words().blank_words]


def _is_unknown(name: str) -> bool:
    return header_forms(name).isdisjoint(words().known_headers)
