"""A supplier list of the sample, read and waiting for review."""

from datetime import datetime

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.imports.services import reading as map_import
from supply_chain.intake.drafts import NamedBytes


def plan_lists(story: Story, timeline: Timeline) -> None:
    """The list that `supplier_list.yaml` names."""
    told = story.read("supplier_list.yaml")
    name = told["file"]

    def read(world: World, at: datetime) -> None:
        slug = told["buyer"]
        own = world.nodes[slug, told["own_business"]]
        file = NamedBytes(name.rpartition("/")[2], story.bytes(name))
        with world.acting(told["by"]) as by:
            row = map_import.stage(world.chains[slug], [file], link_to_id=own, act=Act(by, at))
            db.session.flush()  # each step reads the row anew, as the worker does
            plan = map_import.plan_reading(row.id, by)
            opened = map_import.open_files(plan)
            plan = map_import.recall_mapping(row.id, plan, opened)
            db.session.flush()
            map_import.keep_preview(row.id, map_import.read_files(plan, opened))

    timeline.add(told["days_ago"], read)
