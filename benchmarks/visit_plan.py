"""Visit planning: severe risk found per visit by our plan, and by the two usual orders.

A hidden truth is drawn: the practices at every node, near those usual in its country and trade
but with chances of their own. The plan sees reference data and the weak answers of some nodes; the
visits meet the truth. Two real shapes (the palm-oil chain that a company published, the cocoa map
of the sample) and one generated; equal seeds give equal figures.
"""

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.assessment import make_chain
from benchmarks.contract import SEED, Row
from supply_chain.analysis.visit_plan import Step, StepKind, follow, plan_steps
from supply_chain.analysis.visit_plan_field import (
    VISIT,
    Aim,
    Spread,
    Stakes,
    field_of,
    stakes_of,
    step_kinds,
)
from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.maps import read_map
from supply_chain.reference.release import Reference, load_reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.factors import Observations
from supply_chain.risk.method import METHOD, Floats
from supply_chain.risk.rm2.map_assessment import Assessment, assess

ROOT = Path(__file__).parent.parent
PALM = ROOT / "tests/data/supplier_lists/whole/colgate_palm_chain_2019H1_raw.csv.gz"
COCOA = ROOT / "demo/maps/maison_cacao.json"
GENERATED = {"small": (2_000, 8_000), "full": (20_000, 80_000)}
DRAWS = {"small": 3, "full": 10}
ANSWERED = 0.2  # part of nodes that answered a questionnaire
USUAL = 0.6  # how far practices follow what is usual in country and trade
VISITS = 0.05  # part of nodes that can be visited, 10 at least
WRK = METHOD.group_slices[METHOD.groups.index("WRK")]


def run(size: str) -> list[Row]:
    """Expected severe risks found per visit, ours against each baseline, on three maps."""
    reference = load_reference()
    generated = make_chain(*GENERATED[size], reference)
    maps = {
        "palm oil": _map(PALM.name.removesuffix(".gz"), gzip.decompress(PALM.read_bytes())),
        "cocoa": _map(COCOA.name, COCOA.read_bytes()),
        "generated": generated,
    }
    rows = []
    for name, chain in maps.items():
        found = np.array([_found(chain, reference, SEED + n) for n in range(DRAWS[size])])
        ours, spread, volume, country, chance = found.mean(axis=0).tolist()
        title = f"severe risk found per visit, {name}, {len(chain):,} nodes"
        rows += [
            _row(f"{title} / largest volume first", ours, volume),
            _row(f"{title} / highest country risk first", ours, country),
            _row(f"{title} / any node", ours, chance),
            _row(f"{title}, spread over regions / any node", spread, chance, goal=0.95),
        ]
    return rows


def _row(name: str, ours: float, baseline: float, *, goal: float = 1.0) -> Row:
    ratio = ours / baseline
    return Row(name, ours, baseline, ratio, f">= {goal:g}x", ratio >= goal, unit="a visit")


def _map(name: str, content: bytes) -> ValueChain:
    draft = read_map([NamedBytes(name, content)])
    palm = "palm_oil"
    nodes = NodeColumns.build(
        [node.id for node in draft.nodes],
        kind=[node.kind for node in draft.nodes],
        country=[node.country for node in draft.nodes],
        sector=[node.sector for node in draft.nodes],
        commodities=[node.commodities or (palm,) for node in draft.nodes],
        own_operation=[node.own_operation for node in draft.nodes],
    )
    links = LinkColumns.build(
        nodes,
        buyer=[link.buyer for link in draft.links],
        supplier=[link.supplier for link in draft.links],
        share=[link.share for link in draft.links],
        flow=[link.flow_evidence for link in draft.links],
    )
    return ValueChain.build(nodes=nodes, links=links)


def _found(chain: ValueChain, reference: Reference, seed: int) -> tuple[float, ...]:
    """Severe risk found per visit: ours, ours with spread, by volume, by country; of any node."""
    random, count = np.random.default_rng(seed), len(chain)
    blind = assess(chain, Evidence(), reference=reference, as_of=reference.as_of)
    practice = _practice(blind, count, random)
    truth = _assessed(chain, reference, practice, np.arange(count), "site_work")
    worth = stakes_of(truth, count, Aim.FIND).terms.sum(axis=1)
    answered = np.flatnonzero(random.random(count) < ANSWERED)
    noise = random.uniform(-0.3, 0.1, practice.shape)  # self-reports understate
    weak = np.clip(practice + noise, 0, 1)
    known = _assessed(chain, reference, weak, answered, "supplier_answer")
    stakes = stakes_of(known, count, Aim.FIND)
    visits = max(10, round(VISITS * count))
    _, visit = step_kinds(questionnaires=0, visits=visits)
    ways = _ways(chain, stakes, visit, visits)
    per_visit = [
        visit.teaches * float(worth[[step.node for step in steps]].sum()) / len(steps)
        for steps in ways
    ]
    others = ~chain.nodes.own_operation
    return (*per_visit, visit.teaches * float(worth[others].mean()))


def _ways(chain: ValueChain, stakes: Stakes, visit: StepKind, visits: int) -> list[Sequence[Step]]:
    kinds = (StepKind("questionnaire", 0.0, 0), visit)
    open_ = np.zeros((len(chain), 2), dtype=np.bool_)
    open_[:, VISIT] = ~chain.nodes.own_operation
    regions = [country or "" for country in chain.nodes.country]
    field = field_of(stakes, regions, open_, Spread.NONE)
    sequence = [VISIT] * visits
    return [
        plan_steps(field, kinds).steps,
        plan_steps(field_of(stakes, regions, open_, Spread.SOME), kinds).steps,
        follow(field, kinds, stakes.largest_volume_first(), sequence),
        follow(field, kinds, stakes.highest_country_risk_first(), sequence),
    ]


def _practice(blind: Assessment, count: int, random: np.random.Generator) -> Floats:
    """(nodes, WRK factors) how bad practices really are, 0 benign to 1 worst."""
    usual = blind.scores.of_nodes("likelihood")[:count].mean(axis=1, keepdims=True)
    own = random.beta(1, 2, (count, 1))
    each = random.uniform(-0.15, 0.15, (count, WRK.stop - WRK.start))
    return np.asarray(np.clip(USUAL * usual + (1 - USUAL) * own + each, 0, 1), dtype=np.float64)


def _assessed(
    chain: ValueChain, reference: Reference, practice: Floats, rows: np.ndarray, source: str
) -> Assessment:
    factors = np.arange(WRK.start, WRK.stop)
    node, factor = np.repeat(rows, len(factors)), np.tile(factors, len(rows))
    size = len(node)
    seen = Observations(
        node=node,
        factor=factor,
        value=practice[rows].ravel(),
        source_type=np.full(size, METHOD.source_index[source]),
        age_months=np.zeros(size),
        quality=np.full(size, np.nan),
        source=np.full(size, -1),
    )
    return assess(chain, Evidence(observations=seen), reference=reference, as_of=reference.as_of)
