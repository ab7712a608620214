"""A past day of a map: as it stood then, in the words of then, whatever happened since."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.history.queries.past import load_past
from ddplatform.value_chain.map_files.services.export import export_chain
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.graph.export import ExportForm
from tests.factories import Tenant
from tests.map_walks import VERBS, MapWalk, Stood, acting
from tests.sampling import examples

pytestmark = pytest.mark.both_databases

STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 10_000)), min_size=1, max_size=16
)
STEPPED = examples(15, one_world=True)


def as_it_stood(walk: MapWalk, day: date) -> Stood:
    with acting(walk.tenant):
        chain = get_chain(walk.chain_id)
        past = load_past(chain, day)
        drafts = load_drafts(chain.id, past=past)
        return past.name_of(chain), drafts.nodes, drafts.links


@STEPPED
@given(steps=STEPS)
@example(
    steps=[
        ("import", 1),
        ("import", 4),
        ("link", 3),
        ("undo", 1),
        ("merge", 2),
        ("merge", 5),
        ("relink", 7),
        ("split", 1),
        ("archive", 2),
        ("import", 8),
        ("restore", 1),
    ]
)
@example(steps=[("import", 1), *(("bulk", seed) for seed in range(12)), ("bulk undo", 1)])
def test_every_past_day_is_told_as_the_map_stood_at_its_end(
    context: Flask, tenant: Tenant, steps: list[tuple[str, int]]
):
    walk = MapWalk(tenant)

    for verb, seed in steps:
        walk.go(verb, seed)

    assert {day: as_it_stood(walk, day) for day in walk.stood} == walk.stood
    assert as_it_stood(walk, datetime.now(UTC).date()) == walk.stood[walk.at.date()]


@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "graphml", "node-link"])
def test_an_export_of_a_past_day_has_the_bytes_of_the_one_that_was_made_then(
    context: Flask, tenant: Tenant, form: ExportForm
):
    walk = MapWalk(tenant)
    made = {}
    for seed, verb in enumerate(["import", "link", "relink", "rename", "merge", "import", "split"]):
        walk.at += timedelta(days=1)
        walk.go(verb, seed)
        with acting(tenant):
            made[walk.at.date()] = export_chain(
                walk.chain_id,
                form,
                act=Act(tenant.manager, walk.at),
            ).content

    with acting(tenant):
        for day, content in made.items():
            later = export_chain(walk.chain_id, form, act=Act(tenant.manager, walk.at), as_of=day)
            assert later.content == content, day
