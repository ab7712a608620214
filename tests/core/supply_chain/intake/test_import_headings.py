"""Headings that no list of words holds as a whole: each is understood as a reader would.

All names are made up.
"""

import pytest

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.heading_parts import is_column_name, rank_of_parts
from supply_chain.intake.maps import read_map


def read(*texts: str, encoding: str = "utf-8") -> MapDraft:
    return read_map(
        [NamedBytes(f"list{at}.csv", text.encode(encoding)) for at, text in enumerate(texts)]
    )


def columns(draft: MapDraft) -> dict[str, str]:
    (table,) = draft.mapping.nodes.values()
    return dict(table.columns)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Adresse du site de production", "address"),
        ("Ulica i nr", "address"),
        ("Юридический адрес", "address"),
        ("Party Legal Name", "name"),
        ("Nom de la coopérative", "name"),
        ("Firmenbezeichnung", "name"),
        ("SUPP_DESC", "name"),
        ("Anlagenname", "name"),
        ("Tên cơ sở sản xuất", "name"),
        ("厂商全称", "name"),
        ("Code coopérative", "id"),
        ("Party Ref", "id"),
        ("Lieferantennr", "id"),
        ("Sitzland", "country"),
        ("Mfg. Country", "country"),
        ("所在省市", "region"),
        ("Smelter City", "city"),
        ("Kod poczt.", "postal_code"),
        ("Position GPS", "coordinates"),
        ("主营产品", "commodities"),
        ("主要供应产品", "commodities"),
        ("عدد العاملين", "attributes.workers"),
        ("Idadi ya wafanyakazi", "attributes.workers"),
        ("Permanent workers", "attributes.workers"),
        ("Concession holder", "operated_by"),
        ("Betreiberfirma", "operated_by"),
        ("Acheteur final", "buyer"),
    ],
)
def test_a_heading_tells_a_field_by_its_words(heading: str, field: str) -> None:
    assert rank_of_parts(heading, field) is not None
    assert is_column_name(heading)


@pytest.mark.parametrize(
    "text",
    [
        *("Number of sites", "Female workers", "Site status", "Product code", "Licence number"),
        *("Company size", "Customer country", "Ownership", "Mill Road 4", "Audit date", "Portland"),
        *("3 factories", "Rating", "x", "Nb producteurs"),
    ],
)
def test_other_headings_and_cells_tell_none(text: str) -> None:
    assert not is_column_name(text)


def test_a_heading_longer_than_any_tells_nothing() -> None:
    assert rank_of_parts("address " * 10, "address") is None
    assert rank_of_parts("address", "unheard of") is None
    assert not is_column_name("address " * 20)


def test_the_seat_of_a_company_is_not_the_place_of_its_site() -> None:
    draft = read("HQ Country,HQ City,Supplier Name,Mfg Country,Mfg City\nTW,Taipei,Pou,VN,Hue\n")

    assert draft.nodes[0].country == "VN" and draft.nodes[0].attributes["city"] == "Hue"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Raffineur;Pays;Métal\nValcambi;Suisse;Or\n", "Valcambi"),
        ("Courtier;Vendeur d'origine;Pays\nA SARL;Alpha;Mali\nA SARL;Beta;Mali\n", "Alpha"),
        ("Réf. contrat;Remarque;Pays vendeur\nK-1;Alpha SA;Togo\nK-2;Beta SA;Togo\n", "Alpha SA"),
        ("Nb producteurs;Libellé;Pays\n1 240;Alpha;Togo\n860;Beta;Togo\n", "Alpha"),
        ("Nome Fantasia;Nota;País\nAlpha;a b c;Togo\nBeta;d e f;Togo\n", "Alpha"),
        ("Code;Wert;Land\nA1;12;Togo\nA2;13;Togo\n", "A1"),
    ],
)
def test_the_column_of_names_is_found_where_no_heading_says_name(text: str, name: str) -> None:
    assert read(text).nodes[0].name == name


def test_one_known_word_far_down_is_a_cell_and_no_heading() -> None:
    text = "Kürzel,Wert,Ort und Land,Was\nP1,Ferrum,Schweiz,Trader\nP2,Andes,Chile,Producer\n"

    draft = read(text)

    assert draft.rows == 2 and [node.country for node in draft.nodes] == ["CH", "CL"]


