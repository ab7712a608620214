"""Rows that tell of two companies: each keeps its own country, and nothing of the list is lost."""

from supply_chain.intake.drafts import MapDraft, Mapping, NamedBytes, TableMapping
from supply_chain.intake.mapping_json import mapping_as_json, mapping_from_json
from supply_chain.intake.maps import read_map


def read(text: str, *, mapping: Mapping | None = None, link_to: str | None = None) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())], mapping, link_to=link_to)


def countries(draft: MapDraft) -> dict[str, str | None]:
    return {node.name: node.country for node in draft.nodes}


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = draft.mapping.nodes.values()
    return dict(table.columns)


GROUPED = (
    "Supplier,,Production site,,,\nName,Country,Name,Street address,City,Country\n"
    "Hanbit Ltd.,South Korea,Hanbit Long An,Lot 12,Tan An,Viet Nam\n"
    "Yee On,Hong Kong SAR,Mekong Apparel,Plot 5,Phnom Penh,Cambodia\n"
)


def test_a_site_is_in_its_own_country_and_its_supplier_in_that_beside_the_supplier() -> None:
    assert countries(read(GROUPED)) == {
        **{"Hanbit Long An": "VN", "Mekong Apparel": "KH"},
        **{"Hanbit Ltd.": "KR", "Yee On": "HK"},
    }


def test_the_address_beside_a_supplier_is_not_that_of_its_site() -> None:
    draft = read(
        "Supplier Name,Supplier Address,Production site name,Site address,Country\n"
        "Hanbit Ltd.,9 Seoul-ro,Hanbit Long An,Lot 12,Viet Nam\n"
    )
    found = columns(draft)
    assert (found["name"], found["address"]) == ("Production site name", "Site address")
    (site,) = (node for node in draft.nodes if node.address)
    assert site.attributes["Supplier Address"] == "9 Seoul-ro"


def test_the_only_country_of_a_list_is_that_of_its_sites() -> None:
    draft = read("Supplier Name,Supplier Country,Production site name\nHanbit,KR,Hanbit Long An\n")
    assert countries(draft) == {"Hanbit Long An": "KR", "Hanbit": None}


def test_a_buyer_named_in_the_rows_alone_has_the_country_beside_it() -> None:
    draft = read(
        "Supplier Name,Supplier Country,Buyer Name,Buyer Country,Share\n"
        "Alfa,CN,Beta,DE,0.3\nBeta,DE,Omega,US,1\nGama,IN,Beta | Delta,FR,0.1\n"
    )
    assert countries(draft) == {
        **{"Alfa": "CN", "Beta": "DE", "Gama": "IN", "Omega": "US"},
        "Delta": None,  # beside two buyers a country is of none of them for certain
    }


def test_a_mapping_with_the_country_of_a_company_is_taken_again() -> None:
    shown = mapping_as_json(read(GROUPED).mapping)
    assert shown["nodes"]["list.csv"]["columns"]["operated_by.country"] == "Supplier Country"  # type: ignore[index, call-overload]
    assert countries(read(GROUPED, mapping=mapping_from_json(shown))) == countries(read(GROUPED))


def test_a_share_of_purchases_stays_an_attribute_where_nobody_is_linked_to() -> None:
    text = "Supplier,Country,% of purchases\nAlfa,CN,35%\n"
    (alone,) = read(text).nodes
    (link,) = read(text, link_to="me").links
    assert alone.attributes == {"% of purchases": "35%"}
    assert link.share == 0.35


def test_suppliers_numbered_by_tier_are_steps_of_one_chain() -> None:
    draft = read(
        "Product,Supplier T1,Share T1,Supplier T2\nShirt,Alfa,60%,Beta\nShirt,Gama,40%,Beta\n"
    )
    names = {node.id: node.name for node in draft.nodes}
    ends = {(names[link.supplier], names[link.buyer]) for link in draft.links}
    assert ends == {("Beta", "Alfa"), ("Beta", "Gama")}


