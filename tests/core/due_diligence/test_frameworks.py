"""Frameworks, their evidence, and how far facts reach."""

from dataclasses import replace
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence.errors import DataFault, UnknownFramework
from ddplatform.core.due_diligence.frameworks import (
    FRAMEWORKS_FOLDER,
    Coverage,
    Evidence,
    Fact,
    Requirement,
    coverage,
    fact_kinds,
    framework,
    frameworks,
    read_framework,
)

TODAY = date(2026, 3, 31)
ICAT = framework("icat-action-6")


def ask(*evidence: Evidence):
    requirement = Requirement(ref="R-1", title="One", duty="Do it.", evidence=evidence)
    return replace(ICAT, requirements=(requirement,))


MAPPED = Evidence(kind="value_chain_mapped")
ASSESSED = Evidence(kind="risk_assessed", max_age_months=12)


def test_action_6_has_its_twenty_requirements():
    assert [one.ref for one in ICAT.requirements] == [f"ICAT-A6.{n:02}" for n in range(1, 21)]


def test_guiding_principles_reach_from_15_to_22():
    refs = [one.ref for one in framework("ungp").requirements]

    assert refs == [f"UNGP-{number}" for number in range(15, 23)]


def test_each_framework_stands_in_the_file_of_its_name():
    assert list(frameworks()) == sorted(file.stem for file in FRAMEWORKS_FOLDER.glob("*.yaml"))


def test_every_kind_of_fact_belongs_to_a_data_object():
    assert {kind.data_object for kind in fact_kinds().values()} <= {
        f"PD-{number:02}" for number in range(1, 24)
    }


def test_unknown_framework_is_refused_with_the_known_ones():
    with pytest.raises(UnknownFramework, match=r"'gdpr'\. Use one of: .*icat-action-6"):
        framework("gdpr")


def test_nothing_known_covers_nothing_and_says_why():
    found = coverage(ICAT, [], as_of=TODAY)

    assert {one.coverage for one in found} == {Coverage.MISSING}
    assert all("nothing shows this yet" in reason for one in found for reason in one.reasons)


def test_all_facts_of_today_cover_everything():
    facts = [Fact(kind=kind, record=f"record {kind}", on=TODAY) for kind in fact_kinds()]

    for one in frameworks().values():
        assert {found.coverage for found in coverage(one, facts, as_of=TODAY)} == {Coverage.COVERED}


def test_some_of_the_evidence_covers_a_requirement_partly():
    (found,) = coverage(
        ask(MAPPED, ASSESSED), [Fact(kind="value_chain_mapped", record="Map 1")], as_of=TODAY
    )

    assert found.coverage is Coverage.PARTLY
    assert found.reasons[0].endswith("shown by Map 1.")
    assert found.reasons[1].endswith("nothing shows this yet.")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 3, 31), Coverage.COVERED),
        (date(2025, 3, 30), Coverage.MISSING),
        (date(2026, 3, 31), Coverage.COVERED),
        (date(2026, 4, 1), Coverage.MISSING),
        (None, Coverage.MISSING),
    ],
)
def test_evidence_counts_for_twelve_months_and_not_before_its_day(on, expected):
    (found,) = coverage(
        ask(ASSESSED), [Fact(kind="risk_assessed", record="Run 1", on=on)], as_of=TODAY
    )

    assert found.coverage is expected


def test_old_evidence_is_named_with_its_day():
    old = Fact(kind="risk_assessed", record="Run 1", on=date(2024, 1, 5))

    (found,) = coverage(ask(ASSESSED), [old], as_of=TODAY)

    assert "Run 1 of 2024-01-05 is older than 12 months. Renew it." in found.reasons[0]


def test_evidence_without_a_day_is_asked_for_one():
    (found,) = coverage(ask(ASSESSED), [Fact(kind="risk_assessed", record="Run 1")], as_of=TODAY)

    assert "Run 1 has no date. Give it one." in found.reasons[0]


def test_newest_fact_of_a_kind_stands_first():
    facts = [
        Fact(kind="risk_assessed", record="Run 1", on=date(2026, 1, 1)),
        Fact(kind="risk_assessed", record="Run 2", on=date(2026, 2, 1)),
    ]

    (found,) = coverage(ask(ASSESSED), facts, as_of=TODAY)

    assert [fact.record for fact in found.facts] == ["Run 2", "Run 1"]
    assert found.reasons[0].endswith("shown by Run 2 of 2026-02-01 and 1 more.")


def test_fact_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'good_intentions' is no kind of fact"):
        coverage(ICAT, [Fact(kind="good_intentions", record="x")], as_of=TODAY)


facts_of_any_day = st.builds(
    Fact,
    kind=st.sampled_from(sorted(fact_kinds())),
    record=st.just("record"),
    on=st.none() | st.dates(date(2023, 1, 1), TODAY),
)
RANK = {Coverage.MISSING: 0, Coverage.PARTLY: 1, Coverage.COVERED: 2}


@given(st.lists(facts_of_any_day, max_size=20), facts_of_any_day)
def test_one_more_fact_never_lowers_coverage(facts, more):
    before = coverage(ICAT, facts, as_of=TODAY)
    after = coverage(ICAT, [*facts, more], as_of=TODAY)

    assert all(
        RANK[one.coverage] <= RANK[other.coverage] for one, other in zip(before, after, strict=True)
    )


def test_broken_framework_file_lists_every_fault():
    file = FRAMEWORKS_FOLDER / "ungp.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["requirements"][0]["evidence"] = [{"kind": "magic"}]
    data["requirements"][1]["evidence"] = []
    data["requirements"].append(data["requirements"][2])

    with pytest.raises(DataFault) as fault:
        read_framework(data, fact_kinds())

    for words in (
        "UNGP-15 asks for 'magic'",
        "UNGP-16 asks for no evidence",
        "UNGP-17 is given twice",
    ):
        assert words in str(fault.value)
