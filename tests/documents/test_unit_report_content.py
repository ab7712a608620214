from datetime import UTC, datetime

import pytest
import yaml

from ddplatform.documents.content import (
    Bullets,
    ChainMap,
    Column,
    Figure,
    Gap,
    Heading,
    HeatMap,
    KeyFigures,
    Kind,
    Note,
    PageBreak,
    Paragraph,
    StackedBars,
)
from ddplatform.documents.definitions.chain_view import NOT_ON_PATH, chain_view
from ddplatform.documents.definitions.composition import compose
from ddplatform.documents.definitions.lookup import Lookup, cell_of, without
from ddplatform.documents.definitions.plans import Definition
from ddplatform.documents.definitions.reader import read_definition
from ddplatform.documents.definitions.shipped import load_definition
from ddplatform.documents.errors import FactsRefused
from ddplatform.documents.words import band_of, cell_words, counted, day_words, guarded_count
from supply_chain.vocabulary import RiskBand
from tests.report_facts import example_facts, facts_with_nodes

ACTION_6 = load_definition("action-6-due-diligence")


def document(**changes):
    return compose(ACTION_6, example_facts() | changes)


def table(doc, ref):
    return next(found for found in doc.tables if found.ref == ref)


def column(found, key):
    number = [c.key for c in found.columns].index(key)
    return [row[number] for row in found.rows]


def drawing(doc, kind):
    return next(
        b.drawing for b in doc.blocks if isinstance(b, Figure) and isinstance(b.drawing, kind)
    )


