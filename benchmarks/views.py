"""Pages over an assessed map at three sizes: lists, search, a neighbourhood, pictures.

Register, of one map and of all: the first page, one far behind, one cell of the heat map, one
country and issue, the rarest band. Risk: one issue at a place with all its lines, and all issues at
it. Table: every order, a page far behind, a tier, a band, a text. Search: by name, by id, with a
typing mistake. Neighbourhood: the picture round one node. All of them are requested as by a
browser, through the whole application. The measure is the processor time of the server, which
other programs on the machine hardly affect; wall-clock seconds are printed beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.assessed_map import EMAIL, PASSWORD, add_map, make_platform
from benchmarks.contract import Row, count_row, limit_row, ratio_row
from benchmarks.pages import count_statements, sign_in, times_of
from benchmarks.reassessment import keep
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.filters.queries.lists import NodeFilter, NodeOrder, list_nodes

SIZES = {"small": (300, 1_000, 3_000), "full": (1_000, 10_000, 100_000)}
ROUNDS = {"small": 5, "full": 20}
LIST, GRAPH = 0.05, 0.1  # seconds of the 95th percentile
STATEMENTS = {"overview": 12, "register": 8, "register of all maps": 8, "risk": 8, "place": 8}
MOST_STATEMENTS = 6
GROWTH = 1.5  # the largest map against the smallest

MATRICES = ("", "?colour=ISS-CL", "?tier=1", "?band=high&tier=2")
ONE = "&country=TR"
ISSUES_SHOWN = ("ISS-CL", "ISS-FL")

Views = Mapping[str, tuple[float, Sequence[str]]]


@dataclass(frozen=True)
class Seen:
    """One view at one size: its statements and the 95th percentile of its times."""

    statements: int
    busy: float
    clock: float


def run(size: str) -> list[Row]:
    """Fill a map of each size, assess it, and read its pages."""
    seen: dict[str, list[Seen]] = {}
    limits: dict[str, float] = {}
    for nodes in SIZES[size]:
        for name, limit, found in _of_size(nodes, ROUNDS[size]):
            seen.setdefault(name, []).append(found)
            limits[name] = limit
    return [row for name, of in seen.items() for row in _rows(name, limits[name], of, SIZES[size])]


def _of_size(nodes: int, rounds: int) -> list[tuple[str, float, Seen]]:
    with TemporaryDirectory() as name:
        app, by = make_platform(Path(name))
        with app.app_context():
            chain_id = add_map(by, nodes)
            keep(chain_id, by)
            views = _views(chain_id, by, nodes)
        client = sign_in(app.test_client(), EMAIL, PASSWORD)
        found = []
        with app.app_context():
            for view, (limit, addresses) in views.items():
                statements = max(count_statements(client, address) for address in addresses)
                busy, clock = times_of(client, addresses, rounds)
                found.append((view, limit, Seen(statements, busy, clock)))
            db.engine.dispose()
    return found


def _rows(name: str, limit: float, seen: Sequence[Seen], sizes: Sequence[int]) -> list[Row]:
    rows = []
    for nodes, of_size in zip(sizes, seen, strict=True):
        what = f"{name}, {nodes:,} nodes"
        most = STATEMENTS.get(name, MOST_STATEMENTS)
        print(f"{what}: p95 {of_size.clock * 1e3:.0f} ms by the clock", flush=True)
        rows.append(count_row(f"{what}: statements", of_size.statements, most, "statements"))
        rows.append(limit_row(f"{what}: p95 of processor time", of_size.busy, limit))
    growth = (seen[-1].busy, seen[0].busy)
    return [*rows, ratio_row(f"{name}, {sizes[-1]:,} / {sizes[0]:,} nodes", growth, GROWTH)]


def _views(chain_id: UUID, by: Identity, nodes: int) -> Views:
    with acting_in(by.organisation_id):
        page = list_nodes(chain_id, NodeFilter(q="5"), limit=25)
        db.session.rollback()
    home, one = f"/o/bench/value-chain/{chain_id}", page.rows[0].id
    pictures = ("", "?show=upstream", "?colour=ISS-CL", "?by=commodity", f"?focus={one}")
    texts = ("99", "5", "Site 77", "Siet 77")  # some, very many, few, nobody
    asked = ("Site+12", f"N{nodes // 2:07}", "Siet+77")
    around = [f"{home}/around?focus={one}&depth={depth}" for depth in (1, 2, 4)]
    return {
        "register": (LIST, _register(str(chain_id), nodes * 16)),
        "register of all maps": (LIST, _register("all", nodes * 16)),
        "risk": (LIST, [f"/o/bench/risk/explained/{one}/{issue}" for issue in ISSUES_SHOWN]),
        "place": (LIST, [f"/o/bench/risk/explained/{one}"]),
        "table of nodes": (LIST, _table(home, page.after)),
        "table by a text": (LIST, [f"{home}/table?{urlencode({'q': q})}" for q in texts]),
        "search": (LIST, [f"/o/bench/search/?q={text}" for text in asked]),
        "neighbourhood": (GRAPH, around),
        "picture of the map": (GRAPH, [f"{home}/{part}" for part in pictures]),
        "tier by country": (GRAPH, [f"{home}/matrix{part}" for part in MATRICES]),
        "world by country": (GRAPH, [f"{home}/world", f"{home}/world?country=TR"]),
        "world by volume": (GRAPH, [f"{home}/world?size=volume{part}" for part in ("", ONE)]),
        "overview": (GRAPH, ["/o/bench/"]),
    }


def _register(chain: str, pairs: int) -> list[str]:
    filters = ("", "&view=find", f"&view=all&page={pairs // 200}", "&view=all&cell=54",
               "&view=all&country=TR&issue=ISS-FF", "&view=all&risk=low")  # fmt: skip
    return [f"/o/bench/risk/register/?chain={chain}{part}" for part in filters]


def _table(home: str, middle: str | None) -> list[str]:
    orders = [f"sort={order.value}" for order in NodeOrder]
    filters = ("tier=0", "band=low", "country=TR")
    asked = [*orders, *(f"{order}&after={middle}" for order in orders), *filters]
    return [f"{home}/table?{part}" for part in asked]
