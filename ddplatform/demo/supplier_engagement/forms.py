"""Own forms of the sample company, and a translation confirmed in part by a person."""

from datetime import datetime
from functools import partial

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.supplier_engagement.library.queries import list_library
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.translations.queries.texts import load_texts
from ddplatform.supplier_engagement.translations.services import confirm

WHO = "samira.haddad@maison-cacao.example"
FORMS = (("hostel.md", 60, True), ("harvest.md", 12, False))
"""File, days ago, and whether it was published on the day after."""
CONFIRMED = (20, "SAQ", "pt", 8)
"""Days ago, questionnaire, language, and how many of its first texts were confirmed."""


def plan_own_forms(story: Story, timeline: Timeline) -> None:
    """Import the forms; publish those that are sent."""
    for name, days_ago, is_published in FORMS:
        content = story.bytes(f"forms/{name}")
        timeline.add(days_ago, partial(_bring, name, content))
        if is_published:
            timeline.add(days_ago - 1, partial(_publish, name))
    timeline.add(CONFIRMED[0], _confirm)


def _bring(name: str, content: bytes, world: World, at: datetime) -> None:
    with world.acting(WHO, at) as act:
        brought = own_forms.bring_in(name, content, act=act)
        assert brought.form is not None, [fault.message for fault in brought.report.faults]
        world.made[name] = brought.form.id


def _publish(name: str, world: World, at: datetime) -> None:
    with world.acting(WHO, at) as act:
        own_forms.publish(world.made[name], number=1, act=act)


def _confirm(world: World, at: datetime) -> None:
    _, ref, language, first = CONFIRMED
    with world.acting(WHO, at) as act:
        version_id = next(row.version_id for row in list_library() if row.ref == ref)
        known = list(load_texts(version_id, language).texts.values())[:first]
        confirm(version_id, language, {one.place: one.text for one in known}, act=act)
