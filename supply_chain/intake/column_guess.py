"""Which of their columns is which of our fields: by their names, and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from supply_chain.drafts import ColumnGuess, Mapping, TableMapping
from supply_chain.intake.columns import (
    LINK_COLUMNS,
    OWN_NODE_COLUMNS,
    ROW_LINK_FIELDS,
    columns_of_people,
    find_header_row,
    unique_header,
)
from supply_chain.intake.countries import country_code
from supply_chain.intake.external_ids import has_shape, scheme_of_values
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import clean, header_forms, squeeze, words

_SAMPLE_ROWS = 200
_SHORTEST_MISSPELT, _NEARLY = 6, 86
_SOME, _MOSTLY, _MANY = 0.3, 0.8, 6
_WORTH_A_SECOND_LOOK = (
    *("name", "country", "address", "city", "region", "latitude", "longitude"),
    *("postal_code", "commodities", "sector", "attributes.workers"),
)
_EXAMPLES = 3
_PAIR = re.compile(r"^[\[(]?\s*-?\d+[.,]\d+\s*[,;]\s*-?\d+[.,]\d+\s*[\])]?$")


def guess_mapping(tables: Sequence[Table]) -> Mapping:
    """Guess for each table its header row and columns, with examples, confidence and reasons.

    A table with supplier and buyer columns, and no column that places a node, is links. A sheet
    without one known column name, beside others with some, is left out.
    """
    nodes: dict[str, TableMapping] = {}
    links: dict[str, TableMapping] = {}
    found = [(table, *find_header_row(table)) for table in tables]
    some_known = any(count for _, _, count in found)
    for table, header_row, count in found:
        if some_known and not count and table.sheet:
            # A cover sheet or a legend beside sheets with lists.
            continue
        header = unique_header(table, header_row)
        if is_links_header(header):
            links[table.key] = _guess_links(table, header_row, header)
        else:
            nodes[table.key] = _guess_nodes(table, header_row, header)
    return Mapping(nodes, links)


def is_links_header(header: Sequence[str]) -> bool:
    """Whether the columns name two ends of a link and nothing that places a node."""
    tables = words()
    forms = [header_forms(name) for name in header]
    ends = [
        any(form & tables.link_columns[end].keys() for form in forms)
        for end in ("supplier", "buyer")
    ]
    places = ("country", "address", "latitude", "longitude")
    placed = any(form & tables.node_columns[field].keys() for form in forms for field in places)
    return all(ends) and not placed


def _guess_links(table: Table, header_row: int, header: list[str]) -> TableMapping:
    chooser = _Chooser(table, header_row, header)
    for field in LINK_COLUMNS:
        chooser.choose(field, words().link_columns[field])
    return chooser.mapping()


def _guess_nodes(table: Table, header_row: int, header: list[str]) -> TableMapping:
    chooser = _Chooser(table, header_row, header)
    is_own_csv = header[: len(OWN_NODE_COLUMNS)] == OWN_NODE_COLUMNS
    for name in header:
        if name.startswith("external_ids.") or (is_own_csv and name in OWN_NODE_COLUMNS):
            chooser.take(name, name, 1.0, "value-chain CSV, version 1")
    if is_own_csv:
        return chooser.mapping()
    chooser.choose_tiers()
    _choose_own_fields(chooser)
    chooser.choose_company_beside_site()
    chooser.choose_tier_facts()
    chooser.choose_by_values()
    if "buyer" in chooser.columns:
        for field in ROW_LINK_FIELDS:
            chooser.choose(field, words().link_columns[field])
    return chooser.mapping()


def _choose_own_fields(chooser: _Chooser) -> None:
    """What the row says of its own node, the surest first; the other company of the row last."""
    fields = {**words().chain_columns, **words().node_columns}
    late = ["operated_by", "buyer"]
    for field in [name for name in fields if name not in late]:
        if field != "coordinates" or "latitude" not in chooser.columns:
            chooser.choose(field, fields[field])
    for field in _WORTH_A_SECOND_LOOK:
        chooser.choose_misspelt(field, fields[field])
    chooser.choose_name_by_its_words()
    if chooser.column_of("name", "").casefold().startswith(("supplier", "vendor")):
        # Beside a supplier's name, the other company of the row is the one it supplies.
        late.reverse()
    for field in late:
        chooser.choose(field, fields[field])


class _Chooser:
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

    def choose(self, field: str, spellings: dict[str, int]) -> None:
        """Take the free column whose name is the surest spelling of the field."""
        ranked = []
        beside = self._site_word() if field in words().place_fields else None
        for name in self.free():
            ranks = [spellings[form] for form in header_forms(name) if form in spellings]
            if ranks and self._fits(field, name):
                # "Factory Country" is that of the "Factory Name", whatever else is a country.
                is_own = beside and squeeze(name).startswith(beside)
                ranked.append((0 if is_own else min(ranks) + 1, name))
        if ranked:
            rank, name = min(ranked, key=lambda pair: pair[0])
            self.take(field, name, max(0.5, 1 - max(rank - 1, 0) / 100), f"named “{name}”")

    def choose_misspelt(self, field: str, spellings: dict[str, int]) -> None:
        """Where no name is a spelling of the field, take one that is nearly so."""
        if field in self.columns:
            return
        known = [form for form in spellings if len(form) >= _SHORTEST_MISSPELT and form[0] != "~"]
        for name in self.free():
            form = squeeze(name)
            if len(form) < _SHORTEST_MISSPELT or header_forms(name) & words().known_headers:
                continue
            near = process.extractOne(form, known, scorer=fuzz.ratio, score_cutoff=_NEARLY)
            numbers = field in ("latitude", "longitude", "attributes.workers")
            is_fit = not numbers or _share(self._values(name), _has_digit) >= _SOME
            if near and is_fit and self._fits(field, name):
                self.take(field, name, 0.5, f"“{name}” is spelt nearly like “{near[0]}”")
                return

    def choose_tiers(self) -> None:
        """Columns that each name the company of one tier, one beside the other."""
        found: dict[int, str] = {}
        for name in self.header:
            tier = _tier(name)
            if tier and tier[1] is None and self._holds_names(name):
                found.setdefault(tier[0], name)
        if len(found) < 2 and not any("tier" in name.casefold() for name in found.values()):
            return
        for number, name in sorted(found.items()):
            self.take(
                f"chain.{number}", name, 0.9, f"“{name}” names the suppliers of tier {number}"
            )

    def choose_tier_facts(self) -> None:
        """Country, place and parent of a tier's company stand beside its name."""
        tiers = {f: name for f, name in self.columns.items() if re.fullmatch(r"chain\.\d", f)}
        for field, company in tiers.items():
            bases = {squeeze(company), squeeze(company).removesuffix("name")}
            for name in self.free():
                for fact, names in words().tier_facts.items():
                    is_own = any(base + word == squeeze(name) for base in bases for word in names)
                    if (is_own or _tier(name) == (int(field[-1]), fact)) and (
                        f"{field}.{fact}" not in self.columns
                    ):
                        self.take(f"{field}.{fact}", name, 0.8, f"“{name}” beside “{company}”")

    def choose_company_beside_site(self) -> None:
        """A supplier's column beside the name of a site: who runs it, or buys what it yields."""
        site = squeeze(self.columns.get("name", ""))
        if not any(word in site for word in words().site_words):
            return
        raw = any(word in site for word in words().raw_site_words)
        field = "chain.1" if raw else "operated_by"
        if field not in self.columns:
            self.choose(field, words().company_columns)
        word = squeeze(self.columns.get("operated_by", "")).removesuffix("name")
        if word and squeeze(self.columns.get("id", "")).startswith(word):
            # The number of the company that runs the site is not that of the site.
            self.leave("id")

    def _site_word(self) -> str | None:
        """What the name column calls the thing it names: "factory" of "Factory Name"."""
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

    def _holds_names(self, name: str) -> bool:
        values = self._values(name)
        texts = [
            v for v in values if sum(map(str.isalpha, v)) > 1 and squeeze(v) not in words().truth
        ]
        return not values or len(texts) >= len(values) / 2

    def take(self, field: str, name: str, confidence: float, reason: str) -> None:
        self.columns[field] = name
        examples = tuple(dict.fromkeys(self._values(name)))[:_EXAMPLES]
        self._guesses.append(ColumnGuess(field, name, round(confidence, 2), reason, examples))

    def leave(self, field: str) -> None:
        """Take a choice back; the column is free again."""
        del self.columns[field]
        self._guesses = [guess for guess in self._guesses if guess.field != field]

    def choose_by_values(self) -> None:
        """Where no name told, look at what stands in the columns."""
        for name in self.free():
            values = self._values(name)
            if "country" not in self.columns and _share(values, _is_country) >= 0.8:
                self.take("country", name, 0.7, "its values are countries")
            elif (
                not {"latitude", "coordinates"} & self.columns.keys()
                and _share(values, lambda value: bool(_PAIR.match(value))) >= 0.8
            ):
                self.take("coordinates", name, 0.7, "its values are pairs of degrees")
            elif (scheme := scheme_of_values(values)) and (
                f"external_ids.{scheme}" not in self.columns
            ):
                self.take(
                    f"external_ids.{scheme}", name, 0.8, "its values are ids of that register"
                )
        self._choose_direct_supplier()
        if not self.columns.keys() & {"name", "id", "chain.1"}:
            self._choose_name_by_values()

    def _choose_direct_supplier(self) -> None:
        """“Company X Supplier” beside the name of a site is whom the site delivers to."""
        if "name" not in self.columns or "chain.1" in self.columns:
            return
        for name in self.free():
            if re.search(r"\S\s+suppliers?$", name, re.IGNORECASE):
                self.take("chain.1", name, 0.6, f"“{name}” beside “{self.columns['name']}”")
                return

    def _choose_name_by_values(self) -> None:
        def distinct_texts(name: str) -> int:
            return len({v for v in self._values(name) if any(c.isalpha() for c in v)})

        best = max(self.free(), key=distinct_texts, default=None)
        if best is not None and distinct_texts(best):
            self.take("name", best, 0.4, "the column with most different texts")

    def _fits(self, field: str, name: str) -> bool:
        """Whether the values can be those of the field.

        Of an id-scheme column at least half have the scheme's shape; a number or code that is
        the same in row after row is no id.
        """
        values = self._values(name)
        if field == "id" and squeeze(name) != "id":
            return len(values) < _MANY or len(set(values)) > _MOSTLY * len(values)
        if field == "kind" and squeeze(name) == "type":
            # "Type" may be one of anything: its values must be kinds of nodes.
            return bool(values) and _share(values, _is_kind) >= _MOSTLY
        if field == "name":
            # A column of bare numbers is none, where another may be one.
            return not values or _share(values, str.isdigit) < 1
        if field.startswith("chain."):
            return self._holds_names(name)
        if not field.startswith("external_ids."):
            return True
        scheme = field.removeprefix("external_ids.")
        return not values or _share(values, lambda value: has_shape(scheme, value)) >= 0.5

    def _values(self, name: str) -> list[str]:
        index = self.header.index(name)
        cells = (clean(row[index]) for row in self._sample if index < len(row))
        return [cell for cell in cells if cell and cell.casefold() not in words().blank_words]


def _tier(name: str) -> tuple[int, str | None] | None:
    """The tier that the name of a column tells, and the fact if it is not the name."""
    tiers = words().tiers
    return next((tiers[form] for form in header_forms(name) if form in tiers), None)


def _has_digit(value: str) -> bool:
    return any(map(str.isdigit, value))


def _is_country(value: str) -> bool:
    return len(value) > 1 and not value.isdigit() and country_code(value) is not None


def _is_kind(value: str) -> bool:
    return squeeze(value) in words().node_kinds


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0
