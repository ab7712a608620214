"""Two versions of a questionnaire side by side; answers that carry over, and those that do not."""

import pytest

from questionnaires.errors import QuestionnaireError
from questionnaires.form.form import Form
from questionnaires.form.versions import Dropped, carry_over, compare_versions
from questionnaires.form.xlsform import read_form
from questionnaires.library.shipped import (
    NotShipped,
    list_shipped,
    read_shipped,
    shipped_form,
    version_key,
)

OLD = """
| survey |
| | type | name | label | required | bind::dd:id | bind::dd:weight |
| | begin_group | A | About you | | | |
| | integer | Q_01 | How many workers? | yes | Q-01 | |
| | select_one pay | Q_02 | How are they paid? | yes | Q-02 | 2 |
| | text | Q_03 | Who leads? | | Q-03 | |
| | text | Q_07 | Remarks | | Q-07 | |
| | end_group | | | | | |
| | begin_repeat | site | Site | | | |
| | text | Q_04 | Name | | Q-04 | |
| | select_multiple signs | Q_05 | Which signs? | | Q-05 | |
| | end_repeat | | | | | |
| choices |
| | list_name | name | label | risk_value |
| | pay | hour | By the hour | 0 |
| | pay | piece | By piece | .9 |
| | signs | dust | Dust | .5 |
| | signs | noise | Noise | .5 |
| settings |
| | form_id | version | namespaces |
| | T | 1.0 | dd="urn:child-rights-due-diligence:xforms" |
"""
NEW = """
| survey |
| | type | name | label | required | bind::dd:id | bind::dd:weight |
| | begin_group | B | About you | | | |
| | decimal | Q_01 | How many workers? | yes | Q-01 | |
| | select_one pay | Q_02 | How do you pay them? | yes | Q-02 | 3 |
| | date | Q_03 | Since when? | | Q-03 | |
| | text | Q_06 | What else? | | Q-06 | |
| | text | Q_04 | Name | | Q-04 | |
| | end_group | | | | | |
| | begin_repeat | site | Site | | | |
| | select_multiple signs | Q_05 | Which signs? | | Q-05 | |
| | end_repeat | | | | | |
| choices |
| | list_name | name | label | risk_value |
| | pay | hour | By the hour | 0 |
| | pay | piece | By piece | .9 |
| | signs | dust | Dust | .5 |
| | signs | heat | Heat | .5 |
| settings |
| | form_id | version | namespaces |
| | T | 1.1 | dd="urn:child-rights-due-diligence:xforms" |
"""


@pytest.fixture(scope="module")
def old() -> Form:
    return read_form(OLD.encode(), file_type=".md")


@pytest.fixture(scope="module")
def new() -> Form:
    return read_form(NEW.encode(), file_type=".md")


def test_comparison_names_what_was_added_and_what_was_removed(old, new):
    comparison = compare_versions(old, new)

    assert comparison.added == ("Q-06",)
    assert comparison.removed == ("Q-07",)


def test_comparison_says_which_aspects_of_a_question_changed(old, new):
    changed = {change.question: change for change in compare_versions(old, new).changed}

    assert changed["Q-01"].aspects == ("type",)
    assert changed["Q-02"].aspects == ("wording", "scoring")
    assert set(changed["Q-03"].aspects) == {"type", "wording"}
    assert changed["Q-05"].choices_added == ("heat",)
    assert changed["Q-05"].choices_removed == ("noise",)
    assert "Q-04" not in changed


def test_a_version_does_not_differ_from_itself(old):
    comparison = compare_versions(old, old)

    assert (comparison.added, comparison.removed, comparison.changed) == ((), (), ())


def test_answers_carry_over_to_the_new_place_of_their_question(old, new):
    carried = carry_over(old, new, {"/data/A/Q_01": "12", "/data/A/Q_02": "piece"})

    assert carried.answers == {"/data/B/Q_01": "12", "/data/B/Q_02": "piece"}
    assert carried.dropped == ()


def test_answers_to_reworded_questions_are_to_be_confirmed(old, new):
    carried = carry_over(old, new, {"/data/A/Q_02": "piece", "/data/site[1]/Q_05": "dust"})

    assert carried.to_confirm == ("/data/B/Q_02", "/data/site[1]/Q_05")


def test_answers_to_unchanged_questions_need_no_second_look(old):
    answers = {"/data/A/Q_02": "piece", "/data/site[2]/Q_04": "Mill"}

    carried = carry_over(old, old, answers)
    assert (carried.answers, carried.to_confirm, carried.dropped) == (answers, (), ())


def test_a_choice_no_longer_on_offer_is_dropped_and_the_rest_kept(old, new):
    carried = carry_over(old, new, {"/data/site[2]/Q_05": "noise dust"})

    assert carried.answers == {"/data/site[2]/Q_05": "dust"}
    assert carried.dropped == (
        Dropped("/data/site[2]/Q_05", "noise", "This choice is no longer on offer."),
    )


def test_an_answer_of_which_nothing_is_left_is_dropped_alone(old, new):
    carried = carry_over(old, new, {"/data/site[1]/Q_05": "noise", "/data/A/Q_01": "3"})

    assert carried.answers == {"/data/B/Q_01": "3"}
    assert [dropped.value for dropped in carried.dropped] == ["noise"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/data/A/Q_03", "The question now asks for date."),
        ("/data/A/Q_07", "The question is no longer asked."),
        ("/data/A/Q_99", "The question is no longer asked."),
        ("/data/site[1]/Q_04", "The question moved into or out of a repeat."),
    ],
)
def test_an_answer_that_cannot_carry_over_is_dropped_with_its_reason(old, new, path, reason):
    carried = carry_over(old, new, {path: "Amina"})

    assert carried.answers == {}
    assert carried.dropped == (Dropped(path, "Amina", reason),)


def test_the_self_assessment_is_shipped_with_its_checksum():
    shipped = next(item for item in list_shipped() if (item.ref, item.version) == ("SAQ", "1.0"))

    assert shipped.title == shipped_form("SAQ", "1.0").title
    # The file as published. Another sum means that a published version was edited.
    assert shipped.sha256 == PUBLISHED["SAQ", "1.0"]


def test_the_newest_version_is_read_where_none_is_named():
    newest = [item for item in list_shipped() if item.ref == "SAQ"][-1]

    assert read_shipped("SAQ") == read_shipped("SAQ", newest.version)
    assert shipped_form("SAQ").version == newest.version


def test_versions_sort_by_their_numbers():
    assert sorted(["1.10", "1.9", "1.0"], key=version_key) == ["1.0", "1.9", "1.10"]


def test_file_name_and_settings_agree_on_reference_and_version():
    for item in list_shipped():
        form = shipped_form(item.ref, item.version)
        assert (form.form_id, form.version) == (item.ref, item.version)


def test_an_unknown_questionnaire_is_refused_with_those_there_are():
    with pytest.raises(NotShipped, match=r"'XYZ' is not shipped. Use one of: .*SAQ"):
        read_shipped("XYZ")


def test_an_unknown_version_is_refused_with_those_there_are():
    with pytest.raises(QuestionnaireError, match=r"no version '0.1'. Use one of: 1.0"):
        read_shipped("SAQ", "0.1")


PUBLISHED = {("SAQ", "1.0"): "5d48762387f282364f7b9e7da6c9b5f9a02042f0ce11a435e90f2a820509a608"}
