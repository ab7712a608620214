"""Next year's list against the map: recognised, moved, renamed, gone."""

from pathlib import Path

import pytest

from supply_chain.intake.compare import NodeChange, compare
from supply_chain.intake.drafts import LinkDraft, MapDraft, NamedBytes, NodeDraft
from supply_chain.intake.maps import read_map
from supply_chain.intake.node_rows import made_id
from supply_chain.intake.succession import Recognised, is_moved, is_renamed, likeness, recognise

LISTS = Path(__file__).parents[3] / "data" / "supplier_lists"


def _made(name: str, address: str | None, country: str = "VN", **more: object) -> NodeDraft:
    made = made_id(name, country, address or "")
    return NodeDraft(made, name, country=country, address=address, **more)  # type: ignore[arg-type]


OLD = _made("Alpha Shoes Co., Ltd", "1 Old Road, Hanoi")


def _recognise(
    new: NodeDraft, *old: NodeDraft, apart: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Recognised, ...]:
    known = old or (OLD,)
    draft = MapDraft((new,), ())
    return recognise(known, draft, listed=frozenset(n.id for n in known), apart=apart)[1]


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (_made("ALPHA SHOES CO LTD", "9 New Street, Hue"), "the same name in the same country"),
        (_made("Beta Shoes", "1, old road - Hanoi"), "the same address in the same country"),
    ],
)
def test_site_that_moved_or_was_renamed_is_recognised_by_what_it_kept(new: NodeDraft, reason: str):
    assert _recognise(new) == (Recognised(OLD.id, new.id, reason),)


def test_id_of_a_registry_recognises_whatever_else_changed():
    old = NodeDraft("A1", "Alpha", country="VN", external_ids={"os_id": "VN2020X"})
    new = NodeDraft("77", "Beta", country="TH", external_ids={"os_id": "vn2020x"})

    assert _recognise(new, old) == (Recognised("A1", "77", "the same id of a registry"),)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (NodeDraft("B7", "Alpha Shoes Co., Ltd", country="VN"), (OLD,)),
        (_made("Alpha Shoes Co., Ltd", "9 New Street", country="TH"), (OLD,)),
        (_made("Alpha", "2 Any Road"), (_made("Alpha", "1 Any Road"), _made("Alpha", "3"))),
        (_made("Beta", "Hanoi"), (_made("Alpha", "Hanoi"),)),
        (_made("Beta", None, country=""), (_made("Beta", "x", country=""),)),
    ],
    ids=["own id", "other country", "two of a name", "a town is no address", "no country"],
)
def test_what_is_not_clear_stays_gone_and_new(new: NodeDraft, old: tuple[NodeDraft, ...]):
    assert _recognise(new, *old) == ()


def test_pair_that_a_person_told_apart_stays_apart():
    new = _made(OLD.name, "9 New Street, Hue")

    assert _recognise(new, apart=frozenset({(OLD.id, new.id)})) == ()


def test_recognised_node_keeps_its_id_in_links_and_operators():
    new = _made(OLD.name, "9 New Street, Hue")
    site = NodeDraft("s", "Site", operated_by=new.id)
    links = (LinkDraft(new.id, "s"), LinkDraft("s", new.id), LinkDraft(OLD.id, "s"))
    draft, _ = recognise((OLD,), MapDraft((new, site), links), listed=frozenset({OLD.id}))

    assert [node.id for node in draft.nodes] == [OLD.id, "s"]
    assert draft.nodes[1].operated_by == OLD.id
    assert [(link.supplier, link.buyer) for link in draft.links] == [(OLD.id, "s"), ("s", OLD.id)]


def _change(before: NodeDraft, after: NodeDraft) -> NodeChange:
    return NodeChange(before, after, ())


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        (NodeDraft("a", "A", country="VN", address="1 Road", latitude=10.0, longitude=20.0), False),
        (
            NodeDraft("a", "A", country="VN", address="1, ROAD", latitude=10.005, longitude=20),
            False,
        ),
        (NodeDraft("a", "A", country="VN", address="1 Road", latitude=10.1, longitude=20.0), True),
        (NodeDraft("a", "A", country="VN", address="2 Road", latitude=10.0, longitude=20.0), True),
        (NodeDraft("a", "A", country="TH", address="1 Road", latitude=10.0, longitude=20.0), True),
    ],
)
def test_move_is_another_country_address_or_more_than_a_kilometre(after: NodeDraft, moved: bool):
    before = NodeDraft("a", "A", country="VN", address="1 Road", latitude=10.0, longitude=20.0)

    assert is_moved(_change(before, after)) is moved
    assert not is_moved(_change(NodeDraft("a", "A"), after))


def test_other_letters_are_no_other_name():
    assert not is_renamed(_change(NodeDraft("a", "A & K DESIGNS"), NodeDraft("a", "A & k Designs")))
    assert is_renamed(_change(NodeDraft("a", "Alpha"), NodeDraft("a", "Beta")))


def test_likeness_counts_shared_columns():
    assert likeness(("Name", "Country"), ("NAME", "country ")) == 1.0
    assert likeness(("Name", "Country"), ("Name", "Land")) == pytest.approx(1 / 3)
    assert likeness((), ()) == 0.0


def test_only_what_the_earlier_list_named_can_be_gone():
    other, stays = NodeDraft("mill", "Mill"), NodeDraft("s", "Stays")
    links = (LinkDraft("mill", "s"), LinkDraft("s", "mill"), LinkDraft(OLD.id, "mill"))
    listed = frozenset({OLD.id, "s"})
    changes = compare(
        (OLD, other, stays), MapDraft((stays,), ()), existing_links=links, listed=listed
    )

    assert [node.id for node in changes.gone_nodes] == [OLD.id]
    assert changes.gone_links == (links[2],)
    named = MapDraft((stays,), (LinkDraft("s", OLD.id),))
    gone = compare((OLD, other, stays), named, existing_links=links, listed=listed).gone_links
    assert gone == (links[1], links[2])


def test_two_years_of_one_published_list_are_recognised_as_one_another():
    first, second = (
        read_map([NamedBytes(name, (LISTS / name).read_bytes())])
        for name in ("nike_2021.csv", "nike_2023.csv")
    )
    listed = frozenset(node.id for node in first.nodes)
    draft, found = recognise(first.nodes, second, listed=listed)
    changes = compare(first.nodes, draft, listed=listed)
    plain = compare(first.nodes, second, listed=listed)

    assert found
    assert len(changes.gone_nodes) == len(plain.gone_nodes) - len(found)
    assert len(changes.new_nodes) == len(plain.new_nodes) - len(found)
    assert any(is_moved(change) for change in changes.changed_nodes)
    again, found_again = recognise(
        [change.after for change in changes.changed_nodes], second, listed=listed
    )
    assert {node.id for node in again.nodes} >= {
        change.after.id for change in changes.changed_nodes
    }
    assert {one.known_id for one in found_again} == {one.known_id for one in found}
