"""A form is checked in a process of its own: the same report, and an end where it takes too long."""

from pathlib import Path

import pytest

from questionnaires import check_form
from questionnaires.checking import apart
from questionnaires.checking.apart import check_form_apart

FORMS = sorted((Path(__file__).parents[3] / "data/xlsforms").glob("*.xls*"))
CIRCLE = (
    b"| survey |\n| | type | name | label | calculation |\n"
    b"| | calculate | a | | ${b} |\n| | calculate | b | | ${a} |\n"
)


@pytest.mark.parametrize("path", FORMS[::4], ids=lambda path: path.stem)
def test_the_report_is_that_of_the_check_itself(path: Path):
    data = path.read_bytes()

    apart_from_here = check_form_apart(data, path.suffix, name=path.name, given=["a.png"])

    assert apart_from_here == check_form(data, path.suffix, name=path.name, given=["a.png"])


def test_faults_come_back_with_their_places():
    report = check_form_apart(CIRCLE, ".md", name="circle.md")

    assert not report.usable
    assert report == check_form(CIRCLE, ".md", name="circle.md")


@pytest.mark.parametrize(("limit", "value"), [("MEMORY_BYTES", 1 << 24), ("CLOCK_S", 0.01)])
def test_a_form_that_breaks_a_limit_is_not_usable_and_says_why(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: float
):
    monkeypatch.setattr(apart, limit, value)

    report = check_form_apart(CIRCLE, ".md", name="circle.md")

    assert (report.usable, [fault.code for fault in report.faults]) == (False, ["too-large"])
    assert "split it" in report.faults[0].mend