def test_two_files_with_words_of_their_own_are_nodes_and_links() -> None:
    draft = read(
        "Party Ref,Party Legal Name,Domicile\nP1,Ferrum AG,Switzerland\nP2,Andes SpA,Chile\n",
        "From Party,To Party,Item,Share of supply %,Start,End\nP2,P1,Copper,62.5,Q1 2024,2025\n",
    )

    (link,) = draft.links
    assert (link.supplier, link.buyer, link.commodity, link.share) == ("P2", "P1", "copper", 0.625)
    assert (str(link.valid_from), str(link.valid_to)) == ("2024-01-01", "2025-12-31")


def test_links_are_known_by_the_words_of_both_ends() -> None:
    draft = read("Seller;Purchaser;Volume share;Valid until\nAlpha;Beta;45%;31.12.2026\n")

    assert list(draft.mapping.nodes) == [] and len(draft.nodes) == 2 and len(draft.links) == 1


def test_origin_may_be_a_country_or_yes_and_no() -> None:
    grown = read("Grower,Origin,Hectares\nSian,Kenya,45\nAlem,Ethiopia,60\n")
    told = read("name,country,origin\nSian,KE,no\n")

    assert [node.country for node in grown.nodes] == ["KE", "ET"]
    assert told.nodes[0].origin is False


def test_a_number_with_thousands_is_no_pair_of_degrees() -> None:
    draft = read('Supplier,Country,Spend\nAlpha,PL,"12,000"\nBeta,PL,"9,000"\n')

    assert "coordinates" not in columns(draft) and draft.nodes[0].latitude is None


@pytest.mark.parametrize("pair", ["6.28/-10.37", "N 6°16' W 10°22'", '"6.28, -10.37"'])
def test_pairs_of_degrees_are_known_by_what_they_are(pair: str) -> None:
    (node,) = read(f"Mill,Country,Where\nAlpha,Liberia,{pair}\n").nodes

    assert node.latitude == pytest.approx(6.28, abs=0.02)
    assert node.longitude == pytest.approx(-10.37, abs=0.02)


def test_countries_of_a_last_tier_are_no_companies_and_of_no_other_tier() -> None:
    draft = read("Tier 1,Tier 1 Country,Tier 2,Tier 3 (fibre)\nEpic,BD,Vardhman,India\n")

    assert {node.name: node.country for node in draft.nodes} == {"Epic": "BD", "Vardhman": None}


def test_a_company_beside_the_sites_keeps_its_own_number() -> None:
    draft = read(
        "Tesis Adı,Firma Ünvanı,Ülke,DUNS\nBursa Tesisi,Öz AŞ,Türkiye,150483782\n"
        "İzmir Tesisi,Öz AŞ,Türkiye,150483782\nVan Tesisi,Su AŞ,Türkiye,\n"
    )

    by_id = {node.id: node for node in draft.nodes}
    sites = [node for node in draft.nodes if node.operated_by]
    assert [by_id[site.operated_by or ""].name for site in sites] == ["Öz AŞ", "Öz AŞ", "Su AŞ"]
    assert all(not site.external_ids for site in sites)
    assert sites[0].attributes["DUNS"] == 150483782


def test_numbers_of_the_sites_themselves_stay_theirs() -> None:
    draft = read(
        "Factory,Supplier,Country,DUNS\nNorth Plant,Alpha,VN,150483782\n"
        "South Plant,Alpha,VN,804735132\n"
    )

    assert [n.external_ids.get("duns") for n in draft.nodes[:2]] == ["150483782", "804735132"]


def test_a_sum_of_so_many_factories_is_no_supplier() -> None:
    draft = read("Factory,Country,Workers\nAlpha,VN,10\nBeta,VN,20\nTotal,2 factories,30\n")

    assert [node.name for node in draft.nodes] == ["Alpha", "Beta"]


# Lists on their side


def test_a_list_on_its_side_is_turned_and_says_so() -> None:
    draft = read("Name,Alpha,Beta\nCountry,India,Atlantis\n\nCity,Pune\nContact person,A.,B.\n")

    (node,) = draft.nodes
    assert (node.name, node.country, node.attributes) == ("Alpha", "IN", {"city": "Pune"})
    assert [(p.row, p.value) for p in draft.problems] == [(3, "Atlantis")]
    assert any("row 2 is column B" in note.problem for note in draft.notes)