def alike_risks(count):
    """Risks of three kinds that differ by their place alone, each kind worse than the next."""
    return [
        {
            "rank": rank,
            "issue": "ISS-CL",
            "issue_title": "Child labour",
            "node": f"n{rank}",
            "node_name": f"Farm {rank}",
            "country": "CI",
            "tier": 4,
            "severity_band": "severe",
            "likelihood": 0.5,
            "residual_index": (80.2, 60.0, 40.0)[3 * (rank - 1) // count] + rank / 10_000,
            "band": "high",
        }
        for rank in range(1, count + 1)
    ]


def test_risks_that_read_the_same_are_one_row_on_paper_and_all_rows_in_the_files():
    register = table(document(risks=alike_risks(500)), "all_risks")

    assert register.printed is not None
    assert len(register.rows) == 500
    assert column(register.printed, "count") == [167, 167, 166]
    assert column(register.printed, "rank") == [1, 168, 335]
    assert column(register.printed, "node_name")[0] == "Farm 1 and 166 more"
    assert "3 of 500" in register.printed.note and "workbook" in register.printed.note


def test_paper_tells_the_highest_fifty_and_how_many_more_are_in_the_workbook():
    risks = [{**one, "residual_index": 90 - one["rank"]} for one in alike_risks(80)]

    printed = table(document(risks=risks), "all_risks").printed

    assert column(printed, "rank") == list(range(1, 51))
    assert "The highest 50 are told here; 30 more" in printed.note


def test_a_short_register_is_printed_whole():
    assert table(document(risks=alike_risks(50)), "all_risks").printed is None


def test_places_are_in_no_row_of_a_public_register():
    risks = alike_risks(80)
    register = table(document(risks=risks, audience="public"), "all_risks")

    for found in (register, register.printed):
        assert not {"node_name", "country", "tier"} & {one.key for one in found.columns}


def small(*blocks: dict) -> Definition:
    body = {
        "ref": "small",
        "version": "1",
        "title": "Small",
        "language": "en-GB",
        "statement": "S.",
        "cover": [{"label": "Period", "text": "{period.from|date}"}],
        "sections": [{"key": "a", "title": "A", "blocks": list(blocks)}],
    }
    return read_definition("small", yaml.safe_dump(body))


# -- the whole report ------------------------------------------------------------------------


def test_equal_facts_give_an_equal_document():
    assert compose(ACTION_6, example_facts()) == compose(ACTION_6, example_facts())


def test_sections_are_numbered_and_annexes_lettered():
    headings = [b for b in document().blocks if isinstance(b, Heading) and b.level == 1]

    assert [h.number for h in headings] == [
        *map(str, range(1, 12)),
        "Annex A",
        "Annex B",
        "Annex C",
    ]
    assert [h.text for h in headings[:2]] == ["Summary", "About this report"]


def test_cover_names_organisation_period_method_and_reader():
    cover = document().cover

    assert cover.organisation == "Maison Cacao SAS"
    assert cover.subtitle == "1 Jan 2026 to 25 Nov 2026"
    assert ("Method", "RM-1.0") in cover.lines
    assert ("Edition", "For the auditor") in cover.lines


def test_moment_of_freezing_is_read_from_the_facts():
    assert document().made_at == datetime(2026, 11, 25, 14, 2, tzinfo=UTC)


def test_report_without_any_facts_is_made_and_says_not_assessed_everywhere():
    doc = compose(ACTION_6, {})
    figures = [item for b in doc.blocks if isinstance(b, KeyFigures) for item in b.items]

    listed = sum(1 for block in doc.blocks if isinstance(block, Gap))
    assert {item.value for item in figures if item.label != "Gaps listed"} == {"Not assessed"}
    assert [item.value for item in figures if item.label == "Gaps listed"] == [str(listed)]
    assert table(doc, "risks").empty == "Not assessed."
    assert doc.made_at is None
    assert any(isinstance(b, Note) and b.title == "Map by tier" for b in doc.blocks)


def test_report_lists_parts_without_facts_among_its_own_gaps():
    gaps = [b for b in compose(ACTION_6, {}).blocks if isinstance(b, Gap)]

    words = "Nothing was handed in for this part; it is not assessed."
    assert {Gap(title, words) for title in ("Coverage by tier", "Concerns raised")} <= set(gaps)


# -- tables ------------------------------------------------------------------------------------


def test_risks_stand_in_salience_order_however_they_come():
    facts = example_facts()
    facts["risks"].reverse()

    assert column(table(compose(ACTION_6, facts), "risks"), "rank") == [1, 2, 3, 4, 5, 6]


def test_findings_stand_most_severe_first():
    assert column(table(document(), "findings"), "severity") == [4.7, 4.2, 3.2]


def test_unknown_value_stands_last_in_both_directions():
    rows = [{"x": None, "n": "a"}, {"x": 1, "n": "b"}, {"x": 2, "n": "c"}]
    columns = [{"key": "n", "title": "N"}]
    plan = {"kind": "table", "ref": "t", "title": "T", "fact": "rows", "columns": columns}
    up = compose(small({**plan, "order": ["x"]}), {"rows": rows})
    down = compose(small({**plan, "order": ["-x"]}), {"rows": rows})

    assert column(up.tables[0], "n") == ["b", "c", "a"]
    assert column(down.tables[0], "n") == ["c", "b", "a"]


def test_missing_value_is_none_in_the_table_and_a_gap_in_the_report():
    doc = document()

    assert column(table(doc, "coverage"), "unknown_share")[2] is None
    assert Gap("Coverage by tier: Origin not known", "1 of 5 rows have no value.") in doc.blocks


def test_gaps_of_the_organisation_stand_before_those_found():
    gaps = [b for b in document().blocks if isinstance(b, Gap)]

    assert gaps[0].what == "Hazelnut gardens in Giresun are not mapped"
    assert len(gaps) > 2


def test_complete_report_says_that_nothing_was_found_missing():
    plan = {"kind": "table", "ref": "t", "title": "T", "fact": "rows"}
    definition = small(
        {**plan, "columns": [{"key": "n", "title": "N"}]}, {"kind": "gaps", "fact": "gaps"}
    )
    blocks = compose(definition, {"rows": [{"n": 1}]}).blocks

    assert Paragraph("The organisation has named no gap.") in blocks
    assert Paragraph("Every column of every table of this report has a value.") in blocks


def test_every_requirement_is_listed_and_those_without_judgement_are_not_assessed():
    found = table(document(), "icat_a6")
    judged = dict(zip(column(found, "id"), column(found, "status"), strict=True))

    assert len(judged) == 20
    assert judged["A6.04"] == "Partly met"
    assert judged["A6.03"] == "Not met"
    assert judged["A6.13"] is None
    assert column(found, "evidence")[3] == "E-203; E-211"
    assert column(found, "section")[3] == "Section 4"


def test_evidence_may_be_one_text():
    facts = {
        "frameworks": [{"ref": "UNGP", "requirements": [{"id": "UNGP-16", "evidence": "E-1"}]}]
    }

    assert column(table(compose(ACTION_6, facts), "ungp"), "evidence")[1] == "E-1"


# -- figures -----------------------------------------------------------------------------------


def test_heat_map_counts_each_risk_once_and_keeps_the_unjudged_apart():
    heat = drawing(document(), HeatMap)

    assert sum(map(sum, heat.counts)) + heat.unplaced == 6
    assert heat.unplaced == 1
    assert heat.bands[0][4] is RiskBand.CRITICAL


def test_risk_with_a_severity_that_is_no_band_is_unplaced():
    risks = [
        {"severity_band": "awful", "likelihood": 0.5},
        {"severity_band": "severe", "likelihood": 7},
    ]

    assert drawing(document(risks=risks), HeatMap).unplaced == 2


def test_bars_run_from_the_farthest_tier_and_count_the_not_assessed():
    bars = drawing(document(), StackedBars).bars

    assert bars[0].title == "Tier 4 · Farms"
    assert [sum(count for _, count in bar.parts) for bar in bars] == [5, 4, 4, 3, 1]
    assert bars[2].parts[-1] == (None, 1)


def test_nodes_that_no_band_counts_are_drawn_as_not_assessed():
    facts = example_facts()
    facts["value_chain"]["tiers"] = [{"tier": 1, "nodes": 9, "low": 4}]

    assert drawing(compose(ACTION_6, facts), StackedBars).bars[0].parts[-1] == (None, 5)


def test_map_shows_the_riskiest_nodes_and_one_box_for_the_rest():
    view = drawing(compose(ACTION_6, facts_with_nodes(40)), ChainMap).view
    farms = [box for box in view.boxes if box.tier == 4]

    assert len(farms) == 7
    assert {box.band for box in farms if box.id.startswith("node-")} == {RiskBand.CRITICAL}
    assert next(box for box in farms if box.rest).title == "39 more"
    assert [box.title for box in farms if box.ghost] == ["Origin not known"]


def test_rest_of_a_tier_says_how_many_are_not_assessed_and_takes_the_worst_band():
    nodes = [
        {"id": f"n{i}", "tier": 1, "band": b, "country": "CI"}
        for i, b in enumerate(["high", "low", None])
    ]
    (group,) = chain_view([], nodes, [], shown=0).boxes

    assert (group.title, group.sub) == ("3 more", "1 country, 1 not assessed")
    assert group.band is RiskBand.HIGH


def test_shares_of_one_buyer_add_up_and_those_of_several_buyers_do_not():
    nodes = [{"id": f"s{i}", "tier": 2} for i in range(3)] + [{"id": "b", "tier": 1}]
    links = [
        {"supplier": f"s{i}", "buyer": "b", "share": 0.3, "evidence": "confirmed"} for i in range(2)
    ]
    links += [{"supplier": "b", "buyer": f"s{i}", "share": 0.2} for i in range(2)]
    links += [{"supplier": "s0", "buyer": "s1"}, {"supplier": "gone", "buyer": "b"}]
    back, there = chain_view([], nodes, links, shown=0).links

    assert (there.supplier, there.share, there.confirmed) == ("rest-2", 0.6, True)
    assert (back.buyer, back.share, back.confirmed) == ("rest-2", 0.2, False)


# -- readers -----------------------------------------------------------------------------------


def test_public_edition_has_no_site_no_owner_and_no_list_of_nodes():
    doc = document(audience="public")

    assert "nodes" not in {found.ref for found in doc.tables}
    assert "node_name" not in {c.key for c in table(doc, "risks").columns}
    assert "SCOOP" not in repr(doc)
    assert "Household survey" not in repr(doc)
    assert "Head of sourcing" not in repr(doc)


def test_block_on_a_hidden_list_says_that_it_is_left_out():
    blocks = [
        {
            "kind": "table",
            "ref": "t",
            "title": "T",
            "fact": "x",
            "columns": [{"key": "n", "title": "N"}],
        },
        {"kind": "paragraph", "text": "There are {x|count} and {y.z}."},
    ]
    body = small(*blocks)
    definition = Definition(
        **{
            **{key: getattr(body, key) for key in body.__slots__},
            "redaction": {"public": ("x", "y")},
        }
    )
    doc = compose(definition, {"audience": "public", "x": [{"n": 1}], "y": {"z": "secret"}})

    assert Note("T", "Left out for this reader.") in doc.blocks
    assert any("There are left out for this reader" in getattr(b, "text", "") for b in doc.blocks)
    assert "secret" not in repr(doc)


def test_unknown_reader_is_refused():
    with pytest.raises(FactsRefused, match=r"'press'\. Use one of: public, auditor, board"):
        document(audience="press")


def test_moment_that_is_none_is_refused():
    with pytest.raises(FactsRefused, match="Write a moment as 2026-11-25"):
        document(report={"frozen_at": "yesterday"})


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"risks": {}}, "Fact 'risks' must be a list of objects"),
        ({"risks": "none"}, "Fact 'risks' must be a list of objects"),
        ({"risks": [1]}, r"Fact 'risks\[0\]' must be an object"),
        ({"findings": [{"title": {}}]}, "Fact 'title' must be text, a number"),
    ],
)
def test_fact_of_the_wrong_shape_is_refused_by_name(facts, message):
    with pytest.raises(FactsRefused, match=message):
        compose(ACTION_6, facts)


