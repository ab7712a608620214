"""The rows of the method's questionnaires (Q-1.1), read without the code under test."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

TODAY = date(2026, 6, 15)
NONE = "none"
Row = Mapping[str, str]
ROWS: list[Row] = list(
    csv.DictReader((Path(__file__).parent / "data/library_rows.csv").read_text().splitlines())
)
BY_ID = {row["id"]: row for row in ROWS}
REFS = tuple(dict.fromkeys(row["id"].partition("-")[0] for row in ROWS))
SCORED = [row for row in ROWS if row["weight"] != "0"]
COMMON = {
    "YN+": "yes=0; partly=.5; no=1; unsure=.75",
    "YN-": "no=0; sometimes=.6; yes=1; unsure=.75",
    "FR+": "always=0; mostly=.35; rarely=.8; never=1; unsure=.75",
}
FLAG = re.compile(r"!(RF-\d\d)")
CONDITION = re.compile(r"([A-Z]+-[A-Z]?\d+)\s*(!=|=|>| in | has )\s*(.+)")


def ref_of(row: Row) -> str:
    return row["id"].partition("-")[0]


def expected_options(row: Row) -> dict[str, tuple[float, str]]:
    """Option -> (r, red flag) as the table writes them for one question."""
    text, _, every = row["answers"].partition("; any except none ")
    common, _, rest = text.partition(";")
    options = {}
    for part in re.split(r"[;,]", COMMON.get(common, text).removeprefix("B:")):
        name, _, value = re.sub(r"!RF-\d\d|>COM-\d\d", "", part).strip().partition("=")
        default = 0.0 if name == NONE else 1.0 if ">" in part else 0.5
        fired = FLAG.findall(part) or (FLAG.findall(every) if name != NONE else [])
        options[name] = (float(value) if value else default, fired[0] if fired else "")
    if common in COMMON:
        for name, flag in re.findall(r"(\w+) !(RF-\d\d)", rest):
            options[name] = (options[name][0], flag)
    return options


def listed_options(row: Row) -> list[str]:
    """The options of a list of practices, or of a question that is not scored."""
    text = row["answers"].partition(":")[2]
    return [name.strip() for name in text.split(",")]


def expected_values(row: Row) -> dict[str, tuple[float, str]]:
    """Numbers at the edges of each band -> (r, red flag), as the table writes the rule."""
    text = row["answers"]
    if text.startswith("r ="):
        unit = float(text.rpartition("/")[2].strip(") "))
        shares = {"0": 0.0, "20": 20 / unit, "100": min(1.0, 100 / unit)}
        turned = "1 - " in text
        return {n: (1 - share if turned else share, "") for n, share in shares.items()}
    found = {}
    for part in text.split(";"):
        fired = FLAG.findall(part)
        bound, _, r = FLAG.sub("", part).strip().partition("=") if "<=" not in part else (
            part.strip().removeprefix("<=").partition("=")
        )  # fmt: skip
        if bound.startswith(">"):  # ">=1=1" or ">50=1"
            number, _, r = FLAG.sub("", part).strip().lstrip(">=").partition("=")
            bound = number if ">=" in part else str(int(number) + 1)
        for number in bound.split("-"):
            found[number] = (float(r), fired[0] if fired else "")
    return found


def is_shown(row: Row, answers: Mapping[str, str], outside: Mapping[str, str]) -> bool:
    """Whether a question is asked, by its condition.

    Args:
        answers: id -> answer, blank where nothing was given; no repeats.
        outside: id -> latest accepted answer of another questionnaire.
    """
    text = row["show_if"]
    return not text or any(
        all(_holds(part, row, answers, outside) for part in line.split(" and "))
        for line in text.split(" or ")
    )


def _holds(text: str, row: Row, answers: Mapping[str, str], outside: Mapping[str, str]) -> bool:
    found = CONDITION.fullmatch(text.strip())
    assert found, text
    name, sign, wanted = found[1], found[2].strip(), found[3].strip("()")
    if ref_of(BY_ID[name]) != ref_of(row):
        return name not in outside or outside[name] in wanted.split(",")
    if not is_shown(BY_ID[name], answers, outside):
        return False  # what is not asked has no answer that could open another question
    answer = answers.get(name, "")
    if sign == ">":
        return bool(answer) and float(answer) > float(wanted)
    if sign == "!=":
        return wanted not in answer.split()
    return bool(set(answer.split()) & set(wanted.split(",")))
