"""What an import would change is told field by field, before anything is written."""

from dataclasses import replace

from supply_chain.intake.compare import FieldChange, compare
from supply_chain.intake.drafts import (
    LinkDraft,
    MapDraft,
    Mapping,
    NamedBytes,
    NodeDraft,
    TableMapping,
)
from supply_chain.intake.maps import read_map
from supply_chain.vocabulary import NodeKind

MILL = NodeDraft(
    id="m1",
    name="Alpha Mill",
    kind=NodeKind.SITE,
    country="ID",
    region="Riau",
    attributes={"workers": 120},
    external_ids={"uml_id": "PO1000000001"},
)
TRADER = NodeDraft(id="t1", name="Beta Trading", country="SG")
LINK = LinkDraft("m1", "t1", share=0.4)


def test_node_that_the_map_lacks_is_new():
    changes = compare([MILL], MapDraft((MILL, TRADER), ()))

    assert changes.new_nodes == (TRADER,)
    assert changes.unchanged_nodes == (MILL,)


def test_changed_node_names_each_field_with_both_values():
    moved = replace(MILL, region="Jambi", attributes={"workers": 130})

    (change,) = compare([MILL], MapDraft((moved,), ())).changed_nodes

    assert change.fields == (
        FieldChange("region", "Riau", "Jambi"),
        FieldChange("attributes.workers", 120, 130),
    )
    assert change.after == moved


def test_what_a_file_leaves_empty_erases_nothing():
    bare = NodeDraft(id="m1", name="Alpha Mill", kind=NodeKind.SITE)

    changes = compare([MILL], MapDraft((bare,), ()))

    assert changes.unchanged_nodes == (MILL,)
    assert changes.changed_nodes == ()


def test_kind_that_no_column_states_overwrites_nothing():
    mapping = Mapping(nodes={"list.csv": TableMapping(1, {"name": "Name"})})
    guessed = replace(MILL, kind=NodeKind.BUSINESS_ENTITY)

    changes = compare([MILL], MapDraft((guessed,), (), mapping=mapping))

    assert changes.unchanged_nodes == (MILL,)


def test_kind_that_a_column_states_is_a_change():
    mapping = Mapping(nodes={"list.csv": TableMapping(1, {"kind": "Kind"})})
    stated = replace(MILL, kind=NodeKind.BUSINESS_ENTITY)

    (change,) = compare([MILL], MapDraft((stated,), (), mapping=mapping)).changed_nodes

    assert change.fields == (FieldChange("kind", NodeKind.SITE, NodeKind.BUSINESS_ENTITY),)


def test_node_missing_from_the_draft_is_gone_not_deleted():
    changes = compare([MILL, TRADER], MapDraft((MILL,), ()))

    assert changes.gone_nodes == (TRADER,)


def test_own_operation_and_what_a_link_of_the_draft_names_are_never_gone():
    own = replace(TRADER, id="o1", own_operation=True)
    draft = MapDraft((MILL,), (LinkDraft("m1", "t1"),))

    assert compare([MILL, TRADER, own], draft).gone_nodes == ()


def test_links_are_compared_by_their_ends_kind_commodity_and_first_day():
    other = LinkDraft("m1", "t1", commodity="palm-oil")
    draft = MapDraft((MILL, TRADER), (replace(LINK, share=0.5), other))

    changes = compare([MILL, TRADER], draft, existing_links=[LINK])

    assert changes.new_links == (other,)
    assert changes.changed_links[0].fields == (FieldChange("share", 0.4, 0.5),)
    assert changes.changed_links[0].after.share == 0.5


def test_link_without_share_in_the_file_keeps_the_known_share():
    draft = MapDraft((MILL, TRADER), (LinkDraft("m1", "t1"),))

    changes = compare([MILL, TRADER], draft, existing_links=[LINK])

    assert changes.unchanged_links == (LINK,)


def test_link_missing_from_a_draft_with_links_is_gone():
    back = LinkDraft(LINK.buyer, LINK.supplier)
    changes = compare([MILL, TRADER], MapDraft((MILL, TRADER), (back,)), existing_links=[LINK])

    assert changes.gone_links == (LINK,)


def test_list_without_links_says_nothing_on_links_between_those_that_stay():
    changes = compare([MILL, TRADER], MapDraft((MILL, TRADER), ()), existing_links=[LINK])

    assert changes.gone_links == ()


def test_same_list_without_ids_imported_twice_changes_nothing():
    text = b"Mill Name,Country,Address\nAlpha Mill,Indonesia,1 Road\nBeta,Malaysia,2 Road\n"
    first = read_map([NamedBytes("a.csv", text)])
    shouting = text.decode().replace("Alpha Mill", "ALPHA  MILL").encode()

    again = compare(first.nodes, read_map([NamedBytes("b.csv", text)]))
    other_case = compare(first.nodes, read_map([NamedBytes("c.csv", shouting)]))

    assert again.unchanged_nodes == first.nodes
    assert other_case.new_nodes == () and other_case.gone_nodes == ()