def test_paths_are_taken_out_through_lists_and_the_rest_stays():
    facts = {"a": [{"b": 1, "c": 2}, "text"], "d": {"e": 3}, "f": 4}

    assert without(facts, ("a.b", "d.e", "x.y", "f.g")) == {
        "a": [{"c": 2}, "text"],
        "d": {},
        "f": 4,
    }
    assert facts["a"][0]["b"] == 1


# -- words -------------------------------------------------------------------------------------


def test_slots_are_filled_with_words_and_unknown_ones_say_so():
    lookup = Lookup(
        {"a": {"n": 1146, "s": 0.18, "d": "2026-11-25", "l": ["x", "y"]}, "r": [{"k": "v"}, {}]}
    )

    assert lookup.fill("{a.n} {a.s|share} {a.d|date} {a.l}") == "1,146 18% 25 Nov 2026 x, y"
    assert lookup.fill("{r|count} {r|count:k=v}") == "2 1"
    assert lookup.fill("{a.x} {b|count} {a.n.m}") == "Not assessed not assessed not assessed"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0"),
        (1, "<5"),
        (4, "<5"),
        (5, "5"),
        (1200, "1,200"),
        ("<10", "<10"),
        ("suppressed", "suppressed"),
    ],
)
def test_counts_of_people_below_five_are_never_written(count, words):
    assert guarded_count(count) == words


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, Kind.NUMBER, "Not assessed"),
        ("", Kind.TEXT, "Not assessed"),
        (0, Kind.NUMBER, "0"),
        (0.5, Kind.NUMBER, "0.5"),
        (0.7, Kind.SCORE, "0.70"),
        (81.4, Kind.INDEX, "81"),
        (0.18, Kind.SHARE, "18%"),
        ("2026-11-25T14:02:00Z", Kind.DATE, "25 Nov 2026"),
        ("in spring", Kind.DATE, "in spring"),
        (3, Kind.PEOPLE, "<5"),
        ("critical", Kind.BAND, "Critical"),
        ("fine", Kind.BAND, "Not assessed"),
    ],
)
def test_each_kind_of_cell_is_written_its_own_way(value, kind, words):
    assert cell_words(value, Column("k", "K", kind=kind)) == words


