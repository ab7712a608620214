"""Assembly of the node and link rows of all tables into one draft of a map, checked as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from supply_chain.intake.cells import CellFault
from supply_chain.intake.drafts import LinkDraft, NodeDraft
from supply_chain.intake.findings import Findings, RowLog
from supply_chain.intake.heading_parts import names_a_company
from supply_chain.intake.link_rows import LinkRow
from supply_chain.intake.named_companies import CompaniesNamed
from supply_chain.intake.node_merging import listed, merge_nodes
from supply_chain.intake.node_rows import NodeRow, Step
from supply_chain.intake.whole_map import operator_circle_note, operator_circles
from supply_chain.intake.words import squeeze, words
from supply_chain.vocabulary import NodeKind

# One more than a node and its namesake: the third shows that a name is ambiguous.
_ENOUGH_OF_A_NAME = 3
_OPERATOR_COLUMNS = ("operatedby", "operatedbyid")


class Assembly:
    """Collects rows, makes doubles one, and finds the nodes that links and operators name."""

    def __init__(
        self, findings: Findings, known_ids: frozenset[str], own: Mapping[str, str]
    ) -> None:
        self.findings, self.known_ids = findings, known_ids
        self._own = {squeeze(name): ref for name, ref in own.items()}
        if len(refs := set(own.values())) == 1:
            self._own |= dict.fromkeys(words().own_business, *refs)
        self.nodes: dict[str, NodeDraft] = {}
        self.links: dict[tuple[str, str, str, str, str], LinkDraft] = {}
        self.link_places: dict[tuple[str, str, str, str, str], LinkRow | NodeRow] = {}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._companies: dict[str, list[str]] = defaultdict(list)
        self._unnamed: list[NodeDraft] = []
        self._owners_by_link: dict[str, str] = {}
        self._onward: set[str] = set()
        self._plain_ids: dict[str, str] = {}
        self._first_rows: dict[str, NodeRow] = {}
        self._companies_named = CompaniesNamed()

    def add_nodes(self, rows: Sequence[NodeRow]) -> None:
        """Take in node rows; the same id with other content is a problem of the later row."""
        for row in rows:
            first = self.nodes.get(row.node.id)
            if first is None:
                self._keep(row.node)
                self._first_rows[row.node.id] = row
                if row.has_own_id:
                    self._tell_near_id(row)
            elif first != row.node or row.operator != self._first_rows[first.id].operator:
                self._settle_double(row, first)

    def first_row(self, node_id: str) -> NodeRow | None:
        """The row that a node was read from first; None for companies that rows only name."""
        return self._first_rows.get(node_id)

    def _tell_near_id(self, row: NodeRow) -> None:
        """Two ids that differ in case or blanks alone are two nodes, but seldom meant so."""
        near = self._plain_ids.setdefault(_plain_id(row.node.id), row.node.id)
        if near != row.node.id:
            first = self._first_rows[near].row
            remark = CellFault(
                f"The ids {row.node.id} and {near} (row {first}) differ in case or blanks alone;"
                " they are read as two.",
                "Write the id alike in both rows if they are one supplier or site.",
            )
            self._log(row).note("id", row.node.id, remark)

    def _keep(self, node: NodeDraft) -> None:
        self.nodes[node.id] = node
        self._unnamed.append(node)

    def _named(self, name: str, *, companies: bool = False) -> list[str]:
        """Ids of the nodes of a name, at most three; names are indexed once one is asked for."""
        for node in self._unnamed:
            _index(self._by_name, node)
            if node.kind is not NodeKind.SITE:
                _index(self._companies, node)
        self._unnamed.clear()
        return (self._companies if companies else self._by_name).get(squeeze(name), [])

    def _settle_double(self, row: NodeRow, first: NodeDraft) -> None:
        filled, differing = merge_nodes(first, row.node)
        log = self._log(row)
        kept = self._first_rows[first.id]
        first_row = kept.row
        operators = sorted({row.operator, kept.operator} - {None}, key=str)
        if len({squeeze(str(name)) for name in operators}) > 1:
            differing.append("operated_by")
        tells_path = bool(row.path or row.buyers)
        if not row.has_own_id and (tells_path or set(differing) <= _SECONDARY):
            self.nodes[first.id] = filled
            kept.operator = operators[0] if operators else None
            if differing and not tells_path:
                remark = CellFault(
                    f"The same name, country and place stand in row {first_row} with another"
                    f" {listed(differing)}; the first of the two by the alphabet is kept.",
                    "Give the rows ids of their own if they are two suppliers or sites.",
                )
                log.note(None, row.node.name, remark)
            return
        what = f"The id {first.id}" if row.has_own_id else "The same name, country and place"
        fault = CellFault(
            f"{what} stands in row {first_row} with another {listed(differing) or 'content'}.",
            "Keep one of the two rows, or give each its own id.",
        )
        where, value = ("id", first.id) if row.has_own_id else (None, row.node.name)
        log.problem(where, value, fault)

    def resolve_operators(self) -> None:
        """Turn what rows name as operator into node ids; an unknown company is an attribute."""
        rows = [row for row in self._first_rows.values() if row.operator is not None]
        for row in rows:
            self._companies_named.hear(_operator_of(row))
        for row in rows:
            self._resolve_operator(row, row.operator or "")
        # A node left out here may itself be the operator of another.
        while lost := [row for row in rows if self._has_lost_operator(row.node.id)]:
            for row in lost:
                self._leave_out(row)

    def _resolve_operator(self, row: NodeRow, text: str) -> None:
        node = self.nodes[row.node.id]
        operator = self._find_operator(text, node.id)
        if operator:
            self.nodes[node.id] = replace(node, operated_by=operator)
        elif squeeze(row.operator_column or "") in _OPERATOR_COLUMNS:
            self._leave_out(row)
        elif names_a_company(row.operator_column or ""):
            # A supplier beside its site is a company of the map, with or without a row.
            company = self._company(text, _operator_of(row))
            self.nodes[node.id] = replace(node, operated_by=company)
        else:
            attributes = {**node.attributes, row.operator_column or "operator": text}
            self.nodes[node.id] = replace(node, attributes=attributes)

    def _find_operator(self, text: str, node_id: str) -> str | None:
        if text in self.nodes or text in self.known_ids:
            return text
        companies = [i for i in self._named(text, companies=True) if i != node_id]
        return companies[0] if len(companies) == 1 else None

    def _has_lost_operator(self, node_id: str) -> bool:
        node = self.nodes.get(node_id)
        if node is None or node.operated_by is None:
            return False
        return node.operated_by not in self.nodes and node.operated_by not in self.known_ids

    def _leave_out(self, row: NodeRow) -> None:
        fault = CellFault(
            f"The operator “{row.operator}” is in no row and not in the map.",
            "Add a row for it, or correct the id.",
        )
        self._log(row).problem(row.operator_column, row.operator, fault)
        del self.nodes[row.node.id]

    def hear_links(self, rows: Sequence[LinkRow]) -> None:
        """Nodes that deliver to others or run them, by rows of links: none is a last one."""
        ends = ((self._find(row.link.supplier), self._find(row.link.buyer)) for row in rows)
        self._onward |= {supplier for supplier, buyer in ends if supplier and supplier != buyer}

    def add_row_links(self, rows: Sequence[NodeRow], link_to: str | None) -> None:
        """Links that the rows of nodes state: along their chain columns, to buyers, to the caller.

        With `link_to` the last node of each row's path supplies that node, where `hear_links`
        heard of no other that it supplies.
        """
        for row in rows:
            for step in row.path:
                self._companies_named.hear(step)
            for end in (*row.buyers, *row.suppliers):
                if end.cell is None:
                    self._companies_named.hear(end)
        self._onward |= self._heads_of_sites()
        named = (self._find(name) for row in rows for end in row.suppliers for name in end.names)
        self._onward |= {supplier for supplier in named if supplier}
        for row in rows:
            if row.node.id in self.nodes:
                self._add_links_of(row, link_to)

    def _heads_of_sites(self) -> set[str]:
        """Companies without a place that are only heads of their sites: those deliver."""
        running = {node.operated_by for node in self.nodes.values()}
        kept = (node for node in self.nodes.values() if node.id in running)
        return {
            node.id
            for node in kept
            if node.kind is NodeKind.BUSINESS_ENTITY and not (node.country or node.address)
        }

    def _add_links_of(self, row: NodeRow, link_to: str | None) -> None:
        ends = [row.node.id]
        for step in row.path:
            buyers = [self._company(name, step) for name in step.names]
            self._link_all(row, ends, buyers, LinkDraft("", ""))
            ends = buyers
        suppliers = self._other_ends(row, row.suppliers, "supplied_by")
        self._link_all(row, suppliers, [row.node.id], LinkDraft("", ""), if_new=True)
        if row.buyers:
            self._link_all(row, ends, self._other_ends(row, row.buyers, "buyer"), row.terms)
        elif link_to is not None:
            terms = LinkDraft("", "") if row.path else row.terms
            self._link_all(row, [end for end in ends if end not in self._onward], [link_to], terms)

    def _other_ends(self, row: NodeRow, steps: Sequence[Step], field: str) -> list[str]:
        """The nodes that a cell names; an id that no row has is a problem and never a new node."""
        found = []
        for step in steps:
            for name in step.names:
                end = self._company(name, step) if step.cell is None else self._find(name)
                if end is None:
                    near = self._plain_ids.get(_plain_id(name))
                    hint = f"Did you mean {near}? " if near else ""
                    fault = CellFault(
                        f"The id “{name}” is in no row and not in the map; no site was made of it.",
                        f"{hint}Correct the id, or add a row for it.",
                    )
                    self._log(row).problem(field, step.cell, fault)
                elif end == row.node.id:
                    self._log(row).note(field, step.cell or name, _TO_ITSELF)
                else:
                    found.append(end)
        return found

    def _link_all(
        self,
        row: NodeRow,
        suppliers: list[str],
        buyers: list[str],
        terms: LinkDraft,
        *,
        if_new: bool = False,
    ) -> None:
        for supplier in suppliers:
            for buyer in buyers:
                link = replace(terms, supplier=supplier, buyer=buyer)
                if supplier == buyer:
                    continue
                if link.key not in self.links:
                    self.links[link.key] = link
                    self.link_places[link.key] = row
                elif self.links[link.key] != link and not if_new:
                    self._log(row).problem(None, f"{supplier} -> {buyer}", _TWO_LINKS)

    def _company(self, name: str, step: Step) -> str:
        """The id of a company that a row names: known by id or name, else made now."""
        several = self._companies_named.is_in_several_countries(name)
        found = None if several else self._find(name)
        if found:
            return found
        node = self._companies_named.node(name, step)
        if node.id not in self.nodes:
            self._keep(node)
        return node.id

    def _find(self, text: str) -> str | None:
        if text in self.nodes or text in self.known_ids:
            return text
        same_name = self._named(text)
        if not same_name:
            return self._own.get(squeeze(text))
        is_one = len(same_name) == 1 and same_name[0] in self.nodes
        return same_name[0] if is_one else None

    def add_links(self, rows: Sequence[LinkRow], *, makes_companies: bool) -> None:
        """Take in link rows; where no list of nodes is known, their ends become companies."""
        if makes_companies:
            for row in rows:
                self._companies_named.hear(_alone(row.link.supplier))
                self._companies_named.hear(_alone(row.link.buyer))
        for row in rows:
            link = row.link
            supplier = self._end(row, "supplier", link.supplier, makes_companies)
            buyer = self._end(row, "buyer", link.buyer, makes_companies)
            if supplier is None or buyer is None:
                continue
            if supplier is not link.supplier or buyer is not link.buyer:
                link = replace(link, supplier=supplier, buyer=buyer)
            self._add_link(row, link)

    def _end(self, row: LinkRow, end: str, text: str, makes_companies: bool) -> str | None:
        if text in self.nodes or text in self.known_ids:
            return text
        if makes_companies:
            return self._company(text, _alone(text))
        found = self._find(text)
        if found is None:
            near = self._plain_ids.get(_plain_id(text))
            hint = f"Did you mean {near}? " if near else ""
            fault = CellFault(
                f"The {end} “{text}” is in no row and not in the map.",
                f"{hint}Add a row for it to the suppliers, or correct the id.",
            )
            self._log(row).problem(end, text, fault)
        return found

    def _add_link(self, row: LinkRow, link: LinkDraft) -> None:
        if link.supplier == link.buyer:
            self._log(row).note("buyer", link.buyer, _TO_ITSELF)
            return
        if row.is_ownership:
            self._set_operator(link)
            return
        key = link.key
        first = self.links.setdefault(key, link)
        if first is link:
            self.link_places[key] = row
        elif first != link:
            ends = f"{link.supplier} -> {link.buyer}"
            self._log(row).problem("supplier", ends, _TWO_LINKS)

    def _set_operator(self, link: LinkDraft) -> None:
        """“A owns B” says who operates B; it is no flow of goods. Of several the first by id."""
        owned = self.nodes.get(link.buyer)
        if owned is None:
            return
        by_link = self._owners_by_link.get(owned.id)
        if owned.operated_by is None or (by_link and link.supplier < by_link):
            self.nodes[owned.id] = replace(owned, operated_by=link.supplier)
            self._owners_by_link[owned.id] = link.supplier

    def open_operator_circles(self) -> None:
        """Remove operators that form a circle, which is impossible: these have no operator."""
        for group in operator_circles(self.nodes):
            row = self._first_rows.get(group[0])
            self.findings.notes.append(operator_circle_note(self.nodes, group, row))
            for node_id in group:
                self.nodes[node_id] = replace(self.nodes[node_id], operated_by=None)

    def _log(self, row: NodeRow | LinkRow) -> RowLog:
        log = RowLog(self.findings, row.file, row.sheet)
        log.row = row.row
        return log


def _index(index: dict[str, list[str]], node: NodeDraft) -> None:
    same_name = index[squeeze(node.name)]
    if len(same_name) < _ENOUGH_OF_A_NAME:
        same_name.append(node.id)


def _plain_id(node_id: str) -> str:
    return "".join(node_id.split()).casefold()


def _alone(name: str) -> Step:
    return Step((name,))


def _operator_of(row: NodeRow) -> Step:
    return Step((row.operator or "",), row.operator_country)


_TO_ITSELF = CellFault(
    "A link from a supplier to itself is ignored.", "Delete the row, or correct one end."
)
_TWO_LINKS = CellFault(
    "The same link stands twice with different content.", "Keep one of the two rows."
)
_SECONDARY = {"attributes", "external_ids", "operated_by"}
