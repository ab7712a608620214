import pytest
import yaml

from ddplatform.documents.content import Align, Kind
from ddplatform.documents.definitions.reader import read_definition
from ddplatform.documents.definitions.shipped import list_definitions, load_definition
from ddplatform.documents.errors import DefinitionRefused

SMALL = {
    "ref": "small",
    "version": "1",
    "title": "Small report",
    "language": "en-GB",
    "statement": "A statement.",
    "cover": [{"label": "Period", "text": "{period.from|date}"}],
    "sections": [
        {"key": "a", "title": "A", "blocks": [{"kind": "paragraph", "text": "Words."}]},
    ],
}


def faults_of(**changes: object) -> tuple[str, ...]:
    with pytest.raises(DefinitionRefused) as refused:
        read_definition("small", yaml.safe_dump(SMALL | changes))
    return refused.value.faults


def faults_of_block(**block: object) -> tuple[str, ...]:
    return faults_of(sections=[{"key": "a", "title": "A", "blocks": [block]}])


@pytest.mark.parametrize("ref", list_definitions())
def test_every_shipped_definition_loads(ref):
    assert load_definition(ref).ref == ref


def test_action_6_report_answers_all_twenty_requirements_and_ungp_15_to_22():
    definition = load_definition("action-6-due-diligence")
    mapping = next(section for section in definition.sections if section.key == "mapping")
    listed = [[row["id"] for row in block.listed("rows")] for block in mapping.blocks]

    assert listed[0] == [f"A6.{i:02}" for i in range(1, 21)]
    assert listed[1] == [f"UNGP-{i}" for i in range(15, 23)]


def test_action_6_report_prints_every_limit_of_the_method():
    definition = load_definition("action-6-due-diligence")
    limits = next(section for section in definition.sections if section.key == "limits")

    assert len(limits.blocks[0].listed("items")) == 7


def test_requirements_point_to_sections_that_exist():
    definition = load_definition("action-6-due-diligence")
    keys = {section.key for section in definition.sections}
    rows = [row for s in definition.sections for b in s.blocks for row in b.listed("rows")]

    assert {row["section"] for row in rows if "section" in row} <= keys


def test_column_is_read_with_its_kind_align_width_and_word_for_missing():
    column = {"key": "share", "title": "Share", "kind": "share", "align": "right", "width": 2}
    table = {
        "kind": "table",
        "ref": "t",
        "title": "T",
        "fact": "rows",
        "columns": [column, {"key": "note", "title": "Note", "missing": "none", "gap": False}],
    }
    sections = [{"key": "a", "title": "A", "blocks": [table]}]
    plan = read_definition("small", yaml.safe_dump(SMALL | {"sections": sections})).sections[0]
    share, note = plan.blocks[0].columns

    assert (share.kind, share.align, share.width) == (Kind.SHARE, Align.RIGHT, 2.0)
    assert (share.missing, note.missing) == ("Not assessed", "none")
    assert plan.blocks[0].not_gaps == {"note"}


def test_unknown_definition_lists_those_there_are():
    with pytest.raises(DefinitionRefused, match="Use one of: action-6-due-diligence"):
        load_definition("annual")


def test_text_that_is_not_yaml_is_refused():
    with pytest.raises(DefinitionRefused, match="It is not YAML"):
        read_definition("small", "ref: [")


def test_all_faults_are_reported_at_once_with_their_places():
    faults = faults_of(ref="other", title="", sections=[{"key": "a", "title": "A", "blocks": []}])

    assert faults == (
        "ref: must be 'small', like the name of the file.",
        "title: must be text.",
        "sections[0].blocks: must be a list with at least one entry.",
    )


def test_file_that_is_a_list_is_refused():
    with pytest.raises(DefinitionRefused, match="file: must be an object"):
        read_definition("small", "- a")


def test_unknown_kind_of_block_names_the_kinds_there_are():
    (fault,) = faults_of_block(kind="picture")

    assert fault.startswith("sections[0].blocks[0].kind: 'picture' is not known. Use one of: ")


def test_block_without_a_needed_key_and_with_a_wrong_one_names_both():
    assert faults_of_block(kind="paragraph", txt="Words.") == (
        "sections[0].blocks[0]: a paragraph needs 'text'.",
        "sections[0].blocks[0].txt: a paragraph has no 'txt'. Take it out or correct its name.",
    )


def test_unknown_kind_align_and_width_of_a_column_are_named():
    column = {"key": "a", "title": "A", "kind": "money", "align": "middle", "width": 0}
    faults = faults_of_block(kind="table", ref="t", title="T", fact="f", columns=[column])

    assert [fault.split(": ")[0].rsplit(".", 1)[1] for fault in faults] == [
        "width",
        "align",
        "kind",
    ]
    assert "'money' is not known. Use one of: text, ref, number" in faults[2]


def test_table_ref_used_twice_is_named():
    table = {
        "kind": "table",
        "ref": "t",
        "title": "T",
        "fact": "f",
        "columns": [{"key": "a", "title": "A"}],
    }

    assert faults_of(sections=[{"key": "a", "title": "A", "blocks": [table, table]}]) == (
        "sections[0].blocks[1].ref: 't' is used twice. Give it its own ref.",
    )


def test_key_figure_without_words_and_band_that_is_none_are_named():
    (figure,) = faults_of_block(kind="key_figures", items=[{"label": "Nodes"}])
    heat = {
        "kind": "heat_map",
        "title": "T",
        "caption": "C",
        "fact": "risks",
        "rows": [{"key": "severe", "title": "Severe"}],
        "columns": [{"below": 1, "title": "all"}],
        "bands": [["purple"], "low"],
    }

    assert figure == "sections[0].blocks[0].items[0]: needs 'text'."
    assert faults_of_block(**heat) == (
        "sections[0].blocks[0].bands[0]: 'purple' is no band. "
        "Use one of: low, medium, high, critical.",
        "sections[0].blocks[0].bands[1]: must be a list of 1 bands, one a column.",
        "sections[0].blocks[0].bands: has 2 rows, but 1 are named.",
    )


def test_unknown_reader_is_named_in_sections_and_in_redaction():
    section = {**SMALL["sections"][0], "audiences": ["press"]}
    faults = faults_of(sections=[section], redaction={"everyone": ["risks.node"]})

    assert [fault.split(":")[0] for fault in faults] == [
        "sections[0].audiences[0]",
        "redaction.everyone",
    ]


def test_column_under_a_column_that_is_none_is_named():
    columns = [{"key": "a", "title": "A", "under": "b"}]
    table = {"kind": "table", "ref": "t", "title": "T", "fact": "t", "columns": columns}
    sections = [{"key": "a", "title": "A", "blocks": [table]}]

    with pytest.raises(DefinitionRefused, match="'a' stands under 'b', which is no column"):
        read_definition("small", yaml.safe_dump(SMALL | {"sections": sections}))