@pytest.mark.parametrize(
    "text",
    [
        "Supplier,Customer,Country\nBuyer,Acme,IN\nVendor,Acme,IN\nClient,Acme,IN\n",
        "name\nCountry\nCity\nAddress\n",
        "name,country\nCity,IN\n",
    ],
)
def test_upright_lists_are_never_turned(text: str) -> None:
    draft = read(text)

    assert not any("stands on its side" in note.problem for note in draft.notes)


def test_a_file_of_headings_alone_is_refused() -> None:
    with pytest.raises(FileRefused, match="no row"):
        read("Party Ref,Party Legal Name,Domicile\n")


# Companies and sites, tiers, people


def test_sites_beside_a_column_of_companies_are_the_nodes() -> None:
    draft = read(
        "Fournisseur;Site de production;Pays\nTextile SA;Usine Nord;France\n"
        "Textile SA;Usine Sud;Tunisie\nCuir SARL;Tannerie;Maroc\n"
    )

    names = {node.id: node.name for node in draft.nodes}
    runs = {n.name: names[n.operated_by] for n in draft.nodes if n.operated_by}
    assert runs == {"Usine Nord": "Textile SA", "Usine Sud": "Textile SA", "Tannerie": "Cuir SARL"}


def test_a_column_of_sites_that_is_hardly_filled_in_names_none() -> None:
    draft = read("Supplier;Factory site;Country\nAlpha;;IN\nBeta;;IN\nGamma;;IN\nDelta;Hall;IN\n")

    assert columns(draft)["name"] == "Supplier"


def test_the_country_before_the_companies_of_a_tier_is_theirs() -> None:
    draft = read(
        "Proveedor nivel 1;País N1;Proveedor nivel 2;País N2\nTextil Sur;España;Hilados;México\n"
    )
    other = read("Land der Marke;Tier 1;Tier 2\nGermany;Epic;Arvind\n")

    assert {node.name: node.country for node in draft.nodes} == {
        "Textil Sur": "ES",
        "Hilados": "MX",
    }
    assert [node.country for node in other.nodes] == [None, None]


def test_the_last_supplier_under_groups_of_columns_is_the_node() -> None:
    draft = read(
        "Tier-1 supplier,,Tier-2 supplier,,Raw material supplier,\n"
        "Name,Country,Name,Country,Name,Country\n"
        "Epic,Bangladesh,Arvind,India,Gujarat Gin,India\n"
    )

    assert len(draft.links) == 2
    assert {node.name for node in draft.nodes} == {"Epic", "Arvind", "Gujarat Gin"}


@pytest.mark.parametrize("share", ["60 percent", "60 per cent", "60 Prozent", "60 por ciento"])
def test_a_share_may_say_per_cent_in_words(share: str) -> None:
    assert read(f"supplier,buyer,share\nAlpha,Beta,{share}\n").links[0].share == 0.6


def test_a_list_of_workers_gives_their_factory_and_nothing_of_them() -> None:
    draft = read(
        "Employee ID,Full name,Position,Join date,Age,Wage,Factory\n"
        "1,Rahim U.,Operator,2020-01-01,17,9000,Alpha\n2,Salma B.,Helper,2021-01-01,15,8000,Alpha\n"
    )

    (node,) = draft.nodes
    assert (node.name, node.attributes) == ("Alpha", {})
    assert "Rahim" not in str(draft) and "Salma" not in str(draft)


def test_a_list_of_pupils_gives_nothing() -> None:
    draft = read("Child name,Age,School,Guardian,Country\nAsif,12,Govt Primary,Bashir,Pakistan\n")

    assert draft.nodes == () and "Asif" not in str(draft) and "Bashir" not in str(draft)


def test_one_such_fact_alone_makes_no_list_of_people() -> None:
    draft = read("Name,Age,Class,Country\nFV Star,12,A,Kenya\n")

    assert draft.nodes[0].attributes == {"Age": 12, "Class": "A"}


def test_a_heading_that_sounds_like_a_postal_code_needs_cells_like_one() -> None:
    tiers = read("Tên nhà cung cấp,Quốc gia,Cấp\nMay Mặc Hòa Bình,Việt Nam,Cấp 1\nDệt,VN,Cấp 2\n")
    codes = read("Fornitore,Paese,CAP\nConceria Rossi,Italia,36071\nFilati Verdi,IT,50047\n")

    assert [node.attributes["stated_tier"] for node in tiers.nodes] == [1, 2]
    assert columns(codes)["postal_code"] == "CAP"