def test_cells_are_read_from_lists_yes_no_and_unknown_bands():
    row = {"l": ["a", "b"], "y": True, "n": False, "b": "fine", "h": "high"}

    assert [cell_of(row, key, Kind.TEXT) for key in "lyn"] == ["a; b", "yes", "no"]
    assert (cell_of(row, "b", Kind.BAND), cell_of(row, "h", Kind.BAND)) == (None, "high")


def test_small_words_are_right():
    assert (counted(1, "node"), counted(1146, "node")) == ("1 node", "1,146 nodes")
    assert (day_words("soon"), band_of(3), band_of("low")) == ("soon", None, RiskBand.LOW)


# -- blocks ------------------------------------------------------------------------------------


def test_reasons_stand_under_the_first_risks_and_their_absence_is_said():
    risks = [
        {"rank": 2, "issue": "ISS-CL"},
        {
            "rank": 1,
            "issue_title": "Hazardous work",
            "node_name": "Soubré",
            "reasons": ["A visit."],
        },
        {"rank": 3, "issue": "ISS-FL"},
    ]
    blocks = compose(
        small({"kind": "reasons", "fact": "risks", "shown": 2}), {"risks": risks}
    ).blocks

    assert blocks[1:] == (
        Heading("Hazardous work, Soubré", 3, "1"),
        Bullets(("A visit.",)),
        Heading("ISS-CL", 3, "2"),
        Paragraph("No reason is recorded."),
    )


