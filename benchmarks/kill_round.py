"""One map from import to undo, with one kill at a random moment of each step."""

import shutil
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from sqlalchemy import select

from benchmarks.kill_lists import Sizes, list_files
from benchmarks.kill_steps import RoundResults, Steps
from benchmarks.kill_world import World
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.risk.facts.services import facts as risk
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.imports.queries import get_import
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport
from ddplatform.value_chain.mapping.services.nodes import NodeFields, add_node, create_chain
from ddplatform.value_chain.matching.models import MatchRunKind, PairState
from ddplatform.value_chain.matching.queries.pairs import PairFilter, list_pairs
from ddplatform.value_chain.matching.queries.records import find_last_run, get_pair
from ddplatform.value_chain.matching.services import search as match_search
from ddplatform.value_chain.merging.queries.merges import find_merge_of_pair
from ddplatform.value_chain.merging.services import many as matching_many

SCORE = 90
MAPS, MATCHING = "/o/kills/value-chain", "/o/kills/matching"


class Round(Steps):
    """All that happens to a map of its own."""

    def __init__(
        self,
        world: World,
        results: RoundResults,
        number: int,
        *,
        chance: Random | None,
        sizes: Sizes,
    ) -> None:
        made = world.change(lambda: _make_map(world, number))
        super().__init__(world, results, number, chance=chance, chain_id=made)
        self._sizes, self._files = sizes, list_files(sizes)

    def run(self) -> None:
        """All steps, in the order in which a person takes them."""
        self._upload()
        self._apply()
        self._undo_and_apply_again()
        self._search()
        self._merge_and_split_one()
        self._merge_and_split_many()
        self._assess()
        self._first_page()

    def _upload(self) -> None:
        page = f"{MAPS}/{self._chain}/imports/new"
        self._world.kill("worker")
        self._by_web(
            "upload of a list",
            page,
            {},
            lambda: self._import_id is not None,
            files=self._files,
            is_last=False,
        )
        self._by_worker("reading of a list", map_import.PREVIEW)
        self._expect(self._status() is ImportStatus.PREVIEWED, f"the list is {self._status()}")

    def _apply(self) -> None:
        page = f"{MAPS}/imports/{self._import_id}"
        self._world.kill("worker")
        before = self._content()
        self._by_web(
            "asking for an import",
            page,
            {},
            lambda: self._status() is not ImportStatus.PREVIEWED,
            to=f"{page}/apply",
            is_last=False,
        )
        self._by_worker(
            "applying a list",
            map_import.APPLY,
            lambda: self._expect(
                (self._content() == before) == (self._status() is ImportStatus.APPLYING),
                "an import stands in part",
            ),
        )
        self._expect(self._status() is ImportStatus.APPLIED, f"it is {self._status()}")

    def _search(self) -> None:
        self._world.kill("worker")
        self._world.change(
            lambda: match_search.request_search(self._chain, act=Act(self._world.by, _now()))
        )
        self._by_worker("search for duplicates", match_search.SEARCH)

    def _merge_and_split_one(self) -> None:
        before = self._content()
        pair_id, left_id, version = self._world.look(lambda: _first_pair(self._chain))
        fields = {"decision": "same", "version": version, "keep": left_id}
        self._by_web(
            "merge of a pair",
            f"{MATCHING}/pairs/{pair_id}",
            fields,
            lambda: self._merge_of(pair_id) is not None,
        )
        self._expect(self._content() != before, "a merge changed nothing")
        merge_id = self._merge_of(pair_id)
        self._by_web(
            "split of a merge",
            f"{MATCHING}/merges/{merge_id}/split",
            {"then": "ask"},
            lambda: self._merge_of(pair_id) is None,
        )
        self._expect(self._content() == before, "a split is not the way back from a merge")

    def _merge_and_split_many(self) -> None:
        before = self._content()
        page = f"{MATCHING}/{self._chain}/many"
        count = self._world.look(lambda: matching_many.count_above(self._chain, SCORE / 100))
        self._world.kill("worker")
        self._world.browser.get(f"{page}?score={SCORE}")
        self._world.browser.post(page, {"score": str(SCORE), "seen": str(count)})
        self._by_worker("merge of many", matching_many.MERGE_MANY)
        run_id, merged = self._world.look(lambda: _last_merges(self._chain))
        self._expect(merged >= self._sizes.twice, f"{merged} of {count} pairs were merged")
        self._world.kill("worker")
        self._world.browser.post(f"{MATCHING}/runs/{run_id}/undo", {})
        self._by_worker("undo of many merges", matching_many.UNDO_MANY)
        self._expect(self._content() == before, "an undo is not the way back from many merges")

    def _assess(self) -> None:
        self._world.kill("worker")
        fields = NodeFields(name=f"Workshop beside map {self._number}", country="GH")
        self._world.change(
            lambda: add_node(self._chain, fields, act=Act(self._world.by, _now())).id
        )
        self._by_worker("assessment with its snapshot", risk.REASSESS)

    def _first_page(self) -> None:
        self._world.kill("web")
        self._world.start("web")
        shutil.rmtree(adapters().snapshots.root)
        page = f"{MAPS}/{self._chain}/"
        self._by_web("snapshot by the first page", page, None, lambda: True)
        self._world.browser.get(page)

    def _undo_and_apply_again(self) -> None:
        applied = self._content()
        self._by_web(
            "undo of an import",
            f"{MAPS}/imports/{self._import_id}/undo",
            {},
            lambda: self._status() is ImportStatus.UNDONE,
        )
        standing = self._world.look(lambda: len(load_drafts(self._chain).nodes))
        self._expect(standing == 1, f"{standing} nodes stand after the undo")
        browser = self._world.browser
        browser.get(f"{MAPS}/{self._chain}/imports/new")
        page = browser.post(f"{MAPS}/{self._chain}/imports/new", {}, self._files)
        self._world.settle()
        browser.post(f"{page}/apply", {})
        self._world.settle()
        self._expect(self._content() == applied, "the list brings another map the second time")

    @property
    def _import_id(self) -> UUID | None:
        """The first import of the map, once it is there."""
        imports = select(MapImport.id).where(MapImport.chain_id == self._chain)
        statement = imports.order_by(MapImport.created_at).limit(1)
        return self._world.look(lambda: db.session.scalar(statement))

    def _status(self) -> ImportStatus:
        import_id = self._import_id
        assert import_id is not None
        return self._world.look(lambda: get_import(import_id).status)

    def _merge_of(self, pair_id: UUID) -> UUID | None:
        def read() -> UUID | None:
            merge = find_merge_of_pair(pair_id)
            return merge.id if merge else None

        return self._world.look(read)


def _make_map(world: World, number: int) -> UUID:
    return create_chain(f"Map {number}", own_business="Acme", act=Act(world.by, _now())).id


def _first_pair(chain_id: UUID) -> tuple[UUID, str, str]:
    """The likeliest open pair: its key, its left node and its version."""
    row = list_pairs(chain_id, PairFilter(state=PairState.OPEN))[0]
    pair = get_pair(row.id)
    return pair.id, str(pair.left_id), str(pair.row_version)


def _last_merges(chain_id: UUID) -> tuple[UUID, int]:
    """The last merge of many: its key, and how many pairs it merged."""
    run = find_last_run(chain_id, MatchRunKind.MERGE)
    assert run is not None
    return run.id, int(run.counts.get("merged", 0))


def _now() -> datetime:
    return datetime.now(UTC)
