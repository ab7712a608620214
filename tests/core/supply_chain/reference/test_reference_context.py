"""What is told of a country beside its scores (docs/data-sources.md)."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import ReferenceFault
from supply_chain.reference.context import worse_than
from supply_chain.reference.release import DATA, load_reference, read_reference
from supply_chain.reference.types import ContextFigure

REFERENCE = load_reference()


def figure(alpha2: str, indicator: str) -> ContextFigure:
    (found,) = [row for row in REFERENCE.context[alpha2] if row.indicator == indicator]
    return found


@pytest.mark.parametrize(
    ("alpha2", "indicator", "value", "year"),
    [
        ("CI", "unhcr_refugees_hosted", 74630, 2025),
        ("CI", "ilab_school_attendance", 70.1, None),
        ("CI", "inform_human_development", 0.534, 2025),
        ("GH", "wgi_voice_and_accountability", 0.410352, 2023),
        ("AF", "ucdp_deaths_one_sided", 105, 2023),
    ],
)
def test_a_published_figure_stands_with_its_year(
    alpha2: str, indicator: str, value: float, year: int | None
) -> None:
    found = figure(alpha2, indicator)
    assert found.value == pytest.approx(value)
    assert found.year == year


def test_a_value_that_cannot_be_right_is_not_shown() -> None:
    assert "ilab_work_and_school" not in {row.indicator for row in REFERENCE.context["MW"]}


def test_no_figure_of_the_context_is_a_factor_of_the_method() -> None:
    assert not REFERENCE.context_indicators.keys() & REFERENCE.indicators.keys()


def test_every_set_says_its_publisher_terms_and_gaps() -> None:
    for one in REFERENCE.context_indicators.values():
        assert one.publisher
        assert one.licence
        assert one.attribution
        assert one.gaps


def test_a_country_stands_beside_the_others_by_what_more_of_it_means() -> None:
    assert worse_than(3, [1, 2, 3, 3, 9], "more risk") == pytest.approx(2 / 4)
    assert worse_than(3, [1, 2, 3, 3, 9], "less risk") == pytest.approx(1 / 4)


def test_what_is_neither_good_nor_bad_or_stands_alone_is_not_compared() -> None:
    assert worse_than(3, [1, 3], "neither") is None
    assert worse_than(3, [3], "more risk") is None


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30))
def test_the_worst_country_is_worse_than_all_that_are_better(values: list[int]) -> None:
    ordered = sorted(values)
    better = sum(1 for one in ordered if one < ordered[-1])
    assert worse_than(ordered[-1], ordered, "more risk") == pytest.approx(
        better / (len(values) - 1)
    )
    assert worse_than(ordered[0], ordered, "more risk") == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("inform_risk,AE,2025,1,index\n", "row 192, column iso2: AE stands twice"),
        ("inform_risk,XX,2025,1,index\n", 'row 192, column iso2: "XX" is not known'),
        ("inform_risk,YT,2025,many,index\n", 'row 192, column value: "many" is not a number'),
        ("inform_risk,YT,2025,nan,index\n", "row 192, column value: nan is not between"),
        ("wgi,YT,2025,1,index\n", 'row 192, column ref: "wgi" is not known'),
    ],
)
def test_a_broken_row_is_named_by_file_row_and_column(folder: Path, line: str, fault: str) -> None:
    with (folder / "context" / "inform_risk.csv").open("a", encoding="utf-8") as handle:
        handle.write(line)
    with pytest.raises(ReferenceFault) as refused:
        read_reference(folder)
    assert str(refused.value).startswith(f"context/inform_risk.csv, {fault}")


def test_an_entry_without_its_terms_is_refused(folder: Path) -> None:
    path = folder / "context_indicators.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Public domain (US Government work)", '""'), encoding="utf-8")
    with pytest.raises(ReferenceFault, match="row 1, column licence: is blank"):
        read_reference(folder)
