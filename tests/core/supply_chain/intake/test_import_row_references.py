"""Columns that name other rows of the list, whatever their headings say."""

from supply_chain.intake.drafts import MapDraft, NamedBytes
from supply_chain.intake.maps import read_map

ROWS = (
    "KT-01,Deniz Konfeksiyon,Turkey,1,\n"
    "KT-02,Ege Iplik,Turkey,2,KT-01\n"
    "KT-03,Mavi Boya,Turkey,Tier 2,KT-01; KT-04\n"
    "KT-04,Dhaka Stitch,Bangladesh,T1,\n"
    "KT-05,Harran Cotton,Turkey,3,KT-02\n"
)


def read(text: str) -> MapDraft:
    return read_map([NamedBytes("list.csv", text.encode())])


def links(draft: MapDraft) -> set[tuple[str, str]]:
    return {(link.supplier, link.buyer) for link in draft.links}


SOLD = {("KT-02", "KT-01"), ("KT-03", "KT-01"), ("KT-03", "KT-04"), ("KT-05", "KT-02")}


def test_codes_by_which_another_column_names_rows_are_their_ids() -> None:
    draft = read("Merkki,Name,Country,Tier,Customer\n" + ROWS)

    assert {node.id for node in draft.nodes} == {f"KT-0{number}" for number in range(1, 6)}
    assert links(draft) == SOLD


def test_tiers_say_whether_a_column_names_buyers_or_suppliers() -> None:
    buyers = read("Merkki,Name,Country,Tier,Yhteys\n" + ROWS)
    suppliers = read(
        "Merkki,Name,Country,Tier,Yhteys\n"
        "KT-01,Deniz Konfeksiyon,Turkey,1,KT-02 KT-03\n"
        "KT-04,Dhaka Stitch,Bangladesh,T1,KT-03\n"
        "KT-02,Ege Iplik,Turkey,2,KT-05\n"
        "KT-03,Mavi Boya,Turkey,Tier 2,\n"
        "KT-05,Harran Cotton,Turkey,3,\n"
    )

    assert links(buyers) == links(suppliers) == SOLD


def test_names_of_other_rows_are_read_like_their_ids() -> None:
    draft = read(
        "ID,Name,Country,Tier,Yhteys\n"
        "1,Deniz Konfeksiyon,Turkey,1,\n"
        "2,Ege Iplik,Turkey,2,Deniz Konfeksiyon\n"
        "3,Harran Cotton,Turkey,3,Ege Iplik\n"
    )

    assert links(draft) == {("2", "1"), ("3", "2")}


def test_without_tiers_a_column_of_unknown_meaning_makes_no_link() -> None:
    draft = read(
        "ID,Name,Country,Yhteys\nA1,Deniz,Turkey,\nA2,Ege,Turkey,A1\nA3,Harran,Turkey,A2\n"
    )

    assert draft.links == ()
    assert [node.attributes.get("Yhteys") for node in draft.nodes] == [None, "A1", "A2"]


def test_tiers_that_disagree_decide_nothing() -> None:
    draft = read(
        "ID,Name,Country,Tier,Yhteys\n"
        "A1,Deniz,Turkey,1,A2\nA2,Ege,Turkey,2,A1\nA3,Harran,Turkey,3,A2\nA4,Mavi,Turkey,1,A3\n"
    )

    assert draft.links == ()


def test_codes_that_no_column_names_stay_a_fact() -> None:
    draft = read("Merkki,Name,Country\nKT-01,Deniz,Turkey\nKT-02,Ege,Turkey\nKT-03,Mavi,Turkey\n")

    assert [node.attributes["Merkki"] for node in draft.nodes] == ["KT-01", "KT-02", "KT-03"]


def test_bare_numbers_name_no_rows() -> None:
    draft = read(
        "Merkki,Name,Country,Bays\n101,Deniz,Turkey,\n102,Ege,Turkey,101\n103,Mavi,Turkey,102\n"
    )

    assert draft.links == ()
    assert [node.attributes["Merkki"] for node in draft.nodes] == [101, 102, 103]


