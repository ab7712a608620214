"""Names in the sentences of analyses: each in its own direction, nothing else marked."""

from ddplatform.risk.analysis.views.cells import in_own_direction


def test_each_name_of_a_sentence_runs_in_its_own_direction():
    names = {"مزرعة <الأمل>", "Mill", "Mill & Sons", ""}

    told = in_own_direction("From مزرعة <الأمل>, through Mill & Sons and Mill: 5 < 6.", names)

    assert told == (
        "From <bdi>مزرعة &lt;الأمل&gt;</bdi>, through <bdi>Mill &amp; Sons</bdi> "
        "and <bdi>Mill</bdi>: 5 &lt; 6."
    )


def test_a_sentence_without_names_stays_as_it_is():
    assert in_own_direction("There is no circle.", ()) == "There is no circle."