def test_a_mapping_of_a_table_that_is_in_no_file_is_told() -> None:
    mapping = Mapping(nodes={"other.csv": TableMapping(1, {"name": "Country"})})
    draft = read("Name,Country\nAlfa,CN\n", mapping=mapping)
    (note,) = draft.notes
    assert (note.file, note.advice) == ("other.csv", "Its tables are called: list.csv.")
    assert countries(draft) == {"Alfa": "CN"}


def test_a_fault_of_the_header_is_no_row_that_is_left_out() -> None:
    mapping = Mapping(nodes={"list.csv": TableMapping(1, {"name": "Name", "city": "Town"})})
    draft = read("Name,Country\nAlfa,CN\n", mapping=mapping)
    assert (len(draft.problems), draft.rows, draft.skipped) == (1, 1, 0)


def test_words_in_ascii_prove_no_encoding_that_puts_foreign_letters_into_them() -> None:
    text = "Usine;Adresse;Pays\nManufacture d'Été;\"12, rue de l'Église\";Maroc\n"
    draft = read_map([NamedBytes("list.csv", text.encode("cp1252"))])
    assert [(f.encoding, f.is_certain) for f in draft.formats] == [("cp1252", False)]
    assert [node.address for node in draft.nodes] == ["12, rue de l'Église"]


PALM_OIL = (
    "Refinery,Refinery Country,Mill Name,Mill Parent,Mill Country,Lat,Lon,FFB volume (MT)\n"
    "Gresik Oils,Indonesia,Mill One,PT A,Indonesia,-1.5,102.5,1200\n"
    "Gresik Oils,Indonesia,Mill Two,PT B,Indonesia,-2.5,103.5,800\n"
    "Pasir Oils,Malaysia,Mill One,PT A,Indonesia,-1.5,102.5,500\n"
)


def test_a_mill_delivers_to_each_refinery_beside_it() -> None:
    draft = read(PALM_OIL)
    names = {node.id: node.name for node in draft.nodes}
    ends = {(names[link.supplier], names[link.buyer]) for link in draft.links}
    assert ends == {
        *{("Mill One", "Gresik Oils"), ("Mill Two", "Gresik Oils"), ("Mill One", "Pasir Oils")}
    }
    assert countries(draft)["Pasir Oils"] == "MY"


def test_a_part_of_the_input_is_a_share_of_the_link() -> None:
    (link,) = read("From company,To company,% of input\nBeta,Alfa,60\n").links
    assert link.share == 0.6


CHAIN = (
    "Company,Supplier,Supplier country\n"
    "Own Brand GmbH,Dhaka Garments Ltd,Bangladesh\nOwn Brand GmbH,Izmir Tekstil AS,Turkey\n"
    "Dhaka Garments Ltd,Savar Spinning Ltd,Bangladesh\n"
    "Izmir Tekstil AS,Savar Spinning Ltd,Bangladesh\n"
    "Savar Spinning Ltd,Bobo Coton SA,Burkina Faso\n"
)


def test_companies_that_are_suppliers_in_other_rows_buy_from_those_beside_them() -> None:
    draft = read(CHAIN)
    names = {node.id: node.name for node in draft.nodes}
    links = {(names[link.buyer], names[link.supplier]) for link in draft.links}
    assert columns(draft)["buyer"] == "Company"
    assert ("Izmir Tekstil AS", "Savar Spinning Ltd") in links and len(links) == 5
    assert countries(draft)["Dhaka Garments Ltd"] == "BD"


def test_companies_that_run_sites_of_their_own_name_are_no_buyers() -> None:
    draft = read(
        "Company,Supplier,Country\n"
        "Hanbit Ltd,Hanbit Ltd,Viet Nam\nHanbit Ltd,Hanbit Long An,Viet Nam\n"
        "Yee On,Yee On,Cambodia\nYee On,Yee On Two,Cambodia\n"
    )
    assert "buyer" not in columns(draft)
