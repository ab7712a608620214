"""Which ids may stand for one node."""

import pytest

from supply_chain.drafts import NodeDraft
from supply_chain.intake.doubles import plain_name, possible_doubles
from supply_chain.vocabulary import NodeKind

SITE = NodeKind.SITE
FOO = NodeDraft("1", "Foo Ltd.", country="GH")


def pairs(*new: NodeDraft, known: tuple[NodeDraft, ...] = ()):  # type: ignore[no-untyped-def]
    return [(pair.left_id, pair.right_id) for pair in possible_doubles(new, known)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Foo Ltd.", "FOO LIMITED"),
        ("Société Foo S.A.", "societe foo sa"),
        ("Foo-Bar GmbH", "foo bar"),
    ],
)
def test_legal_form_and_spelling_do_not_make_two_names(one: str, other: str):
    assert plain_name(one) == plain_name(other)


def test_name_that_is_a_legal_form_alone_stays_a_name():
    assert plain_name("Co") == "co"


def test_new_node_named_like_a_known_one_is_told_with_reasons():
    new = NodeDraft("2", "FOO Limited", country="GH")

    (pair,) = possible_doubles([new], [FOO])

    assert (pair.left_id, pair.right_id) == ("1", "2")
    assert pair.reasons == ("same name but for spelling or legal form", "same country")


def test_nodes_of_one_list_are_held_against_the_first_of_their_name():
    twin, third = NodeDraft("2", "Foo", country="GH"), NodeDraft("3", "foo", country="GH")

    assert pairs(FOO, twin, third) == [("1", "2"), ("1", "3")]


@pytest.mark.parametrize(
    "other",
    [
        NodeDraft("2", "Foo", country="CI"),
        NodeDraft("2", "Bar", country="GH"),
        NodeDraft("2", "Foo", country="GH", kind=SITE),
    ],
)
def test_another_country_name_or_kind_is_another_node(other: NodeDraft):
    assert pairs(other, known=(FOO,)) == []


def test_two_addresses_are_two_sites_and_one_is_one():
    here = NodeDraft("1", "Foo", country="GH", kind=SITE, address="1 Main St.")
    there = NodeDraft("2", "Foo", country="GH", kind=SITE, address="2 High St.")
    again = NodeDraft("3", "FOO", country="GH", kind=SITE, address="1, main st")

    assert pairs(here, there, again) == [("1", "3")]
    assert possible_doubles([again], [here])[0].reasons[-1] == "same address"
