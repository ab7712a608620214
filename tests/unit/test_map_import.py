"""Value-chain files become drafts, with every problem told."""

from supply_chain.drafts import NamedBytes
from supply_chain.map_import import read_map


def _csv(text: str, name: str = "list.csv") -> NamedBytes:
    return NamedBytes(name, text.encode())


def test_plain_list_gives_nodes_with_names_countries_and_addresses():
    draft = read_map(
        [_csv('Factory Name,Country,Address\n"Alpha, Ltd",Viet Nam,1 Road\nBeta,IN,"2, Street"\n')]
    )

    assert draft.problems == ()
    assert [(n.name, n.country, n.address) for n in draft.nodes] == [
        ("Alpha, Ltd", "VN", "1 Road"),
        ("Beta", "IN", "2, Street"),
    ]
    assert draft.rows == 2


def test_nodes_and_links_files_are_one_map():
    nodes = _csv("id,name,country\na,Alpha,VN\nb,Beta,FR\n", "nodes.csv")
    links = _csv("supplier,buyer,share\na,b,40%\n", "links.csv")

    draft = read_map([nodes, links])

    assert [(link.supplier, link.buyer, link.share) for link in draft.links] == [("a", "b", 0.4)]
    assert [note.value for note in draft.notes] == ["40%"]