def test_a_buyer_with_the_name_of_the_own_business_is_that_business() -> None:
    text = "ID,Name,Country,Sells to\nA1,Deniz,Turkey,Ege Tekstil A.S.\nA2,Mavi,Turkey,Other Ltd\n"
    draft = read_map([NamedBytes("list.csv", text.encode())], own={"EGE TEKSTIL A.S.": "own-1"})

    assert ("A1", "own-1") in links(draft)
    assert sorted(node.name for node in draft.nodes) == ["Deniz", "Mavi", "Other Ltd"]


def test_codes_beside_the_name_of_the_own_business_are_ids_all_the_same() -> None:
    draft = read(
        "Cód.;Fornecedor;País;Fornece para\n"
        "F-01;Frigorífico Boa Esperança;Brasil;EMPRESA\n"
        "F-02;Fazenda Santa Luzia;Brasil;F-01\n"
        "F-03;Carvoaria União;Brasil;F-04\n"
        "F-04;Siderúrgica Vale Norte;Brasil;EMPRESA\n"
        "F-05;Curtume Aliança;Brasil;EMPRESA\n"
        "F-06;Calçados Nova Era;Brasil;EMPRESA\n"
    )

    assert {node.name for node in draft.nodes if node.id.startswith("made-")} == {"EMPRESA"}
    assert {("F-02", "F-01"), ("F-03", "F-04")} <= links(draft)


def test_suppliers_named_in_a_cell_are_the_rows_of_these_names() -> None:
    for heading in ("Sub-suppliers", "Unterlieferanten", "Proveedores", "Alt tedarikçiler"):
        draft = read(
            f"Vendor,Country,{heading}\n"
            "Sunrise Apparels,India,Kumaran Dyeing; Lakshmi Spinners\n"
            "Kumaran Dyeing,India,LAKSHMI SPINNERS\n"
            "Lakshmi Spinners,India,\n"
        )
        names = {node.id: node.name for node in draft.nodes}

        assert {(names[one], names[other]) for one, other in links(draft)} == {
            ("Kumaran Dyeing", "Sunrise Apparels"),
            ("Lakshmi Spinners", "Sunrise Apparels"),
            ("Lakshmi Spinners", "Kumaran Dyeing"),
        }, heading


def test_tiers_are_enough_where_rows_are_named_and_no_heading_says_how() -> None:
    draft = read(
        "Name,Country,Tier,Yhteys\n"
        "Deniz Konfeksiyon,Turkey,1,Ege Iplik\n"
        "Ege Iplik,Turkey,2,Harran Cotton | Mavi Boya\n"
        "Mavi Boya,Turkey,3,\n"
        "Harran Cotton,Turkey,3,\n"
    )

    assert len(draft.nodes) == 4 and len(draft.links) == 3


def test_a_list_that_says_us_means_the_own_business() -> None:
    for us in ("Nosotros", "本公司", "our company", "Notre entreprise"):
        text = f"Name,Country,Customer\nMina,PE,Taller\nTaller,PE,{us}\n"
        files = [NamedBytes("list.csv", text.encode())]
        draft = read_map(files, known_ids=frozenset({"own"}), own={"Joyas SA": "own"})
        names = {node.id: node.name for node in draft.nodes}

        assert sorted(names.values()) == ["Mina", "Taller"], us
        assert {names[s]: b for s, b in links(draft)}["Taller"] == "own"


def test_names_of_rows_in_one_cell_are_never_a_new_site_however_they_are_separated() -> None:
    for cell in (
        "Kumaran Dyeing, Lakshmi Spinners",
        "Kumaran Dyeing / LAKSHMI SPINNERS",
        "Kumaran Dyeing、Lakshmi Spinners",
        "Kumaran Dyeing | Lakshmi Spinners",
    ):
        draft = read(
            "Vendor,Country,Sub-suppliers\n"
            f'Sunrise Apparels,India,"{cell}"\n'
            f'Sunset Apparels,India,"{cell}"\n'
            "Kumaran Dyeing,India,\nLakshmi Spinners,India,\n"
        )

        assert len(draft.nodes) == 4 and len(draft.links) == 4, cell


def test_a_brand_called_we_is_no_word_for_the_own_business() -> None:
    files = [NamedBytes("list.csv", b"Name,Country,Customer\nAtelier,PT,WE\n")]
    draft = read_map(files, known_ids=frozenset({"own"}), own={"Joyas SA": "own"})

    assert {node.name for node in draft.nodes} == {"Atelier", "WE"}