def test_no_risk_at_all_is_said_in_words():
    definition = small({"kind": "reasons", "fact": "risks", "shown": 2})

    assert compose(definition, {"risks": []}).blocks[1] == Paragraph("No risk is recorded.")
    assert compose(definition, {}).blocks[1] == Paragraph("Not assessed.")


def test_simple_blocks_fill_in_their_facts():
    definition = small(
        {"kind": "heading", "text": "Year {y}", "level": 3},
        {"kind": "note", "title": "T {y}", "text": "N", "warning": True},
        {"kind": "bullets", "items": ["in {y}"]},
        {"kind": "page_break"},
    )

    assert compose(definition, {"y": "2026"}).blocks[1:] == (
        Heading("Year 2026", 3),
        Note("T 2026", "N", warning=True),
        Bullets(("in 2026",)),
        PageBreak(),
    )


def test_figures_are_numbered_and_name_the_map_the_method_and_the_data_they_rest_on():
    figures = [block for block in document().blocks if isinstance(block, Figure)]

    assert [figure.title.partition(".")[0] for figure in figures] == [
        "Figure 1",
        "Figure 2",
        "Figure 3",
    ]
    source = (
        "Source: map version 36, assessed on 23 Nov 2026 with method RM-1.0, data release 2026-09."
    )
    assert all(figure.caption.endswith(source) for figure in figures)


def test_node_without_a_path_stands_in_a_lane_of_its_own_and_not_with_the_own_business():
    nodes = [{"id": "own", "tier": 0}, {"id": "bank", "tier": None}]

    view = chain_view([], nodes, [], shown=5)

    assert [(box.id, box.tier) for box in view.boxes] == [
        ("node-own", 0),
        ("node-bank", NOT_ON_PATH),
    ]


def test_box_of_unknown_origins_takes_the_worst_band_that_is_assumed_of_them():
    ghosts = [
        {"id": f"ghost-{band}", "tier": 2, "kind": "unknown_origin", "band": band}
        for band in ("high", "critical", None)
    ]

    (box,) = chain_view([], ghosts, [], shown=5).boxes

    assert (box.band, box.ghost) == (RiskBand.CRITICAL, True)
