"""Matching around an import: its new rows before it is applied, the whole map after it."""

from collections.abc import Mapping
from uuid import UUID

from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.imports.queries import get_import
from ddplatform.value_chain.imports.services.compare import compare_with_map
from ddplatform.value_chain.imports.services.reading import Reading
from ddplatform.value_chain.matching.services.search import request_search
from ddplatform.value_chain.matching_imports.services.imports import Asked, ask_for


def plan_doubles(import_id: UUID, reading: Reading) -> Asked:
    """The new rows of an import and what they are held against; a refused file has none."""
    row = get_import(import_id)
    known = load_drafts(row.chain_id)
    compared = compare_with_map(row, known, reading.draft, version=0)
    return ask_for(row.chain_id, compared.changes.new_nodes, known.nodes)


def search_after(import_id: UUID, done: Mapping[str, int], *, act: Act) -> None:
    """Look for likely duplicates in the map once a list has changed it."""
    if any(done.values()):
        request_search(get_import(import_id).chain_id, act=act)
