"""A response stays in step with its answers: relevance, choices, repeats, counts, triggers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import FormUnusable, NodeState, Response, StepRefused, plan, read_form_file
from questionnaires.evaluation import recalculation
from questionnaires.evaluation import response as evaluation
from questionnaires.evaluation.states import Observer
from questionnaires.evaluation.tree import TreeNode, list_document
from questionnaires.form.form import SELECTS, Kind
from questionnaires.form.xform import form_from_xform
from questionnaires.workbook.changes import Change, put
from tests.forms import NOW, REAL_FORMS, form, respond, table
from tests.sampling import examples

SURVEY = "type | name | label | relevant | required | constraint | constraint_message | calculation"
HOUSEHOLD = (
    table(
        "survey",
        "type | name | label | relevant | calculation | repeat_count | default | choice_filter",
        "integer | rooms | Rooms | | | | | ",
        "select_one yn | work | Work? | | | | | ",
        "begin group | details | Details | ${work} = 'yes' | | | | ",
        "text | task | Task | | | | | ",
        "integer | hours | Hours | string-length(${task}) > 2 | | | 3 | ",
        "end group | | | | | | | ",
        "select_multiple yn | both | Both | | | | | name != ${work}",
        "begin repeat | member | Member ${first} | | | | | ",
        "text | first | First | | | | | ",
        "integer | age | Age | | | | | ",
        "calculate | place | | | position(..) | | | ",
        "end repeat | | | | | | | ",
        "begin repeat | room | Room | | | ${rooms} | | ",
        "integer | beds | Beds | | | | 1 | ",
        "end repeat | | | | | | | ",
        "calculate | ages | | | sum(${age}) | | | ",
        "calculate | beds_all | | | sum(${beds}) | | | ",
        "calculate | people | | | count(${member}) | | | ",
        "calculate | second | | | indexed-repeat(${first}, ${member}, 2) | | | ",
        "calculate | load | | | coalesce(${hours}, 0) * 2 | | | ",
    ),
    table("choices", "list_name | name | label", "yn | yes | Yes", "yn | no | No", "yn | late | L"),
)
PLAN = plan(form(*HOUSEHOLD))
LEAVES = [
    "/data/rooms",
    "/data/work",
    "/data/details/task",
    "/data/details/hours",
    "/data/both",
    "/data/member[1]/first",
    "/data/member[1]/age",
    "/data/member[2]/first",
    "/data/member[2]/age",
    "/data/room[1]/beds",
    "/data/room[2]/beds",
]
TEXTS = ["", "yes", "no", "late yes", "1", "2", "3", "-1", "2.7", "abc"]
STEP = st.one_of(
    st.tuples(st.just("set"), st.sampled_from(LEAVES), st.sampled_from(TEXTS)),
    st.tuples(st.just("add"), st.just("/data/member"), st.just("")),
    st.tuples(
        st.just("remove"), st.sampled_from(["/data/member[1]", "/data/member[2]"]), st.just("")
    ),
)


def household() -> Response:
    return Response(PLAN, now=NOW)


def do(response: Response, steps: list[tuple[str, str, str]]) -> None:
    for verb, path, text in steps:
        try:
            if verb == "set":
                response.set(path, text)
            elif verb == "add":
                response.add_repeat(path)
            else:
                response.remove_repeat(path)
        except StepRefused:
            continue


def seen(response: Response) -> dict[str, NodeState]:
    return {state.path: state for state in response.states()}


# Rules


@given(st.lists(STEP, max_size=25))
def test_any_script_leaves_the_same_as_reading_its_answers_back(steps):
    response = household()
    do(response, steps)

    again = Response(PLAN, response.answers(), now=NOW)

    assert seen(again) == seen(response)


@given(
    st.dictionaries(st.sampled_from(LEAVES[2:7]), st.sampled_from(["1", "2", "abc"])),
    st.randoms(use_true_random=False),
)
def test_the_order_of_independent_answers_does_not_matter(answers, random):
    one, other = household(), household()
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    do(one, [("set", path, text) for path, text in answers.items() if "[2]" not in path])
    do(other, [("set", path, text) for path, text in shuffled if "[2]" not in path])

    assert {p: s.value for p, s in seen(one).items() if "both" not in p} == {
        p: s.value for p, s in seen(other).items() if "both" not in p
    }


@given(st.sampled_from(["sew", "carry loads"]), st.integers(0, 90))
def test_hiding_and_showing_a_group_gives_its_answers_back(task, hours):
    response = household()
    do(response, [("set", "/data/work", "yes"), ("set", "/data/details/task", task)])
    response.set("/data/details/hours", str(hours))
    before = seen(response)

    response.set("/data/work", "no")
    hidden = response.state("/data/details/task")
    response.set("/data/work", "yes")

    assert (hidden.relevant, hidden.value, hidden.raw) == (False, "", task)
    assert seen(response) == before


@pytest.mark.parametrize("path", sorted(REAL_FORMS.glob("*.xls*")), ids=lambda path: path.name)
@examples(4)
@given(data=st.data())
def test_a_real_form_answers_without_raising_and_reads_back_the_same(path, data):
    planned = _planned(path)
    response = Response(planned, now=NOW)
    for state in [s for s in response.states() if s.kind == "question"]:
        offered = [choice.name for choice in state.node.choices] or ["x"]
        numbers = state.node.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.RANGE)
        texts = offered if state.node.kind in SELECTS else ["1", "2", "3"] if numbers else ["ab"]
        do(response, [("set", state.path, data.draw(st.sampled_from(texts[:3])))])

    again = Response(planned, response.answers(), now=NOW)

    assert seen(again) == seen(response)
    assert response.open_required() == sum(not s.required_ok for s in response.states())


_PLANS = {}


def _planned(path):
    if path not in _PLANS:
        _PLANS[path] = plan(read_form_file(path))
    return _PLANS[path]


# Relevance, required, constraint


def test_a_group_that_is_not_relevant_hides_its_fields_which_read_as_blank():
    response = household()

    assert not response.state("/data/details").relevant
    assert response.state("/data/details/hours").value == ""
    assert response.state("/data/load").value == "0"

    do(response, [("set", "/data/work", "yes"), ("set", "/data/details/task", "sewing")])

    assert response.state("/data/details/hours").value == "3"
    assert response.state("/data/load").value == "6"


def test_a_required_blank_and_a_broken_constraint_are_two_things():
    response = respond(
        table(
            "survey",
            SURVEY + " | required_message",
            "integer | age | Age | | yes | . < 18 | Under ${top} only | | Say how old",
            "calculate | top | | | | | | 18 | ",
            "text | code | Code | | | . = 'x' | | | ",
            "note | sign | Sign | | yes | | | | ",
            "text | hidden | H | false() | yes | . = 'x' | | | ",
        )
    )

    blank = response.state("/data/age")
    assert (blank.required, blank.required_ok, blank.constraint_ok) == (True, False, True)
    assert (blank.required_message, blank.messages) == ("Say how old", ("Say how old",))
    assert response.open_required() == 2

    response.set("/data/age", "20")
    response.set("/data/code", "y")
    response.set("/data/hidden", "y")

    old = response.state("/data/age")
    assert (old.required_ok, old.constraint_ok, old.constraint_message) == (
        True,
        False,
        "Under 18 only",
    )
    assert response.state("/data/code").messages == ("This answer is not allowed here.",)
    assert response.state("/data/code").constraint_message is None
    assert response.state("/data/hidden").constraint_ok
    assert [state.path for state in response.broken()] == ["/data/age", "/data/code", "/data/sign"]
    assert response.state("/data/sign").messages == ("This question needs an answer.",)


def test_what_is_no_answer_of_the_type_is_kept_but_does_not_count():
    response = household()
    response.set("/data/rooms", "many")

    state = response.state("/data/rooms")

    assert (state.raw, state.value) == ("many", "")
    assert state.messages[0].startswith("'many' is not a whole number.")


@pytest.mark.parametrize(
    ("kind", "parameters", "entered", "counted"),
    [
        ("integer", "", "12.7", "12"),
        ("integer", "", "abc", ""),
        ("integer", "", "2147483648", ""),
        ("decimal", "", "abc", ""),
        ("decimal", "", "2.50", "2.5"),
        ("range", "start=1 end=5 step=2", "3", "3"),
        ("range", "start=1 end=5 step=2", "2", ""),
        ("range", "start=1 end=5 step=2", "7", ""),
        ("range", "start=1 end=5 step=2", "x", ""),
        ("date", "", "2026-06-15", "2026-06-15"),
        ("date", "", "soon", ""),
        ("text", "", " as it is ", " as it is "),
    ],
)
def test_a_text_counts_as_its_type_allows(kind, parameters, entered, counted):
    response = respond(
        table("survey", "type | name | label | parameters", f"{kind} | q | Q | {parameters}")
    )
    response.set("/data/q", entered)

    assert response.state("/data/q").value == counted


# Choices


def test_a_filtered_list_takes_only_what_is_on_offer_and_brings_it_back():
    response = household()
    response.set("/data/work", "no")
    response.set("/data/both", "late yes no")
    assert response.state("/data/both").raw == "yes late"

    response.set("/data/work", "yes")
    assert response.state("/data/both").value == "late"
    assert [choice.name for choice in response.state("/data/both").choices] == ["no", "late"]

    response.set("/data/work", "")
    assert response.state("/data/both").value == "yes late"


def test_selects_keep_the_order_of_the_list_and_ranks_that_of_the_answer():
    response = respond(
        table(
            "survey",
            "type | name | label",
            "select_multiple l | m | M",
            "rank l | r | R",
            "select_one l | o | O",
        ),
        table("choices", "list_name | name | label", "l | a | A", "l | b | B", "l | a | A again"),
    )
    for name in "mro":
        response.set(f"/data/{name}", "b a z")
    assert response.state("/data/m").value == "a b"
    assert response.state("/data/r").value == "b a"
    assert response.state("/data/o").value == ""
    assert [choice.label for choice in response.state("/data/m").choices] == ["A", "B", "A again"]


def test_a_randomised_list_stays_in_one_order_for_a_response():
    def names(seed: str) -> list[str]:
        response = Response(planned, now=NOW, seed=seed)
        return [choice.name for choice in response.state("/data/q").choices]

    rows = [f"l | c{number} | C" for number in range(9)]
    planned = plan(
        form(
            table(
                "survey",
                "type | name | label | parameters",
                "select_one l | q | Q | randomize=true",
                "select_one l | s | S | randomize=true, seed=4",
            ),
            table("choices", "list_name | name | label", *rows),
        )
    )
    listed = [f"c{number}" for number in range(9)]

    assert names("one") == names("one") != names("two")
    assert sorted(names("one")) == listed
    seeded = [c.name for c in Response(planned, now=NOW).state("/data/s").choices]
    assert seeded == [c.name for c in Response(planned, now=NOW, seed="x").state("/data/s").choices]


# Repeats


def test_free_repeats_begin_with_one_instance_and_inner_ones_only_in_the_first():
    response = respond(
        table(
            "survey",
            "type | name | label",
            "begin repeat | a | A",
            "text | t | T",
            "begin repeat | b | B",
            "text | u | U",
            "end repeat | |",
            "end repeat | |",
        )
    )

    assert response.add_repeat("/data/a") == "/data/a[2]"
    assert response.state("/data/a").count == 2
    assert response.state("/data/a[1]/b").count == 1
    assert response.state("/data/a[2]/b").count == 0
    assert response.add_repeat("/data/a[2]/b") == "/data/a[2]/b[1]"


def test_instances_behind_a_removed_one_move_up_with_their_answers():
    response = household()
    do(response, [("add", "/data/member", "")] * 2)
    for number, first in enumerate(("Ann", "Bo", "Cy"), 1):
        response.set(f"/data/member[{number}]/first", first)
    assert response.state("/data/second").value == "Bo"

    response.remove_repeat("/data/member[2]")

    assert response.state("/data/member[2]/first").value == "Cy"
    assert response.state("/data/member[2]").label == "Member Cy"
    assert response.state("/data/member[2]/place").value == "2"
    assert (response.state("/data/second").value, response.state("/data/people").value) == (
        "Cy",
        "2",
    )


@pytest.mark.parametrize(
    ("counts", "instances"),
    [
        (["2"], 2),
        (["3", "1"], 1),
        (["2", ""], 2),
        ([""], 0),
        (["-1"], 0),
        (["2", "0"], 0),
    ],
)
def test_a_counted_repeat_follows_its_count(counts, instances):
    response = household()
    for count in counts:
        response.set("/data/rooms", count)

    assert response.state("/data/room").count == instances
    assert response.state("/data/beds_all").value == str(instances)


def test_a_count_that_is_no_whole_number_makes_no_instances_and_a_huge_one_stops_early():
    response = respond(
        table(
            "survey",
            "type | name | label | repeat_count",
            "decimal | n | N | ",
            "begin repeat | r | R | ${n}",
            "text | t | T | ",
            "end repeat | | | ",
        )
    )
    response.set("/data/n", "2.7")
    assert response.state("/data/r").count == 0

    response.set("/data/n", "100000")
    assert response.state("/data/r").count == 2000


def test_counts_within_counts_stop_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(recalculation, "MOST_IN_ALL", 30)
    response = respond(
        table(
            "survey",
            "type | name | label | repeat_count",
            "integer | n | N | ",
            "begin repeat | r | R | ${n}",
            "begin repeat | s | S | ${n}",
            "text | t | T | ",
            "end repeat | | | ",
            "end repeat | | | ",
        )
    )
    response.set("/data/n", "20")

    counts = [state.count for state in response.states() if state.kind == "repeat"]
    assert sum(counts) == 30


def houses() -> Response:
    return respond(
        table(
            "survey",
            "type | name | label",
            "begin repeat | r | R",
            "begin repeat | s | S",
            "text | t | T",
            "end repeat | | ",
            "end repeat | | ",
        )
    )


def test_far_places_within_places_stop_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(recalculation, "MOST_IN_ALL", 30)
    response = houses()
    changes = [
        Change(path, "x", "", "", path) for path in (f"/data/r[{n}]/s[20]/t" for n in range(1, 21))
    ]

    faults = put(response, changes)

    assert sum(state.count for state in response.states() if state.kind == "repeat") <= 32
    assert faults and len(faults) < 20
    assert {fault.message for fault in faults} == {
        "There is no entry for this answer: its list cannot be longer."
    }


def test_answers_that_are_read_back_make_no_more_entries_than_a_response_may_have(monkeypatch):
    monkeypatch.setattr(evaluation, "MOST_IN_ALL", 30)
    asked = houses().plan
    kept = {f"/data/r[{n}]/s[20]/t": "x" for n in range(1, 21)}

    response = Response(asked, kept | {"/data/r": "\u00b2"}, now=NOW)

    assert sum(state.count for state in response.states() if state.kind == "repeat") <= 50
    assert response.unknown
    assert (response.answers() | response.unknown).items() >= kept.items()


def test_a_sum_with_a_blank_is_blank_and_a_list_keeps_its_place():
    response = household()
    response.set("/data/member[1]/age", "4")
    response.add_repeat("/data/member")
    assert response.state("/data/ages").value == ""

    response.set("/data/member[2]/age", "5")
    assert response.state("/data/ages").value == "9"


def test_an_inner_count_belongs_to_its_own_outer_instance():
    response = respond(
        table(
            "survey",
            "type | name | label | repeat_count | calculation",
            "begin repeat | house | House | | ",
            "integer | k | K | | ",
            "begin repeat | bed | Bed | ${k} | ",
            "calculate | at | | | position(..) * 10 + position(../..)",
            "end repeat | | | | ",
            "end repeat | | | | ",
        )
    )
    response.add_repeat("/data/house")
    response.set("/data/house[1]/k", "1")
    response.set("/data/house[2]/k", "2")

    assert [response.state(f"/data/house[{n}]/bed").count for n in (1, 2)] == [1, 2]
    assert response.state("/data/house[2]/bed[2]/at").value == "22"


def test_a_relevant_repeat_without_instances_says_whether_one_would_be_relevant():
    response = household()
    response.remove_repeat("/data/member[1]")

    assert (response.state("/data/member").relevant, response.state("/data/member").count) == (
        True,
        0,
    )


# Refused steps


@pytest.mark.parametrize(
    ("verb", "path", "reason"),
    [
        ("set", "/data/nothing", "no such node"),
        ("set", "/data/member/age", "no such node"),
        ("set", "/data/member[9]/age", "no such node"),
        ("set", "/data/rooms[1]", "no such node"),
        ("set", "/data/rooms]", "no such node"),
        ("set", "/data/details", "not an input"),
        ("set", "/data/ages", "not an input"),
        ("add", "/data/rooms", "no such node"),
        ("add", "/data/room", "the repeat is counted"),
        ("remove", "/data/room[1]", "the repeat is counted"),
        ("remove", "/data/member[7]", "no such node"),
        ("remove", "/data/details", "no such node"),
    ],
)
def test_a_step_that_cannot_be_done_is_refused_with_its_reason(verb, path, reason):
    response = household()
    response.set("/data/rooms", "1")

    with pytest.raises(StepRefused, match=reason):
        if verb == "set":
            response.set(path, "1")
        elif verb == "add":
            response.add_repeat(path)
        else:
            response.remove_repeat(path)


def test_notes_and_read_only_questions_take_no_answer_also_by_their_group():
    response = respond(
        table(
            "survey",
            "type | name | label | read_only",
            "note | n | N | ",
            "begin group | g | G | ",
            "text | locked | L | yes",
            "end group | | | ",
        )
    )
    for path in ("/data/n", "/data/g/locked"):
        with pytest.raises(StepRefused, match="read-only"):
            response.set(path, "x")
        assert response.state(path).readonly


def test_a_node_that_does_not_exist_has_no_state():
    with pytest.raises(KeyError):
        household().state("/data/nothing")


# Events


def test_triggers_and_dynamic_defaults_leave_a_text_that_can_be_changed():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation | trigger | default",
            "text | a | A | | | ",
            "text | copy | Copy | concat(${a}, '!') | ${a} | ",
            "text | chained | Chained | concat(${copy}, '?') | ${copy} | ",
            "date | day | Day | | | today()",
            "begin repeat | r | R | | | ",
            "date | in_r | Day | | | today()",
            "end repeat | | | | | ",
        )
    )
    assert response.state("/data/day").value == "2026-06-15"
    response.add_repeat("/data/r")
    assert response.state("/data/r[2]/in_r").value == "2026-06-15"

    response.set("/data/a", "x")
    assert (response.state("/data/copy").value, response.state("/data/chained").value) == (
        "x!",
        "x!?",
    )
    response.set("/data/copy", "mine")
    response.set("/data/a", "x")
    assert response.state("/data/copy").value == "mine"
    again = Response(response.plan, {**response.answers(), "/data/day": ""}, now=NOW)
    assert again.state("/data/day").value == ""


def test_meta_questions_are_filled_from_the_one_moment():
    response = respond(
        table(
            "survey",
            "type | name | label",
            "start | s |",
            "today | t |",
            "deviceid | d |",
            "text | a | A",
        )
    )

    assert response.state("/data/s").value == "2026-06-15T12:00:00.000+00:00"
    assert response.state("/data/t").value == "2026-06-15"
    assert response.state("/data/s").kind == "value"


def test_a_stored_response_keeps_what_random_gave():
    survey = table(
        "survey",
        "type | name | label | calculation",
        "text | a | A | ",
        "calculate | r | | random()",
    )
    response = respond(survey)
    kept = response.state("/data/r").value

    again = Response(
        response.plan, response.answers(), now=datetime(2027, 1, 1, tzinfo=UTC), seed="other"
    )

    assert again.state("/data/r").value == kept


# Reading a response


def test_answers_of_another_version_are_left_aside_not_lost():
    response = Response(
        PLAN, {"/data/rooms": "1", "/data/gone": "x", "/data/details": "y"}, now=NOW
    )

    assert response.unknown == {"/data/gone": "x", "/data/details": "y"}
    assert response.form.root == "data"
    assert response.state("/data/member").count == 1


def test_sections_tell_the_state_of_their_questions_in_order():
    response = household()

    first = response.section("rooms")

    assert [section.name for section in response.form.sections] == [
        "rooms",
        "details",
        "both",
        "member",
        "room",
    ]
    assert [state.path for state in first] == ["/data/rooms", "/data/work"]
    assert [s.kind for s in response.section("member")] == [
        "repeat",
        "instance",
        "question",
        "question",
        "value",
    ]
    with pytest.raises(KeyError):
        response.section("nothing")


def test_states_are_those_after_the_last_change_however_often_they_were_looked_at():
    response = household()
    before = list(response.states())
    assert list(response.states()) == before
    path = response.add_repeat("/data/member")
    assert {state.path for state in response.states()} > {state.path for state in before}
    response.remove_repeat(path)
    assert list(response.states()) == before


def test_the_document_above_the_root_has_no_state():
    observer = Observer(engine=None, wording=None, seed="")
    with pytest.raises(ValueError, match="ask its root"):
        observer.state(TreeNode(PLAN.document, None), readonly=False)


def test_a_list_is_never_hidden_so_its_own_text_is_what_it_reads_as():
    (row,) = list_document([{"name": "a", "label": "Apples"}]).all_children()[0].all_children()
    assert row.own_text() == row.read() == "aApples"


def test_a_dynamic_default_stands_when_its_question_is_asked_later():
    # ODK XForms Specification, odk-instance-first-load and odk-new-repeat: whether a node is
    # relevant is worked out after them.
    response = respond(
        table(
            "survey",
            "type | name | label | relevant | default",
            "text | when | When | | ",
            "text | day | Day | ${when} = 'now' | concat('to', 'day')",
            "begin repeat | visit | Visit | | ",
            "text | by | By | ${when} = 'now' | concat('no', 'body')",
            "end repeat | | | | ",
        )
    )
    response.add_repeat("/data/visit")
    assert response.state("/data/day").value == response.state("/data/visit[2]/by").value == ""

    response.set("/data/when", "now")

    assert response.state("/data/day").value == "today"
    assert response.state("/data/visit[1]/by").value == "nobody"
    assert response.state("/data/visit[2]/by").value == "nobody"


def test_a_node_of_a_form_is_written_as_its_path_not_as_the_whole_form():
    response = respond(table("survey", "type | name | label", "text | a | A", "text | b | ${a}"))

    assert repr(response.plan.specs["/data/a"]) == "Spec('/data/a')"


def test_words_come_in_the_language_asked_for_else_the_default():
    sheets = (
        table(
            "survey",
            "type | name | label::English (en) | label::French (fr) | calculation",
            "select_one l | q | Which? | Lequel ? | ",
            "text | only | Only ${q} | | ",
            "calculate | chosen | | | jr:choice-name(${q}, '${q}')",
            "calculate | none | | | jr:choice-name('z', '${q}')",
            "calculate | text | | | jr:itext('l-0')",
            "calculate | no_text | | | jr:itext('nothing')",
        ),
        table(
            "choices",
            "list_name | name | label::English (en) | label::French (fr)",
            "l | y | Yes | Oui",
            "l | n | No | Non",
        ),
        table("settings", "default_language", "English (en)"),
    )
    french, default = respond(*sheets, language="French (fr)"), respond(*sheets)
    for response in (french, default):
        response.set("/data/q", "y")

    assert french.state("/data/q").label == "Lequel ?"
    assert french.state("/data/q").choices[0].label == "Oui"
    assert french.state("/data/only").label == "Only y"
    assert french.state("/data/chosen").value == french.state("/data/text").value == "Oui"
    assert default.state("/data/chosen").value == "Yes"
    assert default.state("/data/none").value == default.state("/data/no_text").value == ""


def test_a_moment_without_a_zone_is_taken_as_utc():
    response = Response(PLAN, now=datetime(2026, 6, 15, 12))  # noqa: DTZ001

    assert seen(response) == seen(household())


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_circle_is_found_when_the_plan_is_made(name):
    with pytest.raises(FormUnusable) as refused:
        respond(
            table(
                "survey",
                "type | name | label | relevant",
                f"text | a | A | ${{{name}}} = 'x'",
                "text | b | B | ${a} = 'x'",
            )
        )

    (fault,) = refused.value.faults
    assert fault.code == "circular"
    assert "/data/a" in fault.paths


def test_a_form_whose_expression_cannot_be_read_has_no_plan():
    with pytest.raises(FormUnusable) as refused:
        respond(table("survey", "type | name | label | relevant", "text | a | A | 1 +"))

    assert [fault.code for fault in refused.value.faults] == ["expression-syntax"]


def test_a_group_reads_as_the_texts_below_it_and_is_followed():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation",
            "begin group | g | G | ",
            "text | a | A | ",
            "text | b | B | ",
            "end group | | | ",
            "calculate | all | | string(/data/g)",
        )
    )
    response.set("/data/g/a", "x")
    response.set("/data/g/b", "y")

    assert response.state("/data/all").value == "xy"


def test_a_filter_may_look_at_what_is_chosen_already():
    response = respond(
        table(
            "survey",
            "type | name | label | choice_filter",
            "select_multiple l | q | Q | not(selected(${q}, 'none')) or name = 'none'",
        ),
        table("choices", "list_name | name | label", "l | a | A", "l | none | None"),
    )
    response.set("/data/q", "none")

    assert [choice.name for choice in response.state("/data/q").choices] == ["none"]


def test_the_label_of_a_choice_is_found_within_its_own_instance():
    response = respond(
        table(
            "survey",
            "type | name | label | calculation",
            "begin repeat | r | R | ",
            "select_one l | q | Q | ",
            "calculate | words | | jr:choice-name(${q}, '${q}')",
            "end repeat | | | ",
            "calculate | lost | | jr:choice-name('a', '/data/gone')",
        ),
        table("choices", "list_name | name | label", "l | a | Apple", "l | b | Pear"),
    )
    response.add_repeat("/data/r")
    response.set("/data/r[1]/q", "a")
    response.set("/data/r[2]/q", "b")

    assert [response.state(f"/data/r[{n}]/words").value for n in (1, 2)] == ["Apple", "Pear"]
    assert response.state("/data/lost").value == ""


def test_a_repeat_that_counts_by_what_is_in_it_is_a_circle():
    with pytest.raises(FormUnusable) as refused:
        respond(
            table(
                "survey",
                "type | name | label | repeat_count | calculation",
                "begin repeat | r | R | ${total} | ",
                "integer | n | N | | ",
                "end repeat | | | | ",
                "calculate | total | | | sum(${n})",
            )
        )

    assert refused.value.faults[0].code == "circular"


def test_a_free_repeat_stops_growing_at_its_limit():
    response = Response(PLAN, {"/data/member": "9999"}, now=NOW)

    assert response.state("/data/member").count == 2000
    with pytest.raises(StepRefused, match="more than 2000"):
        response.add_repeat("/data/member")


def test_a_value_in_a_label_that_cannot_be_worked_out_is_left_out():
    xml = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
      <h:head><h:title>T</h:title><model><instance><data id="d"><q/></data></instance>
      <bind nodeset="/data/q" type="string"/>
      <setvalue ref="/data/gone" event="odk-instance-first-load" value="1"/></model></h:head>
      <h:body><input ref="/data/q">
      <label>A <output value="1 +"/>b <output value="1 + 1"/> <output value="regex('', '(')"/>c</label>
      </input></h:body></h:html>"""
    response = Response(plan(form_from_xform(xml)), now=NOW)

    assert response.state("/data/q").label == "A b 2 c"
    assert response.now == NOW


