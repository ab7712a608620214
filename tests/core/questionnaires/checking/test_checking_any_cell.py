"""Whatever stands in a cell of a form, the check tells faults with their place and a way to mend.

A longer search of the same kind over the real forms found what other tests hold cell by cell.
"""

from copy import deepcopy

from hypothesis import example, given
from hypothesis import strategies as st

from questionnaires import Response, plan
from questionnaires.checking.form import check_sheets
from questionnaires.form.sheets import Sheets, read_sheets, repair
from questionnaires.form.xlsform import form_from_sheets
from tests.forms import NOW, table
from tests.sampling import examples

SURVEY = table(
    "survey",
    "type | name | label | relevant | constraint | calculation | choice_filter | default "
    "| repeat_count | parameters | appearance | trigger | required | media::image",
    "text | t | T | | . != 'x' | | | | | | | | yes | ",
    "begin group | g | G | ${t} != '' | | | | | | | field-list | | | ",
    "select_one l | s | S ${t} | | | | k = ${t} | b | | randomize=true, seed=3 | | | | ",
    "select_multiple l or_other | m | M | | | | | | | | | | | map.png",
    "end group | | | | | | | | | | | | | ",
    "begin repeat | r | R | | | | | | 2 | | | | | ",
    "integer | i | I | | . > 0 | | | 1 + 1 | | | | | | ",
    "calculate | c | | | | sum(${i}) | | | | | | | | ",
    "end repeat | | | | | | | | | | | | | ",
    "range | n | N | | | | | | | start=1 end=5 step=1 | | | | ",
    "text | w | W | | | concat(${t}, '!') | | | | | | ${t} | | ",
)
CHOICES = table("choices", "list_name | name | label | k", "l | a | A | x", "l | b | B | y")
SETTINGS = table("settings", "form_title | form_id | version", "Form | f | 1")
SHEETS = read_sheets((SURVEY + CHOICES + SETTINGS).encode(), ".csv")
PLACES = [
    (sheet, place, heading)
    for sheet in ("survey", "choices", "settings")
    for place in range(len(SHEETS.book[sheet]))
    for heading in SHEETS.headings(sheet)
]
_ODD = (
    "|${nope}|${|}|a b|'|(((|true() and|1=|. > |select_one|select_one nolist|begin group|end group"
    "|end repeat|begin repeat|calculate|<b>|&|é|-|1a|${t} > ${|pulldata('x')|if(1,2)|..|//|@x|yes"
    "|randomize=true, seed=x|start=1 end=|start=a end=b|start=1 end=5 step=0|${last-saved#t}"
    "|search('f')|search(|select_multiple_from_file x.csv|osm|rank l|select_one l or_other|note"
    "|xml-external|background-audio|entity|audit|a:b|item|concat(|count-selected()|foo(1)|a[1"
    "|instance('x')/root/item|regex(., '[')|${t}${i}|#x|comment()|foo::x|]]>|1e999|nan|-1|2.5"
    "|today()|table-list|label|rows=x|value=a label=b|\u201cx\u201d|\u200b|=1+1"
)
ODD = _ODD.split("|")
UNPLACED = {"sheet-missing", "converter"}  # of the file as a whole, or as the converter tells it
TEXTS = st.one_of(st.sampled_from(ODD), st.text(max_size=20))


@examples(200)
@given(place=st.sampled_from(PLACES), text=TEXTS)
@example(place=("survey", 1, "repeat_count"), text="regex(., '[')")
def test_whatever_stands_in_a_cell_is_told_with_its_place_or_can_be_answered(place, text):
    sheet, row, heading = place
    book = deepcopy(SHEETS.book)
    book[sheet][row][heading] = text

    report = check_sheets(Sheets(book), name="any")

    errors = [fault for fault in report.faults if fault.level == "error"]
    assert report.usable is not bool(errors)
    assert all(fault.message and fault.mend for fault in report.faults)
    assert all(fault.sheet and fault.row for fault in errors if fault.code not in UNPLACED)
    if report.usable:
        form = form_from_sheets(repair(Sheets(book)))
        assert list(Response(plan(form), now=NOW).states())