def test_inline_choices_are_on_offer_with_their_labels():
    xml = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
      <h:head><h:title>T</h:title><model><instance><data id="d"><q/></data></instance>
      <bind nodeset="/data/q" type="string"/></model></h:head>
      <h:body><select1 ref="/data/q"><label>Q</label>
      <item><label>Yes</label><value>y</value></item></select1></h:body></h:html>"""
    response = Response(plan(form_from_xform(xml)), now=NOW)
    response.set("/data/q", "y")

    state = response.state("/data/q")
    assert (state.value, [choice.label for choice in state.choices]) == ("y", ["Yes"])


def test_the_number_of_a_response_and_its_moment_are_filled_in_at_the_start():
    xml = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
      xmlns:jr="http://openrosa.org/javarosa">
      <h:head><h:title>T</h:title><model><instance><data id="d"><id/><q/></data></instance>
      <bind nodeset="/data/id" type="string" jr:preload="uid"/>
      <bind nodeset="/data/q" type="string"/></model></h:head>
      <h:body><input ref="/data/q"><label>Q <output value=""/>?</label></input></h:body></h:html>"""
    first, again, other = (
        Response(plan(form_from_xform(xml)), now=NOW, seed=seed) for seed in ("a", "a", "b")
    )

    number = first.state("/data/id").value
    assert number.startswith("uuid:") and len(number) == 41
    assert again.state("/data/id").value == number != other.state("/data/id").value
    assert first.state("/data/q").label == "Q ?"
